"""What a plan means, so that two that are written otherwise can be found equal."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import UTC, date, datetime, time

from cafe_ai.analytics.model import Period, PeriodSpec, Plan
from cafe_ai.analytics.periods import ShopCalendar, UnknownPeriod, resolve, resolve_beside
from cafe_ai.assistants.planning.model import FILTER_OF
from cafe_ai.language.text import fold

FIRST_DAY = date(2000, 1, 1)
NOON = time(12, tzinfo=UTC)


def meaning(plan: Plan, asked_on: date) -> Hashable:
    """Equal for plans that give the same facts when they are asked on that day.

    Periods count by their dates ("month-1" in May is "--04"), names but for case and accents, filters in any order. The
    order of metrics counts only where the first one ranks the rows, that of breakdowns always.
    """
    calendar = ShopCalendar("UTC", time(0), datetime.combine(asked_on, NOON), FIRST_DAY)
    period = _dates(plan.period, calendar)
    compared: Hashable = None
    if plan.comparison is not None:
        compared = _dates(plan.comparison, calendar, period if isinstance(period, Period) else None)
    filters = plan.filters
    names = [tuple(sorted({fold(name) for name in getattr(filters, field)})) for field in FILTER_OF.values()]
    metrics: Hashable = plan.metrics if plan.ranking else frozenset(plan.metrics)
    return (
        metrics,
        _span(period),
        _span(compared),
        plan.breakdowns,
        tuple(names),
        frozenset(filters.weekdays),
        filters.hours,
        plan.ranking,
        plan.share,
        plan.average,
        plan.inactive_days,
    )


def _dates(spec: PeriodSpec, calendar: ShopCalendar, anchor: Period | None = None) -> Period | PeriodSpec:
    """The period's dates; as it was said where it has none."""
    try:
        return resolve(spec, calendar) if anchor is None else resolve_beside(spec, calendar, anchor)
    except UnknownPeriod:
        return spec


def _span(period: Hashable) -> Hashable:
    return (period.start, period.end) if isinstance(period, Period) else period
