"""RFM segments: recency, frequency and monetary value, measured with the shop's own yardsticks.

Quintiles are not used as scores: in a small shop they part customers with equal figures, and they call a fifth of the
customers bad however well the shop does. Here a threshold is a value, so that equals stand together, and "late" is late for
this shop: a café's week is a gift shop's season.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import TypeVar

from cafe_ai.customers.model import Move, RiskLevel, Segment, SegmentFigures, Standing, Yardsticks
from cafe_ai.language.formats import Language, round_half_up

LEAST_GAPS = 30
"""With fewer intervals between visits the shop's own rhythm is not known."""
DEFAULT_USUAL_DAYS, DEFAULT_LONG_DAYS = 60, 180
LEAST_USUAL_DAYS, MOST_USUAL_DAYS = 14, 180
LEAST_FREQUENT, LOYAL_VISITS = 3, 3
LEAST_OWN_GAPS = 2
"""With fewer a customer has no rhythm of their own yet."""
TOP = 0.8  # the value that four of five do not exceed

Number = TypeVar("Number", int, Decimal)


@dataclass(frozen=True, slots=True)
class Rule:
    """When a customer is of a segment; the first rule that holds decides. words: the same for people, by language."""

    segment: Segment
    holds: Callable[[Standing, Yardsticks], bool]
    names: Mapping[Language, str]
    words: Mapping[Language, str]


def _recent(one: Standing, by: Yardsticks) -> bool:
    """Not longer ago than is usual for the shop, or for the customer."""
    return one.idle_days <= max(by.usual_days, _own_days(one))


def _slipping(one: Standing, by: Yardsticks) -> bool:
    """Not beyond the shop's long days, or three of the customer's own intervals."""
    return one.idle_days <= max(by.long_days, 3 * _own_days(one))


def _own_days(one: Standing) -> float:
    return one.gap_days / one.gaps if one.gaps >= LEAST_OWN_GAPS else 0.0


RULES: tuple[Rule, ...] = (
    Rule(
        Segment.CHAMPIONS,
        lambda one, by: _recent(one, by) and one.visits_year >= by.frequent_visits and one.net_year >= by.valuable_year,
        {"es": "Campeones", "en": "Champions"},
        {"es": "compran a menudo y mucho, y hace poco", "en": "buy often and much, and did lately"},
    ),
    Rule(
        Segment.LOYAL,
        lambda one, by: _recent(one, by) and one.visits_year >= LOYAL_VISITS,
        {"es": "Fieles", "en": "Loyal"},
        {"es": "vienen con regularidad, y hace poco", "en": "come regularly, and did lately"},
    ),
    Rule(
        Segment.NEW,
        lambda one, by: _recent(one, by) and one.visits == 1,
        {"es": "Nuevos", "en": "New"},
        {"es": "hicieron hace poco su primera compra", "en": "bought for the first time lately"},
    ),
    Rule(
        Segment.PROMISING,
        _recent,
        {"es": "Prometedores", "en": "Promising"},
        {"es": "han vuelto hace poco, aún pocas veces", "en": "came back lately, not often yet"},
    ),
    Rule(
        Segment.VALUABLE_AT_RISK,
        lambda one, by: _slipping(one, by) and one.visits > 1 and one.net >= by.valuable_ever,
        {"es": "Valiosos en riesgo", "en": "Valuable at risk"},
        {"es": "han gastado mucho y tardan más de lo habitual", "en": "spent much and stay away longer than usual"},
    ),
    Rule(
        Segment.AT_RISK,
        lambda one, by: _slipping(one, by) and one.visits > 1,
        {"es": "En riesgo", "en": "At risk"},
        {"es": "repetían y tardan más de lo habitual", "en": "used to return and stay away longer than usual"},
    ),
    Rule(
        Segment.ONE_TIME,
        _slipping,
        {"es": "De una sola compra", "en": "One-time"},
        {"es": "compraron una vez y no han vuelto", "en": "bought once and have not returned"},
    ),
    Rule(
        Segment.LOST,
        lambda _one, _by: True,
        {"es": "Perdidos", "en": "Lost"},
        {"es": "llevan sin venir mucho más de lo habitual", "en": "have stayed away for much longer than usual"},
    ),
)
"""All the rules of the segments, in order. The last holds for everyone, so that each customer is in exactly one."""

LEAST_RISK: Mapping[Segment, RiskLevel] = {
    Segment.VALUABLE_AT_RISK: "medium",
    Segment.AT_RISK: "medium",
    Segment.ONE_TIME: "medium",
    Segment.LOST: "high",
}
"""Whoever the churn model takes for safe: nobody is told that one who stays away is at no risk."""
FADING = frozenset(LEAST_RISK)
"""The segments of those who have not come for longer than usual."""


def segment_of(one: Standing, by: Yardsticks) -> Segment:
    """The customer's segment."""
    return next(rule.segment for rule in RULES if rule.holds(one, by))


def least_risk(one: Standing, by: Yardsticks) -> RiskLevel:
    """The level of risk that the customer's segment alone makes certain."""
    return LEAST_RISK.get(segment_of(one, by), "low")


def segment_name(segment: Segment, language: Language) -> str:
    """What a segment is called."""
    return next(rule.names[language] for rule in RULES if rule.segment is segment)


def measure_yardsticks(standings: Sequence[Standing], gap_days: Mapping[int, int]) -> Yardsticks:
    """The shop's yardsticks. gap_days: how often returns took so many days."""
    usual, long = DEFAULT_USUAL_DAYS, DEFAULT_LONG_DAYS
    if sum(gap_days.values()) >= LEAST_GAPS:
        usual = min(MOST_USUAL_DAYS, max(LEAST_USUAL_DAYS, _weighted_quantile(gap_days, 0.8)))
        long = max(2 * usual, _weighted_quantile(gap_days, 0.95))
    active = [one for one in standings if one.visits_year > 0]
    return Yardsticks(
        usual_days=usual,
        long_days=long,
        frequent_visits=max(LEAST_FREQUENT, _quantile([one.visits_year for one in active], TOP, 0)),
        valuable_year=_quantile([one.net_year for one in active], TOP, Decimal(0)),
        valuable_ever=_quantile([one.net for one in standings], TOP, Decimal(0)),
    )


def measure_segments(
    now: Mapping[Segment, Sequence[Standing]], before: Counter[Segment], moves: Iterable[Move]
) -> tuple[SegmentFigures, ...]:
    """Size and worth of every segment, the empty ones too. share_percent is of the year's net sales of them all."""
    came: Counter[Segment] = Counter()
    left: Counter[Segment] = Counter()
    for move in moves:
        came[move.target] += move.customers
        if move.source is not None:
            left[move.source] += move.customers
    whole = sum((one.net_year for members in now.values() for one in members), Decimal(0))
    figures = []
    for segment in Segment:
        members = now.get(segment, ())
        net, orders = sum((one.net_year for one in members), Decimal(0)), sum(one.orders_year for one in members)
        figures.append(
            SegmentFigures(
                segment=segment,
                customers=len(members),
                customers_before=before[segment],
                came=came[segment],
                left=left[segment],
                orders_year=orders,
                net_year=net,
                net_ever=sum((one.net for one in members), Decimal(0)),
                average_ticket=net / orders if orders else None,
                share_percent=round_half_up(net / whole * 100, 1) if whole > 0 else None,
            )
        )
    return tuple(figures)


def measure_moves(now: Sequence[Standing], before: Sequence[Standing], by: Yardsticks) -> tuple[Move, ...]:
    """Who changed segment since `before`, the largest change of net sales first. The yardsticks are the same at both ends, so
    that it is the customers who moved."""
    earlier = {one.customer_id: segment_of(one, by) for one in before}
    gathered: dict[tuple[Segment | None, Segment], list[Standing]] = {}
    for one in now:
        source, target = earlier.get(one.customer_id), segment_of(one, by)
        if source is not target:
            gathered.setdefault((source, target), []).append(one)
    moves = [
        Move(
            source,
            target,
            len(members),
            sum((one.net_year for one in members), Decimal(0)),
            sum((one.net_before for one in members), Decimal(0)),
            sum((one.net_step for one in members), Decimal(0)),
        )
        for (source, target), members in gathered.items()
    ]
    return tuple(sorted(moves, key=lambda move: (-abs(move.net_now - move.net_before), -move.customers, move.target)))


def _quantile(values: Sequence[Number], share: float, otherwise: Number) -> Number:
    """The smallest of the values that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else otherwise


def _weighted_quantile(counts: Mapping[int, int], share: float) -> int:
    wanted, seen = share * sum(counts.values()), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= wanted:
            return value
    return max(counts)
