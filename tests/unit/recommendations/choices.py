"""Choices for tests of words and of their check."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from cafe_ai.analytics.periods import ShopCalendar
from cafe_ai.catalogue.model import ProductData
from cafe_ai.recommendations.choosing import windows
from cafe_ai.recommendations.model import Candidate, Choice, Daytime, Item, Pair, Reason, Sales, Windows
from cafe_ai.recommendations.promoting import Scored
from cafe_ai.recommendations.reasons import ReasonMaker

AS_OF = datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("Europe/Madrid"))
WINDOWS: Windows = windows(
    ShopCalendar("Europe/Madrid", time(0), AS_OF, date(2024, 1, 1)), date(2026, 11, 24), date(2026, 11, 24)
)


def product(name: str, **columns: Any) -> ProductData:
    known = {"category": "Cafés", "price": Decimal("1.75"), "stock": Decimal(40), "allergens": None, "diets": None}
    return ProductData(id=uuid4(), external_id=name, name=name, listed=True, **(known | columns))


def candidate(name: str = "Café con leche", sales: Sales | None = None, **columns: Any) -> Candidate:
    cost, lead = columns.pop("cost", None), columns.pop("lead_time_days", None)
    return Candidate(product(name, **columns), sales or Sales(), cost, lead)


def sold(units: object, before: object = 0, season: object = 0, preseason: object = 0) -> Sales:
    return Sales(Decimal(str(units)), Decimal(str(before)), Decimal(str(season)), Decimal(str(preseason)), rows=1)


def pair(one: UUID, other: UUID, together: int = 40, *, lift: float = 2.0, g2: float = 30.0) -> Pair:
    return Pair(one, other, together, 200, 150, 1000, lift, g2, 0.1)


def every_reason(*, sees_money: bool = True, name: str = "Café con leche", other: str = "Croissant") -> Item:
    """An item with one reason of each kind, as the service makes them."""
    one = candidate(name, Sales(Decimal(432), Decimal(210), Decimal(95), Decimal(31), Decimal(700), Decimal(168), 9))
    make = ReasonMaker(WINDOWS, "EUR", sees_money)
    parts = {"demand": 1.0, "margin": 0.76, "stock": 1.0, "season": 0.9, "daypart": 0.9, "trend": 0.8, "company": 1.0}
    tied = pair(uuid4(), one.product.id)
    reasons = make.explain(Scored(one, 0.9, parts), Daytime(70, 300, 90, 1000), (tied, other), most=9)
    reasons += [make.together(one, tied, other), make.together(one, pair(uuid4(), uuid4(), g2=1.0), other)]
    idle = candidate(name, sold(0))
    reasons += make.explain(Scored(idle, 0.1, {"stock": 0.6}), None, None)
    reasons += [Reason("fits"), Reason("catalogue"), make.out_of_stock(candidate(name, stock=Decimal(0)))]
    return Item(one.product, 0.9, tuple(reasons), make.price(one))


def choice(*items: Item, **fields: Any) -> Choice:
    return Choice(**({"kind": "promote", "items": items, "windows": WINDOWS, "daypart": "morning"} | fields))


NOW = datetime(2026, 11, 25, tzinfo=UTC)
