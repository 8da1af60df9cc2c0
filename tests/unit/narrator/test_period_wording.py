"""Periods in words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.analytics.model import Period
from cafe_ai.language.period_wording import describe_period, name_period
from tests.support.fact_factories import AS_OF, NOVEMBER, TODAY, YEAR_SO_FAR, period


@pytest.mark.parametrize(
    ("when", "es", "en"),
    [
        (NOVEMBER, "en noviembre de 2010", "in November 2010"),
        (period("2010-07-01", "2010-10-01"), "en el tercer trimestre de 2010", "in the third quarter of 2010"),
        (period("2010-01-01", "2010-07-01"), "en el primer semestre de 2010", "in the first half of 2010"),
        (period("2010-01-01", "2011-01-01"), "en 2010", "in 2010"),
        (period("2008-01-01", "2011-01-01"), "de 2008 a 2010", "from 2008 to 2010"),
        (period("2010-07-01", "2010-12-01"), "de julio a noviembre de 2010", "from July to November 2010"),
        (
            period("2009-12-01", "2010-12-01"),
            "de diciembre de 2009 a noviembre de 2010",
            "from December 2009 to November 2010",
        ),
        (period("2010-11-30", "2010-12-01"), "el martes 30 de noviembre de 2010", "on Tuesday 30 November 2010"),
        (
            period("2010-11-22", "2010-11-29"),
            "en la semana del 22 al 28 de noviembre de 2010",
            "in the week of 22 to 28 November 2010",
        ),
        (
            period("2010-11-27", "2010-11-29"),
            "el fin de semana del 27 al 28 de noviembre de 2010",
            "over the weekend of 27 to 28 November 2010",
        ),
        (period("2010-11-09", "2010-11-15"), "del 9 al 14 de noviembre de 2010", "from 9 to 14 November 2010"),
        (
            period("2010-10-29", "2010-11-15"),
            "del 29 de octubre al 14 de noviembre de 2010",
            "from 29 October to 14 November 2010",
        ),
        (
            period("2009-12-15", "2010-01-15"),
            "del 15 de diciembre de 2009 al 14 de enero de 2010",
            "from 15 December 2009 to 14 January 2010",
        ),
        (TODAY, "el miércoles 1 de diciembre de 2010 (hasta las 09:00)", "on Wednesday 1 December 2010 (to 09:00)"),
        (
            YEAR_SO_FAR,
            "en lo que va de 2010 (hasta las 09:00 del 1 de diciembre)",
            "in 2010 so far (to 09:00 on 1 December)",
        ),
        (
            period("2010-10-01", "2010-12-02", until=AS_OF),
            "en lo que va del cuarto trimestre de 2010 (hasta las 09:00 del 1 de diciembre)",
            "in the fourth quarter of 2010 so far (to 09:00 on 1 December)",
        ),
        (
            period("2010-11-29", "2010-12-02", until=AS_OF),
            "del 29 de noviembre al 1 de diciembre de 2010 (hasta las 09:00)",
            "from 29 November to 1 December 2010 (to 09:00)",
        ),
    ],
)
def test_a_period_is_told_by_its_calendar_name_or_its_days(when: Period, es: str, en: str) -> None:
    assert describe_period(when, "es", as_of=AS_OF) == es
    assert describe_period(when, "en", as_of=AS_OF) == en


def test_a_period_cut_at_another_moment_than_now_is_not_so_far() -> None:
    year_ago = AS_OF - timedelta(days=365)
    assert describe_period(period("2009-01-01", "2009-12-02", until=year_ago), "es", as_of=AS_OF) == (
        "del 1 de enero al 1 de diciembre de 2009 (hasta las 09:00)"
    )


def test_a_business_day_that_ends_after_midnight_names_the_day_of_the_clock() -> None:
    one_in_the_morning = AS_OF.replace(day=2, hour=1)
    late = Period(date(2010, 12, 1), date(2010, 12, 2), AS_OF.replace(hour=4), one_in_the_morning, "Europe/London")
    assert describe_period(late, "es", as_of=one_in_the_morning) == (
        "el miércoles 1 de diciembre de 2010 (hasta la 01:00 del 2 de diciembre)"
    )


def test_a_period_as_a_noun_has_its_article() -> None:
    assert name_period(NOVEMBER, "es") == "noviembre de 2010"
    assert name_period(period("2010-11-09", "2010-11-15"), "es") == "el periodo del 9 al 14 de noviembre de 2010"
    assert name_period(period("2010-07-01", "2010-10-01"), "en") == "the third quarter of 2010"


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(1, 800), st.sampled_from(["es", "en"]))
def test_whole_periods_are_told_with_their_year_and_never_with_the_exclusive_end(
    start: date, days: int, locale: str
) -> None:
    last = start + timedelta(days=days - 1)
    told = describe_period(period(start.isoformat(), (last + timedelta(days=1)).isoformat()), locale)
    assert str(last.year) in told
    assert "  " not in told
