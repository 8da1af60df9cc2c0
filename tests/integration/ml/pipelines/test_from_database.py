"""The features are equal, row by row, from dicts and from the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings

from cafe_ai.errors import BusinessNotFound
from cafe_ai.platform.db import Database
from infra.local.sample_business import BUSINESS, load
from ml.pipelines.from_database import customer_features, order_features, product_features
from tests.support.factories import Factory, Line
from tests.support.features import HISTORIES, MOMENTS, SHOPS, Placed, Records, write_history
from tests.support.generated_shop import generate_shop
from tests.support.postgres import TestDatabase


@pytest.fixture(scope="module")
def opened(module_database: TestDatabase) -> Iterator[Database]:
    with closing(Database(module_database.app)) as database:
        yield database


def assert_equal(database: Database, records: Records, business: object, moment: datetime) -> None:
    with database.transaction(business, read_only=True) as uow:
        assert order_features(uow, business, moment) == records.order_features(moment)
        assert customer_features(uow, business, moment) == records.customer_features(moment)
        assert product_features(uow, business, moment) == records.product_features(moment)
        assert product_features(uow, business, moment, present=True) == records.product_features(moment, present=True)


def test_sample_business_has_the_same_features(module_database: TestDatabase, opened: Database) -> None:
    now = datetime(2026, 11, 14, 11, 0, tzinfo=UTC)
    load(module_database.saas, now=now, since=date(2026, 10, 12))
    records = Records.read(module_database, BUSINESS.id)
    assert len(records.orders) > 500
    for moment in (now, now - timedelta(days=9, hours=3)):
        assert_equal(opened, records, BUSINESS.id, moment)


def test_generated_shop_has_the_same_features(
    module_database: TestDatabase, opened: Database, factory: Factory
) -> None:
    business = generate_shop(factory, module_database).business.id
    records = Records.read(module_database, business)
    for moment in ("2026-05-24T23:30+02:00", "2026-03-29T02:30+01:00", "2026-04-01T02:00+02:00", "2026-01-01T00:00Z"):
        assert_equal(opened, records, business, datetime.fromisoformat(moment))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES, shop=SHOPS, moment=MOMENTS)
def test_any_history_has_the_same_features(
    module_database: TestDatabase,
    opened: Database,
    factory: Factory,
    history: list[Placed],
    shop: tuple[str, time],
    moment: datetime,
) -> None:
    business = write_history(factory, history, shop)
    assert_equal(opened, Records.read(module_database, business), business, moment)


def test_clock_set_back_within_the_closing_hour(
    module_database: TestDatabase, opened: Database, factory: Factory
) -> None:
    """02:05 comes twice on the night of 25 October; the second time it belongs to the day before again."""
    business = factory.insert_business(timezone="Europe/Madrid", day_starts=time(2, 30))
    product, customer = factory.insert_product(business), factory.insert_customer(business)
    for moment in ("00:05", "00:40", "00:55", "01:05", "01:20", "01:50"):
        ordered_at = datetime.fromisoformat(f"2026-10-25T{moment}+00:00")
        factory.insert_order(business, [Line(product)], ordered_at=ordered_at, customer_id=customer)
    records = Records.read(module_database, business)
    for minutes in range(0, 150, 7):
        assert_equal(opened, records, business, datetime(2026, 10, 25, tzinfo=UTC) + timedelta(minutes=minutes))


def test_some_ids_alone(module_database: TestDatabase, opened: Database, factory: Factory) -> None:
    business = generate_shop(factory, module_database, orders=40).business.id
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    with opened.transaction(business, read_only=True) as uow:
        for read, key in (
            (order_features, "order_id"),
            (customer_features, "customer_id"),
            (product_features, "product_id"),
        ):
            every = read(uow, business, moment)
            some = [row[key] for row in every[1:3]]
            assert read(uow, business, moment, ids=some) == every[1:3]
        recent = order_features(uow, business, moment, since=date(2026, 4, 1))
        assert 0 < len(recent) < len(order_features(uow, business, moment))


def test_another_business_is_not_read(opened: Database, factory: Factory) -> None:
    ours, theirs = factory.insert_business(), factory.insert_business()
    factory.insert_customer(theirs)
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    with opened.transaction(ours, read_only=True) as uow, pytest.raises(BusinessNotFound):
        customer_features(uow, theirs, moment)
    with opened.transaction(ours, read_only=True) as uow, pytest.raises(BusinessNotFound):
        product_features(uow, uuid4(), moment)


def test_moment_without_an_offset_is_refused(opened: Database, factory: Factory) -> None:
    business = factory.insert_business()
    naive = datetime(2026, 5, 1, tzinfo=UTC).replace(tzinfo=None)
    with opened.transaction(business, read_only=True) as uow, pytest.raises(ValueError, match="offset"):
        order_features(uow, business, naive)
