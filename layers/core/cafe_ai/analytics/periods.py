"""Periods as they are said, given dates on the shop's calendar.

Definitions (SPEC, section 10): "last month" is the calendar month before; "last N months" the N whole calendar months before
this one; "last 7 days" the seven whole days before today; weeks start on Monday, a weekend is Saturday and Sunday; a running
period ends at as_of; a month, quarter or day named without a year is its latest occurrence that began before as_of. A range
includes both ends. The shop's time zone and closing hour decide which day a moment belongs to.
"""

# ruff: noqa: N818 -- errors state the fact, as in STYLE.md

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from cafe_ai.analytics.model import Period, PeriodSpec

CalendarUnit = Literal["day", "week", "weekend", "month", "quarter", "half", "year"]
UNITS: tuple[CalendarUnit, ...] = ("day", "week", "weekend", "month", "quarter", "half", "year")
MONTHS_IN: dict[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
WEEKDAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DATE_PART = re.compile(
    r"(?P<year>\d{4})(?:-(?:Q(?P<yq>[1-4])|H(?P<yh>[12])|W(?P<yw>\d{2})|(?P<ym>\d{2})(?:-(?P<yd>\d{2}))?))?"
    r"|Q(?P<q>[1-4])|H(?P<h>[12])|W(?P<w>\d{2})|--(?P<m>\d{2})(?:-(?P<d>\d{2}))?|---(?P<day>\d{2})|(?P<weekday>mon|tue|wed|thu|fri|sat|sun)"
)


class UnknownPeriod(ValueError):
    """The words for a period name no dates: a 31 April, a range that ends before it starts, a malformed date part."""


@dataclass(frozen=True, slots=True)
class Span:
    """Business days [start, end), not yet cut at as_of; `unit` where it is one whole calendar unit."""

    start: date
    end: date
    unit: CalendarUnit | None = None


@dataclass(frozen=True, slots=True)
class ShopCalendar:
    """The shop's clock at the moment of asking.

    as_of is aware and in the shop's zone. Nothing at or after it is seen. first_day is the shop's first recorded business
    day (today where it has none).
    """

    timezone: str
    day_starts: time
    as_of: datetime
    first_day: date

    @property
    def today(self) -> date:
        """The business day as_of belongs to."""
        return business_day(self.as_of, self.day_starts)

    def starts_at(self, day: date) -> datetime:
        """The instant a business day begins."""
        return datetime.combine(day, self.day_starts, ZoneInfo(self.timezone))

    def period(self, start: date, end: date, *, ends_at: datetime | None = None) -> Period:
        """The period of the business days [start, end), cut at as_of (or earlier, at ends_at)."""
        if self.starts_at(start) > self.as_of:  # still to come: nothing of it is cut
            return Period(start, end, self.starts_at(start), self.starts_at(end), self.timezone)
        cut = min(self.starts_at(end), self.as_of, *([ends_at] if ends_at else []))
        last = max(
            start + timedelta(days=1), min(end, self._day_of(cut) + timedelta(days=0 if self._begins_a_day(cut) else 1))
        )
        return Period(start, last, self.starts_at(start), max(cut, self.starts_at(start)), self.timezone)

    def is_running(self, period: Period) -> bool:
        """Whether the period was cut short of its last day's end."""
        return period.ends_at < self.starts_at(period.end)

    def _day_of(self, moment: datetime) -> date:
        return business_day(moment, self.day_starts)

    def _begins_a_day(self, moment: datetime) -> bool:
        return moment == self.starts_at(self._day_of(moment))


def business_day(moment: datetime, day_starts: time) -> date:
    """The shop's day a moment (in its time zone) belongs to: what is sold before `day_starts` is the day before's."""
    return (moment.replace(tzinfo=None) - timedelta(hours=day_starts.hour, minutes=day_starts.minute)).date()


def resolve(spec: PeriodSpec, calendar: ShopCalendar, anchor: Period | None = None) -> Period:
    """The dates of a period; `anchor` is the period that "previous" and "same_last_year" refer to.

    The result may lie wholly in the future or before the first record: the caller says so. Raises UnknownPeriod.
    """
    try:
        if spec.kind in ("previous", "same_last_year"):
            if anchor is None:
                raise UnknownPeriod(f"{spec.kind} refers to no period")
            return _relative_to(anchor, spec, calendar)
        span = _span(spec, calendar)
        if span.end <= span.start:
            raise UnknownPeriod("the period ends before it starts")
        return calendar.period(span.start, span.end)
    except OverflowError as error:
        raise UnknownPeriod("the period lies beyond the calendar") from error


def resolve_beside(spec: PeriodSpec, calendar: ShopCalendar, anchor: Period) -> Period:
    """The dates of a period named beside another one: a month without a year is taken in the year of the other one.

    "enero de 2010 frente a febrero" means February 2010. Raises UnknownPeriod.
    """
    if spec.kind == "named" and spec.start and spec.offset == 0 and anchor.days < 300:
        dated = _in_year(spec.start, anchor.start.year)
        if dated and calendar.starts_at(_part(dated).start) < calendar.as_of and _part(dated).start != anchor.start:
            latest = resolve(spec, calendar)
            beside = resolve(replace(spec, start=dated), calendar)
            return (
                latest if abs((latest.start - anchor.start).days) < abs((beside.start - anchor.start).days) else beside
            )
    return resolve(spec, calendar, anchor)


def bucket(day: date, unit: CalendarUnit) -> Span:
    """The whole calendar unit a day lies in; for a weekend, the one of the day's week."""
    if unit == "day":
        return Span(day, day + timedelta(days=1), unit)
    if unit in ("week", "weekend"):
        monday = day - timedelta(days=day.weekday())
        return Span(monday + timedelta(days=5 if unit == "weekend" else 0), monday + timedelta(days=7), unit)
    months = MONTHS_IN[unit]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Span(first, add_months(first, months), unit)


def buckets(period: Period, unit: CalendarUnit) -> Iterator[Span]:
    """The calendar units a period touches, each cut to the period, in order."""
    day = period.start
    while day < period.end:
        whole = bucket(day, unit)
        yield Span(max(whole.start, period.start), min(whole.end, period.end), unit)
        day = whole.end


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where it has no such day.

    Raises UnknownPeriod beyond the years 1 to 9999.
    """
    month = day.year * 12 + day.month - 1 + months
    for last in (day.day, 30, 29, 28):
        try:
            return date(month // 12, month % 12 + 1, min(day.day, last))
        except ValueError:
            continue
    raise UnknownPeriod("the month lies beyond the calendar")  # every other one has 28 days


def whole_unit(period: Period) -> CalendarUnit | None:
    """The calendar unit that the period's days are exactly one of, if any."""
    for unit in UNITS:
        span = bucket(period.start, unit)
        if (span.start, span.end) == (period.start, period.end):
            return unit
    return None


def shift(day: date, unit: CalendarUnit, count: int) -> date:
    """The day so many units later."""
    if unit in MONTHS_IN:
        return add_months(day, MONTHS_IN[unit] * count)
    return day + timedelta(days=count * (1 if unit == "day" else 7))


def units_between(first: date, day: date, unit: CalendarUnit) -> int:
    """How many units after that of `first` the unit of `day` lies."""
    start = bucket(first, unit).start
    if unit in MONTHS_IN:
        return ((day.year - start.year) * 12 + day.month - start.month) // MONTHS_IN[unit]
    return (day - start).days // (1 if unit == "day" else 7)


def _span(spec: PeriodSpec, calendar: ShopCalendar) -> Span:
    today = calendar.today
    match spec.kind:
        case "calendar":
            return _calendar_unit(spec, today)
        case "rolling":
            running = bucket(today, spec.unit or "day").start
            return Span(shift(running, spec.unit or "day", -spec.count), running)
        case "named":
            return _latest(_required(spec.start), calendar, completed=spec.offset < 0)
        case "range":
            return _range(_required(spec.start), _required(spec.end), calendar)
        case "since":
            return Span(_latest(_required(spec.start), calendar).start, today + timedelta(days=1))
        case "until":
            return Span(calendar.first_day, _latest(_required(spec.end), calendar).end)
        case _:
            return Span(calendar.first_day, today + timedelta(days=1))


def _calendar_unit(spec: PeriodSpec, today: date) -> Span:
    unit = spec.unit or "month"
    if unit == "weekend":  # before Saturday the latest weekend is last week's
        latest = bucket(today if today.weekday() >= 5 else today - timedelta(days=7), unit)
        passed = today.weekday() < 5
        return bucket(shift(latest.start, unit, spec.offset + (1 if passed and spec.offset else 0)), unit)
    return bucket(shift(bucket(today, unit).start, unit, spec.offset), unit)


def _range(start: str, end: str, calendar: ShopCalendar) -> Span:
    """Without a year the end is its latest occurrence, and the start the last such day before the end."""
    if _has_year(start) and not _has_year(end):
        first = _part(start)
        candidates = [
            part
            for year in (first.start.year, first.start.year + 1)
            if (text := _in_year(end, year)) and (part := _part(text)).end > first.start
        ]
        return Span(first.start, (candidates[0] if candidates else _latest(end, calendar)).end)
    last = _latest(end, calendar)
    if _has_year(start):
        return Span(_part(start).start, last.end)
    anchored = replace(calendar, as_of=calendar.starts_at(last.end))
    return Span(_latest(start, anchored).start, last.end)


def _latest(part: str, calendar: ShopCalendar, *, completed: bool = False) -> Span:
    """The date part's latest occurrence that began before as_of; `completed`: that also ended before today."""
    if _has_year(part):
        return _part(part)
    if part in WEEKDAY_NAMES or part.startswith("---"):
        return _latest_day(part, calendar, completed=completed)
    for year in range(calendar.today.year + 1, calendar.today.year - 9, -1):
        dated = _in_year(part, year)
        try:
            span = _part(dated or part)
        except UnknownPeriod:
            continue  # a 29 February
        if calendar.starts_at(span.start) < calendar.as_of and not (completed and span.end > calendar.today):
            return span
    raise UnknownPeriod(f"{part!r} is no date")


def _latest_day(part: str, calendar: ShopCalendar, *, completed: bool) -> Span:
    day = calendar.today - timedelta(days=1 if completed else 0)
    for _ in range(366):
        named = WEEKDAY_NAMES[day.weekday()] if part in WEEKDAY_NAMES else f"---{day.day:02}"
        if named == part and calendar.starts_at(day) < calendar.as_of:
            return bucket(day, "day")
        day -= timedelta(days=1)
    raise UnknownPeriod(f"{part!r} is no day")


def _part(text: str) -> Span:
    """The span of a date part that carries its year."""
    match = _DATE_PART.fullmatch(text)
    if not match or not match["year"]:
        raise UnknownPeriod(f"{text!r} is no date part")
    year = int(match["year"])
    try:
        if match["yq"]:
            return bucket(date(year, 3 * int(match["yq"]) - 2, 1), "quarter")
        if match["yh"]:
            return bucket(date(year, 6 * int(match["yh"]) - 5, 1), "half")
        if match["yw"]:
            return bucket(date.fromisocalendar(year, int(match["yw"]), 1), "week")
        if match["yd"]:
            return bucket(date(year, int(match["ym"]), int(match["yd"])), "day")
        return bucket(date(year, int(match["ym"] or 1), 1), "month" if match["ym"] else "year")
    except ValueError as error:
        raise UnknownPeriod(f"{text!r} is no date") from error


def _in_year(part: str, year: int) -> str | None:
    """The date part with a year put before it, None where it has one already or takes none."""
    match = _DATE_PART.fullmatch(part)
    if not match:
        raise UnknownPeriod(f"{part!r} is no date part")
    if match["year"] or match["weekday"] or match["day"]:
        return None
    return f"{year}-{part.removeprefix('--')}"


def _has_year(part: str) -> bool:
    return bool(re.match(r"\d{4}", part))


def _required(part: str | None) -> str:
    if not part:
        raise UnknownPeriod("the period lacks a date")
    return part


def _relative_to(anchor: Period, spec: PeriodSpec, calendar: ShopCalendar) -> Period:
    """The period before the anchor, or a year before it; of a running one, only as much as has passed of it."""
    unit = spec.unit or whole_unit(anchor) or _running_unit(anchor, calendar)
    if spec.kind == "previous":
        if spec.unit:
            span = bucket(shift(bucket(anchor.start, spec.unit).start, spec.unit, -1), spec.unit)
            return calendar.period(span.start, span.end)
        back = (lambda day: shift(day, unit, -1)) if unit else (lambda day: day - timedelta(days=anchor.days))
    else:
        back = (
            (lambda day: day - timedelta(weeks=52))
            if unit in ("week", "weekend")
            else (lambda day: add_months(day, -12))
        )
    start = back(anchor.start)
    if calendar.is_running(anchor):
        elapsed = anchor.ends_at - calendar.starts_at(anchor.end - timedelta(days=1))
        last = max(start, min(back(anchor.end - timedelta(days=1)), anchor.start - timedelta(days=1)))
        return calendar.period(start, last + timedelta(days=1), ends_at=calendar.starts_at(last) + elapsed)
    end = bucket(start, unit).end if unit else back(anchor.end)
    return calendar.period(start, max(end, start + timedelta(days=1)))


def _running_unit(period: Period, calendar: ShopCalendar) -> CalendarUnit | None:
    """The calendar unit of which a period that ends at as_of is the part that has passed."""
    if period.end != calendar.today + timedelta(days=1):
        return None
    for unit in UNITS:
        if bucket(calendar.today, unit).start == period.start:
            return unit
    return None
