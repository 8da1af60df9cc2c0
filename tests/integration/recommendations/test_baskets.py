"""The nightly job on real orders: which businesses, what it counts, and what it does not let through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import isclose, log
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from cafe_ai import bootstrap
from cafe_ai.bootstrap import Runtime
from cafe_ai.errors import DeadlineExceeded
from cafe_ai.platform.clock import Deadline, now_utc
from cafe_ai.platform.db import Database
from cafe_ai.recommendations.baskets import repository, service
from cafe_ai.settings import Settings
from functions.workers.basket_pairs.handler import handler
from tests.support.factories import Factory, Line
from tests.support.postgres import TestDatabase

YESTERDAY = now_utc().replace(hour=12) - timedelta(days=1)


@pytest.fixture
def factory(database: TestDatabase) -> Iterator[Factory]:
    made = Factory.connected(database)
    yield made
    made.connection.close()


@pytest.fixture
def runtime(database: TestDatabase) -> Iterator[Runtime]:
    with closing(Database(database.app, connect_timeout=2)) as app:
        yield Runtime.of(Settings(), database=app)


def rows(database: TestDatabase, statement: str) -> list[dict[str, Any]]:
    with psycopg.connect(database.superuser, row_factory=dict_row) as connection:
        return connection.execute(statement.encode()).fetchall()


def sell(factory: Factory, business: UUID, *baskets: list[UUID], at: datetime = YESTERDAY) -> None:
    for basket in baskets:
        factory.insert_order(business, [Line(product) for product in basket], ordered_at=at)


def compute_all(runtime: Runtime) -> service.Outcome:
    return service.compute_due(runtime, Deadline.after(60))


def test_pairs_are_those_counted_by_hand(factory: Factory, runtime: Runtime, database: TestDatabase) -> None:
    business = factory.insert_business()
    a, b, c, d = (factory.insert_product(business, name) for name in "abcd")
    baskets = [[a, b]] * 6 + [[a, b, c]] * 3 + [[c]] * 4 + [[d, c]] * 2 + [[d]] * 5
    sell(factory, business, *baskets, [a, a, b])
    factory.insert_order(business, [Line(a), Line(d, -1)], ordered_at=YESTERDAY)  # a return is no purchase
    assert compute_all(runtime) == service.Outcome(1, 0, 0)
    counted = Counter(frozenset(pair) for basket in [*baskets, [a, b]] for pair in combinations(set(basket), 2))
    orders = Counter(product for basket in [*baskets, [a, b], [a]] for product in set(basket))
    total = len(baskets) + 2
    found = {(row["product_id"], row["other_id"]): row for row in rows(database, "SELECT * FROM product_pairs")}
    assert set(found) == {
        (x, y) for pair, times in counted.items() if times >= 3 for x, y in [tuple(pair), tuple(pair)[::-1]]
    }
    for (x, y), row in found.items():
        together = counted[frozenset((x, y))]
        assert (row["orders_together"], row["product_orders"], row["other_orders"], row["orders"]) == (
            together, orders[x], orders[y], total,
        )  # fmt: skip
        assert isclose(row["lift"], together * total / (orders[x] * orders[y]))
        assert isclose(row["g2"], g2(together, orders[x], orders[y], total), abs_tol=1e-9)
    assert [row["rank"] for row in found.values() if row["product_id"] == a] == [1, 2]


def g2(x: int, a: int, b: int, n: int) -> float:
    observed = (
        (x, a * b / n),
        (a - x, a * (n - b) / n),
        (b - x, (n - a) * b / n),
        (n - a - b + x, (n - a) * (n - b) / n),
    )
    return 2 * sum(o * log(o / e) for o, e in observed if o)


def test_wholesale_orders_say_nothing_of_pairs(
    factory: Factory, runtime: Runtime, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "LARGEST_BASKET", 3)
    business = factory.insert_business()
    products = [factory.insert_product(business) for _ in range(4)]
    sell(factory, business, *[products] * 5, *[products[:2]] * 3)
    compute_all(runtime)
    pairs = rows(database, "SELECT product_id, other_id FROM product_pairs")
    assert {frozenset((row["product_id"], row["other_id"])) for row in pairs} == {frozenset(products[:2])}


def test_larger_baskets_weigh_less(factory: Factory, runtime: Runtime, database: TestDatabase) -> None:
    business = factory.insert_business()
    a, b, c, *rest = (factory.insert_product(business) for _ in range(12))
    sell(factory, business, *[[a, b]] * 5, *[[a, c, *rest]] * 5)
    compute_all(runtime)
    statement = f"SELECT other_id FROM product_pairs WHERE product_id = '{a}' ORDER BY rank"
    assert rows(database, statement)[0]["other_id"] == b


def test_parts_of_the_day_go_by_the_shops_clock(factory: Factory, runtime: Runtime, database: TestDatabase) -> None:
    business = factory.insert_business(timezone="America/Mexico_City")
    product = factory.insert_product(business)
    day = YESTERDAY.replace(hour=0, minute=0, second=0, microsecond=0)
    for hour in (14, 15, 20):  # UTC: eight, nine and fourteen in Mexico
        sell(factory, business, [product], at=day.replace(tzinfo=UTC) + timedelta(hours=hour))
    compute_all(runtime)
    found = {row["daypart"]: row for row in rows(database, "SELECT * FROM product_dayparts")}
    assert {part: row["orders"] for part, row in found.items()} == {"morning": 2, "noon": 1}
    assert (found["noon"]["part_orders"], found["noon"]["all_orders"], found["noon"]["total"]) == (1, 3, 3)


def test_only_businesses_with_new_orders_are_due_stalest_first(factory: Factory, runtime: Runtime) -> None:
    first, second, empty = (factory.insert_business() for _ in range(3))
    for business in (first, second):
        sell(factory, business, [factory.insert_product(business, "a")] * 1)
    assert compute_all(runtime).computed == 2
    assert compute_all(runtime).computed == 0
    sell(factory, second, [factory.insert_product(second)])
    with runtime.database.transaction() as uow:
        assert repository.due(uow, 10) == [second]
    assert empty not in (first, second)


def test_recomputing_forgets_what_no_longer_holds(factory: Factory, runtime: Runtime, database: TestDatabase) -> None:
    business = factory.insert_business()
    a, b, c = (factory.insert_product(business) for _ in range(3))
    sell(factory, business, *[[a, b]] * 4)
    compute_all(runtime)
    factory.act_for(business)
    factory.connection.execute("DELETE FROM orders")
    sell(factory, business, *[[a, c]] * 4)
    compute_all(runtime)
    found = rows(database, "SELECT DISTINCT other_id FROM product_pairs")
    assert {row["other_id"] for row in found} == {a, c}


def test_one_that_fails_does_not_stop_the_others_and_comes_last_the_next_time(
    factory: Factory, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = (factory.insert_business() for _ in range(2))
    for business in (broken, sound):
        sell(factory, business, [factory.insert_product(business)])
    recompute = repository.recompute

    def fail_once(uow: Any, business_id: UUID, today: Any) -> repository.Run:
        if business_id == broken:
            raise DeadlineExceeded
        return recompute(uow, business_id, today)

    monkeypatch.setattr(repository, "recompute", fail_once)
    assert compute_all(runtime) == service.Outcome(1, 1, 0)
    sell(factory, sound, [factory.insert_product(sound)])
    with runtime.database.transaction() as uow:
        assert set(repository.due(uow, 10)) == {broken, sound}
    monkeypatch.setattr(repository, "recompute", recompute)
    assert compute_all(runtime) == service.Outcome(2, 0, 0)


def test_what_there_is_no_time_for_is_left_for_the_next_run(factory: Factory, runtime: Runtime) -> None:
    for _ in range(2):
        business = factory.insert_business()
        sell(factory, business, [factory.insert_product(business)])
    outcome = service.compute_due(runtime, Deadline.after(service.LEAST_SECONDS - 1))
    assert outcome == service.Outcome(0, 0, 2)
    assert compute_all(runtime).computed == 2


def test_business_in_another_runs_hands_is_left_alone(
    factory: Factory, runtime: Runtime, database: TestDatabase
) -> None:
    business = factory.insert_business()
    sell(factory, business, [factory.insert_product(business)])
    with closing(Database(database.app)) as other, other.transaction(business) as uow:
        assert repository.claim(uow, business)
        assert compute_all(runtime) == service.Outcome(0, 0, 1)
    assert compute_all(runtime).computed == 1


def test_function_computes_on_its_schedule(
    factory: Factory, runtime: Runtime, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    business = factory.insert_business()
    a, b = (factory.insert_product(business) for _ in range(2))
    sell(factory, business, *[[a, b]] * 4)
    shared = Runtime.of(replace(runtime.settings), database=runtime.database)
    monkeypatch.setattr(bootstrap, "build", lambda: shared)
    bootstrap.runtime.cache_clear()
    context = SimpleNamespace(aws_request_id=str(uuid4()), get_remaining_time_in_millis=lambda: 60_000)
    try:
        assert handler({"id": str(uuid4()), "source": "aws.events"}, context) is None
    finally:
        bootstrap.runtime.cache_clear()
    assert len(rows(database, "SELECT * FROM product_pairs")) == 2
