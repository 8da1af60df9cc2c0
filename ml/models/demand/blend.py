"""How much of each method a shop's forecast takes, from the errors of its backtest.

The weights that did best are drawn towards fixed ones, the more so the fewer errors there are: an average of methods is
hard to beat, and what was best in one test is often not in the next."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from ml.models.demand.arrays import Floats

STEPS = 10
PRIOR_ERRORS = 5_000.0
MOST_TRUST = 0.5
MOST_ERRORS = 12_000


def simplex(count: int, steps: int = STEPS) -> Floats:
    """All weights that are multiples of 1 / steps: [choices, count]."""
    grid = [parts for parts in product(range(steps + 1), repeat=count - 1) if sum(parts) <= steps]
    heads = np.array(grid, dtype=np.float64).reshape(-1, count - 1)
    return np.column_stack([heads, steps - heads.sum(axis=1)]) / steps


def choose_weights(forecasts: Floats, actual: Floats, scale: Floats, prior: Sequence[float], seed: int = 0) -> Floats:
    """The weights of the methods, summing to 1. forecasts: [methods, errors]; scale: by what each error counts, zero or
    NaN where the series never changes (its errors are left out)."""
    start = np.asarray(prior, dtype=np.float64)
    usable = np.flatnonzero(np.nan_to_num(scale) > 0)
    if not len(usable) or len(start) < 2:
        return start
    drawn = usable
    if len(usable) > MOST_ERRORS:
        drawn = np.sort(np.random.default_rng(seed).choice(usable, MOST_ERRORS, replace=False))
    errors = (forecasts[:, drawn] - actual[drawn]) / scale[drawn]
    choices = simplex(len(start))
    scores = np.array([score(weights @ errors) for weights in choices])
    best = choices[int(np.argmin(scores))]
    trust = MOST_TRUST * len(usable) / (len(usable) + PRIOR_ERRORS)
    return np.asarray(trust * best + (1 - trust) * start)


def score(scaled: Floats) -> float:
    """What is made small: root mean square and mean absolute value, and what does not cancel out, for a forecast that
    is too small by as much every day orders too little."""
    return float(0.5 * np.sqrt(np.mean(scaled**2)) + 0.5 * np.mean(np.abs(scaled)) + 0.25 * abs(np.mean(scaled)))
