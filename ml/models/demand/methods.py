"""The methods that are tried beside each other, and what each expects of a day."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ml.models.demand.arrays import Floats
from ml.models.demand.features import NAMES, Rows
from ml.models.demand.learner import L1, TWEEDIE, Learner, expected

SMOOTHING = "weekday_profile_exponential_smoothing"
SEASONAL = "seasonal_smoothing"
NAIVE = "seasonal_naive"
BLEND = "lightgbm_blend"

PRIOR = {L1: 0.4, TWEEDIE: 0.5, SEASONAL: 0.1, SMOOTHING: 0.0, NAIVE: 0.0}
"""To what the weights are drawn, where there are learners."""
SIMPLE_PRIOR = {SEASONAL: 0.3, SMOOTHING: 0.7, NAIVE: 0.0}
GROWTH_POWER = 0.7
"""Of last year's growth of the shop from the same weeks to the days forecast, so much is expected again."""
_GROWTH = NAMES.index("shop_year_ago_growth")


def expectations(rows: Rows, learners: Mapping[str, Learner]) -> dict[str, Floats]:
    """What each method expects, in units, by the method's name."""
    growth = np.nan_to_num(rows.matrix[:, _GROWTH], nan=1.0)
    found = {name: expected(name, learner, rows) for name, learner in learners.items()}
    found[SEASONAL] = rows.smoothed * growth**GROWTH_POWER
    found[SMOOTHING] = rows.smoothed
    found[NAIVE] = rows.naive
    return found


def prior(methods: Mapping[str, Floats]) -> list[float]:
    """The weights to which those of the backtest are drawn."""
    chosen = PRIOR if L1 in methods else SIMPLE_PRIOR
    return [chosen[name] for name in methods]
