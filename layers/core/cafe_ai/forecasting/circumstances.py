"""What promotions and planned prices mean for a series: days of promotion, and the prices of days to come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from cafe_ai.forecasting.model import History, Product, Promotion

PLANNED_DAYS = 400
"""How far ahead plans are read: longer than anything that is forecast."""
DAY = timedelta(days=1)

Prices = Sequence[float | None]


def aligned(history: History, values: Mapping[date, float]) -> tuple[float | None, ...]:
    """The values of the history's days, None where there is none."""
    return tuple(values.get(history.first_day + n * DAY) for n in range(len(history.values)))


def promoted_days(promotions: Iterable[Promotion], since: date, until: date) -> frozenset[date]:
    """The days of promotions in [since, until)."""
    days: set[date] = set()
    for each in promotions:
        if each.is_promotion:
            first, last = max(since, each.first_day), min(until - DAY, each.last_day or until)
            days.update(first + n * DAY for n in range((last - first).days + 1))
    return frozenset(days)


def planned_prices(
    product: Product, promotions: Sequence[Promotion], history: History, prices: Prices
) -> Mapping[date, float]:
    """The prices already decided for the PLANNED_DAYS days from the forecast's start, of days on which one was decided.

    A discount is off the price that is planned for that day, else off the usual one: the last price paid on a day without a
    promotion, else unit_price. Of several decisions a product's own goes before one for all, then the one that begins last; of
    promotions the cheapest counts.
    """
    usual = _usual_price(product, promotions, history, prices)
    planned: dict[date, float] = {}
    ahead = [each for each in promotions if each.last_day is None or each.last_day >= history.start]
    for n in range(PLANNED_DAYS if ahead else 0):
        day = history.start + n * DAY
        held = [each for each in ahead if each.holds(day)]
        decided = [each for each in held if not each.is_promotion and each.price is not None]
        base = usual
        if decided:
            chosen = max(decided, key=lambda each: (each.product_id is not None, each.first_day))
            base = float(chosen.price or 0)
        offers = [offer for each in held if each.is_promotion if (offer := _offer(each, base)) is not None]
        price = min(offers, default=base if decided else None)
        if price is not None:
            planned[day] = price
    return planned


def _usual_price(product: Product, promotions: Sequence[Promotion], history: History, prices: Prices) -> float | None:
    last = None
    for place in range(len(prices) - 1, -1, -1):
        price = prices[place]
        if price is not None:
            last = price if last is None else last
            day = history.first_day + place * DAY
            if not any(each.is_promotion and each.holds(day) for each in promotions):
                return price
    if last is not None:
        return last
    return None if product.unit_price is None else float(product.unit_price)


def _offer(promotion: Promotion, base: float | None) -> float | None:
    if promotion.price is not None:
        return float(promotion.price)
    if promotion.discount_percent is None or base is None:
        return None
    return base * (1 - float(promotion.discount_percent) / 100)
