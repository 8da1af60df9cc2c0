"""A day-of-week profile times an exponentially smoothed level, in plain Python; and seasonal naive beside it.

The profile is the mean demand of each weekday over PROFILE_WEEKS, drawn towards the mean of all days as if SHRINK such days had
been seen, divided by that mean. The level is smoothed (SES) over what is left when the profile is divided out, on the last
WINDOW_DAYS; of ALPHAS the one with the smallest mean squared error one day ahead is taken. Values chosen on the French bakery's
sales (docs/benchmarks.md); the method is the one measured in ARCHITECTURE, "Forecasting".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cafe_ai.forecasting.model import History

ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
PROFILE_WEEKS = 26
SHRINK = 4
WINDOW_DAYS = 180
WARM_UP_DAYS = 28
LEAST_TOTAL = 1e-6  # units: less is nothing
LEAST_FACTOR = 0.05
"""Days of which less of the mean than this is expected say nothing of the level."""

Values = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A level and the profile by weekday."""

    level: float
    profile: tuple[float, ...]

    def at(self, weekday: int) -> float:
        """The demand expected on a weekday; 0 is Monday."""
        return self.level * self.profile[weekday]


def fit(history: History, until: int) -> Fitted:
    """The model as of the day `until` days after the first; nothing from that day on is read."""
    profile = profile_at(history, until)
    if profile is None:
        return Fitted(0.0, (0.0,) * 7)
    begin = max(0, until - WINDOW_DAYS)
    scaled = [
        (value, profile[history.weekday(place)])
        for place, value in enumerate(history.values[begin:until], begin)
        if value is not None and profile[history.weekday(place)] > LEAST_FACTOR
    ]
    if not scaled:
        return Fitted(0.0, profile)
    warm_up = scaled[:WARM_UP_DAYS]
    first = sum(value for value, _ in warm_up) / max(LEAST_FACTOR, sum(factor for _, factor in warm_up))
    level, _ = min((_smooth(scaled, alpha, first) for alpha in ALPHAS), key=lambda tried: tried[1])
    return Fitted(max(0.0, level), profile)


def profile_at(history: History, until: int) -> tuple[float, ...] | None:
    """The weekdays' factors, their mean about 1; zero on closed weekdays. None where nothing was sold in the profile's weeks."""
    sums, counts = [0.0] * 7, [0] * 7
    begin = max(0, until - 7 * PROFILE_WEEKS)
    for place, value in enumerate(history.values[begin:until], begin):
        if value is not None:
            weekday = history.weekday(place)
            sums[weekday] += value
            counts[weekday] += 1
    total = sum(sums)
    if total < LEAST_TOTAL:
        return None
    mean = total / sum(counts)
    return tuple(
        0.0
        if weekday in history.closed_weekdays
        else (sums[weekday] + SHRINK * mean) / (counts[weekday] + SHRINK) / mean
        for weekday in range(7)
    )


def naive(history: History, until: int, ahead: int) -> float | None:
    """Seasonal naive: the last known value of the same weekday before `until`; None where there is none."""
    place = until + ahead % 7 - 7
    while place >= 0:
        value = history.values[place]
        if value is not None:
            return value
        place -= 7
    return None


def _smooth(scaled: Sequence[tuple[float, float]], alpha: float, level: float) -> tuple[float, float]:
    """The last level, and the mean squared error one day ahead after the warm-up."""
    squared, counted = 0.0, 0
    for place, (value, factor) in enumerate(scaled):
        error = value - level * factor
        if place >= WARM_UP_DAYS:
            squared += error * error
            counted += 1
        level += alpha * error / factor
    return level, squared / counted if counted else alpha
