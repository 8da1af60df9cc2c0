"""A shop whose customers come at their own rhythm, generated with a fixed seed, and its rows for computing without the code
under test."""

from __future__ import annotations

import csv
import random
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from cafe_ai.intake import service as intake
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from cafe_ai.tenancy.model import Business
from tests.support.generated_shop import MADRID
from tests.support.postgres import TestDatabase

FIRST, LAST = date(2025, 1, 7), date(2026, 5, 31)
AS_OF = datetime(2026, 5, 31, 14, tzinfo=MADRID)  # in the middle of the last day: what is ordered later is not seen
CLOSED = 0  # Monday
PRODUCTS = {"Pan": Decimal("1.20"), "Tarta": Decimal("18.50"), "Café": Decimal("1.75"), "Cruasán": Decimal("1.95")}
COLUMNS = "order_id ordered_at product quantity unit_price customer_id discount".split()


@dataclass(frozen=True)
class Row:
    """An order line."""

    order: str
    at: datetime
    product: str
    quantity: int
    price: Decimal
    customer: str | None
    discount: Decimal

    @property
    def net(self) -> Decimal:
        return self.quantity * self.price - self.discount


def generate(customers: int = 80, seed: int = 7) -> list[Row]:
    """Orders of regulars who begin and stop at different times, with returns, days of returns alone, and unknown customers."""
    chance = random.Random(seed)
    rows: list[Row] = []

    def order(day: date, customer: str | None, *, is_return: bool = False) -> None:
        if day.weekday() == CLOSED or not FIRST <= day <= LAST:
            return
        number = f"o{len(rows)}"
        at = datetime.combine(day, time(chance.choice([8, 9, 12, 18]), chance.randrange(60)), MADRID)
        for product in chance.sample(sorted(PRODUCTS), chance.randrange(1, 3)):
            quantity = -1 if is_return else chance.randrange(1, 4)
            discount = Decimal("0.25") if chance.random() < 0.1 and not is_return else Decimal(0)
            rows.append(Row(number, at, product, quantity, PRODUCTS[product], customer, discount))

    for n in range(customers):
        day = FIRST + timedelta(days=chance.randrange(505))
        every, stops = chance.choice([3, 8, 20, 45]), LAST - timedelta(days=chance.choice([0, 0, 40, 150, 400]))
        while day <= stops:
            order(day, f"c{n}")
            if chance.random() < 0.1:
                order(day, f"c{n}")
            if chance.random() < 0.05:
                order(day + timedelta(days=1), f"c{n}", is_return=True)
            day += timedelta(days=max(1, round(chance.gauss(every, every / 3))))
    order(date(2026, 3, 3), "only-returns", is_return=True)
    for n in range((LAST - FIRST).days + 1):
        for _ in range(chance.randrange(1, 4)):
            order(FIRST + timedelta(days=n), None)
    return rows


def write(database: TestDatabase, folder: Path, rows: list[Row], **more: str) -> Business:
    """A new business with these rows."""
    path = folder / f"{uuid7()}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows:
            writer.writerow(
                [row.order, row.at.isoformat(), row.product, row.quantity, row.price, row.customer or "", row.discount]
            )
    values = {"name": "Panadería Sol", "type": "bakery", "locale": "es", **more}
    business = Business(uuid7(), timezone="Europe/Madrid", currency="EUR", **values)  # type: ignore[arg-type]
    with closing(Database(database.saas)) as writing:
        intake.import_lines(writing, path, business)
    return business
