"""The demand of a shop's products, learnt from all of them together: LightGBM over profile × smoothing, blended by what
the shop's own past shows to be best, with intervals calibrated on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from cafe_ai.forecasting.model import Ask, DayDemand, Note, Prediction, SpanDemand
from ml.models.demand.arrays import Floats, Ints
from ml.models.demand.choice import choose, combined
from ml.models.demand.features import NAMES, Features
from ml.models.demand.launch import learn_launches, own_days, with_launches
from ml.models.demand.learner import L1, TWEEDIE, Learner, LightGbm
from ml.models.demand.methods import NAIVE, expectations
from ml.models.demand.panel import Panel, ShopDays
from ml.models.demand.sampling import examples
from ml.models.demand.state import State, from_json, to_json
from ml.models.demand.summary import ShopBacktest
from ml.models.demand.trial import LEAST_LEARNING_DAYS, fit_learners, run_trial

HORIZON_DAYS = 28
SPANS = (1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 56)
STATE_FILE = "demand.json"
OLD_DAYS = 28
"""A series without a sale in so many days or more on record is one that is not sold."""


class DemandForecaster:
    """A cafe_ai.forecasting.port.Forecaster, trained on one shop."""

    def __init__(self, state: State, learners: Mapping[str, Learner]) -> None:
        self._state, self._learners = state, dict(learners)

    @classmethod
    def train(cls, asks: Sequence[Ask], *, seed: int = 0) -> DemandForecaster:
        """Learns from all series of one shop, whose histories end the day before the first to be forecast; tests
        methods on the shop's own past, and chooses. The same asks and seed give the same forecaster."""
        asks = _with_keys(asks)
        horizon = max([HORIZON_DAYS, *(ask.days for ask in asks)])
        if not asks or not any(any(ask.history.values) for ask in asks):
            return cls(State.empty(horizon), {})
        panel = Panel.of(asks, horizon)
        features = Features(panel)
        spans = sorted({*SPANS, *(span for ask in asks for span in ask.spans)})
        choice = choose(run_trial(features, horizon, seed), panel, spans, seed)
        learners: dict[str, Learner] = {}
        if {L1, TWEEDIE} & choice.weights.keys() and panel.days >= LEAST_LEARNING_DAYS:
            learners = fit_learners(examples(features, panel.days, horizon, seed), seed)
        shop = ShopDays(panel.first, tuple(None if np.isnan(value) else float(value) for value in panel.shop))
        state = State(
            horizon,
            dict(choice.weights),
            choice.spread,
            choice.summary,
            dict(choice.backtests),
            learn_launches(panel),
            shop,
        )
        return cls(state, learners)

    def forecast(self, asks: Sequence[Ask]) -> list[Prediction]:
        """A prediction for each, in their order. A series that was not there in training takes its category's start, as
        far as it has no past of its own."""
        if not asks:
            return []
        asks = _with_keys(asks)
        horizon = max(1, *(max([ask.days, *ask.spans]) for ask in asks))
        panel = Panel.of(asks, horizon, self._state.shop)
        expected, unopened = self._expected(panel, horizon)
        return [self._prediction(ask, expected[at], unopened[at], panel, at) for at, ask in enumerate(asks)]

    @property
    def features(self) -> tuple[str, ...]:
        """The learners' inputs, in their order."""
        return NAMES

    @property
    def summary(self) -> ShopBacktest:
        """What the backtest found."""
        return self._state.summary

    @property
    def learners(self) -> Mapping[str, Learner]:
        """The matrix part, by method."""
        return dict(self._learners)

    def with_learners(self, learners: Mapping[str, Learner]) -> DemandForecaster:
        """The same with others in their place, such as those of a model server."""
        return DemandForecaster(self._state, {**self._learners, **learners})

    def parts(self, asks: Sequence[Ask]) -> dict[str, Floats]:
        """What each method by itself expects, closed weekdays aside: [asks, days], by its name. All asks are for as
        many days."""
        asks = _with_keys(asks)
        days = max(ask.days for ask in asks)
        panel = Panel.of(asks, days, self._state.shop)
        series, ahead = _grid(len(asks), days)
        rows = Features(panel).rows(series, panel.ends[series], ahead)
        closed = panel.closed_on(series, panel.ends[series] + ahead)
        found = expectations(rows, self._learners)
        return {name: np.where(closed, 0.0, each).reshape(len(asks), days) for name, each in found.items()}

    def to_files(self) -> dict[str, bytes]:
        """File name to content: the boosters as LightGBM's text, the rest as JSON."""
        files = {STATE_FILE: to_json(self._state)}
        for method, learner in self._learners.items():
            if isinstance(learner, LightGbm):
                files[f"{method}.txt"] = learner.to_text().encode()
        return files

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> DemandForecaster:
        """What to_files gave: its forecasts are the same. Raises ValueError where the files are not those of this
        version."""
        if STATE_FILE not in files:
            raise ValueError(f"The model has no {STATE_FILE}.")
        state = from_json(files[STATE_FILE])
        learners: dict[str, Learner] = {}
        for method in sorted({L1, TWEEDIE} & state.weights.keys()):
            name = f"{method}.txt"
            if name not in files:
                raise ValueError(f"The model has no {name}.")
            learners[method] = LightGbm.from_text(files[name].decode())
        return cls(state, learners)

    def _expected(self, panel: Panel, horizon: int) -> tuple[Floats, Floats]:
        """[series, days]: what is expected, and whether the shop is closed then."""
        count = len(panel.keys)
        series, ahead = _grid(count, horizon)
        rows = Features(panel).rows(series, panel.ends[series], ahead)
        expected = combined(expectations(rows, self._learners), self._state.weights).reshape(count, horizon)
        factor = rows.matrix[:, NAMES.index("shop_weekday")].reshape(count, horizon)
        expected = with_launches(expected, panel, self._state.launches, factor)
        closed = panel.closed_on(series, panel.ends[series] + ahead).reshape(count, horizon)
        return np.where(closed, 0.0, expected), closed.astype(np.float64)

    def _prediction(self, ask: Ask, expected: Floats, closed: Floats, panel: Panel, at: int) -> Prediction:
        state = self._state
        if not any(ask.history.values) and (not expected.any() or own_days(panel)[at] >= OLD_DAYS):
            return _nothing(ask)
        key = ask.circumstances.key
        tested = state.backtests.get(key)
        notes: list[Note] = []
        if not any(ask.history.values):
            notes.append("never_sold")
        if state.weights.get(NAIVE) == 1.0:
            notes.append("naive_was_better")
        if tested is None:
            notes.append("short_history")
        own = state.spread.own.get(key, 1.0)
        bounds = np.where(closed > 0, 0.0, state.spread.bounds(expected, own))
        days = tuple(
            DayDemand(
                ask.history.start + timedelta(days=n), float(expected[n]),
                low80=float(bounds[1, n]), high80=float(bounds[2, n]), low95=float(bounds[0, n]), high95=float(bounds[3, n]),
            )
            for n in range(ask.days)
        )  # fmt: skip
        spans = {
            span: SpanDemand(
                span, float(expected[:span].sum()), state.spread.enough(expected[:span], ask.service_level, own)
            )
            for span in ask.spans
        }
        return Prediction(state.summary.method, days, spans, tested, tuple(notes))


def _grid(series: int, days: int) -> tuple[Ints, Ints]:
    """Every day ahead of every series."""
    return np.repeat(np.arange(series), days), np.tile(np.arange(days), series)


def _with_keys(asks: Sequence[Ask]) -> list[Ask]:
    """Series without a key of their own are told apart by their place."""
    counted = Counter(ask.circumstances.key for ask in asks)
    return [
        ask
        if ask.circumstances.key and counted[ask.circumstances.key] == 1
        else replace(ask, circumstances=replace(ask.circumstances, key=f"#{place}"))
        for place, ask in enumerate(asks)
    ]


def _nothing(ask: Ask) -> Prediction:
    zero = tuple(DayDemand(ask.history.start + timedelta(days=n), 0, 0, 0, 0, 0) for n in range(ask.days))
    return Prediction("none", zero, {n: SpanDemand(n, 0.0, 0.0) for n in ask.spans}, None, ("never_sold",))
