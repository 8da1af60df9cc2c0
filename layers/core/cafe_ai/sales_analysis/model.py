"""The analysis of a period: what was sold, what changed and why, and what to do. Standard library only.

Money is exact here and rounded half up to the currency's places where it is told. A percentage is 31.2, not 0.312.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from cafe_ai.analytics.model import Fact, Gap, Period, Unit

Preset = Literal["daily", "weekly", "monthly", "quarterly", "yearly"]
DriverName = Literal["price", "volume", "mix", "new_products", "vanished_products", "rest"]


@dataclass(frozen=True, slots=True)
class Span:
    """What is to be analysed: the last whole day, week, month, quarter or year before as_of, or the days from start to end,
    both included.

    as_of is the moment of asking (without an offset the shop's local time; None is now): nothing later is seen.
    """

    preset: Preset | None = "monthly"
    start: date | None = None
    end: date | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric over the period, beside the same over the previous period and over the same dates a year before.

    None where it cannot be known (no costs, no such records then). difference and change_percent are against the previous
    period, the last two against last year; a change is None where there is nothing positive to compare with.
    """

    metric: str
    unit: Unit
    value: Decimal | None
    previous: Decimal | None = None
    last_year: Decimal | None = None
    difference: Decimal | None = None
    change_percent: Decimal | None = None
    last_year_difference: Decimal | None = None
    last_year_change_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DayPoint:
    """One business day. expected, low and high are what weekday and season made likely (None where too little is known)."""

    day: date
    net_sales: Decimal
    orders: int
    units: Decimal
    expected: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A product or a category. share_percent is of the period's net sales; previous is None where it was not sold then."""

    name: str
    net_sales: Decimal
    units: Decimal
    share_percent: Decimal | None
    previous: Decimal | None
    difference: Decimal | None
    change_percent: Decimal | None
    product_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """An hour ("09:00") or a weekday ("monday"); average is its net sales per day that the period has of it."""

    key: str
    net_sales: Decimal
    orders: int
    average: Decimal


@dataclass(frozen=True, slots=True)
class Driver:
    """One part of the change in net sales; amount is rounded so that all parts add up to the change to the cent."""

    name: DriverName
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Contribution:
    """How much of the change one product brings, by its largest driver."""

    product: str
    driver: DriverName
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Drivers:
    """Why net sales changed from the previous period to this one; the six parts add up to `change`."""

    change: Decimal
    parts: tuple[Driver, ...]
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A day far from what its weekday and the season made likely. deviation is net_sales − expected."""

    day: date
    net_sales: Decimal
    expected: Decimal
    low: Decimal
    high: Decimal
    deviation: Decimal


@dataclass(frozen=True, slots=True)
class Finding:
    """One insight or recommendation: a checked sentence, the facts it was made of, and the money at stake (positive)."""

    kind: str
    text: str
    money: Decimal
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that is told of a period.

    headline holds net_sales, orders, units, average_ticket, returns, margin and margin_rate, in this order, those that
    are known and those that are not (value None). customers holds customers, new_customers, returning_customers and
    repeat_rate; empty where customers are not recorded. products_best and products_worst do not overlap. insights and
    recommendations are ranked by money. gaps says what cannot be known and why. margin_coverage is the percentage of
    the period's net sales whose cost is known. recorded is the shop's first and last recorded business day up to as_of.
    """

    currency: str
    locale: Literal["es", "en"]
    period: Period
    previous: Period | None
    last_year: Period | None
    headline: tuple[Figure, ...]
    days: tuple[DayPoint, ...]
    products_best: tuple[Row, ...]
    products_worst: tuple[Row, ...]
    categories_best: tuple[Row, ...]
    categories_worst: tuple[Row, ...]
    hours: tuple[Slot, ...]
    weekdays: tuple[Slot, ...]
    customers: tuple[Figure, ...]
    drivers: Drivers | None
    anomalies: tuple[Anomaly, ...]
    insights: tuple[Finding, ...]
    recommendations: tuple[Finding, ...]
    gaps: tuple[Gap, ...] = ()
    margin_coverage: Decimal | None = None
    recorded: tuple[date, date] | None = None
    as_of: datetime | None = None

    def figure(self, metric: str) -> Figure | None:
        """The figure of that name, where the analysis has it."""
        return next((each for each in (*self.headline, *self.customers) if each.metric == metric), None)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that the insights and recommendations were made of, each once."""
        told: dict[str, Fact] = {}
        for finding in (*self.insights, *self.recommendations):
            for fact in finding.facts:
                told.setdefault(repr(fact), fact)
        return tuple(told.values())


@dataclass(frozen=True, slots=True)
class AnalysisAnswer:
    """An analysis as it is told: its text, and what it took.

    conversation_id is the turn's, None where no user asked. degraded: the language model could not be used and the facts
    speak for themselves.
    verified: every figure in the text was found in the facts. budget_left_usd: as in `assistants.model.Answer`.
    """

    business_id: UUID
    analysis: Analysis
    text: str
    conversation_id: UUID | None
    response_time_ms: int
    model_name: str
    degraded: bool
    tokens_used: int
    cost_usd: Decimal
    verified: bool
    budget_left_usd: Decimal | None = None
