"""A business's rows as plain dicts for the extractors, and random histories written as the SaaS writes them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from hypothesis import strategies as st
from psycopg.rows import dict_row

from ml.pipelines.extract_features import (
    extract_customer_features,
    extract_order_features,
    extract_product_features,
)
from tests.support.factories import Factory, Line
from tests.support.postgres import TestDatabase

SELECT_SHOP = "SELECT timezone, day_starts FROM businesses WHERE id = %s"
SELECT_ORDERS = "SELECT id, ordered_at, customer_id FROM orders WHERE business_id = %s ORDER BY ordered_at, id"
SELECT_LINES = """
SELECT l.order_id, l.product_id, l.quantity, l.unit_price, l.discount, coalesce(l.unit_cost, p.cost) AS unit_cost, o.ordered_at
  FROM order_lines AS l JOIN orders AS o ON o.id = l.order_id JOIN products AS p ON p.id = l.product_id
 WHERE l.business_id = %s ORDER BY l.order_id, l.line_number"""
SELECT_CUSTOMERS = "SELECT id FROM customers WHERE business_id = %s ORDER BY id"
SELECT_PRODUCTS = "SELECT id, price, stock FROM products WHERE business_id = %s ORDER BY id"


@dataclass(frozen=True)
class Records:
    """All rows of a business, and its clock as the extractors take it."""

    shop: dict[str, Any]
    orders: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    customers: list[dict[str, Any]]
    products: list[dict[str, Any]]

    @classmethod
    def read(cls, database: TestDatabase, business_id: UUID) -> Records:
        """What stands in the tables."""
        with closing(psycopg.connect(database.superuser, row_factory=dict_row)) as connection:

            def rows(statement: str) -> list[dict[str, Any]]:
                return connection.execute(statement.encode(), [business_id]).fetchall()

            (shop,) = rows(SELECT_SHOP)
            orders, lines = rows(SELECT_ORDERS), rows(SELECT_LINES)
            for order in orders:
                order["items"] = [line for line in lines if line["order_id"] == order["id"]]
            return cls(shop, orders, lines, rows(SELECT_CUSTOMERS), rows(SELECT_PRODUCTS))

    def order_features(self, moment: datetime) -> list[dict[str, Any]]:
        """Of the orders before the moment."""
        seen = [order for order in self.orders if order["ordered_at"] < moment]
        return [extract_order_features(order, **self.shop) for order in seen]

    def customer_features(self, moment: datetime) -> list[dict[str, Any]]:
        """Of all customers."""
        return [
            extract_customer_features(
                customer,
                [order for order in self.orders if order["customer_id"] == customer["id"]],
                as_of=moment,
                **self.shop,
            )
            for customer in self.customers
        ]

    def product_features(self, moment: datetime, *, present: bool = False) -> list[dict[str, Any]]:
        """Of all products."""
        return [
            extract_product_features(
                product if present else {"id": product["id"]},
                [line for line in self.lines if line["product_id"] == product["id"]],
                as_of=moment,
                **self.shop,
            )
            for product in self.products
        ]


INSERT_FEATURES = (
    "INSERT INTO feature_snapshots VALUES (%(business)s, 'customers', '2026-05-04', 1, '', true)",
    "INSERT INTO customer_features VALUES (%(business)s, %(customer)s, 'customers', '2026-05-04', 1, '{1,NULL}')",
    "INSERT INTO product_features VALUES (%(business)s, %(product)s, 'products', '2026-05-04', 1, '{1,NULL}')",
    "INSERT INTO shop_features VALUES (%(business)s, %(business)s, 'footfall', '2026-05-04', 1, '{1,NULL}')",
)


def insert_features(superuser: psycopg.Connection[Any], business: UUID, customer: UUID, product: UUID) -> None:
    """A row of each table of the feature store."""
    for statement in INSERT_FEATURES:
        superuser.execute(statement.encode(), {"business": business, "customer": customer, "product": product})


@dataclass(frozen=True)
class Placed:
    """An order to be written: customers and products by their place in the lists."""

    ordered_at: datetime
    customer: int | None
    lines: tuple[tuple[int, Decimal, Decimal | None, Decimal, Decimal | None], ...]


ZONES = ("Europe/Madrid", "America/Bogota", "America/New_York", "Asia/Kolkata", "UTC")
START = datetime(2026, 8, 1, tzinfo=UTC)
QUANTITIES = st.one_of(st.integers(-3, 6).map(Decimal), st.decimals(-2, 3, places=3))
LINES = st.tuples(
    st.integers(0, 3),
    QUANTITIES,
    st.one_of(st.none(), st.decimals(0, 99, places=4)),
    st.one_of(st.just(Decimal(0)), st.decimals(0, 5, places=4)),
    st.one_of(st.none(), st.decimals(0, 50, places=4)),
)
# From August to December, so that clocks are set back; often around the same moments.
MINUTES = st.one_of(st.integers(0, 120 * 24 * 60), st.integers(85 * 24 * 60, 86 * 24 * 60))
MOMENTS = MINUTES.map(lambda minutes: START + timedelta(minutes=minutes))
PLACED = st.builds(Placed, MOMENTS, st.one_of(st.none(), st.integers(0, 2)), st.lists(LINES, max_size=4).map(tuple))
HISTORIES = st.lists(PLACED, max_size=14)
CLOSING = st.one_of(st.just(time(0)), st.times(max_value=time(5)).map(lambda at: at.replace(microsecond=0)))
SHOPS = st.tuples(st.sampled_from(ZONES), CLOSING)


def write_history(factory: Factory, history: Sequence[Placed], shop: tuple[str, time]) -> UUID:
    """A business with four products (one without a cost, one never sold for certain) and four customers; its id."""
    assert ZoneInfo(shop[0])
    with factory.connection.transaction():
        business = factory.insert_business("Generado", timezone=shop[0], day_starts=shop[1])
        costs = (None, Decimal("0.35"), Decimal("1.3333"), 2)
        products = [factory.insert_product(business, price=3, cost=cost, stock=Decimal("7.5")) for cost in costs]
        factory.insert_product(business, price=None, stock=None)
        customers = [factory.insert_customer(business) for _ in range(4)]
        for placed in history:
            lines = [Line(products[place], *rest) for place, *rest in placed.lines]
            customer = None if placed.customer is None else customers[placed.customer]
            factory.insert_order(business, lines, ordered_at=placed.ordered_at, customer_id=customer)
    return business
