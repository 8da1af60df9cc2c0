"""What can be asked of a shop's figures (a plan) and what comes back (facts). Standard library only.

A `Plan` says *what* is wanted in the shop owner's terms; nothing in it is SQL, and nothing in it is a result. Planners make
plans, `periods.resolve` gives their periods dates, `compiler` turns them into SQL, and the rows come back as `Fact`s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

Unit = Literal["money", "count", "percent", "hour", "days"]


class Metric(StrEnum):
    """The figures the service knows; `metrics.METRICS` holds each one's definition, unit and permission."""

    NET_SALES = "net_sales"
    GROSS_SALES = "gross_sales"
    RETURNS = "returns"
    RETURN_RATE = "return_rate"  # returns as a percentage of gross sales
    DISCOUNTS = "discounts"
    ORDERS = "orders"
    UNITS = "units"
    AVERAGE_TICKET = "average_ticket"
    AVERAGE_PRICE = "average_price"  # net sales per unit
    UNITS_PER_ORDER = "units_per_order"
    DAILY_AVERAGE = "daily_average"  # net sales per calendar day
    DAILY_ORDERS = "daily_orders"  # orders per calendar day
    DAILY_UNITS = "daily_units"  # units per calendar day
    MARGIN = "margin"
    MARGIN_RATE = "margin_rate"  # margin as a percentage of the net sales whose cost is known
    PRODUCTS_SOLD = "products_sold"  # distinct products with a positive line
    UNSOLD_PRODUCTS = "unsold_products"  # without a positive line; with a comparison: that had one then
    CUSTOMERS = "customers"
    NEW_CUSTOMERS = "new_customers"
    RETURNING_CUSTOMERS = "returning_customers"
    REPEAT_RATE = "repeat_rate"
    INACTIVE_CUSTOMERS = "inactive_customers"
    CATALOGUE_SIZE = "catalogue_size"  # products in the catalogue
    PRICE = "price"  # a product's list price
    STOCK = "stock"  # units on hand now
    OUT_OF_STOCK = "out_of_stock"  # catalogue products with no stock left


class Dimension(StrEnum):
    """What a figure can be broken down by."""

    PRODUCT = "product"
    CATEGORY = "category"
    STORE = "store"
    CUSTOMER = "customer"
    PAYMENT_METHOD = "payment_method"
    HOUR = "hour"
    WEEKDAY = "weekday"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class PeriodSpec:
    """A period as it was said, before it is given dates.

    kind:
        calendar: the `unit` that lies `offset` before (-1) or at (0) as_of: "ayer" is day/-1, "este mes" is month/0.
            A running unit ends at as_of.
        rolling: the `count` whole units before the running one: "los últimos 7 días".
        named: `start` alone: "noviembre" is "--11", "octubre de 2010" is "2010-10".
        range: `start` to `end`, both included.
        since: from the start of `start` to as_of.
        until: from the first record to the end of `end`.
        all: everything recorded.
        previous: the `unit` before the period it refers to (the plan's own in a comparison, the last one spoken of in a
            follow-up); without a unit, the period of the same kind just before.
        same_last_year: the same dates a year before the period it refers to.

    start and end are date parts: "2010", "2010-Q3", "2010-H1", "2010-11", "2010-W07", "2010-11-15"; without a year "Q3",
    "H1", "--11", "--11-15"; a day of the month "---15"; a weekday "mon".."sun". Without a year it is the latest such
    period that began before as_of.
    """

    kind: Literal["calendar", "rolling", "named", "range", "since", "until", "all", "previous", "same_last_year"]
    unit: Literal["day", "week", "weekend", "month", "quarter", "half", "year"] | None = None
    offset: int = 0
    count: int = 1
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """What the figures are narrowed to. Names are the shop's own, already matched; within a field any one suffices."""

    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()  # the customers' external ids
    payment_methods: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()  # 0 is Monday
    hours: tuple[int, int] | None = None  # [from, to) on the shop's clock; from > to goes past midnight


@dataclass(frozen=True, slots=True)
class Ranking:
    """The first `limit` of a breakdown, by the plan's first metric or by its change against the comparison."""

    order: Literal["top", "bottom"] = "top"
    limit: int = 5
    by: Literal["value", "change", "change_percent"] = "value"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked: which metrics, by what, narrowed to what, over which period, compared with what."""

    metrics: tuple[Metric, ...]
    period: PeriodSpec
    breakdowns: tuple[Dimension, ...] = ()
    filters: Filters = field(default_factory=Filters)
    comparison: PeriodSpec | None = None
    ranking: Ranking | None = None
    share: bool = False  # as a percentage of the whole: of the filters' scope, or of each row of the breakdown
    average: bool = False  # for weekday and hour: per such weekday, per day, instead of the total
    inactive_days: int | None = None  # for INACTIVE_CUSTOMERS


@dataclass(frozen=True, slots=True)
class Period:
    """A period with dates: business days [start, end) of the shop.

    starts_at and ends_at are the exact instants (aware, in the shop's time zone), ends_at exclusive: the shop's day starts
    at its closing hour, and a running period ends at as_of, so ends_at may lie before the last day's end.
    """

    start: date
    end: date
    starts_at: datetime
    ends_at: datetime
    timezone: str

    @property
    def days(self) -> int:
        """Calendar days in the period, a running day counted."""
        return (self.end - self.start).days


Role = Literal["value", "baseline", "difference", "change", "share", "total", "coverage", "context"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure with all it is said of.

    metric: a `Metric` value, or one with a suffix for a derived figure: `net_sales_change` (percent), `net_sales_difference`,
        `net_sales_share` (percent), `margin_coverage` (percent of net sales whose cost is known).
    value: rounded half up to what is shown: money 2 places, percent 1, counts as they are. A percentage is 31.2, not 0.312.
        For a ranking by day or hour the row's day or hour is in `dimensions`.
    dimensions: the row of a breakdown: {"product": "Croissant"}, {"month": "2010-11"}, {"day": "2010-11-15"},
        {"week": "2010-11-15"} (its Monday), {"quarter": "2010-Q4"}, {"year": "2010"}, {"weekday": "monday"}, {"hour": "12:00"},
        {"customer": "14646"} (with "customer_name" where it is known), {"category": ...}, {"store": ...}.
    filters: what the figure is narrowed to, only what is set: {"products": [...], "hours": [8, 12], "weekdays": ["monday"]}.
    role: what the figure is for: the asked value, the compared period's (baseline), their difference or change (percent),
        a share, the total of a breakdown, how much of the sales a margin covers, or context for an observation.
    compared_with: the baseline's period, for difference and change.
    rows: how many order lines (orders for customer metrics, products for catalogue metrics) the figure was made of.
    """

    metric: str
    value: Decimal
    unit: Unit
    period: Period
    currency: str | None = None
    dimensions: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, object] = field(default_factory=dict)
    role: Role = "value"
    compared_with: Period | None = None
    rows: int = 0


Gap = Literal[
    "no_records",  # the shop has no orders at all
    "before_records",  # the period lies before the first order
    "after_records",  # the period lies after as_of or after the last order
    "no_sales",  # within the recorded time, but nothing was sold in that scope
    "no_prices",
    "no_costs",
    "no_customers",
    "no_stock",
    "no_catalogue_price",
    "no_baseline",  # the compared period has no records
    "no_stores",
    "no_categories",
    "no_payment_methods",
    "short_history",  # too few days are recorded to tell which ones are unusual
]


@dataclass(frozen=True, slots=True)
class FactSheet:
    """All that may be said in an answer: the plan with its dates, the facts, and what could not be known and why.

    currency is the shop's (ISO 4217). recorded is the shop's first and last recorded business day up to as_of (both
    included), None without orders.
    Facts stand in the order to tell them: rankings best first (or worst first), series by time.
    """

    plan: Plan
    period: Period
    comparison: Period | None
    currency: str
    facts: tuple[Fact, ...]
    gaps: tuple[Gap, ...] = ()
    recorded: tuple[date, date] | None = None
    as_of: datetime | None = None
