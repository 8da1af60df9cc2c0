"""How good forecasts are: any forecaster, tried on a shop's sales from several origins, each told nothing of what came
later.

The definition, which is that of ARCHITECTURE's figures (on the French bakery it gives seasonal naive .956 / 1.267):

- Origins lie `days` apart; the last forecast ends on the last day on record. - A series counts at an origin if at least
LEAST_HISTORY days lie between its first sale and the origin, and something was sold in the RECENT_DAYS before it. Its
history begins with its first sale. - A day without a record is a day without a sale: zero, closed days among them, both
in the scales and in what is forecast. - RMSSE is the root of the mean squared error over the mean squared difference
from the day before, in the history (as in the M5 competition); MASE is the mean absolute error over the mean absolute
difference from the week before. Of both, the mean over all (series, origin). Variants with the other difference, or
without closed days, are told beside them. - Bias is the sum of the forecasts minus that of the demand, as a percentage
of the demand. Coverage is the share of all days that the intervals held.

Methods are given closed days as such (None), as the product's own history does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from cafe_ai.forecasting.model import Ask, Circumstances, History, Prediction
from ml.models.demand.arrays import Bools, Floats

LEAST_HISTORY = 120
RECENT_DAYS = 28
LEAST_HISTORY_OF_SHORT = 28
"""Where the records are too short for LEAST_HISTORY."""
Variant = tuple[int, bool]
"""By what difference errors are scaled (1 or 7 days before), and whether closed days count."""
RMSSE_VARIANT: Variant = (1, True)
MASE_VARIANT: Variant = (7, True)
VARIANTS: tuple[Variant, ...] = ((1, True), (7, True), (1, False), (7, False))


@dataclass(frozen=True, slots=True)
class Sales:
    """Units (or money) by day of each series: [series, days], zero where nothing is on record."""

    first: date
    keys: tuple[str, ...]
    values: Floats

    @property
    def closed(self) -> Bools:
        """The days on which nothing at all was sold."""
        return np.asarray(~self.values.any(axis=0))


@dataclass(slots=True)
class Score:
    """Sums over (series, origin); see `rmsse` and the others for the means."""

    root_squared: dict[Variant, list[float]] = field(default_factory=lambda: {each: [] for each in VARIANTS})
    absolute: dict[Variant, list[float]] = field(default_factory=lambda: {each: [] for each in VARIANTS})
    mae: list[float] = field(default_factory=list)
    forecast: float = 0.0
    demand: float = 0.0
    held: list[tuple[float, float]] = field(default_factory=list)

    def rmsse(self, variant: Variant = RMSSE_VARIANT) -> float:
        """NaN where nothing could be measured."""
        return _mean(self.root_squared[variant])

    def mase(self, variant: Variant = MASE_VARIANT) -> float:
        """NaN where nothing could be measured."""
        return _mean(self.absolute[variant])

    @property
    def bias_percent(self) -> float:
        """Forecast minus demand, of the demand."""
        return 100 * (self.forecast - self.demand) / self.demand if self.demand else float("nan")

    @property
    def coverage(self) -> tuple[float, float]:
        """Of the 80 and the 95 % intervals; NaN for a method that has none."""
        return _mean([each[0] for each in self.held]), _mean([each[1] for each in self.held])

    def take(self, past: Floats, actual: Floats, expected: Floats, closed: tuple[Bools, Bools]) -> None:
        """Adds a series at an origin; closed: of the past and of the days forecast."""
        missed = expected - actual
        for variant in VARIANTS:
            lag, all_days = variant
            steps = past[lag:] - past[:-lag]
            if not all_days:
                steps = steps[~(closed[0][lag:] | closed[0][:-lag])]
            errors = missed if all_days else missed[~closed[1]]
            if len(steps) and steps.any() and len(errors):
                self.root_squared[variant].append(float(np.sqrt(np.mean(errors**2) / np.mean(steps**2))))
                self.absolute[variant].append(float(np.mean(np.abs(errors)) / np.mean(np.abs(steps))))
        self.mae.append(float(np.mean(np.abs(missed))))
        self.forecast += float(expected.sum())
        self.demand += float(actual.sum())


@dataclass(frozen=True, slots=True)
class Origin:
    """An origin of a shop: the asks, with which of them count, and what came of them ([asks, days])."""

    place: int
    asks: list[Ask]
    series: list[int]
    counts: list[bool]
    actual: Floats


Method = Callable[[Origin], Floats | Sequence[Prediction]]
"""What is tried: gives [asks, days], or predictions, of which the intervals are tried too."""


def origins(sales: Sales, count: int, days: int, country: str | None) -> list[Origin]:
    """The origins that have a past behind them, oldest first."""
    total = sales.values.shape[1]
    least = LEAST_HISTORY if total - count * days >= LEAST_HISTORY else LEAST_HISTORY_OF_SHORT
    places = [total - days * number for number in range(count, 0, -1)]
    return [_origin(sales, place, days, country, least) for place in places if place >= least]


def evaluate(sales: Sales, tried: Sequence[Origin], methods: Mapping[str, Method]) -> dict[str, Score]:
    """The score of each method over these origins."""
    scores = {name: Score() for name in methods}
    closed = sales.closed
    for origin in tried:
        days = origin.actual.shape[1]
        shut = closed[: origin.place], closed[origin.place : origin.place + days]
        for name, method in methods.items():
            found = method(origin)
            expected = found if isinstance(found, np.ndarray) else _expected(found)
            for at, series in enumerate(origin.series):
                if not origin.counts[at]:
                    continue
                ask, actual = origin.asks[at], origin.actual[at]
                begin = origin.place - len(ask.history.values)
                past = sales.values[series, begin : origin.place]
                scores[name].take(past, actual, expected[at], (shut[0][begin:], shut[1]))
                if not isinstance(found, np.ndarray):
                    scores[name].held += _held(found[at], actual)
    return scores


def _origin(sales: Sales, place: int, days: int, country: str | None, least: int) -> Origin:
    past = sales.values[:, :place]
    closed = sales.closed
    series = [int(at) for at in np.flatnonzero(past.any(axis=1))]
    asks, counts = [], []
    for at in series:
        begin = int((past[at] > 0).argmax())
        values = tuple(
            None if closed[day] else float(value) for day, value in enumerate(past[at, begin:].tolist(), begin)
        )
        history = History(sales.first + timedelta(days=begin), values)
        asks.append(Ask(history, days, circumstances=Circumstances(key=sales.keys[at], country=country)))
        counts.append(place - begin >= least and bool(past[at, -RECENT_DAYS:].any()))
    return Origin(place, asks, series, counts, sales.values[series, place : place + days])


def _expected(found: Sequence[Prediction]) -> Floats:
    return np.array([[day.expected for day in prediction.days] for prediction in found])


def _held(prediction: Prediction, actual: Floats) -> list[tuple[float, float]]:
    return [
        (float(day.low80 <= demand <= day.high80), float(day.low95 <= demand <= day.high95))
        for day, demand in zip(prediction.days, actual, strict=True)
    ]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
