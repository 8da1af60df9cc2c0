"""Intervals, the next purchase and cohorts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cafe_ai.customers.cohorts import arrange_cohorts
from cafe_ai.customers.model import Standing
from cafe_ai.customers.rhythm import Rhythm
from cafe_ai.customers.service import usual
from tests.unit.customers.standings import CUT, STANDINGS, standing

checked = settings(deadline=None)  # a busy machine is no fault

RATIOS = {round(0.1 * n, 1): 40 for n in range(1, 31)}  # evenly up to three intervals


def test_interval_is_drawn_to_the_shops_while_there_are_few_gaps() -> None:
    rhythm = Rhythm.of(30.0, RATIOS)
    intervals = [rhythm.interval_of(standing(visits=visits, gap=10)) for visits in (1, 2, 4, 40)]
    assert intervals == [30.0, pytest.approx(70 / 3), 18.0, pytest.approx(450 / 41)]
    assert [rhythm.next_purchase(standing(visits=visits)).basis for visits in (1, 2, 6)] == ["shop", "both", "own"]


def test_next_purchase_is_the_median_of_what_is_still_to_come() -> None:
    one = standing(idle=9, visits=101, gap=10)  # has waited for nearly one interval of ten days
    coming = Rhythm.of(10.0, RATIOS).next_purchase(one)
    assert coming.interval_days == 10
    assert coming.overdue_days == 0
    assert coming.expected_on == one.last_day + timedelta(days=20)  # ratios above 0.9 are evenly between 1 and 3
    assert (coming.earliest, coming.latest) == (one.last_day + timedelta(days=12), one.last_day + timedelta(days=28))


def test_nothing_is_expected_after_a_wait_that_hardly_anyone_ended() -> None:
    coming = Rhythm.of(10.0, RATIOS).next_purchase(standing(idle=40, visits=101, gap=10))
    assert (coming.expected_on, coming.earliest, coming.latest) == (None, None, None)
    assert coming.overdue_days == 30


@checked
@given(STANDINGS, st.dictionaries(st.floats(0.02, 20), st.integers(1, 200), max_size=60))
def test_expectations_are_ordered_and_never_in_the_past(one: Standing, counts: dict[float, int]) -> None:
    coming = Rhythm.of(25.0, counts).next_purchase(one)
    assert coming.interval_days >= 1
    if coming.expected_on is not None and coming.earliest is not None and coming.latest is not None:
        assert CUT <= coming.earliest <= coming.expected_on <= coming.latest


@dataclass(frozen=True)
class Cell:
    cohort: date
    month: date
    customers: int
    net: Decimal


def cells(*rows: tuple[str, str, int]) -> Sequence[Cell]:
    return [Cell(date.fromisoformat(a), date.fromisoformat(b), n, Decimal(10 * n)) for a, b, n in rows]


def test_cohorts_have_every_month_up_to_the_last() -> None:
    rows = cells(("2026-01-01", "2026-01-01", 40), ("2026-01-01", "2026-03-01", 10), ("2026-03-01", "2026-03-01", 5))
    first, second = arrange_cohorts(rows, date(2026, 1, 14), date(2026, 3, 20))
    assert [(m.months_after, m.customers, m.retention_percent) for m in first.months] == [
        (0, 40, Decimal(100)), (1, 0, Decimal(0)), (2, 10, Decimal(25)),
    ]  # fmt: skip
    assert (first.records_begin, second.records_begin) == (True, False)
    assert [month.running for month in first.months] == [False, False, True]


def test_a_month_that_has_just_ended_is_not_running() -> None:
    (cohort,) = arrange_cohorts(cells(("2026-02-01", "2026-02-01", 1)), date(2026, 1, 1), date(2026, 3, 1))
    assert [month.running for month in cohort.months] == [False]


@pytest.mark.parametrize(
    ("counted", "expected"),
    [([], None), ([(1, 3)], None), ([(1, 4)], 1), ([(1, 2), (2, 2)], None), ([(5, 3), (2, 2), (5, 2)], 5)],
)
def test_the_usual_weekday_is_told_where_there_is_one(counted: list[tuple[int, int]], expected: int | None) -> None:
    assert usual(counted) == expected
