"""Running sums of daily values, from which the mean of any window is read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.models.demand.arrays import Floats, Ints


@dataclass(frozen=True, slots=True)
class Sums:
    """Running sums of the values and of how many are known: over all days, and over each weekday by itself. Padded so
    that `sums[:, PAD + t]` holds what came before day t."""

    total: Floats
    known: Floats
    weekly: Floats
    weekly_known: Floats
    pad: int

    @classmethod
    def of(cls, values: Floats, pad: int) -> Sums:
        """pad: how far before the first day, and after the last, one may look."""
        filled = np.pad(np.nan_to_num(values), ((0, 0), (pad, pad)))
        known = np.pad((~np.isnan(values)).astype(np.float64), ((0, 0), (pad, pad)))
        return cls(_before(filled), _before(known), _weeks_before(filled), _weeks_before(known), pad)

    def mean(self, series: Ints, begin: Ints, end: Ints) -> tuple[Floats, Floats]:
        """The mean of the known values from begin until before end, and how many these are; NaN where none is."""
        count = self.known[series, self.pad + end] - self.known[series, self.pad + begin]
        total = self.total[series, self.pad + end] - self.total[series, self.pad + begin]
        return over(total, count), count

    def weekday_sum(self, series: Ints, day: Ints, weeks: int) -> tuple[Floats, Floats]:
        """Sum and number of the known values of the same weekday in the weeks before that day."""
        end, begin = self.pad + day, self.pad + day - 7 * weeks
        total = self.weekly[series, end] - self.weekly[series, begin]
        return total, self.weekly_known[series, end] - self.weekly_known[series, begin]


def _before(values: Floats) -> Floats:
    return np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)


def _weeks_before(values: Floats) -> Floats:
    """At place t the sum of the values at t - 7, t - 14, ..."""
    running = np.pad(values, ((0, 0), (7, 0)))
    for place in range(7, running.shape[1]):
        running[:, place] += running[:, place - 7]
    return running


def over(total: Floats, count: Floats) -> Floats:
    return np.where(count > 0, total / np.where(count > 0, count, 1.0), np.nan)
