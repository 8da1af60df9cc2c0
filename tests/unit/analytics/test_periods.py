"""Periods as they are said become dates on the shop's calendar (SPEC, section 10)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cafe_ai.analytics.model import Period, PeriodSpec
from cafe_ai.analytics.periods import (
    UNITS,
    CalendarUnit,
    ShopCalendar,
    UnknownPeriod,
    add_months,
    bucket,
    buckets,
    resolve,
    resolve_beside,
    shift,
    whole_unit,
)
from tests.support.periods import FIRST_DAY, MADRID, calendar, days, said

MEXICO = "America/Mexico_City"
WEDNESDAY = "2026-05-13T12:00"  # in the middle of a day, a week, a month, a quarter and a year


@pytest.mark.parametrize(
    ("as_of", "spec", "first", "last"),
    [
        # The middle of a Wednesday.
        (WEDNESDAY, "day+0", "2026-05-13", "2026-05-13"),
        (WEDNESDAY, "day-1", "2026-05-12", "2026-05-12"),
        (WEDNESDAY, "day-2", "2026-05-11", "2026-05-11"),
        (WEDNESDAY, "week+0", "2026-05-11", "2026-05-13"),
        (WEDNESDAY, "week-1", "2026-05-04", "2026-05-10"),
        (WEDNESDAY, "weekend-1", "2026-05-09", "2026-05-10"),
        (WEDNESDAY, "weekend-2", "2026-05-02", "2026-05-03"),
        (WEDNESDAY, "month+0", "2026-05-01", "2026-05-13"),
        (WEDNESDAY, "month-1", "2026-04-01", "2026-04-30"),
        (WEDNESDAY, "month-5", "2025-12-01", "2025-12-31"),
        (WEDNESDAY, "quarter+0", "2026-04-01", "2026-05-13"),
        (WEDNESDAY, "quarter-1", "2026-01-01", "2026-03-31"),
        (WEDNESDAY, "half+0", "2026-01-01", "2026-05-13"),
        (WEDNESDAY, "half-1", "2025-07-01", "2025-12-31"),
        (WEDNESDAY, "year+0", "2026-01-01", "2026-05-13"),
        (WEDNESDAY, "year-1", "2025-01-01", "2025-12-31"),
        (WEDNESDAY, "day x7", "2026-05-06", "2026-05-12"),
        (WEDNESDAY, "day x30", "2026-04-13", "2026-05-12"),
        (WEDNESDAY, "week x2", "2026-04-27", "2026-05-10"),
        (WEDNESDAY, "month x3", "2026-02-01", "2026-04-30"),
        (WEDNESDAY, "quarter x2", "2025-10-01", "2026-03-31"),
        (WEDNESDAY, "year x2", "2024-01-01", "2025-12-31"),
        (WEDNESDAY, "all", "2024-01-08", "2026-05-13"),
        (WEDNESDAY, "since 2026-03", "2026-03-01", "2026-05-13"),
        (WEDNESDAY, "since --11", "2025-11-01", "2026-05-13"),
        (WEDNESDAY, "since mon", "2026-05-11", "2026-05-13"),
        (WEDNESDAY, "until 2025-12", "2024-01-08", "2025-12-31"),
        (WEDNESDAY, "until --02", "2024-01-08", "2026-02-28"),
        # 1 January: the year, quarter, half and month begin today.
        ("2026-01-01T12:00", "year+0", "2026-01-01", "2026-01-01"),
        ("2026-01-01T12:00", "month-1", "2025-12-01", "2025-12-31"),
        ("2026-01-01T12:00", "quarter-1", "2025-10-01", "2025-12-31"),
        ("2026-01-01T12:00", "half-1", "2025-07-01", "2025-12-31"),
        ("2026-01-01T12:00", "month x12", "2025-01-01", "2025-12-31"),
        ("2026-01-01T12:00", "named --01", "2026-01-01", "2026-01-01"),
        ("2026-01-01T12:00", "passed --01", "2025-01-01", "2025-01-31"),
        ("2026-01-01T12:00", "week+0", "2025-12-29", "2026-01-01"),
        # The first of a month, Monday, a weekend.
        ("2026-06-01T12:00", "month-1", "2026-05-01", "2026-05-31"),
        ("2026-06-01T12:00", "week-1", "2026-05-25", "2026-05-31"),
        ("2026-06-01T12:00", "week+0", "2026-06-01", "2026-06-01"),
        ("2026-06-01T12:00", "weekend-1", "2026-05-30", "2026-05-31"),
        ("2026-05-16T12:00", "weekend+0", "2026-05-16", "2026-05-16"),
        ("2026-05-16T12:00", "weekend-1", "2026-05-09", "2026-05-10"),
        ("2026-05-17T12:00", "weekend+0", "2026-05-16", "2026-05-17"),
        ("2026-05-17T12:00", "week-1", "2026-05-04", "2026-05-10"),
        # A leap day, and what lies a month or a year from it.
        ("2024-02-29T12:00", "day+0", "2024-02-29", "2024-02-29"),
        ("2024-02-29T12:00", "month+0", "2024-02-01", "2024-02-29"),
        ("2024-03-01T12:00", "month-1", "2024-02-01", "2024-02-29"),
        ("2026-05-13T12:00", "named --02-29", "2024-02-29", "2024-02-29"),
        # Days when the clocks change.
        ("2026-03-29T12:00", "day+0", "2026-03-29", "2026-03-29"),
        ("2026-03-30T12:00", "day-1", "2026-03-29", "2026-03-29"),
        ("2026-10-26T12:00", "day x2", "2026-10-24", "2026-10-25"),
        # Named without a year: the latest that began before as_of.
        (WEDNESDAY, "named --05", "2026-05-01", "2026-05-13"),
        (WEDNESDAY, "named --06", "2025-06-01", "2025-06-30"),
        (WEDNESDAY, "passed --05", "2025-05-01", "2025-05-31"),
        (WEDNESDAY, "named Q2", "2026-04-01", "2026-05-13"),
        (WEDNESDAY, "named Q3", "2025-07-01", "2025-09-30"),
        (WEDNESDAY, "named H1", "2026-01-01", "2026-05-13"),
        (WEDNESDAY, "named H2", "2025-07-01", "2025-12-31"),
        (WEDNESDAY, "named W19", "2026-05-04", "2026-05-10"),
        (WEDNESDAY, "named W30", "2025-07-21", "2025-07-27"),
        (WEDNESDAY, "named --05-13", "2026-05-13", "2026-05-13"),
        (WEDNESDAY, "named --05-14", "2025-05-14", "2025-05-14"),
        (WEDNESDAY, "named wed", "2026-05-13", "2026-05-13"),
        (WEDNESDAY, "passed wed", "2026-05-06", "2026-05-06"),
        (WEDNESDAY, "named thu", "2026-05-07", "2026-05-07"),
        (WEDNESDAY, "named ---13", "2026-05-13", "2026-05-13"),
        (WEDNESDAY, "named ---14", "2026-04-14", "2026-04-14"),
        (WEDNESDAY, "named ---31", "2026-03-31", "2026-03-31"),
        # Named with a year.
        (WEDNESDAY, "named 2025", "2025-01-01", "2025-12-31"),
        (WEDNESDAY, "named 2026", "2026-01-01", "2026-05-13"),
        (WEDNESDAY, "named 2025-Q4", "2025-10-01", "2025-12-31"),
        (WEDNESDAY, "named 2025-H1", "2025-01-01", "2025-06-30"),
        (WEDNESDAY, "named 2025-02", "2025-02-01", "2025-02-28"),
        (WEDNESDAY, "named 2026-W01", "2025-12-29", "2026-01-04"),
        (WEDNESDAY, "named 2020-W53", "2020-12-28", "2021-01-03"),
        (WEDNESDAY, "named 2025-12-24", "2025-12-24", "2025-12-24"),
        # A range of dates includes both ends.
        (WEDNESDAY, "range 2025-11-08..2025-11-14", "2025-11-08", "2025-11-14"),
        (WEDNESDAY, "range 2025-07..2025-09", "2025-07-01", "2025-09-30"),
        (WEDNESDAY, "range 2024..2025", "2024-01-01", "2025-12-31"),
        (WEDNESDAY, "range --11..--02", "2025-11-01", "2026-02-28"),
        (WEDNESDAY, "range --03..--05", "2026-03-01", "2026-05-13"),
        (WEDNESDAY, "range 2025-11..--02", "2025-11-01", "2026-02-28"),
        (WEDNESDAY, "range --04..2025-06", "2025-04-01", "2025-06-30"),
        (WEDNESDAY, "range ---01..---12", "2026-05-01", "2026-05-12"),
        (WEDNESDAY, "range mon..fri", "2026-05-04", "2026-05-08"),
        (WEDNESDAY, "range 2026-05-01..2026-12-31", "2026-05-01", "2026-05-13"),
    ],
)
def test_a_period_is_given_its_days(as_of: str, spec: str, first: str, last: str) -> None:
    assert days(resolve(said(spec), calendar(as_of))) == (first, last)


@pytest.mark.parametrize("timezone", [MADRID, MEXICO])
@pytest.mark.parametrize("as_of", ["2026-05-13T00:00", "2026-06-01T00:00", "2026-01-01T00:00"])
def test_at_midnight_the_new_day_has_begun_and_holds_nothing(as_of: str, timezone: str) -> None:
    at_midnight = calendar(as_of, timezone=timezone)
    today, yesterday = resolve(said("day+0"), at_midnight), resolve(said("day-1"), at_midnight)
    assert today.starts_at == today.ends_at == at_midnight.as_of == yesterday.ends_at
    assert yesterday.days == 1
    assert not at_midnight.is_running(yesterday)


def test_what_begins_at_the_moment_of_asking_did_not_begin_before_it() -> None:
    new_year = calendar("2026-01-01T00:00")
    assert days(resolve(said("named --01"), new_year)) == ("2025-01-01", "2025-01-31")
    assert days(resolve(said("named Q1"), new_year)) == ("2025-01-01", "2025-03-31")
    assert days(resolve(said("named thu"), new_year)) == ("2025-12-25", "2025-12-25")


@pytest.mark.parametrize(
    ("as_of", "day_starts", "today"),
    [
        ("2026-05-13T01:59", 2, "2026-05-12"),
        ("2026-05-13T02:00", 2, "2026-05-13"),
        ("2026-05-13T03:59", 4, "2026-05-12"),
        ("2026-05-13T04:00", 4, "2026-05-13"),
        ("2026-06-01T01:00", 2, "2026-05-31"),
        ("2026-01-01T03:00", 4, "2025-12-31"),
        ("2026-03-29T03:30", 4, "2026-03-28"),
        ("2026-10-25T02:30", 4, "2026-10-24"),
        ("2026-10-25T02:30", 2, "2026-10-25"),
    ],
)
def test_what_is_sold_before_the_closing_hour_belongs_to_the_day_before(
    as_of: str, day_starts: int, today: str
) -> None:
    shop = calendar(as_of, day_starts=time(day_starts))
    assert shop.today.isoformat() == today
    running = resolve(said("day+0"), shop)
    assert days(running) == (today, today)
    assert running.starts_at <= running.ends_at == shop.as_of


def test_after_closing_last_month_is_the_month_before_the_business_days_own() -> None:
    late = calendar("2026-06-01T01:00", day_starts=time(2))
    assert days(resolve(said("month+0"), late)) == ("2026-05-01", "2026-05-31")
    assert days(resolve(said("month-1"), late)) == ("2026-04-01", "2026-04-30")
    assert resolve(said("month-1"), late).ends_at.isoformat() == "2026-05-01T02:00:00+02:00"


@pytest.mark.parametrize(
    ("day", "timezone", "day_starts", "hours"),
    [
        ("2026-03-29", MADRID, 0, 23),
        ("2026-10-25", MADRID, 0, 25),
        ("2026-03-29", MADRID, 4, 24),
        ("2026-03-28", MADRID, 4, 23),
        ("2026-10-24", MADRID, 4, 25),
        ("2022-04-03", MEXICO, 0, 23),
        ("2022-10-30", MEXICO, 0, 25),
        ("2026-04-05", MEXICO, 0, 24),  # Mexico has kept its clocks since 2022
    ],
)
def test_a_day_of_a_clock_change_is_as_long_as_it_is(day: str, timezone: str, day_starts: int, hours: int) -> None:
    shop = calendar("2026-12-01T12:00", timezone=timezone, day_starts=time(day_starts), first_day=date(2020, 1, 1))
    period = resolve(said(f"named {day}"), shop)
    assert period.ends_at.astimezone(UTC) - period.starts_at.astimezone(UTC) == timedelta(hours=hours)
    assert period.days == 1


@pytest.mark.parametrize(
    "spec",
    [
        "named 2026-04-31", "named 2025-02-29", "named --04-31", "named 2026-13", "named 2025-W54", "named W54",
        "named Q5", "named", "named someday", "range 2026-03..2026-01", "named ---32", "previous",
        "same_last_year month",
    ],
)  # fmt: skip
def test_what_names_no_dates_is_unknown(spec: str) -> None:
    with pytest.raises(UnknownPeriod):
        resolve(said(spec), calendar(WEDNESDAY))


@pytest.mark.parametrize(
    "spec",
    [
        PeriodSpec("named", start="9999"),
        PeriodSpec("named", start="9999-12"),
        PeriodSpec("named", start="9999-12-31"),
        PeriodSpec("named", start="0000"),
        PeriodSpec("range", start="2026-01", end="9999-Q4"),
        PeriodSpec("rolling", unit="month", count=99_999),
        PeriodSpec("rolling", unit="day", count=9_999_999),
        PeriodSpec("rolling", unit="week", count=10**12),
        PeriodSpec("calendar", unit="year", offset=-5_000),
        PeriodSpec("calendar", unit="weekend", offset=-(10**9)),
    ],
    ids=str,
)
def test_dates_beyond_the_calendar_are_no_dates(spec: PeriodSpec) -> None:
    with pytest.raises(UnknownPeriod):
        resolve(spec, calendar(WEDNESDAY))


# --- Periods that refer to another ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("anchor", "spec", "first", "last"),
    [
        ("month-1", "previous", "2026-03-01", "2026-03-31"),
        ("month-1", "previous month", "2026-03-01", "2026-03-31"),
        ("named 2026-03", "previous", "2026-02-01", "2026-02-28"),
        ("named 2025", "previous", "2024-01-01", "2024-12-31"),
        ("quarter-1", "previous", "2025-10-01", "2025-12-31"),
        ("week-1", "previous", "2026-04-27", "2026-05-03"),
        ("weekend-1", "previous", "2026-05-02", "2026-05-03"),
        ("day-1", "previous", "2026-05-11", "2026-05-11"),
        ("day x7", "previous", "2026-04-29", "2026-05-05"),
        ("range 2026-04-10..2026-04-14", "previous", "2026-04-05", "2026-04-09"),
        ("named 2025-12-24", "previous month", "2025-11-01", "2025-11-30"),
        ("named 2026-03", "previous year", "2025-01-01", "2025-12-31"),
        ("month-1", "same_last_year", "2025-04-01", "2025-04-30"),
        ("named 2024-02", "same_last_year", "2023-02-01", "2023-02-28"),
        ("named 2025-02", "same_last_year", "2024-02-01", "2024-02-29"),
        ("named 2024-02-29", "same_last_year", "2023-02-28", "2023-02-28"),
        ("named 2025-12-24", "same_last_year", "2024-12-24", "2024-12-24"),
        ("range 2026-04-10..2026-04-14", "same_last_year", "2025-04-10", "2025-04-14"),
        ("week-1", "same_last_year", "2025-05-05", "2025-05-11"),  # the week 52 weeks before: the same weekdays
        ("named 2025", "same_last_year", "2024-01-01", "2024-12-31"),
    ],
)
def test_a_period_before_another(anchor: str, spec: str, first: str, last: str) -> None:
    shop = calendar(WEDNESDAY)
    assert days(resolve(said(spec), shop, resolve(said(anchor), shop))) == (first, last)


@pytest.mark.parametrize(
    ("anchor", "spec", "first", "ends_at"),
    [
        ("day+0", "previous", "2026-05-12", "2026-05-12T12:00:00+02:00"),
        ("week+0", "previous", "2026-05-04", "2026-05-06T12:00:00+02:00"),
        ("month+0", "previous", "2026-04-01", "2026-04-13T12:00:00+02:00"),
        ("year+0", "same_last_year", "2025-01-01", "2025-05-13T12:00:00+02:00"),
        ("month+0", "same_last_year", "2025-05-01", "2025-05-13T12:00:00+02:00"),
    ],
)
def test_a_running_period_is_compared_with_as_much_of_the_other(
    anchor: str, spec: str, first: str, ends_at: str
) -> None:
    shop = calendar(WEDNESDAY)
    other = resolve(said(spec), shop, resolve(said(anchor), shop))
    assert (other.start.isoformat(), other.ends_at.isoformat()) == (first, ends_at)


def test_as_much_of_a_shorter_month_is_at_most_all_of_it() -> None:
    shop = calendar("2026-03-31T12:00")
    february = resolve(said("previous"), shop, resolve(said("month+0"), shop))
    assert days(february) == ("2026-02-01", "2026-02-28")


@pytest.mark.parametrize(
    ("anchor", "beside", "first"),
    [
        ("named 2025-01", "--02", "2025-02-01"),
        ("named 2025-11", "--10", "2025-10-01"),
        ("named 2025-01", "--12", "2024-12-01"),
        ("month-1", "--03", "2026-03-01"),
        ("named 2025-Q1", "Q2", "2025-04-01"),
    ],
)
def test_a_month_named_beside_a_dated_one_is_of_its_year(anchor: str, beside: str, first: str) -> None:
    shop = calendar(WEDNESDAY)
    period = resolve(said(anchor), shop)
    found = resolve_beside(PeriodSpec("named", start=beside), shop, period)
    if (anchor, beside) == ("named 2025-01", "--12"):
        assert found.start in (date(2024, 12, 1), date(2025, 12, 1))
    else:
        assert found.start.isoformat() == first


# --- Properties ----------------------------------------------------------------------------------------------------

ZONES = st.sampled_from([MADRID, MEXICO, "Europe/London", "Asia/Kathmandu", "UTC"])
moments = st.integers(1_514_764_800, 1_988_150_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
units = st.sampled_from(UNITS)
dates_without_year = st.one_of(
    st.integers(1, 12).map(lambda month: f"--{month:02}"),
    st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: f"--{day:%m-%d}"),
    st.integers(1, 4).map(lambda quarter: f"Q{quarter}"),
    st.integers(1, 2).map(lambda half: f"H{half}"),
    st.integers(1, 52).map(lambda week: f"W{week:02}"),
    st.integers(1, 31).map(lambda day: f"---{day:02}"),
    st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
)
specs = st.one_of(
    st.builds(PeriodSpec, st.just("calendar"), units, st.integers(-40, 0)),
    st.builds(PeriodSpec, st.just("rolling"), units, st.just(0), st.integers(1, 40)),
    st.builds(
        lambda start, offset: PeriodSpec("named", start=start, offset=offset),
        dates_without_year,
        st.sampled_from([0, -1]),
    ),
    st.builds(lambda start: PeriodSpec("since", start=start), dates_without_year),
    st.builds(lambda end: PeriodSpec("until", end=end), dates_without_year),
    st.builds(lambda start, end: PeriodSpec("range", start=start, end=end), dates_without_year, dates_without_year),
    st.just(PeriodSpec("all")),
)


@st.composite
def calendars(draw: st.DrawFn) -> ShopCalendar:
    zone = draw(ZONES)
    as_of = draw(moments).astimezone(ZoneInfo(zone))
    return ShopCalendar(zone, time(draw(st.integers(0, 6))), as_of, date(2016, 1, 1))


@given(calendars(), specs)
@example(calendar("2024-02-29T12:00"), PeriodSpec("calendar", unit="year", offset=-1))
def test_no_period_reaches_beyond_the_moment_of_asking(shop: ShopCalendar, spec: PeriodSpec) -> None:
    try:
        period = resolve(spec, shop)
    except UnknownPeriod:
        return
    assert period.days >= 1
    assert period.starts_at <= period.ends_at
    assert period.ends_at <= shop.as_of or period.starts_at > shop.as_of  # a period still to come is whole
    assert period.ends_at <= shop.starts_at(period.end)
    assert period.starts_at == shop.starts_at(period.start)
    if period.ends_at > period.starts_at:
        assert period.ends_at > shop.starts_at(period.end - timedelta(days=1))


@given(calendars(), units, st.integers(1, 30))
def test_rolling_units_are_whole_and_end_where_the_running_one_begins(
    shop: ShopCalendar, unit: CalendarUnit, count: int
) -> None:
    assume(unit != "weekend")
    period = resolve(PeriodSpec("rolling", unit=unit, count=count), shop)
    spans = list(buckets(period, unit))
    assert len(spans) == count
    assert all(
        (span.start, span.end) == (bucket(span.start, unit).start, bucket(span.start, unit).end) for span in spans
    )
    assert period.end == bucket(shop.today, unit).start
    assert not shop.is_running(period)


@given(calendars(), units, st.integers(-30, -1))
def test_the_unit_before_ends_where_the_other_begins(shop: ShopCalendar, unit: CalendarUnit, offset: int) -> None:
    period = resolve(PeriodSpec("calendar", unit=unit, offset=offset), shop)
    assume(not shop.is_running(period))
    before = resolve(PeriodSpec("previous", unit=unit if unit != "weekend" else None), shop, period)
    assert (before.end if unit != "weekend" else before.end + timedelta(days=5)) == period.start
    assert whole_unit(before) in ({unit, "day"} if unit == "day" else {unit})
    assert before == resolve(PeriodSpec("previous"), shop, period)


@given(calendars(), st.dates(date(2017, 1, 1), date(2030, 1, 1)), st.integers(1, 500), units)
def test_buckets_part_a_period_without_gap_or_overlap(
    shop: ShopCalendar, start: date, length: int, unit: CalendarUnit
) -> None:
    assume(unit != "weekend")
    period = Period(start, start + timedelta(days=length), shop.starts_at(start), shop.as_of, shop.timezone)
    spans = list(buckets(period, unit))
    assert spans[0].start == period.start
    assert spans[-1].end == period.end
    assert all(a.end == b.start for a, b in pairwise(spans))
    assert all(bucket(span.start, unit) == bucket(span.end - timedelta(days=1), unit) for span in spans)


@given(calendars(), dates_without_year)
def test_a_part_without_year_is_the_latest_that_began_before_the_moment_of_asking(
    shop: ShopCalendar, part: str
) -> None:
    try:
        period = resolve(PeriodSpec("named", start=part), shop)
    except UnknownPeriod:
        assert part == "--02-29"
        return
    assert period.starts_at < shop.as_of
    later = period.start + timedelta(days=1)
    while later <= shop.today:
        assert not (_begins(part, later) and shop.starts_at(later) < shop.as_of), later
        later += timedelta(days=1)
    assert _begins(part, period.start)


def _begins(part: str, day: date) -> bool:
    """Whether an occurrence of the date part begins that day, told without the code under test."""
    if part.startswith("---"):
        return day.day == int(part[3:])
    if part.startswith("--"):
        month, _, number = part[2:].partition("-")
        return day.month == int(month) and day.day == int(number or 1)
    if part[0] == "Q":
        return day.day == 1 and day.month == int(part[1]) * 3 - 2
    if part[0] == "H":
        return day.day == 1 and day.month == int(part[1]) * 6 - 5
    if part[0] == "W":
        return day.weekday() == 0 and day.isocalendar().week == int(part[1:])
    return day.strftime("%a").lower() == part


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), units)
def test_a_day_lies_in_its_own_bucket_alone(day: date, unit: CalendarUnit) -> None:
    span = bucket(day, unit)
    if unit == "weekend":
        assert (span.start.weekday(), span.end - span.start) == (5, timedelta(days=2))
        assert span.start.isocalendar().week == day.isocalendar().week
        return
    assert span.start <= day < span.end
    assert bucket(span.end, unit).start == span.end


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(-200, 200))
def test_months_later_is_the_same_day_or_the_months_last(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), units, st.integers(-50, 50))
def test_shifting_a_first_day_there_and_back(day: date, unit: CalendarUnit, count: int) -> None:
    start = bucket(day, unit).start
    assert shift(shift(start, unit, count), unit, -count) == start


@given(calendars(), st.integers(0, 24 * 60 * 40))
def test_a_moment_lies_between_the_start_of_its_day_and_of_the_next(shop: ShopCalendar, minutes: int) -> None:
    assume(shop.as_of.fold == 0)
    assert shop.starts_at(shop.today) <= shop.as_of < shop.starts_at(shop.today + timedelta(days=1))


def test_a_period_still_to_come_is_whole() -> None:
    july = resolve(said("named 2026-07"), calendar(WEDNESDAY))
    assert days(july) == ("2026-07-01", "2026-07-31")
    assert july.ends_at.isoformat() == "2026-08-01T00:00:00+02:00"


def test_all_begins_at_the_first_record() -> None:
    assert resolve(said("all"), calendar(WEDNESDAY)).start == FIRST_DAY
