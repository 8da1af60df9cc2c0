"""What the database makes of a moment is the same where everything later is deleted; look-ahead put into the SQL is caught."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest

from cafe_ai.platform.db import Connection, UnitOfWork
from ml.pipelines import feature_store, from_database, repository
from ml.pipelines.feature_sets import CUSTOMERS, PRODUCTS
from ml.pipelines.model import FeatureSet
from ml.pipelines.point_in_time import LookAhead, by_entity, check
from tests.support.factories import Factory
from tests.support.generated_shop import generate_shop
from tests.support.postgres import TestDatabase

Features = Mapping[Hashable, Mapping[str, Any]]
# The second and third are moments of rows of the store, of products and of customers: what their rows owe to the hours after
# shows there alone.
MOMENTS = [
    datetime.fromisoformat(moment)
    for moment in (
        "2026-03-04T13:10+01:00",
        "2026-04-20T02:00+02:00",
        "2026-05-01T02:00+02:00",
        "2026-05-19T20:31+02:00",
    )
]
END = datetime(2026, 6, 10, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop(module_database: TestDatabase, factory: Factory) -> UUID:
    return generate_shop(factory, module_database, orders=200).business.id


@pytest.fixture
def uow(module_database: TestDatabase, shop: UUID) -> Iterator[UnitOfWork]:
    """As a superuser, who may delete what came later; nothing of it is committed."""
    with closing(Connection.connect(module_database.superuser)) as connection:
        connection.execute("SELECT set_config('app.business_id', %s, false)", [str(shop)])
        yield UnitOfWork(connection)
        connection.rollback()


@contextmanager
def without_the_future(uow: UnitOfWork, moment: datetime) -> Iterator[UnitOfWork]:
    with uow.connection.transaction(force_rollback=True):
        uow.connection.execute("DELETE FROM orders WHERE ordered_at >= %s", [moment])
        yield uow


def orders(uow: UnitOfWork, moment: datetime, *, shop: UUID) -> Features:
    return by_entity(from_database.order_features(uow, shop, moment), "order_id")


def customers(uow: UnitOfWork, moment: datetime, *, shop: UUID) -> Features:
    return by_entity(from_database.customer_features(uow, shop, moment), "customer_id")


def products(uow: UnitOfWork, moment: datetime, *, shop: UUID) -> Features:
    return by_entity(from_database.product_features(uow, shop, moment), "product_id")


def kept(uow: UnitOfWork, moment: datetime, *, shop: UUID, feature_set: FeatureSet) -> Features:
    """What training reads of a store that was made long after the moment."""
    with uow.connection.transaction(force_rollback=True):
        assert feature_store.refresh(uow, shop, END).claimed
        return {row.entity_id: row.values for row in feature_store.as_of(uow, shop, feature_set, None, moment)}


@pytest.mark.parametrize("extract", [orders, customers, products])
def test_database_does_not_look_ahead(uow: UnitOfWork, shop: UUID, extract: Any) -> None:
    assert check(partial(extract, shop=shop), uow, MOMENTS, without_the_future) > 100


@pytest.mark.parametrize("feature_set", [CUSTOMERS, PRODUCTS])
def test_store_does_not_look_ahead(uow: UnitOfWork, shop: UUID, feature_set: FeatureSet) -> None:
    assert check(partial(kept, shop=shop, feature_set=feature_set), uow, MOMENTS, without_the_future) > 100


BEFORE = "o.ordered_at < %(ends_at)s"
PLANTED = [
    (customers, "SELECT_CUSTOMERS", BEFORE, "o.business_date <= %(latest)s"),
    (products, "SELECT_PRODUCTS", BEFORE, "o.business_date <= %(latest)s"),
    (orders, "SELECT_ORDERS", BEFORE, "o.ordered_at <= %(ends_at)s::date + 1"),
    (
        customers,
        "SELECT_CUSTOMERS",
        "coalesce(products, 0) AS products",
        "(SELECT count(DISTINCT product_id) FROM orders JOIN order_lines ON order_id = id "
        "WHERE customer_id = totals.customer_id) AS products",
    ),
    (
        partial(kept, feature_set=PRODUCTS),
        "SELECT_PRODUCTS",
        "ROWS 3 PRECEDING",
        "ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING",
    ),
    (partial(kept, feature_set=CUSTOMERS), "SELECT_CUSTOMERS", "JOIN days ON business_date < cut", "JOIN days ON true"),
    (
        partial(kept, feature_set=CUSTOMERS),
        "SELECT_CUSTOMERS",
        "JOIN placed ON business_date < cut",
        "JOIN placed ON business_date <= cut + 1",
    ),
]


@pytest.mark.parametrize(("extract", "statement", "right", "wrong"), PLANTED)
def test_look_ahead_planted_in_the_sql_is_caught(
    uow: UnitOfWork, shop: UUID, monkeypatch: pytest.MonkeyPatch, extract: Any, statement: str, right: str, wrong: str
) -> None:
    text = getattr(repository, statement)
    assert right in text
    monkeypatch.setattr(repository, statement, text.replace(right, wrong))
    with pytest.raises(LookAhead) as caught:
        check(partial(extract, shop=shop), uow, MOMENTS, without_the_future)
    assert isinstance(caught.value.entity, UUID)
    assert caught.value.moment in MOMENTS


def test_stock_of_now_given_to_the_past_is_caught(uow: UnitOfWork, shop: UUID) -> None:
    """Nothing deleted shows it: the products table has no past. So what changes later is changed."""

    @contextmanager
    def with_the_stock_of_then(uow: UnitOfWork, moment: datetime) -> Iterator[UnitOfWork]:
        with uow.connection.transaction(force_rollback=True):
            uow.connection.execute("UPDATE products SET stock = 3, price = 1")
            yield uow

    past = partial(products, shop=shop)
    assert check(past, uow, MOMENTS, with_the_stock_of_then) > 100

    def leaking(uow: UnitOfWork, moment: datetime) -> Features:
        return by_entity(from_database.product_features(uow, shop, moment, present=True), "product_id")

    with pytest.raises(LookAhead) as caught:
        check(leaking, uow, MOMENTS, with_the_stock_of_then)
    assert caught.value.feature in {"stock", "list_price", "days_of_stock"}


def test_clock_of_the_proof_is_not_the_walls(uow: UnitOfWork, shop: UUID) -> None:
    """As of a moment long past, all was as it was then, whenever it is asked."""
    long_ago = MOMENTS[0] - timedelta(days=365)
    with pytest.raises(ValueError, match="nothing is proved"):
        check(partial(orders, shop=shop), uow, [long_ago], without_the_future)
    assert all(row["total_orders"] == 0 for row in customers(uow, long_ago, shop=shop).values())


def test_deleted_rows_are_back_after_a_cut(uow: UnitOfWork, shop: UUID) -> None:
    count = "SELECT count(*) FROM orders"
    before = uow.connection.execute(count).fetchone()
    with without_the_future(uow, MOMENTS[0]):
        during = uow.connection.execute(count).fetchone()
    assert before is not None
    assert during is not None
    assert during < before == uow.connection.execute(count).fetchone()
    assert isinstance(uow.connection, psycopg.Connection)
