"""What the backtest of a shop found, to be told and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cafe_ai.forecasting.model import Backtest, Errors
from ml.models.demand.arrays import Floats
from ml.models.demand.methods import NAIVE
from ml.models.demand.panel import Panel
from ml.models.demand.trial import Trial


@dataclass(frozen=True, slots=True)
class MethodErrors:
    """Means over the series: RMSSE and MASE scaled by the differences from a week before, MAE in units a day; bias:
    forecast minus demand of all, as a percentage of the demand. None where there is nothing to measure by."""

    rmsse: float | None
    mase: float | None
    mae: float
    bias_percent: float | None


@dataclass(frozen=True, slots=True)
class ShopBacktest:
    """method: what forecasts this shop, with the weights of its parts. methods: the errors of each by itself and of the
    method.

    origins: the earlier days from which was forecast; 0 where the past is too short. covered80 and covered95: the share
    of days held by intervals that were calibrated on earlier origins only; None where history does not allow it.
    bias_percent is that of the method."""

    method: str
    weights: Mapping[str, float]
    origins: int
    series: int
    methods: Mapping[str, MethodErrors] = field(default_factory=dict)
    bias_percent: float | None = None
    covered80: float | None = None
    covered95: float | None = None


@dataclass(frozen=True, slots=True)
class Scales:
    """Of each series: the mean absolute and the mean squared difference from a week before; NaN where not known."""

    absolute: Floats
    squared: Floats

    @classmethod
    def of(cls, values: Floats) -> Scales:
        """From all that is known of the series."""
        if values.shape[1] <= 7:
            return cls(np.full(len(values), np.nan), np.full(len(values), np.nan))
        steps = values[:, 7:] - values[:, :-7]
        count = (~np.isnan(steps)).sum(axis=1)
        none = np.where(count > 0, 1.0, np.nan)
        count = np.maximum(count, 1)
        return cls(np.nansum(np.abs(steps), axis=1) / count * none, np.nansum(steps**2, axis=1) / count * none)


@dataclass(frozen=True, slots=True)
class SeriesErrors:
    """A method's errors by series: sums over the days tested; NaN ratios where a series never changes."""

    mae: Floats
    rmsse: Floats
    mase: Floats
    forecast: Floats


def errors_by_series(expected: Floats, trial: Trial, scales: Scales) -> SeriesErrors:
    """[series]; NaN for those that were not tested."""
    count = len(scales.absolute)
    days = np.bincount(trial.series, minlength=count).astype(np.float64)
    days[days == 0] = np.nan
    missed = expected - trial.actual
    mae = np.bincount(trial.series, np.abs(missed), minlength=count) / days
    mse = np.bincount(trial.series, missed**2, minlength=count) / days
    positive = np.where(scales.squared > 0, scales.squared, np.nan)
    absolute = np.where(scales.absolute > 0, scales.absolute, np.nan)
    return SeriesErrors(
        mae, np.sqrt(mse / positive), mae / absolute, np.bincount(trial.series, expected, minlength=count)
    )


def summed_up(found: SeriesErrors, demand: float) -> MethodErrors:
    """Means over the series."""
    bias = 100 * (float(found.forecast.sum()) - demand) / demand if demand > 0 else None
    return MethodErrors(_mean(found.rmsse), _mean(found.mase), _mean(found.mae) or 0.0, bias)


def product_backtests(
    trial: Trial, forecasts: Mapping[str, Floats], chosen: Floats, held: tuple[Floats, Floats], panel: Panel
) -> dict[str, Backtest]:
    """The backtest of each series that was tested, by its key. chosen: what the method in use expected, [days tested];
    held: whether the 80 and 95 % intervals held each day, NaN where that was not tested."""
    scales = Scales.of(panel.values)
    count = len(panel.keys)
    model = errors_by_series(chosen, trial, scales)
    parts = {name: errors_by_series(expected, trial, scales) for name, expected in forecasts.items()}
    demand = np.bincount(trial.series, trial.actual, minlength=count)
    days = np.bincount(trial.series, minlength=count)
    covered = [_share(trial, each, count) for each in held]
    pairs = np.unique(np.stack([trial.series, trial.origin]), axis=1)
    origins = np.bincount(pairs[0], minlength=count)
    return {
        panel.keys[at]: Backtest(
            int(origins[at]),
            _errors(model, at),
            _errors(parts[NAIVE], at),
            float(demand[at] / days[at]),
            {name: _errors(part, at) for name, part in parts.items()},
            100 * float(model.forecast[at] - demand[at]) / float(demand[at]) if demand[at] > 0 else None,
            _known(covered[0][at]),
            _known(covered[1][at]),
        )
        for at in map(int, np.flatnonzero(days))
    }


def _share(trial: Trial, held: Floats, count: int) -> Floats:
    tested = ~np.isnan(held)
    days = np.bincount(trial.series[tested], minlength=count)
    within = np.bincount(trial.series[tested], held[tested], minlength=count)
    return np.where(days > 0, within / np.maximum(days, 1), np.nan)


def _errors(found: SeriesErrors, at: int) -> Errors:
    return Errors(float(found.mae[at]), _known(found.rmsse[at]), _known(found.mase[at]))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _mean(values: Floats) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None
