"""Unusual days: planted ones are found, quiet shops are left in peace."""

from __future__ import annotations

import random
from datetime import date, timedelta
from math import exp, sin

import pytest

from cafe_ai.sales_analysis.anomalies import expect_days, find_unusual

FIRST = date(2025, 9, 1)  # a Monday
WEEK = (0.7, 0.8, 0.9, 1.0, 1.3, 1.6, 0.6)


def quiet(seed: int, days: int = 210, *, noise: float = 0.12, closed: tuple[int, ...] = ()) -> dict[date, float]:
    """A shop with a weekly pattern, a slow season and chance."""
    rng = random.Random(seed)
    found = {}
    for n in range(days):
        day = FIRST + timedelta(days=n)
        if day.weekday() not in closed:
            found[day] = 800 * WEEK[day.weekday()] * (1 + 0.3 * sin(n / 40)) * exp(rng.gauss(0, noise))
    return found


def unusual(sales: dict[date, float], first: date, last: date) -> list[date]:
    return find_unusual(sales, expect_days(sales, first, last))


def last_month(sales: dict[date, float]) -> tuple[date, date]:
    last = max(sales)
    return last - timedelta(days=29), last


def test_quiet_shops_raise_few_alarms() -> None:
    alarms = [len(unusual(shop, *last_month(shop))) for shop in (quiet(seed) for seed in range(60))]
    assert sum(alarms) <= 5  # of 1,800 days


@pytest.mark.parametrize("factor", [0.4, 2.5])
@pytest.mark.parametrize("seed", range(5))
def test_a_planted_day_is_found_and_only_it(factor: float, seed: int) -> None:
    sales = quiet(seed, noise=0.08)
    first, last = last_month(sales)
    planted = first + timedelta(days=10 + seed)
    sales[planted] *= factor
    found = expect_days(sales, first, last)
    assert find_unusual(sales, found) == [planted]
    assert found[planted].low <= sales[planted] / factor <= found[planted].high
    assert found[planted].low < found[planted].expected < found[planted].high


def test_a_busy_saturday_is_no_anomaly_and_such_a_monday_is() -> None:
    sales = quiet(3, noise=0.05)
    first, last = last_month(sales)
    monday = next(day for day in sorted(sales) if day >= first and day.weekday() == 0)
    saturday = monday + timedelta(days=5)
    sales[monday] = sales[saturday]
    assert unusual(sales, first, last) == [monday]


def test_a_season_that_rises_is_no_anomaly() -> None:
    sales = quiet(4, noise=0.05)
    start = max(sales) - timedelta(days=29)
    sales = {day: amount * (1.02 ** max(0, (day - start).days)) for day, amount in sales.items()}
    assert unusual(sales, start, max(sales)) == []


def test_closed_weekdays_are_expected_to_be_closed() -> None:
    sales = quiet(5, closed=(6,))
    first, last = last_month(sales)
    expected = expect_days(sales, first, last)
    assert all(day.weekday() != 6 for day in expected)
    assert find_unusual(sales, expected) == []


def test_a_day_closed_against_the_habit_is_unusual() -> None:
    sales = quiet(6)
    first, last = last_month(sales)
    holiday = first + timedelta(days=12)
    del sales[holiday]
    assert unusual(sales, first, last) == [holiday]


def test_with_too_little_history_nothing_is_expected() -> None:
    sales = quiet(7, days=24)
    assert expect_days(sales, FIRST, max(sales)) == {}
    assert expect_days({}, FIRST, FIRST + timedelta(days=30)) == {}


def test_what_lies_after_the_last_day_changes_nothing() -> None:
    sales = quiet(8)
    first, last = last_month(sales)
    early = last - timedelta(days=10)
    seen = {day: amount for day, amount in sales.items() if day <= early}
    assert expect_days(sales, first, early) == expect_days(seen, first, early)
