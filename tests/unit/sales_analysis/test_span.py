"""What is to be analysed, given dates on the shop's calendar."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from cafe_ai.analytics.model import Period
from cafe_ai.analytics.periods import ShopCalendar
from cafe_ai.errors import InvalidRequest
from cafe_ai.sales_analysis.model import Preset, Span
from cafe_ai.sales_analysis.span import is_comparable, resolve_span

MADRID, MEXICO = "Europe/Madrid", "America/Mexico_City"


def calendar(as_of: str, zone: str = MADRID, day_starts: time = time(0)) -> ShopCalendar:
    moment = datetime.fromisoformat(as_of).replace(tzinfo=ZoneInfo(zone))
    return ShopCalendar(zone, day_starts, moment, date(2024, 1, 1))


def days(period: Period | None) -> tuple[str, str] | None:
    return period and (period.start.isoformat(), period.end.isoformat())


@pytest.mark.parametrize(
    ("preset", "period", "previous", "last_year"),
    [
        ("daily", ("2026-05-12", "2026-05-13"), ("2026-05-11", "2026-05-12"), ("2025-05-12", "2025-05-13")),
        ("weekly", ("2026-05-04", "2026-05-11"), ("2026-04-27", "2026-05-04"), ("2025-05-05", "2025-05-12")),
        ("monthly", ("2026-04-01", "2026-05-01"), ("2026-03-01", "2026-04-01"), ("2025-04-01", "2025-05-01")),
        ("quarterly", ("2026-01-01", "2026-04-01"), ("2025-10-01", "2026-01-01"), ("2025-01-01", "2025-04-01")),
        ("yearly", ("2025-01-01", "2026-01-01"), ("2024-01-01", "2025-01-01"), ("2024-01-01", "2025-01-01")),
    ],
)
def test_a_preset_is_the_last_whole_one_before_as_of(
    preset: Preset, period: tuple[str, str], previous: tuple[str, str], last_year: tuple[str, str]
) -> None:
    found = resolve_span(Span(preset), calendar("2026-05-13T12:00:00"))
    assert (days(found.period), days(found.previous), days(found.last_year)) == (period, previous, last_year)


def test_weekdays_agree_with_last_years_week() -> None:
    found = resolve_span(Span("weekly"), calendar("2026-05-13T12:00:00"))
    assert found.last_year is not None
    assert found.last_year.start.weekday() == found.period.start.weekday() == 0
    assert (found.period.start - found.last_year.start).days == 364


def test_before_the_day_starts_yesterday_is_the_day_before_yesterday() -> None:
    night = resolve_span(Span("daily"), calendar("2026-05-13T04:59:00", MEXICO, time(5)))
    assert days(night.period) == ("2026-05-11", "2026-05-12")
    assert night.period.starts_at == datetime(2026, 5, 11, 5, tzinfo=ZoneInfo(MEXICO))
    morning = resolve_span(Span("daily"), calendar("2026-05-13T05:00:00", MEXICO, time(5)))
    assert days(morning.period) == ("2026-05-12", "2026-05-13")


def test_a_month_at_its_first_moment_is_the_one_just_over() -> None:
    assert days(resolve_span(Span(), calendar("2026-05-01T00:00:00")).period) == ("2026-04-01", "2026-05-01")
    assert days(resolve_span(Span(), calendar("2026-04-30T23:59:59")).period) == ("2026-03-01", "2026-04-01")


def test_a_range_includes_both_ends_and_is_compared_with_as_many_days() -> None:
    found = resolve_span(Span(None, date(2026, 4, 7), date(2026, 4, 16)), calendar("2026-05-13T12:00:00"))
    assert days(found.period) == ("2026-04-07", "2026-04-17")
    assert days(found.previous) == ("2026-03-28", "2026-04-07")
    assert days(found.last_year) == ("2025-04-07", "2025-04-17")


def test_a_range_that_is_a_month_is_that_month() -> None:
    ranged = resolve_span(Span(None, date(2026, 4, 1), date(2026, 4, 30)), calendar("2026-05-13T12:00:00"))
    assert ranged == resolve_span(Span("monthly"), calendar("2026-05-13T12:00:00"))


def test_a_leap_day_has_last_years_last_of_february() -> None:
    found = resolve_span(Span(None, date(2024, 2, 29), date(2024, 2, 29)), calendar("2026-05-13T12:00:00"))
    assert days(found.last_year) == ("2023-02-28", "2023-03-01")


def test_a_range_past_as_of_ends_there_and_is_compared_with_as_much() -> None:
    found = resolve_span(Span(None, date(2026, 5, 4), date(2026, 5, 31)), calendar("2026-05-13T12:00:00"))
    zone = ZoneInfo(MADRID)
    assert found.period.ends_at == datetime(2026, 5, 13, 12, tzinfo=zone)
    assert days(found.period) == ("2026-05-04", "2026-05-14")
    assert found.previous is not None
    assert found.previous.ends_at == datetime(2026, 5, 3, 12, tzinfo=zone)
    assert found.last_year is not None
    assert found.last_year.ends_at == datetime(2025, 5, 13, 12, tzinfo=zone)


@pytest.mark.parametrize(
    ("span", "field"),
    [
        (Span("monthly", date(2026, 4, 1), date(2026, 4, 2)), "period"),
        (Span("daily", None, date(2026, 4, 2)), "period"),
        (Span(None, date(2026, 4, 2), None), "to"),
        (Span(None, None, date(2026, 4, 2)), "from"),
        (Span(None, date(2026, 4, 2), date(2026, 4, 1)), "to"),
        (Span(None, date(2026, 5, 14), date(2026, 5, 20)), "from"),
        (Span(None, date(2026, 4, 2), date.max), "to"),
        (Span(None, date.max, date.max), "from"),
    ],
)
def test_what_does_not_go_together_names_its_field(span: Span, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        resolve_span(span, calendar("2026-05-13T12:00:00"))
    assert [error.field for error in refused.value.errors] == [field]


def test_at_the_beginning_of_time_there_is_nothing_before() -> None:
    found = resolve_span(Span(None, date.min, date(2026, 4, 1)), calendar("2026-05-13T12:00:00"))
    assert (found.previous, found.last_year) == (None, None)


@pytest.mark.parametrize(
    ("first", "comparable"),
    [("2026-03-01", True), ("2026-03-04", True), ("2026-03-05", False), ("2026-04-02", False), ("2020-01-01", True)],
)
def test_a_period_that_was_half_recorded_is_not_compared_with(first: str, comparable: bool) -> None:
    march = resolve_span(Span(), calendar("2026-04-13T12:00:00")).period
    assert is_comparable(march, (date.fromisoformat(first), date(2026, 4, 12))) is comparable


def test_without_records_nothing_is_comparable() -> None:
    march = resolve_span(Span(), calendar("2026-04-13T12:00:00")).period
    assert not is_comparable(march, None)
    assert not is_comparable(march, (date(2025, 1, 1), date(2026, 2, 28)))
    assert not is_comparable(None, (date(2025, 1, 1), date(2026, 2, 28)))
