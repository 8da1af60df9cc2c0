"""How well intervals calibrated on the past hold what comes after, and by how much they must be wider for it.

The past is gone through origin by origin: the intervals of each are calibrated on what was known then, and tried on the
days that it forecast. Errors grow where a season or a trend surprises all series at once, which no quantile of earlier
errors foresees; so bounds are moved out by the factor with which they would have held their share (adaptive conformal
inference, Gibbs and Candès 2021, for a whole shop)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ml.models.demand.arrays import Bools, Floats
from ml.models.demand.intervals import SHARES, Missed, Spread, calibrate

FACTORS = np.round(np.arange(1.0, 1.81, 0.05), 2)
LEAST_DAYS = 300
"""Tried days without which no factor is chosen."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """held80, held95: whether each day was held by intervals known before it, NaN where that was not tried. widened:
    the factors for the time to come."""

    held80: Floats
    held95: Floats
    widened: tuple[float, float]


def try_forward(missed: Missed, keys: Sequence[str]) -> Coverage:
    """Goes through the origins; each takes the factors that the ones before it have shown to be needed."""
    count = len(missed.actual)
    held = np.full((2, count), np.nan)
    tried = [np.zeros((0, len(FACTORS)), np.bool_) for _ in SHARES]
    origins = np.unique(missed.origin)
    for origin in origins[1:]:
        spread = calibrate(missed.where(missed.origin + missed.ahead < origin), keys, ())
        days = np.flatnonzero(missed.origin == origin)
        if not spread.known or not len(days):
            continue
        own = np.array([spread.own[key] for key in keys])[missed.series[days]]
        within = _within(spread, missed, days, own)
        for at in range(len(SHARES)):
            held[at, days] = within[at][:, _needed(tried[at], SHARES[at])]
            tried[at] = np.concatenate([tried[at], within[at]])
    narrow, wide = (float(FACTORS[_needed(each, share)]) for each, share in zip(tried, SHARES, strict=True))
    return Coverage(held[0], held[1], (narrow, wide))


def _within(
    spread: Spread, missed: Missed, days: np.ndarray[tuple[int, ...], np.dtype[np.int64]], own: Floats
) -> list[Bools]:
    """For each share [days, FACTORS]: whether the interval widened so holds the day."""
    expected, ahead, actual = missed.expected[days], missed.ahead[days], missed.actual[days]
    found = [np.zeros((len(days), len(FACTORS)), np.bool_) for _ in SHARES]
    for place, factor in enumerate(FACTORS):
        widened = replace(spread, widened=(float(factor), float(factor)))
        low95, low80, high80, high95 = widened.bounds_at(expected, ahead, own)
        found[0][:, place] = (actual >= low80) & (actual <= high80)
        found[1][:, place] = (actual >= low95) & (actual <= high95)
    return found


def _needed(tried: Bools, share: float) -> int:
    """The place of the smallest factor that held its share of the days; of 1 with too few days, of the largest where
    none did."""
    if len(tried) < LEAST_DAYS:
        return 0
    enough = np.flatnonzero(tried.mean(axis=0) >= share)
    return int(enough[0]) if len(enough) else len(FACTORS) - 1
