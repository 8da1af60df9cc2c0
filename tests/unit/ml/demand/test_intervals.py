"""Intervals that hold what they say."""

from __future__ import annotations

import numpy as np
import pytest

from ml.models.demand.blend import choose_weights
from ml.models.demand.coverage import try_forward
from ml.models.demand.intervals import NO_SPREAD, Missed, calibrate


def _missed(level: float, days: int = 4_000, seed: int = 0, growing: float = 0.0) -> Missed:
    """Poisson's demand about what is expected, of two series from origins a week apart."""
    chance = np.random.default_rng(seed)
    series = np.arange(days) % 2
    origin = 14 * (np.arange(days) * 8 // days)
    expected = level * chance.uniform(0.7, 1.3, days)
    scatter = 1 + growing * origin / origin.max()
    actual = np.maximum(0.0, np.round(expected + scatter * np.sqrt(level) * chance.normal(size=days)))
    return Missed(series, origin, np.arange(days) // 2 % 14, expected, actual)


@pytest.mark.parametrize("level", [0.2, 1.0, 5.0, 50.0])
def test_intervals_hold_their_share_of_days_like_those_they_were_made_of(level: float) -> None:
    spread = calibrate(_missed(level), ("a", "b"), (7,))
    new = _missed(level, seed=1)
    low95, low80, high80, high95 = spread.bounds_at(
        new.expected, new.ahead, np.array([spread.own["a"], spread.own["b"]])[new.series]
    )
    held80 = np.mean((new.actual >= low80) & (new.actual <= high80))
    held95 = np.mean((new.actual >= low95) & (new.actual <= high95))
    assert 0.77 < held80 < (0.88 if level >= 5 else 0.97)  # counts leave nothing between
    assert 0.94 < held95 <= 1


def test_growing_errors_widen_the_intervals_of_the_time_to_come() -> None:
    assert try_forward(_missed(20.0), ("a", "b")).widened[0] <= 1.1
    assert try_forward(_missed(20.0, growing=2.0), ("a", "b")).widened[0] > 1.1


def test_totals_go_by_what_totals_missed() -> None:
    """Errors of a week's days that are all the same are seven times a day's, not the root of it."""
    chance = np.random.default_rng(2)
    origins, ahead = np.repeat(np.arange(200), 7), np.tile(np.arange(7), 200)
    shared = np.repeat(chance.normal(0, 2, 200), 7)
    expected = np.full(1400, 20.0)
    missed = Missed(np.zeros(1400, np.int64), 7 * origins, ahead, expected, expected + shared)
    enough = calibrate(missed, ("a",), (7,)).enough(np.full(7, 20.0), 0.95, 1.0)
    assert enough - 140 == pytest.approx(7 * 2 * 1.645, rel=0.25)


def test_without_errors_the_scatter_is_poissons() -> None:
    low95, _, _, high95 = NO_SPREAD.bounds(np.array([100.0]), 1.0)
    assert (low95[0], high95[0]) == pytest.approx((80.4, 119.6), abs=0.1)
    assert NO_SPREAD.enough(np.array([50.0, 50.0]), 0.95, 1.0) == pytest.approx(116.4, abs=0.1)


def test_weights_go_to_what_was_better_and_stay_near_the_prior_with_little_to_tell() -> None:
    chance = np.random.default_rng(3)
    actual = chance.poisson(10.0, 20_000).astype(np.float64)
    forecasts = np.stack([np.full(20_000, 10.0), np.full(20_000, 14.0)])
    many = choose_weights(forecasts, actual, np.ones(20_000), [0.5, 0.5])
    few = choose_weights(forecasts[:, :20], actual[:20], np.ones(20), [0.5, 0.5])
    assert many.sum() == pytest.approx(1) and few.sum() == pytest.approx(1)
    assert many[0] > 0.65 and few[0] < 0.55
