"""From a forecast to the stock: when it runs out, when to order, and how much.

Textbook inventory control (Silver, Pyke and Thomas, "Inventory and Production Management in Supply Chains"): the reorder point
covers the lead time's demand with the service level's probability; the order brings the stock up to what covers lead time and
review period, for only at the next review can more be ordered. `SpanDemand.enough` is that quantile, from the forecast's own past
errors. Quantities are rounded up to whole units, unless the stock itself is kept in fractions (kilograms).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Decimal

from cafe_ai.forecasting.model import DayDemand, Product, SpanDemand, Supply

DEFAULT_LEAD_TIME_DAYS = 7
REVIEW_DAYS = 7
SERVICE_LEVEL = 0.95
LOOKED_AHEAD_DAYS = 365
MOST_LEAD_DAYS = 180
_FRACTION = Decimal("0.001")


def lead_time_of(product: Product) -> int:
    """The days that new goods take; DEFAULT_LEAD_TIME_DAYS where the product does not say, one at least."""
    days = DEFAULT_LEAD_TIME_DAYS if product.lead_time_days is None else product.lead_time_days
    return min(MOST_LEAD_DAYS, max(1, days))


def spans_of(product: Product, review_days: int) -> tuple[int, int]:
    """The spans whose demand is needed: the lead time, and the lead time with the review period."""
    lead = lead_time_of(product)
    return lead, lead + review_days


def plan_supply(
    product: Product, days: Sequence[DayDemand], spans: Mapping[int, SpanDemand], review_days: int
) -> Supply | None:
    """What to order; None where the stock is not known. Stock below zero counts as none."""
    if product.stock is None:
        return None
    stock = max(Decimal(0), product.stock)
    lead, cover = spans_of(product, review_days)
    whole = stock == stock.to_integral_value()
    reorder_point = _up(spans[lead].enough, whole=whole)
    safety = max(Decimal(0), reorder_point - _up(spans[lead].expected, whole=whole))
    order = max(Decimal(0), _up(spans[cover].enough, whole=whole) - stock)
    missed = max(Decimal(0), Decimal(spans[cover].expected) - stock)
    return Supply(
        lead_time_days=lead,
        review_days=review_days,
        days_to_stockout=days_to_stockout(stock, [day.expected for day in days]),
        reorder_point=reorder_point,
        safety_stock=safety,
        order_quantity=order,
        order_now=order > 0 and stock <= reorder_point,
        at_risk=None if product.unit_price is None else missed * product.unit_price,
    )


def days_to_stockout(stock: Decimal, daily: Sequence[float]) -> int | None:
    """For how many whole days the stock covers what is expected; the last weeks of `daily` go on. None beyond a year."""
    if stock <= 0:
        return 0
    left, week = float(stock), daily[-7:]
    for day in range(LOOKED_AHEAD_DAYS):
        expected = daily[day] if day < len(daily) else week[(day - len(daily)) % len(week)] if len(week) == 7 else 0.0
        left -= expected
        if left < -1e-9:
            return day
    return None


def _up(units: float, *, whole: bool) -> Decimal:
    """Rounded up to a unit, or to a thousandth; what differs by less than floats err does not count."""
    step = Decimal(1) if whole else _FRACTION
    return (Decimal(units) - Decimal("1e-6")).quantize(step, ROUND_CEILING) if units > 0 else Decimal(0)
