"""From a shop's trial: which methods its forecast takes, how wide its intervals are, and how well both would have
done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cafe_ai.forecasting.model import Backtest
from ml.models.demand.arrays import Floats
from ml.models.demand.blend import choose_weights
from ml.models.demand.coverage import try_forward
from ml.models.demand.intervals import NO_SPREAD, Missed, Spread, calibrate
from ml.models.demand.learner import L1, TWEEDIE
from ml.models.demand.methods import BLEND, NAIVE, SMOOTHING, prior
from ml.models.demand.panel import Panel
from ml.models.demand.summary import Scales, ShopBacktest, errors_by_series, product_backtests, summed_up
from ml.models.demand.trial import Trial


@dataclass(frozen=True, slots=True)
class Choice:
    """weights: of each method, summing to 1. spread: of what they miss together. backtests: by series' key."""

    weights: Mapping[str, float]
    spread: Spread
    summary: ShopBacktest
    backtests: Mapping[str, Backtest]

    @property
    def method(self) -> str:
        """The name of what the weights make."""
        return self.summary.method


def choose(trial: Trial | None, panel: Panel, spans: Sequence[int], seed: int) -> Choice:
    """Without a trial: smoothing, whose intervals are Poisson's."""
    if trial is None:
        weights = {SMOOTHING: 1.0}
        return Choice(weights, NO_SPREAD, ShopBacktest(SMOOTHING, weights, 0, len(panel.keys)), {})
    scales = Scales.of(panel.values)
    weights = _weights(trial, scales, seed)
    chosen = combined(trial.forecasts, weights)
    demand = float(trial.actual.sum())
    method = method_of(weights)
    methods = {
        name: summed_up(errors_by_series(expected, trial, scales), demand)
        for name, expected in (*trial.forecasts.items(), (method, chosen))
    }
    missed = Missed(trial.series, trial.origin, trial.ahead, chosen, trial.actual)
    coverage = try_forward(missed, panel.keys)
    spread = replace(calibrate(missed, panel.keys, spans), widened=coverage.widened)
    held = (coverage.held80, coverage.held95)
    tested = ~np.isnan(held[0])
    summary = ShopBacktest(
        method,
        weights,
        len(trial.origins),
        len(np.unique(trial.series)),
        methods,
        methods[method].bias_percent,
        *(float(each[tested].mean()) if tested.any() else None for each in held),
    )
    return Choice(weights, spread, summary, product_backtests(trial, trial.forecasts, chosen, held, panel))


def combined(forecasts: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """The weighted mean of the methods' forecasts."""
    total: Floats = sum((weight * forecasts[name] for name, weight in weights.items()), start=np.zeros(1))
    return total


def method_of(weights: Mapping[str, float]) -> str:
    """What a mixture is called: by its learners if it has any, else by what has the most weight."""
    if any(weights.get(name, 0.0) > 0 for name in (L1, TWEEDIE)):
        return BLEND
    return max(weights, key=lambda name: weights[name])


def _weights(trial: Trial, scales: Scales, seed: int) -> dict[str, float]:
    """Those of the blend; all of it seasonal naive where that would have done better by both measures."""
    names = list(trial.forecasts)
    forecasts = np.stack([trial.forecasts[name] for name in names])
    scale = scales.absolute[trial.series]
    found = choose_weights(forecasts, trial.actual, scale, prior(trial.forecasts), seed)
    weights = {name: float(weight) for name, weight in zip(names, found, strict=True) if weight > 1e-6}
    blend = errors_by_series(combined(trial.forecasts, weights), trial, scales)
    naive = errors_by_series(trial.forecasts[NAIVE], trial, scales)
    if np.nansum(naive.rmsse) < np.nansum(blend.rmsse) and np.nansum(naive.mase) <= np.nansum(blend.mase):
        return {NAIVE: 1.0}
    return weights
