"""Days far from what their weekday and the season make likely.

    expected(day) = weekday profile x level around the day

The profile of a weekday is the median of its days' sales over the level of their own week (the median of that week's open
days); the level is the median, over the days within two weeks before and after, of sales divided by their weekday's profile. The
day itself and its neighbours of the same deviation move a median little: this is why medians and not means. The days after
the one in question count as well, up to the end of the period: told from the days before alone, every week of a rising
December and every first week of a summer lull would be an anomaly, although it is the season. What lies after the period is
not read, so that the analysis of a period stays the same whenever it is asked for.

Deviations are taken as ratios (of logarithms), as a busy shop varies by more than a quiet one: the band is expected x
exp(+-WIDTH x scale), scale being the median absolute deviation of all the history's days (x 1.4826, the standard deviation
where they are normal), never less than LEAST_SCALE. Days without an order are closed days: no anomaly, unless the shop
is nearly always open on that weekday; then zero is outside every band. With fewer than LEAST_DAYS open days, or LEAST_OF_WEEKDAY
of the weekday, nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from statistics import median

WIDTH = 3.5
LEAST_SCALE = 0.08
LEAST_DAYS = 28
LEAST_OF_WEEKDAY = 4
AROUND = 14  # days
OPEN_SHARE = 0.8
LEAST_NEIGHBOURS = 5


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a day's sales were likely to be, and the band outside of which they are unusual."""

    expected: float
    low: float
    high: float


def expect_days(sales: Mapping[date, float], first: date, last: date) -> dict[date, Expectation]:
    """What to expect of each day from first to last (both included) that something can be said of.

    sales holds each whole day with an order, up to the last one, from as far back as is known; a day it lacks was closed.
    Days on which the shop is mostly closed have no expectation, nor has any where the history is too short.
    """
    opened = {day: amount for day, amount in sales.items() if amount > 0 and day <= last}
    if len(opened) < LEAST_DAYS:
        return {}
    profile = _profile(opened)
    usual = {day: amount / profile[day.weekday()] for day, amount in opened.items() if day.weekday() in profile}
    scale = _scale(usual)
    days = ((first + timedelta(days=n)) for n in range((last - first).days + 1))
    found: dict[date, Expectation] = {}
    for day in days:
        level = _level(usual, day)
        if level is None or day.weekday() not in profile or not (day in opened or _is_open(opened, day)):
            continue
        expected = profile[day.weekday()] * level
        band = exp(WIDTH * scale)
        found[day] = Expectation(expected, expected / band, expected * band)
    return found


def find_unusual(sales: Mapping[date, float], expectations: Mapping[date, Expectation]) -> list[date]:
    """The days outside their band, in order."""
    return [day for day, told in sorted(expectations.items()) if not told.low <= sales.get(day, 0.0) <= told.high]


def _profile(opened: Mapping[date, float]) -> dict[int, float]:
    """Each weekday's sales beside the median open day of its week, where there are enough of it."""
    weeks: dict[date, list[float]] = {}
    for day, amount in opened.items():
        weeks.setdefault(_monday(day), []).append(amount)
    ratios: dict[int, list[float]] = {}
    for day, amount in opened.items():
        ratios.setdefault(day.weekday(), []).append(amount / median(weeks[_monday(day)]))
    return {weekday: median(found) for weekday, found in ratios.items() if len(found) >= LEAST_OF_WEEKDAY}


def _level(usual: Mapping[date, float], day: date) -> float | None:
    """The median of the days around, their weekday taken out, without the day itself."""
    around = [usual[other] for other in _around(day, AROUND) if other in usual]
    return median(around) if len(around) >= LEAST_NEIGHBOURS else None


def _scale(usual: Mapping[date, float]) -> float:
    """How far a day's sales usually are from what was to be expected, in logarithms."""
    apart = [abs(log(amount / level)) for day, amount in usual.items() if (level := _level(usual, day))]
    return max(1.4826 * median(apart), LEAST_SCALE) if apart else LEAST_SCALE


def _is_open(opened: Mapping[date, float], day: date) -> bool:
    """Whether the shop is nearly always open on the day's weekday, as far as its days around tell."""
    first = min(opened)
    weeks = [day + timedelta(weeks=n) for n in (*range(-8, 0), *range(1, 5))]
    known: Sequence[date] = [other for other in weeks if first <= other <= max(opened)]
    return len(known) >= LEAST_OF_WEEKDAY and sum(other in opened for other in known) >= OPEN_SHARE * len(known)


def _around(day: date, reach: int) -> list[date]:
    return [day + timedelta(days=n) for n in range(-reach, reach + 1) if n]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
