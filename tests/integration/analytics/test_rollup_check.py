"""The nightly check finds what somebody did to the rollups, mends it, and goes through the whole past night by night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from cafe_ai.analytics.rollup_check import service
from cafe_ai.bootstrap import Runtime
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.settings import Settings
from tests.support.factories import Factory, Line
from tests.support.postgres import TestDatabase

LAST = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def runtime(database: TestDatabase) -> Iterator[Runtime]:
    connection = Database(database.app)
    yield Runtime.of(Settings(), database=connection)
    connection.close()


@pytest.fixture
def factory(database: TestDatabase) -> Iterator[Factory]:
    connected = Factory.connected(database)
    yield connected
    connected.connection.close()


@pytest.fixture
def superuser(database: TestDatabase) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        yield connection


def open_shop(factory: Factory, days: int = 10) -> UUID:
    """A shop with an order every fifth day, the last on LAST."""
    business = factory.insert_business()
    product = factory.insert_product(business, cost=2)
    for number in range(0, days, 5):
        factory.insert_order(business, [Line(product, 2), Line(product, -1)], ordered_at=LAST - timedelta(days=number))
    return business


def differences(superuser: psycopg.Connection[tuple[object, ...]]) -> int:
    found = superuser.execute("SELECT count(*) FROM businesses, rollup_differences(businesses.id)").fetchone()
    assert found is not None
    return int(str(found[0]))


def check(runtime: Runtime, superuser: psycopg.Connection[tuple[object, ...]]) -> service.Outcome:
    """The check of another night."""
    superuser.execute("UPDATE rollup_checks SET checked_at = checked_at - interval '1 day'")
    return service.check_due(runtime, Deadline.after(60))


PLANTED = {
    "a wrong amount": "UPDATE rollup_hours SET net = net + 0.0001",
    "a wrong count": "UPDATE rollup_products SET orders = orders + 1",
    "a row that is missing": "DELETE FROM rollup_hours",
    "a row of a day without lines": (
        "INSERT INTO rollup_products SELECT business_id, business_date + 1, product_id, store, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0"
        " FROM rollup_products LIMIT 1"
    ),
    "a row of an hour without lines": "UPDATE rollup_hours SET local_hour = 3",
}


@pytest.mark.parametrize("planted", PLANTED)
def test_planted_error_is_found_and_mended(
    runtime: Runtime, factory: Factory, superuser: psycopg.Connection[tuple[object, ...]], planted: str
) -> None:
    open_shop(factory)
    superuser.execute(PLANTED[planted].encode())
    assert differences(superuser) > 0
    assert check(runtime, superuser).days_mended > 0
    assert differences(superuser) == 0
    assert check(runtime, superuser) == service.Outcome(checked=1, failed=0, left=0, days_mended=0)


def test_shop_that_is_right_is_left_as_it_is(
    runtime: Runtime, factory: Factory, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    open_shop(factory, 200)
    factory.insert_business()
    rows = superuser.execute("SELECT xmin, ctid FROM rollup_hours").fetchall()
    assert check(runtime, superuser) == service.Outcome(checked=2, failed=0, left=0, days_mended=0)
    assert superuser.execute("SELECT xmin, ctid FROM rollup_hours").fetchall() == rows
    again = service.check_due(runtime, Deadline.after(60))
    assert again.checked == 0


def test_whole_past_is_gone_through_slice_by_slice(
    runtime: Runtime, factory: Factory, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    """The first day of 400 is in the fourth older slice; after that they begin anew."""
    business = open_shop(factory, 401)
    first = LAST.date() - timedelta(days=400)
    superuser.execute("UPDATE rollup_hours SET net = 0 WHERE business_date = %s", [first])
    assert [check(runtime, superuser).days_mended for _ in range(5)] == [0, 0, 0, 1, 0]
    ends = superuser.execute("SELECT slice_end FROM rollup_checks WHERE business_id = %s", [business]).fetchone()
    assert ends == (LAST.date() - timedelta(days=service.RECENT_DAYS + service.SLICE_DAYS),)


def test_other_businesses_rollups_are_not_touched_and_one_failure_stops_no_other(
    runtime: Runtime,
    factory: Factory,
    superuser: psycopg.Connection[tuple[object, ...]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken, fine = open_shop(factory), open_shop(factory)
    superuser.execute("UPDATE rollup_hours SET net = 0")
    differ = service.repository.differences

    def failing(uow: object, business_id: UUID, first: date, last: date) -> list[service.Difference]:
        if business_id == broken:
            raise RuntimeError("broken")
        return differ(uow, business_id, first, last)  # type: ignore[arg-type]

    monkeypatch.setattr(service.repository, "differences", failing)
    outcome = check(runtime, superuser)
    assert (outcome.checked, outcome.failed) == (1, 1)
    wrong = "SELECT DISTINCT business_id FROM rollup_hours WHERE net = 0"
    assert superuser.execute(wrong.encode()).fetchall() == [(broken,)]
    first_due = "SELECT business_id FROM businesses_due_for_rollup_check(now() + interval '1 hour', 5)"
    assert superuser.execute(first_due.encode()).fetchall() in ([(fine,), (broken,)], [(broken,), (fine,)])


def test_nothing_is_begun_without_time_for_it(
    runtime: Runtime, factory: Factory, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    open_shop(factory)
    assert service.check_due(runtime, Deadline.after(service.LEAST_SECONDS - 1)).checked == 0


def test_role_mends_its_own_business_alone(
    database: TestDatabase, factory: Factory, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    ours, theirs = open_shop(factory), open_shop(factory)
    superuser.execute("UPDATE rollup_hours SET net = 0")
    with psycopg.connect(database.app) as app:
        app.execute("SELECT mend_rollups(%s)", [[LAST.date()]])
        app.execute("SELECT set_config('app.business_id', %s, true)", [str(ours)])
        app.execute("SELECT mend_rollups(%s)", [[LAST.date()]])
    right = "SELECT business_id FROM rollup_hours WHERE net <> 0"
    assert superuser.execute(right.encode()).fetchall() == [(ours,)]
    assert ours != theirs
