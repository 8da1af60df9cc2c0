"""admit() and budget_spend(), as the functions' role calls them."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row

from cafe_ai.errors import DeadlineExceeded, DependencyDown
from cafe_ai.platform import db as platform_db
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.ids import uuid7
from cafe_ai.tenancy import service
from tests.support.factories import Factory
from tests.support.postgres import TestDatabase

ADMIT = "SELECT * FROM admit(%s, %s, %s)"
BUSINESS_COLUMNS = {
    "id", "name", "type", "timezone", "currency", "locale", "day_starts", "budget_policy", "names_version",
    "monthly_budget_usd", "spent_usd",
}  # fmt: skip


@pytest.fixture
def shop(module_database: TestDatabase) -> Iterator[Factory]:
    factory = Factory.connected(module_database)
    yield factory
    factory.connection.close()


@pytest.fixture
def app(module_database: TestDatabase) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    with psycopg.connect(module_database.app, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def superuser(module_database: TestDatabase) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(module_database.superuser, autocommit=True) as connection:
        yield connection


def admit(app: psycopg.Connection[dict[str, Any]], user: UUID, business: UUID, per_minute: int = 100) -> dict[str, Any]:
    row = app.execute(ADMIT, [user, business, per_minute]).fetchone()
    assert row is not None
    return row


def test_member_is_told_the_role_and_the_business(app: psycopg.Connection[dict[str, Any]], shop: Factory) -> None:
    business = shop.insert_business(
        "Café Sol", timezone="Atlantic/Canary", day_starts=time(4), monthly_budget_usd=Decimal(5)
    )
    user = shop.insert_membership(business, role="analyst")
    assert admit(app, user, business) == {
        "business_exists": True,
        "role": "analyst",
        "id": business,
        "name": "Café Sol",
        "type": "cafeteria",
        "timezone": "Atlantic/Canary",
        "currency": "EUR",
        "locale": "es",
        "day_starts": time(4),
        "budget_policy": "degrade",
        "names_version": 0,
        "monthly_budget_usd": Decimal(5),
        "spent_usd": Decimal(0),
        "hits": 1,
        "allowed": True,
        "retry_after_seconds": 0,
    }


def test_stranger_is_told_that_the_business_exists_and_nothing_of_it(
    app: psycopg.Connection[dict[str, Any]], shop: Factory
) -> None:
    business = shop.insert_business()
    member_elsewhere = shop.insert_membership(shop.insert_business())
    row = admit(app, member_elsewhere, business)
    assert (row["business_exists"], row["role"]) == (True, None)
    assert {name for name in BUSINESS_COLUMNS if row[name] is not None} == set()


def test_business_that_does_not_exist_is_told_apart_and_counted(app: psycopg.Connection[dict[str, Any]]) -> None:
    user = uuid7()
    assert admit(app, user, uuid7())["business_exists"] is False
    assert admit(app, user, uuid7())["hits"] == 2


def test_rejected_requests_are_not_counted(app: psycopg.Connection[dict[str, Any]], shop: Factory) -> None:
    business = shop.insert_business()
    user = shop.insert_membership(business)
    rows = [admit(app, user, business, per_minute=2) for _ in range(5)]
    assert [row["allowed"] for row in rows] == [True, True, False, False, False]
    assert rows[-1]["hits"] == 2
    assert 0 < rows[-1]["retry_after_seconds"] <= 60


def test_window_slides(
    app: psycopg.Connection[dict[str, Any]], shop: Factory, superuser: psycopg.Connection[Any]
) -> None:
    business = shop.insert_business()
    user = shop.insert_membership(business)
    superuser.execute(
        """INSERT INTO rate_limits SELECT %s, ARRAY[
               now() - interval '61 s', now() - interval '50 s', now() - interval '20 s']""",
        [user],
    )
    rejected = admit(app, user, business, per_minute=2)
    assert (rejected["allowed"], rejected["hits"]) == (False, 2)
    assert 0 < rejected["retry_after_seconds"] <= 10, "when the request of 50 s ago leaves the window"
    rejected = admit(app, user, business, per_minute=1)
    assert 30 < rejected["retry_after_seconds"] <= 40, "when the request of 20 s ago leaves it too"
    assert admit(app, user, business, per_minute=3)["hits"] == 3, "the one of 61 s ago counts no longer"


def test_users_do_not_use_up_each_others_requests(app: psycopg.Connection[dict[str, Any]], shop: Factory) -> None:
    business = shop.insert_business()
    first, second = shop.insert_membership(business), shop.insert_membership(business)
    assert admit(app, first, business, 1)["allowed"]
    assert admit(app, second, business, 1)["allowed"]


def test_exactly_the_limit_passes_of_requests_at_once(shop: Factory, module_database: TestDatabase) -> None:
    business = shop.insert_business()
    user = shop.insert_membership(business)
    local = threading.local()
    opened: list[psycopg.Connection[Any]] = []

    def request(_: int) -> bool:
        if not hasattr(local, "connection"):
            local.connection = psycopg.connect(module_database.app, autocommit=True, row_factory=dict_row)
            opened.append(local.connection)
        return bool(admit(local.connection, user, business)["allowed"])

    with ThreadPoolExecutor(20) as pool:
        passed = Counter(pool.map(request, range(300)))
    for connection in opened:
        connection.close()
    assert passed == {True: 100, False: 200}


def test_spending_adds_up_in_its_month_and_is_seen_in_this_one(
    app: psycopg.Connection[dict[str, Any]], shop: Factory, superuser: psycopg.Connection[Any]
) -> None:
    business = shop.insert_business(monthly_budget_usd=Decimal(5))
    user = shop.insert_membership(business)
    app.execute("SELECT set_config('app.business_id', %s, false)", [str(business)])
    for cost, at in (
        (Decimal("0.0004"), None),
        (Decimal("0.0005"), None),
        (1, datetime(2026, 1, 31, 23, 59, tzinfo=UTC)),
    ):
        app.execute("SELECT budget_spend(%s, %s, coalesce(%s, now()))", [business, cost, at])
    assert admit(app, user, business)["spent_usd"] == Decimal("0.0009")
    months = superuser.execute("SELECT count(*) FROM budgets WHERE business_id = %s", [business]).fetchone()
    assert months == (2,)


def test_budget_cannot_be_refilled_or_written_by_hand(app: psycopg.Connection[dict[str, Any]], shop: Factory) -> None:
    business = shop.insert_business()
    app.execute("SELECT set_config('app.business_id', %s, false)", [str(business)])
    with pytest.raises(psycopg.errors.CheckViolation):
        app.execute("SELECT budget_spend(%s, -1)", [business])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("UPDATE budgets SET spent_usd = 0")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("DELETE FROM rate_limits")


def test_cost_of_a_business_that_is_gone_counts_nowhere(app: psycopg.Connection[dict[str, Any]]) -> None:
    gone = uuid7()
    app.execute("SELECT set_config('app.business_id', %s, false)", [str(gone)])
    app.execute("SELECT budget_spend(%s, 1)", [gone])


def test_a_database_that_hangs_in_admission_is_away_long_before_the_request_is_over(
    module_database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "ADMISSION_SECONDS", 0.1)
    monkeypatch.setattr(platform_db, "SERVER_GRACE_SECONDS", 0.1)
    with closing(platform_db.Database(module_database.app)) as database:
        with database.transaction() as uow:
            backend = uow.connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        deadline = Deadline.after(60)
        try:
            with pytest.raises(DependencyDown):
                service.look_up(database, uuid7(), uuid7(), 100, deadline)
            with pytest.raises(DeadlineExceeded):
                service.look_up_user(database, uuid7(), 100, Deadline.after(0))
        finally:
            os.kill(backend, signal.SIGCONT)
        assert not deadline.expired
        assert service.look_up_user(database, uuid7(), 100, deadline).remaining == 99
