"""Dates, periods and relative periods of a text, in Spanish and English."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from cafe_ai.analytics.periods import CalendarUnit
from cafe_ai.assistants.checker.calendar import DatePoint, SheetCalendar
from cafe_ai.assistants.checker.date_parts import (
    is_counted,
    is_signed,
    read_day,
    read_month,
    read_year,
    read_year_behind,
)
from cafe_ai.assistants.checker.model import Span, TimeMention
from cafe_ai.assistants.checker.reading import Phrases, Reading
from cafe_ai.assistants.checker.words import (
    DATE_UNITS,
    NUMBER_UNITS,
    ORDINAL_WORDS,
    RELATIVE_PERIODS,
)
from cafe_ai.language.vocabulary import WEEKDAY_NUMBERS

_RELATIVE = Phrases(RELATIVE_PERIODS)
_TO = frozenset(("a", "al", "hasta", "to", "until", "through", "till", "-"))
_AND = frozenset(("y", "and"))
_LATER_YEAR = Phrases(
    (phrase, "before")
    for phrase in ("del ano anterior", "del ano pasado", "del ano previo", "last year", "of last year", "the year before",
                   "of the previous year", "the previous year", "a year earlier", "del mismo ano anterior", "of the year before")
)  # fmt: skip


class _Read(NamedTuple):
    """A date read from the text and where it ends."""

    point: DatePoint
    end: int


def find_dates(reading: Reading, calendar: SheetCalendar) -> None:
    """Claims every date and period, the longest first at each place."""
    reading.claim_each(lambda place: _read_at(reading, calendar, place))


def _read_at(reading: Reading, calendar: SheetCalendar, place: int) -> TimeMention | None:
    if not reading.word(place):
        return None
    weekday, start = _weekday_before(reading, place)
    mention = (
        _read_numeric(reading, calendar, start)
        or _read_range(reading, calendar, start)
        or _read_single(reading, calendar, start)
        or (None if weekday is not None else _read_relative(reading, calendar, start))
        or _read_bare_day(reading, calendar, start, weekday)
    )
    if weekday is None:
        return mention
    if mention is None:
        return TimeMention(place, place + 1, weekdays=frozenset({weekday}))
    return replace(mention, first=place, weekdays=frozenset({weekday}))


def _read_bare_day(reading: Reading, calendar: SheetCalendar, place: int, weekday: int | None) -> TimeMention | None:
    """ "martes 9", "el día 9", "the 9th": a day of a month that is spoken of."""
    day = read_day(reading, place)
    if not day or is_counted(reading, day[1]):
        return None
    ordinal = day[1] > place + 1 and reading.text_at(day[1] - 1) in ("st", "nd", "rd", "th")
    if weekday is None and not ordinal and reading.word(place - 1) != "dia":
        return None
    return TimeMention(place, day[1], calendar.days_numbered(day[0]), written_year=True)


def _weekday_before(reading: Reading, place: int) -> tuple[int | None, int]:
    """A weekday named at the place, and where a date that goes with it would start."""
    number = WEEKDAY_NUMBERS.get(reading.word(place))
    if number is None or (len(reading.word(place)) <= 3 and not read_day(reading, place + 1)):
        return None, place
    start = place + 1
    while reading.word(start) in (",", "dia", "the", "el"):
        start += 1
    return number, start


def _edge(reading: Reading, place: int) -> str | None:
    """Whether the date at the place is only where a period starts or ends: "desde marzo", "to 09:00 on 1 December"."""
    before = place - 1
    if reading.word(before) in ("del", "on", "of") and ":" in reading.word(before - 1):
        return "until"
    while reading.word(before) in ("el", "la", "las", "the", "dia", "los"):
        before -= 1
    word = reading.word(before)
    if word in ("desde", "since") or (word in ("de", "del") and reading.word(before - 1) == "partir"):
        return "since"
    if word == "to" and reading.word(before - 1) == "(":
        return "until"
    if word == "from" and reading.word(before - 1) == "(":
        return "since"
    return "until" if word in ("hasta", "until", "till", "through") else None


def _mention(
    reading: Reading, calendar: SheetCalendar, first: int, last: int, start: DatePoint, end: DatePoint | None = None
) -> TimeMention:
    written = start.year is not None or (end is not None and end.year is not None)
    spans = calendar.readings(start, end)
    edge = None if end else _edge(reading, first)
    if edge and any(calendar.means(TimeMention(first, last, frozenset({s})), calendar.period) for s in spans):
        edge = None  # "until November" said of November itself
    return TimeMention(first, last, spans, edge, written_year=written, ranged=end is not None)  # type: ignore[arg-type]


def _read_single(reading: Reading, calendar: SheetCalendar, place: int) -> TimeMention | None:
    week = 0
    if reading.word(place) in ("semana", "week", "weekend") or (reading.word(place), reading.word(place + 1)) == (
        "fin",
        "de",
    ):
        week = place + 1
        while reading.word(week) in (
            "del",
            "de",
            "of",
            "from",
            "starting",
            "beginning",
            "semana",
            "on",
            "que",
            "empieza",
            "el",
            "the",
            "dia",
            "monday",
            "lunes",
        ):
            week += 1
        if inner := _read_range(reading, calendar, week):
            return replace(inner, first=place, edge=None)
    read = _read_point(reading, week or place)
    if read is None:
        return None
    point, end = read
    if point.year is None and point.unit in ("month", "day", "quarter", "half"):
        before = _LATER_YEAR.match(reading, end)
        if before:
            return _year_before(calendar, place, end + before[0], point)
    if week and point.unit == "day":
        spans = calendar.prefer((s, s + timedelta(7)) for s, _ in calendar.readings(point))
        return TimeMention(place, end, spans, written_year=point.year is not None)
    return _mention(reading, calendar, place, end, point)


def _year_before(calendar: SheetCalendar, place: int, end: int, point: DatePoint) -> TimeMention:
    spans = {span for start, _ in (calendar.period,) if (span := point.in_year(start.year - 1))}
    return TimeMention(place, end, frozenset(spans), written_year=True)


def _read_range(reading: Reading, calendar: SheetCalendar, place: int) -> TimeMention | None:
    if bounds := _day_bounds(reading, place):
        return _finish_day_range(reading, calendar, place, *bounds)
    first = _read_point(reading, place)
    if first is None:
        return None
    joint = first.end
    word = reading.word(joint)
    between = word in _AND and reading.word(place - 1) in ("between", "entre", "el", "las", "the")
    if not (word in _TO or between):
        return None
    joint += 1
    while reading.word(joint) in ("el", "the", "al", "dia"):
        joint += 1
    last = _read_point(reading, joint)
    if last is None:
        return _english_days(reading, calendar, place, first, joint)
    if last.point.unit != first.point.unit and {first.point.unit, last.point.unit} != {"month", "year"}:
        return None
    mention = _mention(reading, calendar, place, last.end, first.point, last.point)
    if not calendar.knows_exactly(mention):
        ends = (
            _mention(reading, calendar, place, first.end, first.point),
            _mention(reading, calendar, joint, last.end, last.point),
        )
        if all(calendar.knows(end) for end in ends):
            return ends[0]  # from one known period to another
    return mention


def _english_days(
    reading: Reading, calendar: SheetCalendar, place: int, first: _Read, joint: int
) -> TimeMention | None:
    """ "November 1 to 15, 2010": the second day has no month of its own."""
    day = read_day(reading, joint)
    if not day or first.point.unit != "day" or is_counted(reading, day[1]):
        return None
    year, end = read_year_behind(reading, day[1])
    point = first.point
    start = DatePoint("day", point.year or year, point.number, point.day)
    return _mention(reading, calendar, place, end, start, DatePoint("day", point.year or year, point.number, day[0]))


def _day_bounds(reading: Reading, place: int) -> tuple[int, int, int] | None:
    """ "1 al 15", "1-15", "1 and 15": two days of a month that follows, and where they end."""
    if found := re.fullmatch(r"(\d{1,2})-(\d{1,2})", reading.word(place)):
        return int(found[1]), int(found[2]), place + 1
    first = read_day(reading, place)
    if not first or reading.word(place - 1) == "top":
        return None
    joint = first[1]
    word = reading.word(joint)
    if word not in _TO and not (
        word in _AND and reading.word(place - 1) in ("between", "entre", "el", "the", "of", "del")
    ):
        return None
    joint += 1
    while reading.word(joint) in ("el", "the", "al", "dia"):
        joint += 1
    last = read_day(reading, joint)
    return (first[0], last[0], last[1]) if last else None


def _finish_day_range(
    reading: Reading, calendar: SheetCalendar, place: int, first: int, last: int, end: int
) -> TimeMention | None:
    while reading.word(end) in ("de", "of"):
        end += 1
    month = read_month(reading, end)
    if month is None:
        return None
    year, end = read_year_behind(reading, month[1])
    start, stop = DatePoint("day", year, month[0], first), DatePoint("day", year, month[0], last)
    return _mention(reading, calendar, place, end, start, stop)


def _read_point(reading: Reading, place: int) -> _Read | None:
    """A day, month, quarter, half, week or year at the place."""
    if (day := read_day(reading, place)) and reading.word(place - 1) != "top":
        month_at = day[1]
        while reading.word(month_at) in ("de", "of"):
            month_at += 1
        if month := read_month(reading, month_at, beside_day=True):
            year, end = read_year_behind(reading, month[1])
            return _Read(DatePoint("day", year, month[0], day[0]), end)
    if month := read_month(reading, place):
        return _read_month(reading, month)
    return _read_unit(reading, place) or _read_year(reading, place)


def _read_month(reading: Reading, month: tuple[int, int]) -> _Read:
    number, end = month
    day = read_day(reading, end)
    if day and not is_counted(reading, day[1]) and reading.english:
        year, last = read_year_behind(reading, day[1])
        return _Read(DatePoint("day", year, number, day[0]), last)
    year, end = read_year_behind(reading, end)
    return _Read(DatePoint("month", year, number), end)


def _read_unit(reading: Reading, place: int) -> _Read | None:
    """ "tercer trimestre de 2010", "Q3 2010", "first half", "week 46"."""
    word = reading.word(place)
    letter: CalendarUnit | None = {"q": "quarter", "t": "quarter", "h": "half", "s": "half", "w": "week"}.get(word)  # type: ignore[assignment]
    if letter and reading.is_number(place + 1) and reading.is_glued(place + 1) and reading.word(place + 1).isdigit():
        return _dated_unit(reading, letter, int(reading.word(place + 1)), place + 2)
    if (number := ORDINAL_WORDS.get(word)) and (unit := NUMBER_UNITS.get(reading.word(place + 1))):
        return _dated_unit(reading, unit, number, place + 2)
    if reading.is_number(place) and word.isdigit() and len(word) <= 2:
        after = place + 1
        while reading.word(after) in (".", "o", "er", "st", "nd", "rd", "th") and reading.is_glued(after):
            after += 1
        if after > place + 1 and (unit := NUMBER_UNITS.get(reading.word(after))):
            return _dated_unit(reading, unit, int(word), after + 1)
        if reading.word(place + 1) in ("t", "s", "q", "h") and reading.is_glued(place + 1):
            return _dated_unit(reading, "quarter" if reading.word(place + 1) in "tq" else "half", int(word), place + 2)
    unit = DATE_UNITS.get(word)
    if (
        unit
        and reading.is_number(place + 1)
        and reading.word(place + 1).isdigit()
        and len(reading.word(place + 1)) <= 2
    ):
        return _dated_unit(reading, unit, int(reading.word(place + 1)), place + 2)
    return None


def _dated_unit(reading: Reading, unit: CalendarUnit, number: int, end: int) -> _Read | None:
    if not 1 <= number <= {"quarter": 4, "half": 2}.get(unit, 53):
        return None
    year, end = read_year_behind(reading, end)
    return _Read(DatePoint(unit, year, number), end)


def _read_year(reading: Reading, place: int) -> _Read | None:
    year = read_year(reading, place)
    if year is None or is_counted(reading, place + 1) or is_signed(reading, place):
        return None
    return _Read(DatePoint("year", year), place + 1)


def _read_numeric(reading: Reading, calendar: SheetCalendar, place: int) -> TimeMention | None:
    """ "2010-11-15", "2010-11", "15/11/2010", "15/11", "11/2010", "2009-2010"."""
    text = reading.word(place)
    if not reading.is_number(place) or is_counted(reading, place + 1):
        return None
    if found := re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", text):
        point = DatePoint(
            "day" if found[3] else "month", int(found[1]), int(found[2]), int(found[3]) if found[3] else None
        )
        return _mention(reading, calendar, place, place + 1, point)
    if found := re.fullmatch(r"((?:19|20)\d\d)-((?:19|20)\d\d)", text):
        first, last = DatePoint("year", int(found[1])), DatePoint("year", int(found[2]))
        return _mention(reading, calendar, place, place + 1, first, last)
    if found := re.fullmatch(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?", text):
        year = int(found[3]) + (2000 if len(found[3]) == 2 else 0) if found[3] else None
        both = [(int(found[1]), int(found[2]))] + ([(int(found[2]), int(found[1]))] if reading.english else [])
        spans = [calendar.readings(DatePoint("day", year, month, day)) for day, month in both if month <= 12]
        return TimeMention(place, place + 1, calendar.prefer(frozenset[Span]().union(*spans)), written_year=bool(year))
    if found := re.fullmatch(r"(\d{1,2})[/-]((?:19|20)\d\d)", text):
        return _mention(reading, calendar, place, place + 1, DatePoint("month", int(found[2]), int(found[1])))
    return None


def _read_relative(reading: Reading, calendar: SheetCalendar, place: int) -> TimeMention | None:
    found = _RELATIVE.match(reading, place)
    if not found:
        return None
    kind, _, rest = str(found[1]).partition(":")
    end = place + found[0]
    if kind == "unit":
        unit, offset = rest.split(",")
        return TimeMention(place, end, calendar.calendar_unit(unit, int(offset)))  # type: ignore[arg-type]
    if kind == "since":
        spans = calendar.calendar_unit(rest, 0)  # type: ignore[arg-type]
        return TimeMention(place, end, calendar.prefer(spans))
    spans = calendar.unit_before(None if rest == "any" else rest)  # type: ignore[arg-type]
    return TimeMention(place, end, spans, versus=kind == "versus")
