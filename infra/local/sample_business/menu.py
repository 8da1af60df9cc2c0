"""The menu of Café Central: `menu.csv`, and what a product costs and how much it is wanted on a day.

Besides the catalogue's columns the file says how much a product is asked for (`appeal`, a weight), when in the day
(`hours`) and when in the year (`season`). Its prices and costs are those of 2024.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from math import exp
from pathlib import Path
from typing import Any

from infra.local.sample_business.days import easter

CATALOGUE_COLUMNS = (
    "product_id", "name", "category", "price", "cost", "stock", "lead_time_days", "shelf_life_days", "allergens", "diets",
    "description",
)  # fmt: skip

MENU_FILE = Path(__file__).with_name("menu.csv")
PRICES_RISE = (3, 1)  # month and day, every year
PRICE_RISE, COST_RISE = Decimal("1.04"), Decimal("1.03")
NEW_PRODUCT, NEW_SINCE = "TES-04", date(2026, 3, 2)  # matcha latte
FADING_PRODUCT, FADING_SINCE = "REF-02", date(2024, 11, 1)  # the green detox juice
FADING_A_YEAR, FADED_TO = 0.9, 0.12  # rate, and the share of its appeal that stays

OUTSIDE_SEASON = {"winter": 0.15, "summer": 0.0, "lent": 0.0, "christmas": 0.0}


@dataclass(frozen=True, eq=False)  # one object a product
class Product:
    """A row of the menu. hours: morning, noon, afternoon or all; season: all, summer, winter, lent or christmas."""

    product_id: str
    name: str
    category: str
    price: Decimal
    cost: Decimal
    stock: str
    lead_time_days: str
    shelf_life_days: str
    allergens: str
    diets: str
    appeal: float
    hours: str
    season: str
    description: str

    def price_on(self, day: date) -> Decimal:
        """The list price, in steps of five cents; it rises every 1 March."""
        return _raised_price(self.price, _rises_before(day))

    def cost_on(self, day: date) -> Decimal:
        """What a unit costs the café, to the cent."""
        return _raised_cost(self.cost, _rises_before(day))

    def appeal_on(self, day: date) -> float:
        """How much it is asked for; 0 where it is not on the menu."""
        if self.product_id == NEW_PRODUCT and day < NEW_SINCE:
            return 0.0
        appeal = self.appeal * (1.0 if _is_season(self.season, day) else OUTSIDE_SEASON[self.season])
        if self.product_id == FADING_PRODUCT:
            years = max(0.0, (day - FADING_SINCE).days / 365)
            appeal *= FADED_TO + (1 - FADED_TO) * exp(-FADING_A_YEAR * years)
        return appeal


@cache
def menu() -> tuple[Product, ...]:
    """Every product of the menu."""
    with MENU_FILE.open(encoding="utf-8", newline="") as file:
        return tuple(_product(row) for row in csv.DictReader(file))


def catalogue_rows(day: date) -> list[dict[str, str]]:
    """The catalogue of that day, as `cafe-ai import-catalogue` reads it."""
    return [
        {
            **{column: str(getattr(product, column)) for column in CATALOGUE_COLUMNS},
            "price": f"{product.price_on(day):.2f}",
            "cost": f"{product.cost_on(day):.2f}",
        }
        for product in menu()
    ]


def _product(row: dict[str, str]) -> Product:
    values: dict[str, Any] = {
        **row,
        "price": Decimal(row["price"]),
        "cost": Decimal(row["cost"]),
        "appeal": float(row["appeal"]),
    }
    return Product(**values)


@cache
def _raised_price(price: Decimal, rises: int) -> Decimal:
    return (price * PRICE_RISE**rises * 20).quantize(Decimal(1), ROUND_HALF_UP) / 20


@cache
def _raised_cost(cost: Decimal, rises: int) -> Decimal:
    return (cost * COST_RISE**rises).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _rises_before(day: date) -> int:
    return day.year - 2024 - (1 if (day.month, day.day) < PRICES_RISE else 0)


def _is_season(season: str, day: date) -> bool:
    if season == "summer":
        return date(day.year, 5, 25) <= day <= date(day.year, 9, 20)
    if season == "winter":
        return day.month >= 10 or day.month <= 3
    if season == "lent":
        return easter(day.year) - timedelta(days=46) <= day <= easter(day.year)
    if season == "christmas":
        return day >= date(day.year, 12, 20) or day <= date(day.year, 1, 7)
    return True
