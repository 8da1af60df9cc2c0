"""A small shop whose orders are generated with a fixed seed and written as the SaaS writes them: in any order, changed,
deleted; and its raw rows, for figures that are computed without the code under test."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import class_row

from cafe_ai.platform.ids import uuid7
from cafe_ai.tenancy.model import Business
from tests.support.factories import Factory
from tests.support.postgres import TestDatabase

MADRID = ZoneInfo("Europe/Madrid")
FIRST, LAST = date(2026, 2, 16), date(2026, 5, 24)  # a Monday and a Sunday; the clocks change on 29 March
CLOSES = time(2)
CUSTOMER_NAMES = ("Ana Pérez", "Luis O'Hara", None)

# name, category, price, cost, listed, how often it is sold
PRODUCTS = (
    ("Café solo", "Cafés", "1.30", "0.35", True, 9),
    ("Café con leche", "Cafés", "1.65", "0.55", True, 8),
    ("Croissant", "Bollería", "1.80", None, True, 6),
    ("Croissant", "Bollería", "2.10", "0.90", True, 3),  # two products of one name
    ("Tarta de Santiago", "Tartas", "3.95", "1.3333", True, 2),
    ("Agua del grifo", "Agua", "0", "0", True, 2),  # given away: sold, and priced at nothing
    ("Menú del día", None, "12.50", None, True, 2),  # no category
    ("Cesta", "Regalos", None, None, True, 1),  # its price is not recorded
    ("Tetera", "Regalos", "25", "11", True, 0),  # never sold
    ("Jersey", "Regalos", "40", "20", False, 0),  # nor this one, which is no longer offered
)

SELECT_LINES = """
SELECT o.id AS order_id, o.ordered_at, c.external_id AS customer, o.store, o.payment_method, p.id AS product_id,
       p.name AS product, p.category, l.quantity, l.unit_price, l.discount, coalesce(l.unit_cost, p.cost) AS unit_cost
  FROM order_lines l
  JOIN orders o ON o.id = l.order_id
  JOIN products p ON p.id = l.product_id
  LEFT JOIN customers c ON c.id = o.customer_id
 WHERE l.business_id = %s"""


@dataclass(frozen=True)
class RawLine:
    """An order line as it stands in the tables."""

    order_id: UUID
    ordered_at: datetime
    customer: str | None
    store: str | None
    payment_method: str | None
    product_id: UUID
    product: str
    category: str | None
    quantity: Decimal
    unit_price: Decimal | None
    discount: Decimal
    unit_cost: Decimal | None

    @property
    def local(self) -> datetime:
        """When it was sold, on the shop's clock."""
        return self.ordered_at.astimezone(MADRID)

    @property
    def day(self) -> date:
        """The shop's day: what is sold before it closes belongs to the day before."""
        return (self.local.replace(tzinfo=None) - timedelta(hours=CLOSES.hour)).date()


class GeneratedShop:
    """The shop, its lines as they stand, and its products as (id, name, category, listed).

    No dataclass: hypothesis would print all its lines with every example.
    """

    def __init__(
        self, business: Business, lines: Sequence[RawLine], products: Sequence[tuple[UUID, str, str | None, bool]]
    ) -> None:
        self.business = business
        self.lines = lines
        self.products = products

    def __repr__(self) -> str:
        return "the generated shop"


def generate_shop(factory: Factory, database: TestDatabase, *, seed: int = 7, orders: int = 420) -> GeneratedShop:
    """Writes a shop and reads back its raw rows."""
    rng = random.Random(seed)
    business_id = factory.insert_business("Café Generado", day_starts=CLOSES)
    products = []
    for name, category, price, cost, listed, _ in PRODUCTS:
        columns = {"category": category, "price": price, "cost": cost, "listed": listed}
        columns["external_id"] = str(uuid7())
        product_id = factory.insert_product(business_id, name, **columns)
        products.append((product_id, name, category, listed))
    customers = [
        factory.insert_customer(business_id, f"C-{number}", CUSTOMER_NAMES[number % len(CUSTOMER_NAMES)])
        for number in range(14)
    ]
    with factory.connection.transaction():
        _write_orders(factory, business_id, rng, products, customers, orders)
    _change_orders(factory, business_id, rng, products)
    business = Business(business_id, "Café Generado", "cafeteria", MADRID.key, "EUR", "es", CLOSES)
    with (
        closing(psycopg.connect(database.superuser)) as connection,
        connection.cursor(row_factory=class_row(RawLine)) as cursor,
    ):
        lines = cursor.execute(SELECT_LINES, [business_id]).fetchall()
    return GeneratedShop(business, lines, products)


def _write_orders(
    factory: Factory,
    business_id: UUID,
    rng: random.Random,
    products: Sequence[tuple[UUID, str, str | None, bool]],
    customers: Sequence[UUID],
    orders: int,
) -> None:
    """Orders of every day but a closed week in April, written in no order of time, each with one to four lines."""
    factory.act_for(business_id)
    placed, lines = [], []
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    open_days = [day for day in days if not date(2026, 4, 6) <= day <= date(2026, 4, 12) and day.weekday() != 1]
    for number in range(orders):
        day = rng.choice(open_days)
        hour = rng.choice((8, 9, 9, 12, 13, 13, 17, 20, 23, 24, 25))  # 24 and 25: after midnight, before it closes
        moment = datetime.combine(day, time(), MADRID).replace(tzinfo=None) + timedelta(
            hours=hour, minutes=rng.randrange(60), seconds=rng.randrange(60)
        )
        order_id = uuid7()
        # Half of the customers come from April on, so that there are new ones.
        known = customers if day >= date(2026, 4, 1) else customers[:7]
        customer = rng.choice(known) if rng.random() < 0.6 else None
        store = rng.choice((None, "Centro", "Centro", "Norte"))
        method = rng.choice((None, "tarjeta", "efectivo"))
        placed.append(
            (
                order_id,
                business_id,
                f"G{number}",
                moment.replace(tzinfo=MADRID),
                customer,
                store,
                method,
            )
        )
        only_returns = rng.random() < 0.06
        for line_number in range(1, rng.randint(1, 4) + 1):
            chosen = rng.choices(range(len(PRODUCTS)), [product[5] for product in PRODUCTS])[0]
            lines.append(_line(rng, business_id, order_id, line_number, chosen, products, only_returns=only_returns))
    with factory.connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO orders (id, business_id, external_id, ordered_at, customer_id, store, payment_method)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            placed,
        )
        cursor.execute("CREATE TEMP TABLE written (LIKE order_lines) ON COMMIT DROP")
        cursor.execute("ALTER TABLE written ALTER business_date DROP NOT NULL")
        cursor.executemany(
            "INSERT INTO written (business_id, order_id, line_number, product_id, quantity, unit_price, discount,"
            " unit_cost) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            lines,
        )
        cursor.execute(
            "INSERT INTO order_lines (business_id, order_id, line_number, business_date, product_id, quantity,"
            " unit_price, discount, unit_cost)"
            " SELECT w.business_id, w.order_id, w.line_number, o.business_date, w.product_id, w.quantity,"
            " w.unit_price, w.discount, w.unit_cost FROM written w JOIN orders o ON o.id = w.order_id"
        )


def _line(
    rng: random.Random,
    business_id: UUID,
    order_id: UUID,
    line_number: int,
    chosen: int,
    products: Sequence[tuple[UUID, str, str | None, bool]],
    *,
    only_returns: bool,
) -> tuple[object, ...]:
    price = PRODUCTS[chosen][2]
    quantity = Decimal(rng.choice(("1", "1", "2", "3", "0.333")))
    if only_returns or rng.random() < 0.07:
        quantity = -quantity
    # Prices have changed by tenths of a cent, some lines have a discount, some a cost of their own.
    price = None if price is None else Decimal(price) + Decimal(rng.choice(("0", "0", "0.015"))) * bool(Decimal(price))
    discount = Decimal(rng.choice(("0", "0", "0", "0.125"))) if price else Decimal(0)
    cost = Decimal("0.4567") if rng.random() < 0.1 else None
    return (business_id, order_id, line_number, products[chosen][0], quantity, price, discount, cost)


def _change_orders(
    factory: Factory,
    business_id: UUID,
    rng: random.Random,
    products: Sequence[tuple[UUID, str, str | None, bool]],
) -> None:
    """What happens to orders once they are written: they move, change, go; a product's cost becomes known."""
    factory.act_for(business_id)
    run = factory.connection.execute
    ids = [row[0] for row in run("SELECT id FROM orders WHERE business_id = %s ORDER BY external_id", [business_id])]
    moved, changed, gone = rng.sample(ids, 8), rng.sample(ids, 8), rng.sample(ids, 5)
    run("UPDATE orders SET ordered_at = ordered_at + interval '9 days 3 hours' WHERE id = ANY(%s)", [moved])
    run("UPDATE order_lines SET quantity = -quantity WHERE order_id = ANY(%s)", [changed])
    run("UPDATE orders SET store = 'Norte', customer_id = NULL WHERE id = ANY(%s)", [changed])
    run("DELETE FROM orders WHERE id = ANY(%s)", [gone])
    run("UPDATE products SET cost = 0.42 WHERE id = %s", [products[0][0]])
