"""The demand of several days together."""

from __future__ import annotations

import random
from datetime import timedelta
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cafe_ai.forecasting.ahead import DemandAhead
from cafe_ai.forecasting.model import DayDemand, SpanDemand
from tests.unit.forecasting.histories import START

NORMAL = NormalDist()
checked = settings(deadline=None)  # a busy machine is no fault


def normal_days(mean: float, deviation: float, count: int = 28) -> list[DayDemand]:
    ends = [max(0.0, mean + NORMAL.inv_cdf(share) * deviation) for share in (0.1, 0.9, 0.025, 0.975)]
    return [DayDemand(START + timedelta(days=n), mean, *ends) for n in range(count)]


def ahead(mean: float, deviation: float, widening: float = 1.0, count: int = 28) -> DemandAhead:
    days = 14
    enough = days * mean + widening * NORMAL.inv_cdf(0.95) * deviation * days**0.5
    return DemandAhead(normal_days(mean, deviation, count), {days: SpanDemand(days, days * mean, enough)}, 0.95)


def test_a_day_has_the_quantiles_of_its_intervals() -> None:
    demand = ahead(20, 5)
    for level in (0.025, 0.1, 0.5, 0.9, 0.95, 0.975):
        assert demand.enough(3, 4, level) == pytest.approx(20 + NORMAL.inv_cdf(level) * 5, abs=0.1)


def test_independent_days_scatter_by_the_root_of_their_number() -> None:
    assert ahead(20, 5).enough(2, 11, 0.9) == pytest.approx(180 + NORMAL.inv_cdf(0.9) * 5 * 3, abs=0.1)


def test_days_that_miss_together_scatter_as_the_forecasters_own_totals() -> None:
    demand = ahead(20, 5, widening=2.0)
    assert demand.enough(7, 21, 0.95) == pytest.approx(demand.enough(0, 14, 0.95))
    assert demand.enough(0, 14, 0.95) == demand.spans[14].enough
    assert demand.enough(7, 14, 0.95) - 140 < 2 * NORMAL.inv_cdf(0.95) * 5 * 7**0.5


@pytest.mark.parametrize("units", [100, 140, 180])
def test_what_is_missed_and_what_is_left_are_means_over_all_cases(units: float) -> None:
    """As of 40,000 draws of seven days."""
    demand, chance = ahead(20, 8), random.Random(1)
    draws = [sum(chance.gauss(20, 8) for _ in range(7)) for _ in range(40_000)]
    assert demand.missed(units, 0, 7) == pytest.approx(sum(max(0, d - units) for d in draws) / 40_000, abs=0.3)
    assert demand.left_over(units, 0, 7) == pytest.approx(sum(max(0, units - d) for d in draws) / 40_000, abs=0.3)


def test_beyond_what_was_forecast_the_last_week_goes_on() -> None:
    days = [*normal_days(1, 0, 7), *[DayDemand(START + timedelta(days=n), 7, 7, 7, 7, 7) for n in range(7, 14)]]
    assert DemandAhead(days, {}, 0.95).expected(0, 28) == 7 + 7 * 21
    assert DemandAhead(days[:3], {}, 0.95).expected(0, 10) == 10


@checked
@given(st.integers(0, 400), st.lists(st.floats(0, 30), min_size=7, max_size=28))
def test_stock_suffices_until_the_day_it_runs_out(stock: int, daily: list[float]) -> None:
    days = [DayDemand(START + timedelta(days=n), each, each, each, each, each) for n, each in enumerate(daily)]
    covered = DemandAhead(days, {}, 0.95).runs_out(stock, 365)
    going_on = [*daily, *(daily[-7:] * 60)][:365]
    if covered is None:
        assert sum(going_on) <= stock + 1e-6
    elif stock:
        assert sum(going_on[:covered]) <= stock + 1e-6 < sum(going_on[: covered + 1]) + 2e-6


@checked
@given(st.floats(0, 50), st.floats(0, 40), st.integers(0, 30), st.integers(0, 30), st.floats(0, 2000))
def test_units_are_sold_missed_or_left(mean: float, deviation: float, begin: int, length: int, units: float) -> None:
    demand = ahead(mean, deviation)
    end = begin + length
    missed, left = demand.missed(units, begin, end), demand.left_over(units, begin, end)
    assert missed >= 0
    assert 0 <= left <= units + 1e-9
    levels = [demand.enough(begin, end, level) for level in (0.1, 0.5, 0.9, 0.99)]
    assert levels == sorted(levels)
    assert levels[0] >= 0
