"""Rows of the database made into facts: rounded once, with everything each figure is said of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from cafe_ai.analytics.metrics import METRICS, round_half_up, round_metric
from cafe_ai.analytics.model import Dimension, Fact, FactSheet, Filters, Gap, Metric, Period, Role
from cafe_ai.analytics.periods import CalendarUnit, ShopCalendar, bucket, buckets

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TIME_UNITS: Mapping[Dimension, CalendarUnit] = {
    Dimension.DAY: "day",
    Dimension.WEEK: "week",
    Dimension.MONTH: "month",
    Dimension.QUARTER: "quarter",
    Dimension.YEAR: "year",
}
UNKNOWN_VALUE: Mapping[str, Gap] = {"priced_lines": "no_prices", "costed_lines": "no_costs", "none": "no_sales"}


@dataclass(frozen=True, slots=True)
class FactMaker:
    """Makes the facts of one question: it knows the shop's currency and calendar, and what is asked is narrowed to."""

    currency: str
    calendar: ShopCalendar
    filters: Filters

    def value(
        self,
        metric: Metric,
        value: Decimal | int,
        period: Period,
        dimensions: Mapping[str, str] | None = None,
        *,
        rows: int = 0,
        role: Role = "value",
    ) -> Fact:
        """A metric's figure."""
        unit = METRICS[metric].unit
        currency = self.currency if unit == "money" else None
        return Fact(
            metric.value,
            round_metric(metric, Decimal(value), self.currency),
            unit,
            period,
            currency,
            dimensions or {},
            describe_filters(self.filters),
            role,
            None,
            rows,
        )

    def compared(
        self, fact: Fact, unrounded: Decimal, before: Decimal, then: Period, *, context: bool = False
    ) -> list[Fact]:
        """The baseline of a fact, the difference, and the change in percent where the baseline is not zero.

        Change = (value - baseline) / |baseline| x 100, from unrounded values. A percentage's difference is in points and
        has no change. With `context` all of them are material for an observation.
        """
        metric = Metric(fact.metric)

        def derived(suffix: str, value: Decimal, unit: str, role: Role) -> Fact:
            rounded = (
                round_half_up(value, "percent") if unit == "percent" else round_metric(metric, value, self.currency)
            )
            return Fact(
                f"{metric.value}_{suffix}",
                rounded,
                "percent" if unit == "percent" else fact.unit,
                fact.period,
                None if unit == "percent" else fact.currency,
                fact.dimensions,
                fact.filters,
                "context" if context else role,
                then,
                fact.rows,
            )

        baseline = self.value(metric, before, then, _moved(fact.dimensions), role="context" if context else "baseline")
        facts = [baseline, derived("difference", unrounded - before, fact.unit, "difference")]
        if before and fact.unit != "percent":
            facts.append(derived("change", (unrounded - before) / abs(before) * 100, "percent", "change"))
        return facts

    def share(self, fact: Fact, part: Decimal, whole: Decimal, *, role: Role = "share") -> Fact | None:
        """A figure as a percentage of the whole; None where the whole is not positive."""
        if whole <= 0:
            return None
        value = round_half_up(part / whole * 100, "percent")
        return Fact(
            f"{fact.metric}_share",
            value,
            "percent",
            fact.period,
            None,
            fact.dimensions,
            fact.filters,
            role,
            None,
            fact.rows,
        )

    def row_period(self, row: Mapping[str, Any], asked: tuple[Dimension, ...], period: Period) -> Period:
        """The part of the period that a row of a breakdown by time covers."""
        for n, dimension in enumerate(asked):
            if unit := TIME_UNITS.get(dimension):
                span = bucket(row[f"d{n}"], unit)
                start, end = max(span.start, period.start), min(span.end, period.end)
                return self.calendar.period(start, end, ends_at=period.ends_at)
        return period


def row_dimensions(row: Mapping[str, Any], asked: tuple[Dimension, ...]) -> dict[str, str]:
    """A row's dimensions as they are told: months as 2010-11, hours as 12:00, weekdays by their English name."""
    return {dimension.value: _shown(dimension, row[f"d{n}"]) for n, dimension in enumerate(asked)}


def describe_filters(filters: Filters) -> dict[str, object]:
    """What is narrowed to, only what is set."""
    described: dict[str, object] = {
        "products": list(filters.products),
        "categories": list(filters.categories),
        "stores": list(filters.stores),
        "customers": list(filters.customers),
        "payment_methods": list(filters.payment_methods),
        "weekdays": [WEEKDAYS[day] for day in filters.weekdays],
        "hours": list(filters.hours) if filters.hours else [],
    }
    return {name: value for name, value in described.items() if value}


def _shown(dimension: Dimension, value: Any) -> str:
    match dimension:
        case Dimension.HOUR:
            return f"{value:02}:00"
        case Dimension.WEEKDAY:
            return WEEKDAYS[value]
        case Dimension.MONTH:
            return f"{value:%Y-%m}"
        case Dimension.QUARTER:
            return f"{value.year}-Q{(value.month + 2) // 3}"
        case Dimension.YEAR:
            return f"{value.year}"
        case _:
            return value.isoformat() if isinstance(value, date) else str(value)


def _moved(dimensions: Mapping[str, str]) -> dict[str, str]:
    """A baseline row's dimensions: those of the value, without its dates."""
    dated = {dimension.value for dimension in TIME_UNITS}
    return {name: value for name, value in dimensions.items() if name not in dated}


def missing_days(
    rows: list[dict[str, Any]], period: Period, unit: CalendarUnit, recorded: tuple[date, date]
) -> list[date]:
    """The starts of the units, within the recorded days of the period, that no row stands for."""
    present = {row["d0"] for row in rows}
    told = [span for span in buckets(period, unit) if span.end > recorded[0] and span.start <= recorded[1]]
    starts = [bucket(span.start, unit).start for span in told]
    return [start for start in starts if start not in present]


def period_gap(sheet: FactSheet, calendar: ShopCalendar) -> Gap | None:
    """Why nothing can be known of the whole period: it lies before, after or without any records."""
    if sheet.recorded is None:
        return "no_records"
    if sheet.period.end <= sheet.recorded[0]:
        return "before_records"
    if sheet.period.start > sheet.recorded[1] or sheet.period.starts_at >= calendar.as_of:
        return "after_records"
    return None


def known_value(row: Mapping[str, Any], n: int, metric: Metric) -> Decimal | None:
    """A row's n-th value, zero where nothing was sold and the metric adds up, None where it is not known."""
    value = row[f"v{n}"]
    if value is None and not row["rows"] and METRICS[metric].additive:
        return Decimal(0)
    return None if value is None else Decimal(value)


def gap_of(metric: Metric, row: Mapping[str, Any]) -> Gap:
    """Why a metric of the row is not known: what is missing, or nothing was sold that an average could be taken of."""
    if not row["rows"] or not (METRICS[metric].additive or row.get("sale_lines", 1)):
        return "no_sales"
    return UNKNOWN_VALUE[METRICS[metric].needs]


def widen(filters: Filters) -> Filters:
    """The filters without the most particular one: what a share is a share of."""
    if filters.products or filters.categories:
        return replace(filters, products=(), categories=())
    if filters.stores:
        return replace(filters, stores=())
    if filters.customers:
        return replace(filters, customers=())
    if filters.payment_methods:
        return replace(filters, payment_methods=())
    return replace(filters, hours=None) if filters.hours else replace(filters, weekdays=())
