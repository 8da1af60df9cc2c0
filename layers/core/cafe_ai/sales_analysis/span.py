"""From what is to be analysed to its dates, and to the two periods it is compared with.

The definitions are those of `analytics.periods` (SPEC, section 10), so that an analysis and an answer to a question about
the same period tell the same figures:

- a preset is the last whole business day, Monday week, calendar month, quarter or year before the one as_of lies in;
- a range includes both its ends. One that runs past as_of ends there, and so do the periods it is compared with: they
  are cut at the same point of their own last day;
- the previous period is the one of the same kind just before; of a range that is no calendar unit, the same number of days
  just before it. A range that is exactly one (1 to 30 November) is that unit, however it was asked for: its previous
  period is October, and not the 30 days before;
- last year is the same dates a year before; of a week, the week 52 weeks before, so that weekdays agree. A single day is
  compared with the day before and the same date: what its weekday makes likely is told by `anomalies`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cafe_ai.analytics.model import Period, PeriodSpec
from cafe_ai.analytics.periods import CalendarUnit, ShopCalendar, UnknownPeriod, resolve
from cafe_ai.errors import InvalidRequest
from cafe_ai.sales_analysis.model import Preset, Span

PRESET_UNITS: dict[Preset, CalendarUnit] = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
}
MISSING_SHARE = 0.1
"""So much of a period may lie before the first recorded day for it to be compared with: of a month three days."""


@dataclass(frozen=True, slots=True)
class Periods:
    """A period with dates, the one before it, and the same dates a year before; None beyond the calendar."""

    period: Period
    previous: Period | None
    last_year: Period | None


def check_span(span: Span) -> None:
    """Raises InvalidRequest naming the field where the parts of a span do not go together."""
    if span.preset is not None:
        if span.start is not None or span.end is not None:
            raise InvalidRequest.field("period", "must be left out where from and to are given")
        return
    if span.start is None:
        raise InvalidRequest.field("from", "is missing: a range has both from and to")
    if span.end is None:
        raise InvalidRequest.field("to", "is missing: a range has both from and to")
    if span.end < span.start:
        raise InvalidRequest.field("to", "must not lie before from")


def resolve_span(span: Span, calendar: ShopCalendar) -> Periods:
    """The dates of a span on the shop's calendar.

    Raises InvalidRequest naming the field where the span's parts do not go together, or the range lies wholly in the future.
    """
    check_span(span)
    if span.preset is not None:
        period = resolve(PeriodSpec("calendar", PRESET_UNITS[span.preset], offset=-1), calendar)
    else:
        period = _resolve_range(span, calendar)
    return Periods(period, _beside("previous", period, calendar), _beside("same_last_year", period, calendar))


def is_comparable(period: Period | None, recorded: tuple[date, date] | None) -> bool:
    """Whether the records cover a period well enough to compare another one with it.

    A shop that began to record in the middle of it would seem to have multiplied its sales.
    """
    if period is None or recorded is None or period.start > recorded[1] or period.end <= recorded[0]:
        return False
    return (recorded[0] - period.start).days <= period.days * MISSING_SHARE


def _resolve_range(span: Span, calendar: ShopCalendar) -> Period:
    start, end = span.start or date.max, span.end or date.max
    try:
        if calendar.starts_at(start) >= calendar.as_of:
            raise InvalidRequest.field("from", "lies in the future: there is nothing to analyse yet")
        return resolve(PeriodSpec("range", start=start.isoformat(), end=end.isoformat()), calendar)
    except (UnknownPeriod, OverflowError) as error:
        raise InvalidRequest.field("to", "lies beyond the calendar") from error


def _beside(kind: str, period: Period, calendar: ShopCalendar) -> Period | None:
    spec = PeriodSpec("previous") if kind == "previous" else PeriodSpec("same_last_year")
    try:
        return resolve(spec, calendar, period)
    except (UnknownPeriod, OverflowError):
        return None
