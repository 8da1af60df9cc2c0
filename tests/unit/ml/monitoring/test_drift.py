"""What is called drift and what is chance: of features, and of forecasts."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from ml.monitoring.drift import forecasts, inputs
from ml.monitoring.drift.model import Day, FeatureRows, Finding, Kind

PRODUCTS = 120


def weekly(values: np.ndarray, weeks: int) -> FeatureRows:
    """Each product's value in each of some weeks, with a little of a change from week to week."""
    chance = np.random.default_rng(1)
    rows = [(float(value * chance.normal(1, 0.05)), str(n)) for n, value in enumerate(values) for _ in range(weeks)]
    return FeatureRows(tuple(value for value, _ in rows), tuple(owner for _, owner in rows))


def prices(seed: int, products: int = PRODUCTS) -> np.ndarray:
    return np.random.default_rng(seed).lognormal(1, 0.6, products)


def found(reference: FeatureRows, present: FeatureRows) -> Finding:
    finding = inputs.drift_of("recent_price", reference, present)
    assert finding is not None
    return finding


def test_the_same_products_as_ever_are_no_drift() -> None:
    finding = found(weekly(prices(1), 52), weekly(prices(1), 4))
    assert finding.measured < 0.05
    assert not finding.is_alert


@pytest.mark.parametrize("factor", [0.5, 1.8, 10])
def test_prices_that_are_others_are_drift(factor: float) -> None:
    finding = found(weekly(prices(1), 52), weekly(prices(1) * factor, 4))
    assert finding.is_alert
    assert finding.kind is Kind.INPUTS
    assert "recent_price" in finding.said


@pytest.mark.parametrize("products", [20, 60, 300])
def test_chance_alone_raises_hardly_an_alert(products: int) -> None:
    """Different products of the same kind: with few of them the rule of thumb alone would call one in three a drift."""
    alarms = sum(
        found(weekly(prices(seed, products), 4), weekly(prices(seed + 5000, products), 1)).is_alert
        for seed in range(200)
    )
    assert alarms <= 3


def test_missing_values_are_a_class_of_their_own() -> None:
    known = weekly(prices(1), 1)
    lost = FeatureRows(tuple(None if n % 2 else value for n, value in enumerate(known.values)), known.owners)
    assert found(known, lost).is_alert
    assert not found(lost, lost).is_alert


def test_a_feature_nobody_has_is_no_drift() -> None:
    nothing = FeatureRows((None,) * PRODUCTS, tuple(map(str, range(PRODUCTS))))
    assert found(nothing, nothing).measured == pytest.approx(0)


def test_a_product_counts_once_however_many_weeks_it_has() -> None:
    once, often = weekly(prices(3), 1), weekly(prices(3), 1)
    repeated = FeatureRows(often.values + often.values[:10] * 30, often.owners + often.owners[:10] * 30)
    assert found(once, repeated).measured == pytest.approx(found(once, often).measured, abs=1e-9)


def test_of_few_products_nothing_is_said() -> None:
    few = weekly(prices(1, inputs.LEAST_PRODUCTS - 1), 4)
    assert inputs.drift_of("x", few, weekly(prices(1), 4)) is None
    assert inputs.drift_of("x", weekly(prices(1), 4), few) is None
    assert inputs.drift_of("x", FeatureRows((), ()), FeatureRows((), ())) is None


def test_the_index_is_siddiqis() -> None:
    """Two classes, half and half before, a quarter and three now; half a product more in each."""
    before = FeatureRows((0.0,) * 50 + (1.0,) * 50, tuple(map(str, range(100))))
    now = FeatureRows((0.0,) * 25 + (1.0,) * 75, tuple(map(str, range(100))))
    first, second = 25.5 / 101, 75.5 / 101
    expected = (first - 0.5) * math.log(first / 0.5) + (second - 0.5) * math.log(second / 0.5)
    assert found(before, now).measured == pytest.approx(expected)


def days_of(key: str | None = "a", days: int = 28, seed: int = 1) -> list[Day]:
    """A month that is forecast as well as in the backtest: normal errors of standard deviation 3."""
    chance = np.random.default_rng(seed)
    usual = 3 * math.sqrt(2 / math.pi)
    return [Day(key, 20.0, 20 - 1.2816 * 3, 20 + 1.2816 * 3, float(chance.normal(20, 3)), usual) for _ in range(days)]


def measured(days: list[Day]) -> dict[str, Finding]:
    return {finding.subject: finding for finding in forecasts.drift_of(days)}


def test_forecasts_as_good_as_ever_are_no_drift() -> None:
    series = [day for n in range(10) for day in days_of(str(n), seed=n)] + days_of(None, seed=99)
    told = measured(series)
    assert set(told) == {"units.error", "units.bias", "units.coverage", "net_sales.error", "net_sales.bias"}
    assert not [finding for finding in told.values() if finding.is_alert]
    assert told["units.error"].measured == pytest.approx(1, abs=0.15)
    assert 1 - told["units.coverage"].measured == pytest.approx(0.8, abs=0.06)


def test_what_is_twice_as_much_is_missed_and_said_to_be_too_low() -> None:
    told = measured([replace(day, actual=day.actual * 2) for n in range(10) for day in days_of(str(n), seed=n)])
    assert all(told[subject].is_alert for subject in ("units.error", "units.bias", "units.coverage"))
    assert "too low" in told["units.bias"].said
    assert told["units.bias"].measured == pytest.approx(0.5, abs=0.02)


def test_the_whole_shop_and_its_products_are_told_apart() -> None:
    told = measured([*days_of("a"), *(replace(day, key=None, actual=5.0) for day in days_of())])
    assert told["net_sales.error"].is_alert
    assert "too high" in told["net_sales.bias"].said
    assert not told["units.error"].is_alert


def test_of_few_days_nothing_is_said() -> None:
    assert measured(days_of(days=forecasts.LEAST_DAYS - 1)) == {}
    assert "units.coverage" not in measured(days_of(days=forecasts.LEAST_FOR_COVERAGE - 1))
    assert forecasts.drift_of([]) == []
