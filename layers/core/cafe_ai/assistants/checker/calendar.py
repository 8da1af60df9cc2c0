"""The dates a sheet speaks of, and what dates and relative words may mean beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cafe_ai.analytics.model import Fact, FactSheet, Period
from cafe_ai.analytics.periods import CalendarUnit, add_months, bucket, shift
from cafe_ai.assistants.checker.model import Span, TimeMention

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TIME_DIMENSIONS = ("day", "week", "month", "quarter", "year")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DatePoint:
    """A date or calendar unit as written; year None where it was not said."""

    unit: CalendarUnit
    year: int | None
    number: int = 1  # month, quarter, half or week
    day: int | None = None

    def in_year(self, year: int) -> Span | None:
        """Its days in a year; None where that year has no such day."""
        try:
            if self.unit == "year":
                first = date(year, 1, 1)
            elif self.unit == "week":
                first = date.fromisocalendar(year, self.number, 1)
            else:
                months = {"quarter": 3, "half": 6}.get(self.unit, 1)
                first = date(year, (self.number - 1) * months + 1, self.day or 1)
        except ValueError:
            return None
        span = bucket(first, self.unit)
        return span.start, span.end


def span_of(period: Period) -> Span:
    """A period's business days."""
    return period.start, period.end


def row_spans(fact: Fact, asked: Period) -> frozenset[Span]:
    """The calendar unit of a row, and the part of it that lies in the asked period."""
    whole = row_span(fact)
    if whole is None:
        return frozenset()
    return frozenset({whole, (max(whole[0], asked.start), min(whole[1], asked.end))})


def row_span(fact: Fact) -> Span | None:
    """The calendar unit that a row of a breakdown by time stands for; None for other facts."""
    for dimension in TIME_DIMENSIONS:
        if said := fact.dimensions.get(dimension):
            return _parse_row(said, dimension)
    return None


def _parse_row(said: str, dimension: str) -> Span | None:
    try:
        if dimension in ("day", "week"):
            day = date.fromisoformat(said)
            return day, day + timedelta(days=7 if dimension == "week" else 1)
        if dimension == "quarter":
            return DatePoint("quarter", int(said[:4]), int(said[-1])).in_year(int(said[:4]))
        year, _, month = said.partition("-")
        return DatePoint("month" if month else "year", int(year), int(month or 1)).in_year(int(year))
    except ValueError:
        return None


class SheetCalendar:
    """The periods of a sheet. `spans` are those its facts are of; readings without a year are looked for near them."""

    def __init__(self, sheet: FactSheet) -> None:
        self.sheet = sheet
        self.period = span_of(sheet.period)
        self.comparison = span_of(sheet.comparison) if sheet.comparison else None
        self.rows = {span for fact in sheet.facts for span in row_spans(fact, sheet.period)}
        others = [span_of(period) for fact in sheet.facts for period in (fact.period, fact.compared_with) if period]
        self.baselines = {s for s in others if s != self.period and s not in self.rows}
        if self.comparison:
            self.baselines.add(self.comparison)
        self.spans = {self.period, *self.baselines, *self.rows, *others}
        self.today = _business_day(sheet)
        self.years = sorted({day.year + n for span in self.spans for day in span for n in (-1, 0, 1)})

    def readings(self, first: DatePoint, last: DatePoint | None = None) -> frozenset[Span]:
        """What a date, or the range from one to another, may mean: those the sheet speaks of, else all of them."""
        if first.year is not None and (last is None or last.year is not None):
            found = [self._range(first, last or first, (last or first).year or 0)]
        else:
            found = [self._range(first, last or first, year) for year in self.years]
        return self.prefer(span for span in found if span)

    def days_numbered(self, number: int) -> frozenset[Span]:
        """The days with this number in the months of the asked period, the compared ones and the rows."""
        months = {
            (day.year, day.month)
            for span in self.spans
            if (span[1] - span[0]).days <= 366
            for day in (span[0], span[1] - DAY)
        }
        days = (DatePoint("day", year, month, number).in_year(year) for year, month in months)
        return self.prefer(day for day in days if day)

    def prefer(self, spans: Iterable[Span]) -> frozenset[Span]:
        """Of several readings the asked period, else the compared ones, else the rows, else all."""
        found = frozenset(spans)
        for known in ({self.period}, {self.comparison}, self.baselines, self.rows):
            chosen = {span for span in found if any(k and self.is_same(span, k) for k in known)}
            if chosen:
                return frozenset(chosen)
        return found

    def is_same(self, said: Span, span: Span) -> bool:
        """Whether a calendar unit that was named is this period, also where the period ends with today, its last day seen."""
        if said == span:
            return True
        return said[0] == span[0] and span[1] < said[1] and self.today == span[1] - DAY

    def is_today(self, mention: TimeMention) -> bool:
        """Whether a mention names the day of asking."""
        return self.today is not None and (self.today, self.today + DAY) in mention.spans

    def means(self, mention: TimeMention, span: Span) -> bool:
        """Whether a mention names this period."""
        if mention.edge == "since":
            return any(said[0] == span[0] for said in mention.spans)
        if mention.edge == "until":
            return any(span[1] in (said[1], said[0] + DAY) for said in mention.spans)
        if mention.ranged:
            return span in mention.spans
        return any(self.is_same(said, span) for said in mention.spans)

    def covers(self, mention: TimeMention, span: Span) -> bool:
        """Whether a mention names something that the period lies in."""
        return any(said[0] <= span[0] and span[1] <= said[1] for said in mention.spans)

    def knows_exactly(self, mention: TimeMention) -> bool:
        """Whether a mention is one of the sheet's periods, or all that is recorded."""
        recorded = self.sheet.recorded
        known = any(self.means(mention, span) for span in self.spans)
        return known or bool(recorded and (recorded[0], recorded[1] + DAY) in mention.spans)

    def knows(self, mention: TimeMention) -> bool:
        """Whether a date without a figure is one the sheet speaks of: a period, an end of one, or an end of the records."""
        if mention.neutral:
            return True
        if self.knows_exactly(mention) or (
            not mention.ranged and any(self.covers(mention, span) for span in self.spans)
        ):
            return not mention.edge or self._is_end(mention)
        return self._is_end(mention)

    def _is_end(self, mention: TimeMention) -> bool:
        """Whether a mention is the day a period or the records start or end on, or the day of asking."""
        periods = [self.period, *self.baselines, *self.rows]
        if recorded := self.sheet.recorded:
            periods.append((recorded[0], recorded[1] + DAY))
        if any(self.means(mention, span) for span in periods) and mention.edge:
            return True
        ends = {
            day
            for span in periods
            for day in (span[0], span[1] - DAY)
            if mention.edge != ("since" if day == span[1] - DAY else "until")
        }
        ends |= {self.today} if self.today and mention.edge != "since" else set()
        return not mention.ranged and any(said[0] in ends and said[1] - said[0] == DAY for said in mention.spans)

    def calendar_unit(self, unit: CalendarUnit, offset: int) -> frozenset[Span]:
        """The unit so many before or after the running one; without as_of, the asked period if it was asked so."""
        if self.today is None:
            spec = self.sheet.plan.period
            asked = spec.kind == "calendar" and (spec.unit, spec.offset) == (unit, offset)
            return frozenset({self.period}) if asked else frozenset()
        start = shift(bucket(self.today, unit).start, "week" if unit == "weekend" else unit, offset)
        span = bucket(start, unit)
        if unit == "weekend" and offset < 0:  # on a weekday last weekend is the one just over
            spans = {(span.start, span.end), (span.start + timedelta(7), span.end + timedelta(7))}
            return self.prefer(spans)
        return frozenset({(span.start, span.end)})

    def unit_before(self, unit: CalendarUnit | None) -> frozenset[Span]:
        """ "The month before": the unit before the asked period; without a unit, what it is compared with."""
        if unit is None:
            return frozenset(self.baselines)
        if unit == "year":
            start, end = (add_months(day, -12) for day in self.period)
            found = {(start, end), (date(start.year, 1, 1), date(start.year + 1, 1, 1))}
            # A year earlier a week is 52 weeks earlier, and a running period ends with its last day, 29 February included.
            near = {s for s in self.baselines if abs((s[0] - start).days) <= 3 and abs((s[1] - end).days) <= 3}
            return frozenset(found | near)
        before = bucket(self.period[0] - DAY, unit)
        found = {(before.start, before.end)} | {
            s for s in self.baselines if s[0] == before.start and s[1] <= before.end
        }
        if not self.baselines and bucket(self.period[0], unit).end >= self.period[1]:
            found.add(self.period)  # "the month before" asked as a follow-up
        return frozenset(found)

    def rolling(self, count: int, unit: CalendarUnit) -> frozenset[Span]:
        """ "The last 7 days": those before today, or a period of the sheet that is as long and ends there."""
        spec = self.sheet.plan.period
        if spec.kind == "rolling" and (spec.count, spec.unit) == (count, unit):
            return frozenset({self.period})
        if self.today is None:
            return frozenset()
        running = bucket(self.today, unit).start
        return frozenset({(shift(running, unit, -count), running)})

    def are_latest(self, count: int, unit: CalendarUnit) -> bool:
        """Whether "the last 30 days" is a period of the plan, or how long customers have not bought."""
        if unit == "day" and self.sheet.plan.inactive_days == count:
            return True
        return any(span in (self.period, *self.baselines) for span in self.rolling(count, unit))

    def lasts(self, count: int, unit: str) -> bool:
        """Whether a period of the plan is so long: in days, or in whole weeks, months, quarters or years."""
        plan = self.sheet.plan
        if unit == "day" and plan.inactive_days == count:
            return True
        if plan.period.kind == "rolling" and (plan.period.count, plan.period.unit) == (count, unit):
            return True
        return any(_length(span, unit) == count for span in (self.period, *self.baselines))

    def _range(self, first: DatePoint, last: DatePoint, year: int) -> Span | None:
        end = last.in_year(last.year or year)
        start = first.in_year(first.year or year)
        if start and end and end[1] <= start[0] and first.year is None:
            start = first.in_year((last.year or year) - 1)
        return (start[0], end[1]) if start and end and start[0] < end[1] else None


def _business_day(sheet: FactSheet) -> date | None:
    """The day as_of belongs to: the last day of a period that is cut there, else its date."""
    as_of: datetime | None = sheet.as_of
    if as_of is None:
        return None
    if sheet.period.ends_at == as_of and as_of.time() != sheet.period.starts_at.time():
        return sheet.period.end - DAY
    return as_of.date()


def _length(span: Span, unit: str) -> int | None:
    if unit == "day":
        return (span[1] - span[0]).days
    if unit == "week":
        days = (span[1] - span[0]).days
        return days // 7 if days % 7 == 0 else None
    months = (span[1].year - span[0].year) * 12 + span[1].month - span[0].month
    each = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    return months // each if each and span[0].day == span[1].day and months % each == 0 else None
