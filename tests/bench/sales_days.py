"""Daily sales of real shops for simulations: the shop that is loaded, and a bakery's from a file of days."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import psycopg

from cafe_ai.forecasting.model import Ask, Circumstances, History, Product
from cafe_ai.forecasting.reading import closed_weekdays
from cafe_ai.platform.ids import uuid7
from tests.bench.shops import Shop

DAY = timedelta(days=1)
LEAST_DAYS, RECENT_DAYS, PRICED_DAYS = 120, 28, 90

SELECT_DAYS = """
SELECT p.external_id, sold.business_date, sum(sold.units)::float8, sum(sold.gross)::float8
  FROM rollup_products AS sold JOIN products AS p ON p.id = sold.product_id
 WHERE sold.business_id = %s GROUP BY 1, 2"""


@dataclass(frozen=True)
class SalesDays:
    """Units by product and day (days without a sale may be missing), and a price for each."""

    title: str
    country: str
    units: Mapping[str, Mapping[date, float]]
    price: Mapping[str, float]

    @cached_property
    def open_days(self) -> Sequence[date]:
        """The days on which anything was sold."""
        return sorted({day for days in self.units.values() for day, units in days.items() if units > 0})

    def products(self, start: date, most: int) -> list[str]:
        """Those known long enough and sold lately, as of the day before `start`, by the sales of their last three months."""
        found = []
        for name, days in self.units.items():
            sold = [day for day, units in days.items() if units > 0 and day < start]
            if sold and (start - min(sold)).days >= LEAST_DAYS and max(sold) >= start - RECENT_DAYS * DAY:
                recent = sum(days.get(start - n * DAY, 0.0) for n in range(1, PRICED_DAYS + 1))
                found.append((recent * self.price[name], name))
        return [name for _, name in sorted(found, reverse=True)[:most]]

    def product(self, name: str, lead: int, keeps: int | None = None, cost_share: str | None = None) -> Product:
        """The product as the service knows it."""
        price = Decimal(str(round(self.price[name], 4)))
        cost = None if cost_share is None else price * Decimal(cost_share)
        return Product(uuid7(), name, name, Decimal(0), lead, price, None, None, cost, keeps)

    def ask(self, name: str, start: date, days: int, spans: tuple[int, ...], level: float) -> Ask:
        """What is asked of a forecaster on the morning of `start`, with all that was sold before it."""
        sold = self.units[name]
        first = min(day for day, units in sold.items() if units > 0)
        before = [day for day in self.open_days if day < start]
        opened = set(before)
        values = [
            sold.get(first + n * DAY, 0.0) if first + n * DAY in opened else None for n in range((start - first).days)
        ]
        history = History(first, tuple(values), closed_weekdays(before, start))
        return Ask(history, days, spans, level, Circumstances(key=name, country=self.country))

    def demand(self, name: str, start: date, days: int) -> list[float]:
        """What was sold on each day."""
        return [self.units[name].get(start + n * DAY, 0.0) for n in range(days)]


def of_shop(shop: Shop) -> SalesDays:
    """The sales of the shop that is loaded; returns do not count as demand."""
    units: dict[str, dict[date, float]] = defaultdict(dict)
    worth: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    with psycopg.connect(shop.database.superuser) as connection:
        for name, day, count, gross in connection.execute(SELECT_DAYS, [shop.source.business.id]):
            units[name][day] = max(0.0, round(count))
            if count > 0 and gross > 0:
                worth[name][0] += gross
                worth[name][1] += count
    priced = {name: gross / count for name, (gross, count) in worth.items()}
    country = "GB" if shop.source.business.timezone == "Europe/London" else "ES"
    return SalesDays(shop.source.title, country, {name: units[name] for name in priced}, priced)


def of_bakery(path: Path) -> SalesDays:
    """A file with the columns unique_id, ds, y (revenue) and unit_price: the French bakery's."""
    units: dict[str, dict[date, float]] = defaultdict(dict)
    price: dict[str, float] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            each = float(row["unit_price"])
            if each > 0:
                units[row["unique_id"]][date.fromisoformat(row["ds"])] = max(0.0, round(float(row["y"]) / each))
                price[row["unique_id"]] = each
    return SalesDays("a French bakery", "FR", units, price)
