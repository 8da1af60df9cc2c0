"""Demand of the coming days and what it means for the stock. Standard library only.

Demand is in units a business day; a day on which more was returned than sold counts as none. Forecasts are floats, rounded where
they are told; money and stock are Decimal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

from cafe_ai.analytics.model import Gap
from cafe_ai.assistants.model import Statement

Note = Literal[
    "never_sold",  # no demand on record: nothing is forecast
    "short_history",  # too little for a backtest: the interval is that of the shop's other products, or Poisson's
    "naive_was_better",  # the last weeks repeated did better in the backtest, so they are the forecast
    "no_stock",  # stock is not known: no order is proposed
    "default_lead_time",  # the lead time is not known: DEFAULT_LEAD_TIME_DAYS is assumed
    "lasts_long",  # the stock outlasts what is looked ahead
    "stock_of_now",  # the question is about the past, the stock is today's
    "stock_age_unknown",  # the stock counts as come today: how old it is is not recorded
    "kept_down",  # no more is ordered than sells before its date
    "ordered_daily",  # does not keep until the next review
]


@dataclass(frozen=True, slots=True)
class History:
    """A daily series up to the day before the forecast starts.

    values has one entry a day from first_day; None where the shop was closed. On closed_weekdays (0 is Monday) the shop does
    not open: nothing is expected then.
    """

    first_day: date
    values: tuple[float | None, ...]
    closed_weekdays: frozenset[int] = frozenset()

    @property
    def start(self) -> date:
        """The first day of the forecast."""
        return self.first_day + timedelta(days=len(self.values))

    def weekday(self, place: int) -> int:
        """The weekday of the day so many after the first; 0 is Monday."""
        return (self.first_day.weekday() + place) % 7


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a series beside its values; a method takes what it can use, and nothing is guessed.

    key tells series apart within the shop, category groups them. prices has one entry a day of the history: the mean price paid
    for a unit, None where nothing was sold or no price was recorded; planned_prices are those already decided for days to come.
    promoted: days, past and planned, of a promotion. sold_out: past days on which the stock ran out, so that demand was at least
    what was sold. country: ISO 3166 alpha-2, whose public holidays hold; None where it is not known.
    """

    key: str = ""
    category: str | None = None
    prices: tuple[float | None, ...] = ()
    planned_prices: Mapping[date, float] = field(default_factory=dict)
    promoted: frozenset[date] = frozenset()
    sold_out: frozenset[date] = frozenset()
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be forecast: `days` days, and the totals of the first n days for each n of spans.

    service_level: how likely a total's `enough` is to suffice.
    """

    history: History
    days: int
    spans: tuple[int, ...] = ()
    service_level: float = 0.95
    circumstances: Circumstances = field(default_factory=Circumstances)


@dataclass(frozen=True, slots=True)
class DayDemand:
    """A day's expected demand, with the intervals that hold it in 80 and in 95 of 100 cases. low95 ≤ low80 ≤ high80 ≤ high95;
    all are zero on a day on which the shop is closed."""

    day: date
    expected: float
    low80: float
    high80: float
    low95: float
    high95: float


@dataclass(frozen=True, slots=True)
class SpanDemand:
    """The demand of the first `days` days together; `enough` suffices with the probability asked for."""

    days: int
    expected: float
    enough: float


@dataclass(frozen=True, slots=True)
class Errors:
    """Mean absolute error a day; RMSSE and MASE are scaled by the series' differences from a week before (below 1 is better
    than repeating last week one day ahead); None for a series that never changes from week to week."""

    mae: float
    rmsse: float | None
    mase: float | None


@dataclass(frozen=True, slots=True)
class Backtest:
    """The method and seasonal naive (the same weekday of the week before), as they would have forecast at `origins` earlier
    days, each told nothing of what came later. mean is the mean demand of the days that were forecast.

    parts: the errors of each method that was tried, by its name. bias_percent: forecast minus demand over all those days, as a
    percentage of the demand. covered80 and covered95: the share of the days that the intervals held. None where not measured.
    """

    origins: int
    model: Errors
    seasonal_naive: Errors
    mean: float
    parts: Mapping[str, Errors] = field(default_factory=dict)
    bias_percent: float | None = None
    covered80: float | None = None
    covered95: float | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """A forecast. method names what made it; "none" where nothing is on record."""

    method: str
    days: tuple[DayDemand, ...]
    spans: Mapping[int, SpanDemand]
    backtest: Backtest | None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """What the model in use foretold of a series, when it was asked on the night of `start`."""

    start: date
    made_at: datetime
    prediction: Prediction

    def from_day(self, start: date, days: int) -> Prediction:
        """As many days of it from a later day on; totals only where it is the same day."""
        skipped = (start - self.start).days
        told = self.prediction
        spans = told.spans if skipped == 0 else {}
        return Prediction(told.method, told.days[skipped : skipped + days], spans, told.backtest, told.notes)


@dataclass(frozen=True, slots=True)
class Product:
    """A product with what is known of its stock; None where it is not known.

    unit_price is what a unit brought in the last 90 days, else the list price. unit_cost is the catalogue's, else what a unit
    cost in the last 90 days. on_order is on its way and not in stock. shelf_life_days counts the day on which goods arrive: what
    keeps one day is sold on that day or not at all; None is what keeps.
    """

    id: UUID
    external_id: str
    name: str
    stock: Decimal | None
    lead_time_days: int | None
    unit_price: Decimal | None
    first_sold_on: date | None
    category: str | None = None
    unit_cost: Decimal | None = None
    shelf_life_days: int | None = None
    on_order: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promotion, or a planned price, of one product or (None) of all; the last day is included, None is for good.

    price is of a unit, discount_percent off its usual price; both may be open for a promotion.
    """

    is_promotion: bool
    product_id: UUID | None
    first_day: date
    last_day: date | None
    price: Decimal | None = None
    discount_percent: Decimal | None = None

    def holds(self, day: date) -> bool:
        """Whether the day is one of it."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class DayStock:
    """How many units to have when the shop opens on a day."""

    day: date
    units: Decimal


@dataclass(frozen=True, slots=True)
class Supply:
    """What the forecast means for the stock. Figures are of this review, with today as day 0.

    review_days: days from one order to the next; 1 for goods that do not keep until the next review. days_to_stockout: for how
    many whole days the stock suffices (no more than it keeps), None beyond what is looked ahead; days_to_stockout_early: the same
    if demand is at the upper end of its 80 % interval. reorder_point: the stock at which even an order of now may come too late,
    demand of the lead time (a day at least) and safety_stock. order_quantity: what brings the stock and what is on its way to
    what lead time and review period need; kept_down: a short shelf life makes it less. order_now: to wait for the next review
    would not keep the service level. critical_ratio: the probability by which goods that perish are ordered, None where that is
    the service level. daily: of goods ordered every day, what to have at opening until the next review's goods come.

    at_risk, margin_at_risk: sales, and the margin in them, that would be missed on average until an order of the next review
    arrives. expiring_units: what of the stock is on average not sold by its date, None for goods that keep; expiring_value: what
    it cost. stock_value, order_value: at cost. Each is None without the price or cost it needs.
    """

    lead_time_days: int
    review_days: int
    days_to_stockout: int | None
    reorder_point: Decimal
    safety_stock: Decimal
    order_quantity: Decimal
    order_now: bool
    at_risk: Decimal | None
    days_to_stockout_early: int | None = None
    margin_at_risk: Decimal | None = None
    expiring_units: float | None = None
    expiring_value: Decimal | None = None
    kept_down: bool = False
    critical_ratio: float | None = None
    daily: tuple[DayStock, ...] = ()
    stock_value: Decimal | None = None
    order_value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ProductForecast:
    """A product's forecast, and its supply where its stock is known."""

    product: Product
    prediction: Prediction
    supply: Supply | None
    notes: tuple[Note, ...]

    @property
    def expected_units(self) -> float:
        """What is expected over the horizon."""
        return sum(day.expected for day in self.prediction.days)


@dataclass(frozen=True, slots=True)
class InventoryForecast:
    """The forecast of the products asked for, those to order first by money, then by name.

    days is the horizon from `start`. sold counts the products that could have been forecast, where not all were. last_day is
    the last recorded day, where nothing is on record since. summary and insights are checked text.
    """

    as_of: datetime
    locale: Literal["es", "en"]
    currency: str
    timezone: str
    start: date
    days: int
    service_level: float
    review_days: int
    products: tuple[ProductForecast, ...] = ()
    sold: int = 0
    closed_weekdays: frozenset[int] = frozenset()
    summary: str = ""
    insights: tuple[Statement, ...] = ()
    gaps: tuple[Gap, ...] = ()
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class SalesDay:
    """Net sales expected on a day, with the intervals of 80 and 95 %; rounded to the currency's places."""

    day: date
    expected: Decimal
    low80: Decimal
    high80: Decimal
    low95: Decimal
    high95: Decimal


@dataclass(frozen=True, slots=True)
class SalesOutlook:
    """The shop's daily net sales. error_percent: the backtest's mean absolute error of a day as a percentage of a mean day."""

    method: str
    days: tuple[SalesDay, ...]
    error_percent: Decimal | None
    backtest: Backtest | None
