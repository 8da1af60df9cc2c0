"""Days on which the stock ran out: what was sold is the least that was wanted.

Such a day's demand is taken to be its expectation given that it is no less than what was sold, under a normal
distribution about what the weeks before let expect (E[D | D ≥ s] = m + σ φ(z) / (1 − Φ(z)), z = (s − m) / σ). The days
before may be sold out too, so this is done a few times over. Only earlier days are read, so that what is put in can be
known at any later origin."""

from __future__ import annotations

from math import erfc, exp, pi, sqrt

import numpy as np

from ml.models.demand.arrays import Bools, Floats, Ints
from ml.models.demand.sums import Sums

PASSES = 4
LEVEL_DAYS = 56
PROFILE_WEEKS = 13
PROFILE_SHRINK = 4.0
MOST_FACTOR = 4.0
"""A sold-out day's demand is at most so many times what was expected, or what was sold."""


def uncensored(values: Floats, sold_out: Bools) -> Floats:
    """The values with the demand expected on sold-out days in place of what was sold; never less than what was sold."""
    series, days = np.nonzero(sold_out & ~np.isnan(values))
    if not len(series):
        return values
    sold = values[series, days]
    estimate = values.copy()
    for _ in range(PASSES):
        mean, deviation = _before(estimate, sold_out, series, days)
        wanted = np.array([_above(m, d, s) for m, d, s in zip(mean, deviation, sold, strict=True)])
        estimate[series, days] = np.clip(wanted, sold, np.maximum(sold, MOST_FACTOR * np.maximum(mean, sold)))
    return estimate


def _before(values: Floats, sold_out: Bools, series: Ints, days: Ints) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the demand of each day, as the weeks before it let expect. The spread is that of
    the days that were not sold out, no less than Poisson's."""
    sums = Sums.of(values, 7 * PROFILE_WEEKS)
    level, count = sums.mean(series, days - LEVEL_DAYS, days)
    level = np.where(count > 0, level, values[series, days])
    total, known = sums.weekday_sum(series, days, PROFILE_WEEKS)
    usual, some = sums.mean(series, days - 7 * PROFILE_WEEKS, days)
    usual = np.where(some > 0, usual, level)
    weekday = (total + PROFILE_SHRINK * usual) / (known + PROFILE_SHRINK)
    mean = np.where(usual > 0, level * weekday / np.where(usual > 0, usual, 1.0), level)
    free = np.where(sold_out, np.nan, values)
    squares = Sums.of(free**2, 7 * PROFILE_WEEKS).mean(series, days - LEVEL_DAYS, days)[0]
    means = Sums.of(free, 7 * PROFILE_WEEKS).mean(series, days - LEVEL_DAYS, days)[0]
    variance = np.nan_to_num(squares - means**2)
    return mean, np.sqrt(np.maximum(variance, np.maximum(mean, 1e-6)))


def _above(mean: float, deviation: float, sold: float) -> float:
    z = (sold - mean) / deviation
    tail = 0.5 * erfc(z / sqrt(2))
    if tail < 1e-6:
        return sold
    return mean + deviation * exp(-z * z / 2) / sqrt(2 * pi) / tail
