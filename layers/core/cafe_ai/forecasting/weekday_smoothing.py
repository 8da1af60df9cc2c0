"""The forecaster that needs nothing but the standard library: weekday profile × exponential smoothing, tested as it goes.

Every STEP_DAYS back from today, ORIGINS times, the method forecasts what is known by now. From what it missed come the
intervals and the backtest; where seasonal naive did better there (RMSSE), seasonal naive is the forecast, and it says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from cafe_ai.forecasting.censoring import without_censored
from cafe_ai.forecasting.intervals import LEAST_ERRORS, ErrorPool, Spread, Total, comparable, enough_for, scale
from cafe_ai.forecasting.model import (
    Ask,
    Backtest,
    DayDemand,
    Errors,
    History,
    Note,
    Prediction,
    SpanDemand,
)
from cafe_ai.forecasting.smoothing import fit, naive

METHOD = "weekday_profile_exponential_smoothing"
NAIVE = "seasonal_naive"
STEP_DAYS = 14
ORIGINS = 36
LEAST_HISTORY = 56
"""Days that an origin must have behind it."""

Week = Sequence[float]
"""What is expected on the first seven days of a forecast; the next seven are the same."""


@dataclass(slots=True)
class _Trial:
    """What one method missed at the earlier days."""

    pool: ErrorPool = field(default_factory=ErrorPool)
    totals: dict[int, list[Total]] = field(default_factory=dict)
    absolute: float = 0.0
    squared: float = 0.0
    counted: int = 0

    def take(self, history: History, origin: int, days: int, spans: Sequence[int], week: Week) -> None:
        """Forecasts as of an origin, and notes what was missed of the days that are known."""
        known = min(max(days, *spans, 1), len(history.values) - origin)
        expected_sum = actual_sum = 0.0
        for ahead in range(known):
            actual = history.values[origin + ahead]
            expected = week[ahead % 7]
            if actual is not None:
                expected_sum, actual_sum = expected_sum + expected, actual_sum + actual
                if ahead < days:
                    self.pool.add(ahead, expected, actual)
                    self.absolute += abs(actual - expected)
                    self.squared += (actual - expected) ** 2
                    self.counted += 1
            if ahead + 1 in spans:
                error = (actual_sum - expected_sum) / scale(expected_sum)
                self.totals.setdefault(ahead + 1, []).append((expected_sum, error))

    def errors(self, history: History) -> Errors:
        """Scaled by the differences of the whole series from a week before."""
        steps = [
            abs(now - then)
            for then, now in zip(history.values, history.values[7:], strict=False)
            if then is not None and now is not None
        ]
        mae = self.absolute / self.counted
        if not any(steps):
            return Errors(mae, None, None)
        squares = sum(step * step for step in steps) / len(steps)
        return Errors(mae, (self.squared / self.counted / squares) ** 0.5, mae / (sum(steps) / len(steps)))


@dataclass(slots=True)
class _Tested:
    """A series with both methods' trials."""

    ask: Ask
    origins: int = 0
    model: _Trial = field(default_factory=_Trial)
    naive: _Trial = field(default_factory=_Trial)
    demand: float = 0.0

    @property
    def naive_is_better(self) -> bool:
        """Whether seasonal naive's squared errors are smaller, where there are enough of them."""
        return self.model.counted >= LEAST_ERRORS and self.naive.squared < self.model.squared

    @property
    def chosen(self) -> _Trial:
        return self.naive if self.naive_is_better else self.model

    def backtest(self) -> Backtest | None:
        if self.model.counted < LEAST_ERRORS:
            return None
        history = self.ask.history
        return Backtest(
            self.origins,
            self.model.errors(history),
            self.naive.errors(history),
            self.demand / self.model.counted,
        )


class WeekdaySmoothing:
    """See the module."""

    def forecast(self, asks: Sequence[Ask]) -> list[Prediction]:
        """A prediction for each series. One without enough of a past of its own takes the others' scatter.

        Days on which something ran out count as unknown where less was sold than usual.
        """
        tested = [
            _test(replace(ask, history=without_censored(ask.history, ask.circumstances.sold_out))) for ask in asks
        ]
        shared = ErrorPool()
        if any(each.chosen.pool.size < LEAST_ERRORS for each in tested):
            for each in tested:
                shared.merge(each.chosen.pool)
        everyone = shared.settle()
        return [_predict(each, everyone) for each in tested]


def _test(ask: Ask) -> _Tested:
    tested, history = _Tested(ask), ask.history
    for number in range(1, ORIGINS + 1):
        origin = len(history.values) - STEP_DAYS * number
        if origin < LEAST_HISTORY:
            break
        tested.model.take(history, origin, ask.days, ask.spans, _smoothed_week(history, origin))
        tested.naive.take(history, origin, ask.days, ask.spans, _week_before(history, origin))
        tested.demand += sum(value or 0.0 for value in history.values[origin : origin + ask.days])
        tested.origins += 1
    return tested


def _predict(tested: _Tested, everyone: Spread) -> Prediction:
    ask, history = tested.ask, tested.ask.history
    if not any(history.values):
        zero = tuple(DayDemand(history.start + timedelta(days=n), 0, 0, 0, 0, 0) for n in range(ask.days))
        return Prediction("none", zero, {n: SpanDemand(n, 0.0, 0.0) for n in ask.spans}, None, ("never_sold",))
    notes: list[Note] = []
    if tested.naive_is_better:
        notes.append("naive_was_better")
    own = tested.chosen.pool.size >= LEAST_ERRORS
    if not own:
        notes.append("short_history")
    spread = tested.chosen.pool.settle() if own else everyone
    week = (_week_before if tested.naive_is_better else _smoothed_week)(history, len(history.values))
    days = tuple(_day(history, ahead, week[ahead % 7], spread) for ahead in range(ask.days))
    spans = {}
    for span in ask.spans:
        daily = [week[ahead % 7] for ahead in range(span)]
        deviations = [spread.deviation(each, ahead) for ahead, each in enumerate(daily) if each > 0]
        expected = sum(daily)
        errors = comparable(tested.chosen.totals.get(span, ()), expected)
        enough = enough_for(expected, errors, deviations, ask.service_level)
        spans[span] = SpanDemand(span, expected, enough)
    return Prediction(NAIVE if tested.naive_is_better else METHOD, days, spans, tested.backtest(), tuple(notes))


def _smoothed_week(history: History, until: int) -> Week:
    fitted = fit(history, until)
    return [fitted.at(history.weekday(until + ahead)) for ahead in range(7)]


def _week_before(history: History, until: int) -> Week:
    closed = history.closed_weekdays
    return [
        0.0 if history.weekday(until + ahead) in closed else naive(history, until, ahead) or 0.0 for ahead in range(7)
    ]


def _day(history: History, ahead: int, expected: float, spread: Spread) -> DayDemand:
    day = history.start + timedelta(days=ahead)
    if day.weekday() in history.closed_weekdays:
        return DayDemand(day, 0, 0, 0, 0, 0)
    low95, low80, high80, high95 = (spread.bound(expected, ahead, share) for share in (0.025, 0.1, 0.9, 0.975))
    return DayDemand(day, expected, low80, high80, low95, high95)
