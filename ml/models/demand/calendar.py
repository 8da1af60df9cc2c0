"""What a day is known to be long before it comes: weekday, season, public holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ml.models.demand.arrays import Floats, Ints

FAR = 15
"""Holidays more days away than this are all equally far."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Arrays with one entry a day from `first` on. weekday: 0 is Monday. angle: the place in the year, in radians.
    holiday: 1 on a public holiday. until, since: days to the next and from the last one, FAR at most. name: which
    holiday, -1 for none."""

    first: date
    weekday: Ints
    angle: Floats
    day_of_month: Floats
    holiday: Floats
    until: Floats
    since: Floats
    name: Ints

    @classmethod
    def of(cls, first: date, days: int, country: str | None) -> Calendar:
        """The days from first; without a country that is known there are no holidays."""
        margin = 2 * FAR
        known = public_holidays(country, first - timedelta(days=margin), first + timedelta(days=days + margin))
        names = {name: number for number, name in enumerate(sorted(set(known.values())))}
        dates = [first + timedelta(days=n) for n in range(-margin, days + margin)]
        name = np.array([names[known[day]] if day in known else -1 for day in dates])
        is_holiday = name >= 0
        inner = slice(margin, margin + days)
        inside = dates[inner]
        return cls(
            first,
            np.array([day.weekday() for day in inside], dtype=np.int64),
            np.array([2 * np.pi * (day.timetuple().tm_yday - 1) / 365.25 for day in inside]),
            np.array([float(day.day) for day in inside]),
            is_holiday[inner].astype(np.float64),
            _distance(is_holiday[::-1])[::-1][inner],
            _distance(is_holiday)[inner],
            name[inner],
        )


def public_holidays(country: str | None, first: date, end: date) -> dict[date, str]:
    """The public holidays from first until before end, with their names; none for a country that `holidays` does not
    know."""
    if not country:
        return {}
    import holidays

    try:
        found = holidays.country_holidays(country.upper(), years=range(first.year, end.year + 1))
    except NotImplementedError:
        return {}
    return {day: name for day, name in found.items() if first <= day < end}


def _distance(is_holiday: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
    """Days since the last holiday, the day itself being 0."""
    places = np.arange(len(is_holiday))
    last = np.maximum.accumulate(np.where(is_holiday, places, -FAR - 1))
    return np.minimum(places - last, FAR).astype(np.float64)
