"""What is known of a shop's customers: segments, cohorts, risk, the next purchase. Standard library only.

A *visit* is a business day on which the customer placed an order with a positive line: two orders of one day are one visit,
so that a forgotten bread roll is no return. Net sales count returns as negative. The *year* is the twelve months up to the
moment of asking, a *step* the last four weeks (the same weekdays before and after). Money is exact here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

from cafe_ai.analytics.model import Gap, Period
from cafe_ai.assistants.model import Statement

RiskLevel = Literal["low", "medium", "high"]
ChurnMethod = Literal["history", "lifetime", "rhythm"]
NoLifetime = Literal[
    "few_customers",  # too few to estimate anything
    "few_repeaters",  # too few came back
    "no_values",  # too few repeat visits with a positive value
    "not_converged",  # no optimum was found
    "no_mean_value",  # the values scatter so widely that they have no mean
]
"""Why a model of customers' purchases, or of their value, could not be fitted."""


class Segment(StrEnum):
    """What kind of customer one is; `segments.RULES` says when. From the best to those that are gone."""

    CHAMPIONS = "champions"
    LOYAL = "loyal"
    PROMISING = "promising"
    NEW = "new"
    VALUABLE_AT_RISK = "valuable_at_risk"
    AT_RISK = "at_risk"
    ONE_TIME = "one_time"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one customer stands at the start of a business day (`cut`, of which nothing is seen).

    gaps counts the intervals between visits, gap_days is their sum. net_step and net_before are the net sales of the step
    up to the cut and of the one before it, net_repeats those of the visits after the first.
    """

    customer_id: UUID
    cut: date
    first_day: date
    last_day: date
    visits: int
    orders: int
    net: Decimal
    visits_year: int
    orders_year: int
    net_year: Decimal
    gaps: int
    gap_days: int
    net_step: Decimal
    net_before: Decimal
    net_repeats: Decimal

    @property
    def idle_days(self) -> int:
        """Days since the last visit; 0 where it was on the last day seen."""
        return (self.cut - self.last_day).days - 1


@dataclass(frozen=True, slots=True)
class Yardsticks:
    """What this shop calls soon, late, often and much, taken from its own customers.

    usual_days: within so many days four of five returns happen; long_days: nineteen of twenty. frequent_visits: as often in a
    year as the most frequent fifth of the year's customers, three times at least. valuable_year and valuable_ever: what the
    fifth that spent most has spent at least. Customers with equal figures are never parted.
    """

    usual_days: int
    long_days: int
    frequent_visits: int
    valuable_year: Decimal
    valuable_ever: Decimal


@dataclass(frozen=True, slots=True)
class ExpectedOf:
    """What is expected of a group: of so many customers how many buy, their visits, and their net sales where known."""

    customers: int
    buyers: float
    purchases: float
    value: float | None


@dataclass(frozen=True, slots=True)
class SegmentFigures:
    """A segment's size and worth. orders and average_ticket are of the year; came and left count the last step.

    average_ticket is None without orders in the year. expected: of its members together, None where nothing is expected.
    """

    segment: Segment
    customers: int
    customers_before: int
    came: int
    left: int
    orders_year: int
    net_year: Decimal
    net_ever: Decimal
    average_ticket: Decimal | None
    share_percent: Decimal | None
    expected: ExpectedOf | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Customers who changed from one segment to another within the last step; source is None for first orders.

    net_before and net_now are what they spent in the step before it and in it, net_year in the year.
    """

    source: Segment | None
    target: Segment
    customers: int
    net_year: Decimal
    net_before: Decimal
    net_now: Decimal


@dataclass(frozen=True, slots=True)
class CohortMonth:
    """What became of a cohort so many months after its first: who bought, as a percentage of the cohort, and net sales.

    running: the month is not over yet.
    """

    months_after: int
    customers: int
    retention_percent: Decimal
    net_sales: Decimal
    running: bool


@dataclass(frozen=True, slots=True)
class Cohort:
    """The customers whose first visit lies in the month. In the first recorded month many will have bought before."""

    month: date
    customers: int
    months: tuple[CohortMonth, ...]
    records_begin: bool


@dataclass(frozen=True, slots=True)
class Risk:
    """How likely a customer is not to come back within the horizon, beside the shop's other customers of the last year.

    rank_percent: so many of 100 of them are at less risk. It is an order, not a probability.
    """

    level: RiskLevel
    rank_percent: Decimal
    idle_days: int
    usual_interval_days: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """How well the risk told, one horizon ago, who would not come back, beside the days since the last visit alone.

    auc: of a customer who stayed away and one who came back, how often the first was ranked as the riskier (0.5 is chance).
    precision_percent: of the tenth ranked highest, how many stayed away; base_percent: of all. lost_percent is per level.
    compared: the auc of each method that could be tried, by its name.
    """

    customers: int
    base_percent: Decimal
    auc: Decimal
    recency_auc: Decimal
    precision_percent: Decimal
    recency_precision_percent: Decimal
    lost_percent: tuple[tuple[RiskLevel, int, Decimal], ...]
    compared: Mapping[ChurnMethod, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """The customers of the year at one level of risk, and what they spent in it."""

    level: RiskLevel
    customers: int
    net_year: Decimal


@dataclass(frozen=True, slots=True)
class ChurnReport:
    """Churn as the shop's own past measures it: no visit within `horizon_days`.

    method "history": a model of the shop's customers one horizon ago; "lifetime": the probability of a visit by a model of all
    their visits, where it told better who stayed away; "rhythm": days since the last visit against the customer's usual
    interval, where the past is too short for a model.
    """

    horizon_days: int
    method: ChurnMethod
    groups: tuple[RiskGroup, ...]
    backtest: Backtest | None


@dataclass(frozen=True, slots=True)
class Buyer:
    """What a model of purchases knows of a customer.

    frequency: visits after the first; recency_days, from the first to the last; age_days, from the first to the last day seen;
    value, the mean net sales of the visits after the first, 0 where there are none.
    """

    customer_id: UUID
    frequency: int
    recency_days: int
    age_days: int
    value: float


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of a customer within the horizon. active: the probability of still being a customer; buys: of a visit;
    purchases: expected visits; value: expected net sales, None where no value can be estimated."""

    active: float
    buys: float
    purchases: float
    value: float | None


@dataclass(frozen=True, slots=True)
class LifetimeTest:
    """What was expected one horizon ago, knowing nothing later, beside what came.

    mean_error: mean absolute error of a customer's visits; rate_error: the same of going on at the own rate. tenths: the
    customers by their probability, each (customers, expected percent of buyers, actual percent). off_points: how far these
    are apart on average, in percentage points; reliable: neither that nor the number of visits was far off (`lifetime`).
    """

    customers: int
    expected_buyers: float
    buyers: int
    expected_purchases: float
    purchases: int
    mean_error: float
    rate_error: float
    tenths: tuple[tuple[int, Decimal, Decimal], ...]
    off_points: Decimal
    reliable: bool


@dataclass(frozen=True, slots=True)
class LifetimeReport:
    """What the coming horizon_days should bring by the customers' own visits so far.

    missing: why there is no model; then nothing else is known. no_value: why there is no expected value. of_year: of the year's
    customers; at_risk: of those at high risk. parameters: the models' by their names in the literature. correlation: of
    frequency and value, which the model of values takes for none.
    """

    horizon_days: int
    missing: NoLifetime | None = None
    no_value: NoLifetime | None = None
    of_year: ExpectedOf | None = None
    at_risk: ExpectedOf | None = None
    test: LifetimeTest | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    correlation: float | None = None


@dataclass(frozen=True, slots=True)
class NextPurchase:
    """When a customer is expected next, if at all: half of such returns come by `expected_on`, eight of ten between earliest and
    latest. None where so few have ever returned after so long that nothing can be said.

    basis: "own" where the interval is mostly the customer's own, "shop" where it has none of its own, else "both".
    """

    interval_days: int
    basis: Literal["own", "both", "shop"]
    overdue_days: int
    expected_on: date | None
    earliest: date | None
    latest: date | None


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer as one row of a list."""

    customer_id: UUID
    external_id: str
    name: str | None
    segment: Segment
    risk: Risk
    next_purchase: NextPurchase
    orders: int
    net_sales: Decimal
    net_year: Decimal
    last_order_on: date
    expectation: Expectation | None = None


@dataclass(frozen=True, slots=True)
class Favourite:
    """A product that a customer buys."""

    product_id: UUID
    product: str
    units: Decimal
    orders: int
    net_sales: Decimal


@dataclass(frozen=True, slots=True)
class CustomerHistory:
    """One customer. weekday is 0 for Monday; weekday and hour are where most of the orders are, None without a clear most."""

    profile: Profile
    first_order_on: date
    visits: int
    average_ticket: Decimal | None
    favourites: tuple[Favourite, ...]
    weekday: int | None
    hour: int | None


@dataclass(frozen=True, slots=True)
class CustomerBehaviour:
    """All that is told of a shop's customers, or of one (`customer`; then the lists are empty).

    period is the year, step the last four weeks. known_share_percent: how much of the year's net sales is of known
    customers. priced is False where no price is recorded: then every amount is zero and none is told. insights are ranked by
    money; summary is the first of them in one text. explained: what each segment that has customers means, how it stands, and
    what to do. gaps says what is missing.
    """

    as_of: datetime
    currency: str
    locale: Literal["es", "en"]
    period: Period
    step: Period
    customers: int = 0
    customers_year: int = 0
    net_year: Decimal = Decimal(0)
    known_share_percent: Decimal | None = None
    priced: bool = True
    yardsticks: Yardsticks | None = None
    segments: tuple[SegmentFigures, ...] = ()
    moves: tuple[Move, ...] = ()
    cohorts: tuple[Cohort, ...] = ()
    churn: ChurnReport | None = None
    lifetime: LifetimeReport | None = None
    to_win_back: tuple[Profile, ...] = ()
    expected_soon: tuple[Profile, ...] = ()
    customer: CustomerHistory | None = None
    summary: str = ""
    insights: tuple[Statement, ...] = ()
    explained: Mapping[Segment, tuple[Statement, ...]] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """A segment in a report's period: its name in words, its customers at the end of it, and what they spent in it."""

    name: str
    customers: int
    net_sales: Decimal
    share_percent: Decimal | None = None
