"""Intervals from what the forecasts of earlier days missed: empirical quantiles of scaled errors.

An error is divided by max(expected, FLOOR) ** SPREAD: small demands scatter more for their size. The errors of a few bands of
days ahead are kept apart, as far as there are enough. The place of a quantile is that of split conformal prediction,
ceil((n + 1) q).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil, sqrt
from statistics import NormalDist, mean, stdev

SPREAD = 0.85
FLOOR = 0.3
BANDS = (7, 14, 28, 56, 91)
"""Days ahead at which one band ends and the next begins."""
LEAST_ERRORS = 30
LEAST_TOTALS = 12
COMPARABLE = 3.0
"""Totals of which one is expected to be at most so many times the other are alike: what a launch or a season's start missed, when
next to nothing was expected, says nothing of a total that is expected to be large."""

Total = tuple[float, float]
"""What was expected of a total at an earlier day, and the scaled error."""

_NORMAL = NormalDist()


def scale(expected: float) -> float:
    """By what an error is divided."""
    return float(max(FLOOR, expected) ** SPREAD)


def band_of(ahead: int) -> int:
    """The band of a day, 0 being the first of the forecast."""
    return min(bisect_right(BANDS, ahead), len(BANDS) - 1)


@dataclass(slots=True)
class ErrorPool:
    """Scaled errors by band, to which more can be added; `settle` sorts them for reading."""

    bands: list[list[float]] = field(default_factory=lambda: [[] for _ in BANDS])

    def add(self, ahead: int, expected: float, actual: float) -> None:
        """Takes note of what a forecast missed."""
        self.bands[band_of(ahead)].append((actual - expected) / scale(expected))

    def merge(self, other: ErrorPool) -> None:
        """Takes in another series' errors."""
        for own, more in zip(self.bands, other.bands, strict=True):
            own.extend(more)

    def settle(self) -> Spread:
        """Quantiles by band: a band with too few errors takes those of the bands before it with it."""
        settled: list[list[float]] = []
        for errors in self.bands:
            enough = len(errors) >= LEAST_ERRORS or not settled
            settled.append(sorted(errors) if enough else sorted(settled[-1] + errors))
        return Spread(settled)

    @property
    def size(self) -> int:
        """How many errors are held."""
        return sum(map(len, self.bands))


@dataclass(frozen=True, slots=True)
class Spread:
    """Sorted scaled errors by band."""

    bands: Sequence[Sequence[float]]

    def bound(self, expected: float, ahead: int, share: float) -> float:
        """What demand does not exceed in `share` of the cases; Poisson's, as a normal distribution, without any errors."""
        errors = self.bands[band_of(ahead)]
        if not errors:
            return max(0.0, expected + _NORMAL.inv_cdf(share) * sqrt(max(expected, 1.0)))
        return max(0.0, expected + quantile(errors, share) * scale(expected))

    def deviation(self, expected: float, ahead: int) -> float:
        """About a standard deviation of a day's demand: half of what 80 % lie in, as a normal distribution has it."""
        return (self.bound(expected, ahead, 0.9) - self.bound(expected, ahead, 0.1)) / (2 * _NORMAL.inv_cdf(0.9))


def comparable(totals: Iterable[Total], expected: float) -> list[float]:
    """The scaled errors of the totals that were expected to be about as large."""
    size = max(FLOOR, expected)
    return [error for was, error in totals if size / COMPARABLE <= max(FLOOR, was) <= size * COMPARABLE]


def enough_for(expected: float, errors: Sequence[float], deviations: Iterable[float], level: float) -> float:
    """What a total demand does not exceed with probability `level`, not less than what is expected.

    errors: scaled errors of such totals at earlier days, taken as normal about their own mean: of three dozen the conformal place
    of 95 % is the largest, which keeps twice the stock for it. Where there are too few, days are taken as independent
    (deviations are the days' standard deviations).
    """
    if len(errors) >= LEAST_TOTALS:
        error = mean(errors) + _NORMAL.inv_cdf(level) * stdev(errors)
        return expected + max(0.0, error) * scale(expected)
    return expected + max(0.0, _NORMAL.inv_cdf(level)) * sqrt(sum(each * each for each in deviations))


def quantile(ordered: Sequence[float], share: float) -> float:
    """The conformal quantile of sorted values: the ceil((n + 1) share)-th, at most the last."""
    return ordered[min(len(ordered), max(1, ceil((len(ordered) + 1) * share))) - 1]
