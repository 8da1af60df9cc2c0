"""The examples that the learners see: days of the past, each as it would have been forecast some time before."""

from __future__ import annotations

import numpy as np

from ml.models.demand.arrays import Bools, Floats, Ints
from ml.models.demand.features import Features
from ml.models.demand.learner import Examples

SPACING_DAYS = 7
DRAWS = 6
LEAST_DAYS = 14
"""Days that a series must have behind it at an origin."""
LEAST_SHOP_DAYS = 28
MOST_ROWS = 50_000
WEIGHTS = (0.2, 3.0)


def examples(features: Features, until: int, horizon: int, seed: int, most_rows: int = MOST_ROWS) -> Examples:
    """Of each series at an origin every SPACING_DAYS a few days of the horizon, drawn by chance; nothing from the day
    `until` on is read. Each row weighs by the series' level over its differences from week to week, so that errors
    count as MASE counts them."""
    panel = features.panel
    random = np.random.default_rng(seed)
    series, origins = _pairs(panel.begins, until)
    most = max(1, most_rows // DRAWS)
    if len(series) > most:
        kept = np.sort(random.choice(len(series), most, replace=False))
        series, origins = series[kept], origins[kept]
    series, origins = np.repeat(series, DRAWS), np.repeat(origins, DRAWS)
    ahead = random.integers(0, horizon, len(series))
    within = origins + ahead < np.minimum(until, panel.days)
    series, origins, ahead = series[within], origins[within], ahead[within]
    demand = panel.values[series, origins + ahead]
    known = ~np.isnan(demand) & ~panel.closed_on(series, origins + ahead)
    known &= features.level(series, origins) > 0
    series, origins, ahead, demand = series[known], origins[known], ahead[known], demand[known]
    rows = features.rows(series, origins, ahead)
    steps = weekly_steps(panel.values[:, :until])
    weight = rows.level / np.where(steps[series] > 0, steps[series], np.inf)
    return Examples(rows, demand, np.clip(np.nan_to_num(weight), *WEIGHTS))


def weekly_steps(values: Floats) -> Floats:
    """The mean absolute difference from a week before; NaN where it is not known."""
    if values.shape[1] <= 7:
        return np.full(len(values), np.nan)
    steps = np.abs(values[:, 7:] - values[:, :-7])
    known: Bools = ~np.isnan(steps)
    count = known.sum(axis=1)
    return np.where(count > 0, np.nansum(steps, axis=1) / np.maximum(count, 1), np.nan)


def _pairs(begins: Ints, until: int) -> tuple[Ints, Ints]:
    series, origins = [], []
    for origin in range(until - SPACING_DAYS, LEAST_SHOP_DAYS - 1, -SPACING_DAYS):
        old_enough = np.flatnonzero(begins + LEAST_DAYS <= origin)
        series.append(old_enough)
        origins.append(np.full(len(old_enough), origin))
    if not series:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate(series), np.concatenate(origins)
