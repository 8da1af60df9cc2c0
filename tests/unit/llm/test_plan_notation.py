"""Periods as text, both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.analytics.model import PeriodSpec
from cafe_ai.assistants.planning.plan_notation import UNITS, NotAPeriod, read_period, write_period

date_parts = st.sampled_from(
    ["2010", "2010-Q3", "2010-H1", "2010-11", "2010-W07", "2010-11-15", "Q3", "H2", "--11", "--11-15", "--02-29",
     "---15", "mon", "sun"]
)  # fmt: skip
units = st.sampled_from(UNITS)
periods = st.one_of(
    st.builds(PeriodSpec, st.just("calendar"), units, offset=st.integers(-500, 2)),
    st.builds(PeriodSpec, st.just("rolling"), units, count=st.integers(1, 999)),
    st.builds(PeriodSpec, st.just("named"), start=date_parts),
    st.builds(PeriodSpec, st.just("range"), start=date_parts, end=date_parts),
    st.builds(PeriodSpec, st.just("since"), start=date_parts),
    st.builds(PeriodSpec, st.just("until"), end=date_parts),
    st.builds(PeriodSpec, st.just("previous"), st.none() | units),
    st.sampled_from([PeriodSpec("all"), PeriodSpec("same_last_year")]),
)


@given(periods)
def test_what_is_written_reads_as_the_same_period(spec: PeriodSpec) -> None:
    assert read_period(write_period(spec)) == spec


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("month-1", PeriodSpec("calendar", "month", -1)),
        ("last month", PeriodSpec("calendar", "month", -1)),
        ("this year", PeriodSpec("calendar", "year", 0)),
        ("yesterday", PeriodSpec("calendar", "day", -1)),
        ("today", PeriodSpec("calendar", "day")),
        (" last  7 days ", PeriodSpec("rolling", "day", count=7)),
        ("last 1 month", PeriodSpec("rolling", "month", count=1)),
        ("2010-11-01 .. 2010-11-15", PeriodSpec("range", start="2010-11-01", end="2010-11-15")),
    ],
)
def test_other_ways_to_say_it_are_understood(text: str, spec: PeriodSpec) -> None:
    assert read_period(text) == spec


@pytest.mark.parametrize(
    "text",
    [
        "", "..", "lastmonth", "2010-13", "2010-11-31", "--02-30", "2010-W60", "last 0 days", "month-99999",
        "fortnight-1", "2010-11-01..whenever", "1; DROP TABLE orders", "month-1 OR 1=1", "noviembre", "0000",
        "last -3 days",
    ],
)  # fmt: skip
def test_anything_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(NotAPeriod) as refused:
        read_period(text)
    assert "is no period" in str(refused.value)
