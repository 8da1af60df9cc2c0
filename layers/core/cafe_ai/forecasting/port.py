"""What makes forecasts, so that another method can take the place of the one that needs nothing but the standard library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cafe_ai.forecasting.model import Ask, Prediction


class Forecaster(Protocol):
    """Forecasts many series at once, so that a method may learn across them."""

    def forecast(self, asks: Sequence[Ask]) -> list[Prediction]:
        """A prediction for each, in their order. The intervals are ordered, nothing is negative, closed weekdays are zero."""


def default_forecaster() -> Forecaster:
    """The day-of-week profile × exponential smoothing."""
    from cafe_ai.forecasting.weekday_smoothing import WeekdaySmoothing

    return WeekdaySmoothing()
