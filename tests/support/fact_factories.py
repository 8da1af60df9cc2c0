"""Small factories for periods, facts and fact sheets, for the tests of narrator and checker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from cafe_ai.analytics.model import (
    Fact,
    FactSheet,
    Filters,
    Gap,
    Metric,
    Period,
    PeriodSpec,
    Plan,
    Role,
    Unit,
)

TIMEZONE = "Europe/London"
AS_OF = datetime(2010, 12, 1, 9, tzinfo=ZoneInfo(TIMEZONE))
RECORDED = (date(2009, 12, 1), date(2010, 12, 1))
SPEC = PeriodSpec("all")

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

TIME_DIMENSIONS = ("day", "week", "month", "quarter", "year")

PERCENT_METRICS = {Metric.RETURN_RATE, Metric.MARGIN_RATE, Metric.REPEAT_RATE}
MONEY_METRICS = {
    Metric.NET_SALES, Metric.GROSS_SALES, Metric.RETURNS, Metric.DISCOUNTS, Metric.AVERAGE_TICKET, Metric.AVERAGE_PRICE,
    Metric.DAILY_AVERAGE, Metric.MARGIN, Metric.PRICE,
}  # fmt: skip
FRACTIONAL_COUNTS = {Metric.UNITS_PER_ORDER, Metric.DAILY_ORDERS, Metric.DAILY_UNITS}
CATALOGUE_METRICS = {Metric.CATALOGUE_SIZE, Metric.PRICE, Metric.STOCK, Metric.OUT_OF_STOCK}
SPECIAL_METRICS = {Metric.UNSOLD_PRODUCTS, Metric.INACTIVE_CUSTOMERS, *CATALOGUE_METRICS}
SALES_METRICS = tuple(metric for metric in Metric if metric not in SPECIAL_METRICS)
ADDITIVE_METRICS = (Metric.NET_SALES, Metric.ORDERS, Metric.UNITS, Metric.MARGIN, Metric.RETURNS, Metric.GROSS_SALES)


def unit_of(metric: Metric) -> Unit:
    """The unit of a metric's figures."""
    if metric in MONEY_METRICS:
        return "money"
    return "percent" if metric in PERCENT_METRICS else "count"


def period(start: str, end: str, *, until: datetime | None = None) -> Period:
    """The business days from start to end, the end exclusive; a running one counts until that moment."""
    zone = ZoneInfo(TIMEZONE)
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return Period(
        first, last, datetime.combine(first, time(), zone), until or datetime.combine(last, time(), zone), TIMEZONE
    )


def month(year: int, number: int) -> Period:
    """A whole calendar month."""
    following = date(year + number // 12, number % 12 + 1, 1)
    return period(f"{year}-{number:02d}-01", following.isoformat())


NOVEMBER, OCTOBER = month(2010, 11), month(2010, 10)
TODAY = period("2010-12-01", "2010-12-02", until=AS_OF)
YEAR_SO_FAR = period("2010-01-01", "2010-12-02", until=AS_OF)


def filters_of(filters: Filters) -> dict[str, object]:
    """What a fact says it is narrowed to: only what is set."""
    said: dict[str, object] = {
        name: list(getattr(filters, name))
        for name in ("products", "categories", "stores", "customers", "payment_methods")
        if getattr(filters, name)
    }
    if filters.weekdays:
        said["weekdays"] = [WEEKDAYS[number] for number in filters.weekdays]
    if filters.hours:
        said["hours"] = list(filters.hours)
    return said


def fact(
    metric: str,
    value: str | int | Decimal,
    *,
    unit: Unit | None = None,
    when: Period = NOVEMBER,
    role: Role = "value",
    currency: str = "GBP",
    **more: object,
) -> Fact:
    """One fact; its unit follows from its metric where it is not given."""
    base = Metric(metric) if metric in {*Metric} else None
    known: Unit = unit or (unit_of(base) if base else "percent")
    return Fact(
        metric=str(metric),
        value=Decimal(value),
        unit=known,
        period=when,
        currency=currency if known == "money" else None,
        role=role,
        **more,  # type: ignore[arg-type]
    )


def sheet(
    facts: Sequence[Fact],
    *,
    metrics: Sequence[Metric] = (Metric.NET_SALES,),
    when: Period = NOVEMBER,
    comparison: Period | None = None,
    gaps: tuple[Gap, ...] = (),
    recorded: tuple[date, date] | None = RECORDED,
    currency: str = "GBP",
    **plan: object,
) -> FactSheet:
    """A sheet with a plan of these metrics; further arguments are the plan's (breakdowns, filters, ranking ...)."""
    asked = Plan(tuple(metrics), SPEC, comparison=SPEC if comparison else None, **plan)  # type: ignore[arg-type]
    return FactSheet(asked, when, comparison, currency, tuple(facts), gaps, recorded, AS_OF)


def compared(
    metric: Metric, value: Decimal, baseline: Decimal, when: Period, before: Period, **more: object
) -> list[Fact]:
    """Value, baseline, difference and the change in percent.

    A percentage's difference is in points and has no change, nor has a baseline of zero. The baseline of a row by time
    has not the row's date.
    """
    unit = unit_of(metric)
    dimensions: Mapping[str, str] = more.get("dimensions", {})  # type: ignore[assignment]
    undated = {name: value for name, value in dimensions.items() if name not in TIME_DIMENSIONS}
    shared = {"when": when, "compared_with": before, **more}
    facts = [
        fact(metric, value, when=when, **more),  # type: ignore[arg-type]
        fact(metric, baseline, when=before, role="baseline", **(more | {"dimensions": undated})),  # type: ignore[arg-type]
        fact(f"{metric}_difference", value - baseline, unit=unit, role="difference", **shared),  # type: ignore[arg-type]
    ]
    if baseline and unit != "percent":
        change = rounded(100 * (value - baseline) / abs(baseline), 1)
        facts.append(fact(f"{metric}_change", change, unit="percent", role="change", **shared))  # type: ignore[arg-type]
    return facts


def rounded(value: Decimal, places: int) -> Decimal:
    """The value at so many places, halves up."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
