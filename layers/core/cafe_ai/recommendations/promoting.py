"""What speaks for a product now, as parts in [0, 1], and what they add up to.

A part is 0 where nothing speaks for it. Ratios are shrunk by a few units on both sides, so that three sold instead of one
is no trend. The weights say what a shop owner would: first what people want, then what pays and what has to go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log2
from uuid import UUID

from cafe_ai.recommendations.model import Candidate, Daytime, Pair

WEIGHTS: Mapping[str, float] = {
    "demand": 0.28,
    "margin": 0.20,
    "stock": 0.18,
    "season": 0.12,
    "daypart": 0.10,
    "trend": 0.07,
    "company": 0.05,
}
PRIVATE_PARTS = frozenset({"margin", "trend"})
"""Parts that say something of money: not for members who may not see it, not even by the order of the list."""
SHRINK = 3.0
LEAST_UNITS = 5
LEAST_RISEN = 10
LEAST_COVER_DAYS = 14
RUNS_OUT_IN_DAYS = 2.0
WINDOW_DAYS = 28


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its parts and their sum, in [0, 1]."""

    candidate: Candidate
    score: float
    parts: Mapping[str, float]


def score_all(
    candidates: Sequence[Candidate],
    daytimes: Mapping[UUID, Daytime],
    companions: Mapping[UUID, Pair],
    *,
    sees_money: bool,
) -> list[Scored]:
    """The candidates by how much speaks for promoting them now, best first.

    companions: for each product the pair that ties it to a best seller. Parts that are not known of any product (no
    costs, no stock) do not count; what is about to run out counts half.
    """
    percentile = _percentiles({c.product.id: float(c.sales.units) for c in candidates if c.sales.units > 0})
    every = {
        c.product.id: {
            "demand": percentile.get(c.product.id, 0.0),
            "margin": float(margin_rate(c) or 0),
            "stock": stock_part(c),
            "season": rise_part(c.sales.units_season, c.sales.units_preseason),
            "daypart": daypart_part(daytimes.get(c.product.id)),
            "trend": rise_part(c.sales.units, c.sales.units_before),
            "company": 1.0 if c.product.id in companions else 0.0,
        }
        for c in candidates
    }
    hidden = frozenset() if sees_money else PRIVATE_PARTS
    known = [name for name in WEIGHTS if name not in hidden and any(parts[name] > 0 for parts in every.values())]
    whole = sum(WEIGHTS[name] for name in known) or 1.0
    scored = []
    for candidate in candidates:
        parts = {name: round(every[candidate.product.id][name], 4) for name in known}
        total = sum(WEIGHTS[name] * part for name, part in parts.items()) / whole
        if runs_out(candidate):
            total /= 2
        scored.append(Scored(candidate, total, parts))
    return sorted(scored, key=lambda one: (-one.score, one.candidate.product.name, one.candidate.product.external_id))


def varied(scored: Sequence[Scored], limit: int) -> list[Scored]:
    """The best, of one category at most half as long as there are others."""
    most = max(1, (limit + 1) // 2)
    chosen: list[Scored] = []
    left: list[Scored] = []
    counts: dict[str | None, int] = {}
    for one in scored:
        category = one.candidate.product.category
        if category is not None and counts.get(category, 0) >= most:
            left.append(one)
            continue
        counts[category] = counts.get(category, 0) + 1
        chosen.append(one)
    kept = (chosen + left)[:limit]
    return sorted(kept, key=lambda one: -one.score)


def margin_rate(candidate: Candidate) -> Decimal | None:
    """The share of the net price that is left, in [0, 1]: of what was sold, else of the list price; None if not known."""
    sales, price, cost = candidate.sales, candidate.product.price, candidate.cost
    if sales.costed_net > 0:
        rate = (sales.costed_net - sales.costs) / sales.costed_net
    elif price and cost is not None:
        rate = (price - cost) / price
    else:
        return None
    return max(Decimal(0), min(Decimal(1), rate))


def daily_units(candidate: Candidate) -> Decimal:
    """Units a day in the recent window, never negative."""
    return max(Decimal(0), candidate.sales.units) / WINDOW_DAYS


def cover_days(candidate: Candidate) -> Decimal | None:
    """For how many days the stock lasts at the recent rate; None where either is not known or nothing is sold."""
    daily = daily_units(candidate)
    if candidate.stock is None or daily <= 0:
        return None
    return max(Decimal(0), candidate.stock) / daily


def enough_days(candidate: Candidate) -> int:
    """For how many days a stock may reasonably last: twice the time that new goods take, and two weeks at least."""
    return max(LEAST_COVER_DAYS, 2 * (candidate.lead_time_days or 0))


def stock_part(candidate: Candidate) -> float:
    """How far the stock goes beyond what is enough, 1 at four times as long; of what does not sell at all .6."""
    if candidate.stock is None or candidate.stock <= 0:
        return 0.0
    cover = cover_days(candidate)
    if cover is None:
        return 0.6
    enough = enough_days(candidate)
    return _unit((float(cover) - enough) / (3 * enough))


def runs_out(candidate: Candidate) -> bool:
    """Whether the stock is gone in a day or two."""
    cover = cover_days(candidate)
    return cover is not None and cover < Decimal(RUNS_OUT_IN_DAYS)


def rise_part(units: Decimal, before: Decimal) -> float:
    """How much more than before, shrunk: 1 at 2.8 times as much; 0 below ten units."""
    if units < LEAST_RISEN:
        return 0.0
    return _unit(log2((float(units) + SHRINK) / (max(0.0, float(before)) + SHRINK)) / 1.5)


def daypart_part(daytime: Daytime | None) -> float:
    """How much more it is asked for at this part of the day than over the whole day, shrunk: 1 at twice as much."""
    if daytime is None or daytime.orders < LEAST_UNITS or not daytime.total or daytime.part_orders >= daytime.total:
        return 0.0
    expected = daytime.all_orders * daytime.part_orders / daytime.total
    return _unit(log2((daytime.orders + SHRINK) / (expected + SHRINK)))


def _percentiles(values: Mapping[UUID, float]) -> dict[UUID, float]:
    """The share of the values that are not above one's own."""
    ordered = sorted(values.values())
    places: dict[float, int] = {value: place + 1 for place, value in enumerate(ordered)}
    return {key: places[value] / len(ordered) for key, value in values.items()}


def _unit(value: float) -> float:
    return max(0.0, min(1.0, value))
