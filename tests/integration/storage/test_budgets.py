"""budget_reserve(), budget_settle() and budget_standing(), as the functions' role calls them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from cafe_ai.platform.ids import uuid7
from tests.support.factories import Factory
from tests.support.postgres import TestDatabase


class Till:
    """One business's budget, as its own transactions reach it."""

    def __init__(self, app: psycopg.Connection[Any], business: UUID) -> None:
        self.app = app
        self.business = business

    def call(self, statement: str, *values: object) -> Any:
        with self.app.transaction():
            self.app.execute("SELECT set_config('app.business_id', %s, true)", [str(self.business)])
            row = self.app.execute(statement.encode(), [self.business, *values]).fetchone()
        assert row is not None
        return row

    def reserve(self, inference: UUID, usd: Decimal | int, lease: str = "2 minutes") -> bool:
        return bool(self.call("SELECT budget_reserve(%s, %s, %s, %s) AS held", inference, usd, lease)["held"])

    def settle(self, inference: UUID, usd: Decimal | int, at: str = "now") -> None:
        self.call("SELECT budget_settle(%s, %s, %s, %s)", inference, usd, at)

    def standing(self) -> tuple[Decimal, Decimal]:
        """Spent and reserved."""
        row = self.call("SELECT * FROM budget_standing(%s)")
        return row["spent_usd"], row["reserved_usd"]


@pytest.fixture(scope="module")
def shop(module_database: TestDatabase) -> Iterator[Factory]:
    factory = Factory.connected(module_database)
    yield factory
    factory.connection.close()


@pytest.fixture(scope="module")
def app(module_database: TestDatabase) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(module_database.app, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def till(app: psycopg.Connection[Any], shop: Factory) -> Till:
    """A budget of 10 dollars."""
    return Till(app, shop.insert_business(monthly_budget_usd=Decimal(10)))


def execute(database: TestDatabase, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.superuser, autocommit=True) as superuser:
        cursor = superuser.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def test_what_is_reserved_is_not_there_for_others_until_it_is_settled(till: Till) -> None:
    first, second = uuid7(), uuid7()
    assert till.reserve(first, 6)
    assert not till.reserve(second, 5)
    assert till.standing() == (0, 6)
    till.settle(first, 2)
    assert till.standing() == (2, 0)
    assert till.reserve(second, 8)
    assert till.standing() == (2, 8)


def test_a_second_call_of_an_inference_takes_the_place_of_the_first(till: Till) -> None:
    inference = uuid7()
    assert till.reserve(inference, 6)
    assert till.reserve(inference, 8)
    assert not till.reserve(inference, 11)
    assert till.standing() == (0, 8)


def test_a_reservation_that_is_never_settled_counts_as_spent(till: Till) -> None:
    assert till.reserve(uuid7(), 7, "-1 second")
    assert till.standing() == (7, 0)
    assert not till.reserve(uuid7(), 4)


def test_an_audit_that_comes_late_puts_the_real_cost_in_its_place(till: Till) -> None:
    inference = uuid7()
    till.reserve(inference, 7, "-1 hour")
    till.settle(inference, 1)
    assert till.standing() == (1, 0)


def test_a_cost_belongs_to_the_month_of_its_reservation(till: Till, module_database: TestDatabase) -> None:
    inference = uuid7()
    till.reserve(inference, 7)
    for table in ("budgets", "budget_reservations"):  # as if the month had ended between the two
        execute(module_database, f"UPDATE {table} SET month = '2026-01-01' WHERE business_id = %s", till.business)
    assert till.standing() == (0, 0)
    assert till.reserve(inference, 9), "its next call still draws on the month it began in"
    till.settle(inference, 8)
    months = "SELECT month::text, spent_usd FROM budgets WHERE business_id = %s AND spent_usd > 0"
    assert execute(module_database, months, till.business) == [("2026-01-01", 8)]


def test_without_a_reservation_the_month_is_that_of_the_cost(till: Till, module_database: TestDatabase) -> None:
    till.settle(uuid7(), 3, "2026-02-28 23:59:59+00")
    assert till.standing() == (0, 0)
    assert execute(module_database, "SELECT spent_usd FROM budgets WHERE month = '2026-02-01'") == [(3,)]


def test_a_limit_that_is_lowered_holds_at_once_and_one_that_goes_allows_everything(till: Till, shop: Factory) -> None:
    till.settle(uuid7(), 5)
    shop.act_for(till.business)
    shop.connection.execute("UPDATE businesses SET monthly_budget_usd = 4")
    assert not till.reserve(uuid7(), Decimal("0.000000001"))
    shop.connection.execute("UPDATE businesses SET monthly_budget_usd = NULL")
    assert till.reserve(uuid7(), 1000)


def test_amounts_below_zero_are_refused_and_a_business_that_is_gone_holds_nothing(
    till: Till, app: psycopg.Connection[Any]
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        till.reserve(uuid7(), -1)
    with pytest.raises(psycopg.errors.CheckViolation):
        till.settle(uuid7(), -1)
    assert not Till(app, uuid7()).reserve(uuid7(), 1)


def test_another_businesss_budget_cannot_be_held_or_seen(till: Till, shop: Factory) -> None:
    theirs = shop.insert_business(monthly_budget_usd=Decimal(10))
    with till.app.transaction(force_rollback=True):
        till.app.execute("SELECT set_config('app.business_id', %s, true)", [str(till.business)])
        standing = till.app.execute("SELECT * FROM budget_standing(%s)", [theirs]).fetchone()
        assert standing is not None
        assert set(standing.values()) == {None}
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            till.app.execute("SELECT budget_reserve(%s, %s, 1, '1 minute')", [theirs, uuid7()])


def test_of_calls_at_once_exactly_as_many_are_held_as_fit(till: Till, module_database: TestDatabase) -> None:
    local = threading.local()
    opened: list[psycopg.Connection[Any]] = []

    def reserve(_: int) -> bool:
        if not hasattr(local, "till"):
            opened.append(psycopg.connect(module_database.app, autocommit=True, row_factory=dict_row))
            local.till = Till(opened[-1], till.business)
        return bool(local.till.reserve(uuid7(), 1))

    with ThreadPoolExecutor(20) as pool:
        held = Counter(pool.map(reserve, range(200)))
    for connection in opened:
        connection.close()
    assert held == {True: 10, False: 190}


amounts = st.decimals(0, 6, places=9)
steps = st.lists(
    st.tuples(st.sampled_from(("reserve", "reserve", "settle", "lapse")), st.integers(0, 4), amounts, amounts),
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_settled_and_reserved_together_are_never_above_the_limit(
    app: psycopg.Connection[Any],
    shop: Factory,
    module_database: TestDatabase,
    script: list[tuple[str, int, Decimal, Decimal]],
) -> None:
    """Any order of reserving, settling (at no more than was reserved) and losing sight, against a model in memory."""
    till = Till(app, shop.insert_business(monthly_budget_usd=Decimal(10)))
    inferences = [uuid7() for _ in range(5)]
    held: dict[int, Decimal] = {}
    lapsed: set[int] = set()
    settled = Decimal(0)
    for what, which, amount, real in script:
        if what == "settle" and which in held:
            cost = min(real, held.pop(which))
            lapsed.discard(which)
            till.settle(inferences[which], cost)
            settled += cost
            inferences[which] = uuid7()
        elif what != "settle":
            fits = settled + sum(held.values()) - held.get(which, Decimal(0)) + amount <= 10
            lease = "-1 second" if what == "lapse" else "1 hour"
            assert till.reserve(inferences[which], amount, lease) is fits
            if fits:
                held[which] = amount
                (lapsed.add if what == "lapse" else lapsed.discard)(which)
        spent, reserved = till.standing()
        assert spent + reserved == settled + sum(held.values()) <= 10
        assert reserved == sum((usd for which, usd in held.items() if which not in lapsed), Decimal(0))
