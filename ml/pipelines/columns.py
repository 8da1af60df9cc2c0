"""Many dicts as columns: the same readings and sums as reading.py and exact_sums.py give one by one, in whole arrays.

Whatever is out of the ordinary (another type than dict, a number that numpy cannot read, an amount beyond 64 bits) raises
OutOfOrdinary: then each entry is read by itself, which gives the same values or says what is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ml.pipelines.exact_sums import LARGEST, SCALE, TEN_THOUSANDTHS, THOUSANDTHS
from ml.pipelines.model import Clock, When

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

BEYOND, BEYOND_ONE = 9e11, 2e11
"""Amounts that still fit into 64 bits as whole numbers of 10⁻⁷: a sum, and one of which sums are made."""
PLAIN_IDS = {int, str, UUID, type(None)}
"""Types of ids that are equal to themselves, and hashable."""


class OutOfOrdinary(Exception):  # noqa: N818 -- states the fact
    """These entries have to be read one by one."""


class Rows:
    """A list of dicts that is read column by column."""

    def __init__(self, rows: Sequence[Any]) -> None:
        """Raises OutOfOrdinary where an entry is not a plain dict."""
        if not set(map(type, rows)) <= {dict}:
            raise OutOfOrdinary
        self.rows: Sequence[dict[Any, Any]] = rows
        shapes = [set(shape) for shape in set(map(tuple, rows))]
        self._everywhere = set.intersection(*shapes) if shapes else set()
        self._somewhere = set().union(*shapes)

    def values(self, names: Sequence[str]) -> list[Any]:
        """Of each row the first value under these names that is not None."""
        used = [name for name in names if name in self._somewhere]
        if not used:
            return [None] * len(self.rows)
        found = self._column(used[0])
        for name in used[1:]:
            for place, value in enumerate(found):
                if value is None:
                    found[place] = self.rows[place].get(name)
        return found

    def numbers(self, names: Sequence[str]) -> Floats:
        """Of each row the number under these names; NaN where it is missing."""
        if not self._somewhere.intersection(names):
            return np.full(len(self.rows), np.nan)
        return numbers(self.values(names))

    def _column(self, name: str) -> list[Any]:
        if name in self._everywhere:
            return list(map(itemgetter(name), self.rows))
        return [row.get(name) for row in self.rows]


def numbers(values: Sequence[Any]) -> Floats:
    """Numbers in whatever form they come; NaN where None. Raises OutOfOrdinary for what is none, or infinite."""
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise OutOfOrdinary from None
    if array.ndim != 1 or np.isinf(array).any():
        raise OutOfOrdinary
    return array


def whole(values: Floats, parts: int) -> tuple[Ints, Flags]:
    """The values as whole numbers of so-many-ths, and where they are that; zero elsewhere."""
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.rint(values * parts)
        fits = (scaled / parts == values) & (np.abs(values) <= LARGEST)
    return np.where(fits, scaled, 0.0).astype(np.int64), fits


@dataclass(frozen=True, slots=True)
class Groups:
    """Consecutive entries that belong together: counts[g] entries of the group g, one group after another."""

    counts: Ints
    ids: Ints

    @classmethod
    def of(cls, counts: Ints) -> Groups:
        """Groups of these sizes."""
        return cls(counts, np.repeat(np.arange(len(counts)), counts))

    def add(self, values: Ints) -> Ints:
        """The sum of each group; whole numbers may run over in between, the sums do not."""
        ends = np.cumsum(self.counts)
        running = np.concatenate([np.zeros(1, np.int64), np.cumsum(values, dtype=np.int64)])
        sums: Ints = running[ends] - running[ends - self.counts]
        return sums

    def add_floats(self, values: Floats) -> Floats:
        """The sum of each group, added in the order given."""
        if not len(self.ids):
            return np.zeros(len(self.counts))
        return np.bincount(self.ids, weights=values, minlength=len(self.counts))

    def count(self, flags: Flags) -> Ints:
        """How many flags are up in each group."""
        return self.add(flags.astype(np.int64))

    def any(self, flags: Flags) -> Flags:
        """Whether a flag is up in each group."""
        return self.count(flags) > 0

    def extreme(self, values: Floats, held: Flags, ufunc: np.ufunc) -> Floats:
        """The least or greatest (np.minimum, np.maximum) of the values held of each group; NaN of none."""
        found = np.full(len(self.counts), np.nan)
        counts = self.add(held.astype(np.int64))
        some = counts > 0
        if some.any():
            starts = np.cumsum(counts) - counts
            found[some] = ufunc.reduceat(values[held], starts[some])
        return found

    def most_common(self, values: Floats, held: Flags, width: int) -> Floats:
        """The value below width that is held most often in each group, the least of equals; NaN of none."""
        pairs = self.ids[held] * width + values[held].astype(np.int64)
        counts = np.bincount(pairs, minlength=len(self.counts) * width).reshape(len(self.counts), width)
        return np.where(counts.any(axis=1), counts.argmax(axis=1), np.nan)

    def distinct(self, codes: Ints, held: Flags) -> Ints:
        """How many different codes are held in each group; codes below zero are none."""
        held = held & (codes >= 0)
        width = int(np.max(codes)) + 2 if len(codes) else 1
        pairs = np.sort(self.ids[held] * width + codes[held])
        first = np.concatenate([np.ones(min(1, len(pairs)), np.bool_), pairs[1:] != pairs[:-1]])
        return np.bincount(pairs[first] // width, minlength=len(self.counts)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Amounts as floats and, where exact, as whole numbers (10⁻⁷; units 10⁻³)."""

    floats: Floats
    wholes: Ints
    exact: Flags

    def held(self, flags: Flags) -> Amounts:
        """These where the flag is up, zero elsewhere."""
        return Amounts(np.where(flags, self.floats, 0.0), np.where(flags, self.wholes, 0), self.exact | ~flags)

    def negative(self) -> Amounts:
        """The same with the other sign."""
        return Amounts(-self.floats, -self.wholes, self.exact)

    def grouped(self, groups: Groups, exact: Flags, parts: int = SCALE) -> Amounts:
        """The sum of each group: exact in the groups that are, in floating point in the others."""
        if (groups.add_floats(np.abs(self.floats)) > BEYOND * SCALE / parts).any():
            raise OutOfOrdinary
        sums = groups.add(self.wholes)
        floats = as_floats(sums, parts)
        if not exact.all():
            floats = np.where(exact, floats, groups.add_floats(self.floats))
        return Amounts(floats, np.where(exact, sums, 0), exact)


def as_floats(wholes: Ints, parts: int) -> Floats:
    """Whole numbers of so-many-ths as the nearest floats."""
    floats = wholes / parts
    for place in np.flatnonzero(np.abs(wholes) >= 2**53):
        floats[place] = int(wholes[place]) / parts
    return floats


def amounts(values: Floats) -> Amounts:
    """Amounts of money, which are there."""
    wholes, fits = whole(values, TEN_THOUSANDTHS)
    if (np.abs(values) > BEYOND_ONE).any():
        raise OutOfOrdinary
    return Amounts(values, np.where(fits, wholes * THOUSANDTHS, 0), fits)


def product(quantities: Floats, prices: Floats) -> Amounts:
    """quantity × price, of which both are there."""
    units, counted = whole(quantities, THOUSANDTHS)
    each, priced = whole(prices, TEN_THOUSANDTHS)
    values = quantities * prices
    if (np.abs(values) > BEYOND_ONE).any():
        raise OutOfOrdinary
    return Amounts(values, units * each, counted & priced)


def ids(values: list[Any]) -> list[Any]:
    """Ids as they were given; None where they are missing."""
    if set(map(type, values)) <= PLAIN_IDS:
        return values
    try:
        return [None if value is None or value != value else value for value in values]  # noqa: PLR0124
    except (TypeError, ValueError):
        raise OutOfOrdinary from None


def codes(values: Sequence[Hashable]) -> Ints:
    """Equal values as equal numbers from 0; −1 for None."""
    import pandas as pd

    array = np.empty(len(values), dtype=object)
    if set(map(type, values)) == {UUID}:
        array[:] = list(map(attrgetter("int"), values))  # hashed and compared in C
    else:
        array[:] = values
    try:
        found: Ints = pd.factorize(array)[0].astype(np.int64)
    except TypeError:
        raise OutOfOrdinary from None
    return found


@dataclass(frozen=True, slots=True)
class Times:
    """Days and hours on the shop's clock: NaN where not known; and the instants, where they were asked for."""

    days: Floats
    hours: Floats
    instants: Ints | None

    @property
    def dated(self) -> Flags:
        """Where there is a date at all."""
        return ~np.isnan(self.days)

    def seen(self, before: int | None) -> Flags:
        """What lies before the instant; without one everything."""
        if before is None or self.instants is None:
            return np.ones(len(self.days), np.bool_)
        return self.dated & (self.instants < before)


def times(values: Sequence[Any], clock: Clock, read: Callable[[Any], When | None], instants: bool) -> Times:
    """The moments as the clock reads them. read reads one that is out of the ordinary, as instants have all of them be."""
    if instants:
        return _instants([read(value) for value in values])
    zone, offset = clock.timezone, clock.closes_after
    days: list[float] = []
    hours: list[float] = []
    try:
        for given in values:
            value = datetime.fromisoformat(given) if type(given) is str and len(given) > 10 else given
            if type(value) is datetime:
                if value.tzinfo is not None:
                    value = (value.astimezone(zone) if zone else value).replace(tzinfo=None)
                days.append((value - offset if offset else value).toordinal())
                hours.append(value.hour)
            else:
                found = read(value)
                days.append(math.nan if found is None else found.day)
                hours.append(math.nan if found is None or found.hour is None else found.hour)
    except (TypeError, ValueError, OverflowError):
        raise OutOfOrdinary from None
    return Times(np.array(days, np.float64), np.array(hours, np.float64), None)


def _instants(found: Sequence[When | None]) -> Times:
    days = [math.nan if when is None else when.day for when in found]
    hours = [math.nan if when is None or when.hour is None else when.hour for when in found]
    instants = [0 if when is None else when.instant for when in found]
    return Times(np.array(days, np.float64), np.array(hours, np.float64), np.array(instants, np.int64))
