"""Intervals from what the blend missed in the backtest: conformal quantiles of scaled errors.

An error is divided by max(expected, FLOOR) ** SPREAD and by the series' own factor (how much it scatters beside the
others, drawn towards 1). Errors are kept apart by days ahead and by the size of what is expected, as far as there are
enough. Of small demands the lower bound is zero and holds more than its share, so both tails are made wider until the
interval holds what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from ml.models.demand.arrays import Bools, Floats, Ints

SPREAD = 0.85
FLOOR = 0.3
BANDS = (7, 14, 28, 56)
SHARES = (0.8, 0.95)
LEVELS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99, 0.995)
"""Of totals' quantiles."""
SIZES = 4
LEAST_ERRORS = 200
LEAST_TOTALS = 60
OWN_PRIOR = 60.0
OWN_BOUNDS = (0.5, 2.5)
TAILS = 41

_NORMAL = NormalDist()


def scale(expected: Floats) -> Floats:
    """By what errors are divided."""
    return np.asarray(np.maximum(FLOOR, expected) ** SPREAD)


@dataclass(frozen=True, slots=True)
class Spread:
    """offsets: [bands, sizes, 4], the scaled errors at low95, low80, high80, high95. edges: between the sizes of what
    is expected. spans and totals: [spans, sizes, LEVELS], likewise of totals; sizes go by the mean day. own: each
    series' factor, by key."""

    edges: tuple[float, ...]
    offsets: tuple[tuple[tuple[float, ...], ...], ...]
    spans: tuple[int, ...]
    totals: tuple[tuple[tuple[float, ...], ...], ...]
    own: Mapping[str, float]
    widened: tuple[float, float] = (1.0, 1.0)

    @property
    def known(self) -> bool:
        """Whether there were errors to learn from."""
        return bool(self.offsets)

    def bounds(self, expected: Floats, own: float) -> Floats:
        """[4, days]: low95, low80, high80, high95 of each day; the first is the first of the forecast. Poisson's, as a
        normal distribution, where no errors are known."""
        return self.bounds_at(expected, np.arange(len(expected)), own)

    def bounds_at(self, expected: Floats, ahead: Ints, own: float | Floats) -> Floats:
        """The same of days that are any number ahead; own may be one for each day."""
        if not self.offsets:
            offsets = np.array([_NORMAL.inv_cdf(share) for share in (0.025, 0.1, 0.9, 0.975)])
            return np.asarray(np.maximum(0.0, expected + offsets[:, None] * np.sqrt(np.maximum(expected, 1.0))))
        band = np.minimum(np.searchsorted(BANDS, ahead, side="right"), len(self.offsets) - 1)
        chosen = np.array(self.offsets)[band, np.searchsorted(self.edges, expected)] * self._factors
        bounds = np.maximum(0.0, expected[:, None] + chosen * (scale(expected) * own)[:, None]).T
        bounds[:2] = np.minimum(bounds[:2], expected)
        bounds[2:] = np.maximum(bounds[2:], expected)
        return np.asarray(bounds)

    @property
    def _factors(self) -> Floats:
        narrow, wide = self.widened
        return np.array([wide, narrow, narrow, wide])

    def enough(self, expected: Floats, level: float, own: float) -> float:
        """What the total of all these days does not exceed with probability `level`, not less than what is expected."""
        total = float(expected.sum())
        if not self.totals:
            return total + max(0.0, _NORMAL.inv_cdf(level)) * float(np.sqrt(max(total, 1.0)))
        size = int(np.searchsorted(self.edges, total / max(1, len(expected))))
        curves = np.array([np.interp(level, LEVELS, spans[size]) for spans in self.totals])
        offset = float(np.interp(len(expected), self.spans, curves))
        return max(total, total + offset * self.widened[1] * float(scale(np.array(total))) * own)


NO_SPREAD = Spread((), (), (), (), {})


@dataclass(frozen=True, slots=True)
class Missed:
    """The backtest's errors: one entry a day that was forecast and is known."""

    series: Ints
    origin: Ints
    ahead: Ints
    expected: Floats
    actual: Floats

    def where(self, some: Bools) -> Missed:
        """Some of them."""
        return Missed(self.series[some], self.origin[some], self.ahead[some], self.expected[some], self.actual[some])


def calibrate(missed: Missed, keys: Sequence[str], spans: Sequence[int]) -> Spread:
    """The spread of these errors; without any, NO_SPREAD."""
    if not len(missed.actual):
        return NO_SPREAD
    scaled = (missed.actual - missed.expected) / scale(missed.expected)
    own = _own_factors(np.abs(scaled), missed.series, len(keys))
    scaled = scaled / own[missed.series]
    edges = _edges(missed.expected)
    size = np.searchsorted(edges, missed.expected)
    band = np.minimum(np.searchsorted(BANDS, missed.ahead, side="right"), len(BANDS) - 1)
    offsets = []
    for one in range(int(np.max(band)) + 1):
        row = []
        for other in range(len(edges) + 1):
            chosen = _enough_of((band == one) & (size == other), (band <= one) & (size == other), size == other)
            row.append(_tails(scaled[chosen]))
        offsets.append(tuple(row))
    lengths, totals = _totals(missed, own, edges, spans)
    return Spread(edges, tuple(offsets), lengths, totals, {key: float(own[at]) for at, key in enumerate(keys)})


def _enough_of(
    *choices: Bools,
) -> Bools:
    """The first that holds LEAST_ERRORS, else the last that holds any."""
    for chosen in choices:
        if chosen.sum() >= LEAST_ERRORS:
            return chosen
    return choices[-1]


def _own_factors(absolute: Floats, series: Ints, count: int) -> Floats:
    sums = np.bincount(series, absolute, minlength=count)
    counts = np.bincount(series, minlength=count)
    usual = absolute.mean()
    if usual <= 0:
        return np.ones(count)
    return np.clip((sums / usual + OWN_PRIOR) / (counts + OWN_PRIOR), *OWN_BOUNDS)


def _edges(expected: Floats) -> tuple[float, ...]:
    sizes = min(SIZES, len(expected) // (2 * LEAST_ERRORS))
    if sizes < 2:
        return ()
    found = np.quantile(expected, np.arange(1, sizes) / sizes, method="lower")
    return tuple(float(edge) for edge in np.unique(found) if edge < float(np.max(expected)))


def _tails(scaled: Floats) -> tuple[float, ...]:
    """low95, low80, high80, high95 of the errors: of the intervals between equal tails the narrowest that holds its
    share. Where many errors are alike (no demand at all) it may leave out more than half the rest on either side."""
    ordered = np.sort(scaled)
    found = {}
    for share in SHARES:
        for tail in np.linspace(1 - share, (1 - share) / 2, TAILS):
            low, high = _quantile(ordered, tail, upper=False), _quantile(ordered, 1 - tail, upper=True)
            if ((scaled >= low) & (scaled <= high)).sum() >= share * (len(scaled) + 1):
                break
        found[share] = (low, high)
    return min(found[0.95][0], found[0.8][0]), found[0.8][0], found[0.8][1], max(found[0.95][1], found[0.8][1])


def _quantile(ordered: Floats, share: float, *, upper: bool) -> float:
    """The conformal quantile: the ceil((n + 1) share)-th of the sorted values, for a lower bound the floor; none beyond
    the ends."""
    place = (len(ordered) + 1) * share
    at = int(np.ceil(place)) if upper else int(np.floor(place))
    return float(ordered[min(len(ordered), max(1, at)) - 1])


def _totals(
    missed: Missed, own: Floats, edges: tuple[float, ...], spans: Sequence[int]
) -> tuple[tuple[int, ...], tuple[tuple[tuple[float, ...], ...], ...]]:
    """Quantiles of the errors of totals. An origin of a series counts for a span only where its last day is known."""
    window = missed.series * (int(np.max(missed.origin)) + 1) + missed.origin
    _, place = np.unique(window, return_inverse=True)
    length = np.zeros(int(np.max(place)) + 1, np.int64)
    np.maximum.at(length, place, missed.ahead + 1)
    series = np.zeros(len(length), np.int64)
    series[place] = missed.series
    lengths, found = [], []
    for span in sorted(set(spans)):
        within = missed.ahead < span
        expected = np.bincount(place[within], missed.expected[within], minlength=len(length))
        actual = np.bincount(place[within], missed.actual[within], minlength=len(length))
        whole = length >= span
        if whole.sum() < LEAST_TOTALS:
            continue
        errors = (actual - expected) / scale(expected) / own[series]
        size = np.searchsorted(edges, expected / span)
        lengths.append(span)
        row = []
        for one in range(len(edges) + 1):
            chosen = whole & (size == one) if (whole & (size == one)).sum() >= LEAST_TOTALS else whole
            ordered = np.sort(errors[chosen])
            row.append(tuple(_quantile(ordered, level, upper=True) for level in LEVELS))
        found.append(tuple(row))
    return tuple(lengths), tuple(found)
