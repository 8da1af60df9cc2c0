"""The weekday profile × exponentially smoothed level of cafe_ai.forecasting.smoothing, over many series and origins at
once; and seasonal naive beside it.

Unlike there the profile of a series of less than SHOP_WEEKS is drawn towards that of all products together, the more so
the fewer its weeks, not towards a flat week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.models.demand.arrays import Floats, Ints
from ml.models.demand.panel import Panel
from ml.models.demand.sums import Sums, over

ALPHAS = np.array([0.02, 0.05, 0.1, 0.2, 0.3, 0.5])
PROFILE_WEEKS = 26
SHRINK, SHOP_SHRINK = 4, 0.5
SHOP_WEEKS = 13
WINDOW_DAYS = 182
WARM_UP_DAYS = 28
LEAST_FACTOR = 0.05
NAIVE_WEEKS = 8


@dataclass(frozen=True, slots=True)
class Smoothed:
    """level: [rows]. profile: [rows, 7], by day ahead modulo 7, so that the first is that of the first day forecast."""

    level: Floats
    profile: Floats

    def at(self, rows: Ints, ahead: Ints) -> Floats:
        """What is expected so many days ahead, 0 being the first day."""
        return np.asarray(self.level[rows] * self.profile[rows, ahead % 7])


def smooth(panel: Panel, sums: Sums, series: Ints, origins: Ints) -> Smoothed:
    """The model of each (series, origin); nothing from the origin on is read. Zero where nothing was sold."""
    profile, mean = _profiles(panel, sums, series, origins)
    values = np.pad(panel.values, ((0, 0), (WINDOW_DAYS, 0)), constant_values=np.nan)
    back = np.arange(WINDOW_DAYS)
    window = values[series[:, None], origins[:, None] + back[None, :]]
    factors = profile[:, (back - WINDOW_DAYS) % 7]
    usable = ~np.isnan(window) & (factors > LEAST_FACTOR)
    window, order = np.where(usable, window, 0.0), np.cumsum(usable, axis=1)
    warm = usable & (order <= WARM_UP_DAYS)
    first = over((window * warm).sum(axis=1), (factors * warm).sum(axis=1))
    level = np.repeat(np.nan_to_num(first)[:, None], len(ALPHAS), axis=1)
    squared = np.zeros_like(level)
    inverse = np.where(usable, 1 / np.maximum(factors, LEAST_FACTOR), 0.0)
    counted = usable & (order > WARM_UP_DAYS)
    for step in range(WINDOW_DAYS):
        error = window[:, step, None] - level * factors[:, step, None]
        squared += error * error * counted[:, step, None]
        level += ALPHAS * error * inverse[:, step, None]
    tested = counted.any(axis=1)
    chosen = np.where(tested, np.argmin(squared, axis=1), 2)
    level = np.maximum(0.0, level[np.arange(len(level)), chosen])
    return Smoothed(np.where(mean > 0, level, 0.0), profile)


def naive(panel: Panel, series: Ints, origins: Ints, ahead: Ints) -> Floats:
    """Seasonal naive: the last known value of the same weekday before the origin, zero where there is none in
    NAIVE_WEEKS."""
    pad = 7 * NAIVE_WEEKS
    values = np.pad(panel.values, ((0, 0), (pad, 0)), constant_values=np.nan)
    found = np.full(len(series), np.nan)
    for week in range(1, NAIVE_WEEKS + 1):
        place = origins + ahead % 7 - 7 * week + pad
        found = np.where(np.isnan(found), values[series, place], found)
    return np.asarray(np.nan_to_num(found))


def _profiles(panel: Panel, sums: Sums, series: Ints, origins: Ints) -> tuple[Floats, Floats]:
    totals, counts = np.zeros((len(series), 7)), np.zeros((len(series), 7))
    for ahead in range(7):
        totals[:, ahead], counts[:, ahead] = sums.weekday_sum(series, origins + ahead, PROFILE_WEEKS)
    mean = np.nan_to_num(over(totals.sum(axis=1), counts.sum(axis=1)))
    shops = _shop_profiles(panel, origins)
    target = 1 + (shops - 1) * np.maximum(0.0, 1 - counts / SHOP_WEEKS)
    profile = (totals + SHRINK * mean[:, None] * target) / (counts + SHRINK) / np.where(mean > 0, mean, 1.0)[:, None]
    weekday = (panel.calendar.weekday[0] + origins[:, None] + np.arange(7)[None, :]) % 7
    return np.where(panel.closed[series[:, None], weekday], 0.0, profile), mean


def _shop_profiles(panel: Panel, origins: Ints) -> Floats:
    """The same of all products together, drawn towards a flat week."""
    sums = Sums.of(panel.shop[None, :], 7 * PROFILE_WEEKS + 7)
    places, place = np.unique(origins, return_inverse=True)
    shop = np.zeros_like(places)
    totals, counts = np.zeros((len(places), 7)), np.zeros((len(places), 7))
    for ahead in range(7):
        totals[:, ahead], counts[:, ahead] = sums.weekday_sum(shop, places + ahead, PROFILE_WEEKS)
    mean = np.nan_to_num(over(totals.sum(axis=1), counts.sum(axis=1)))
    usual = np.where(mean > 0, mean, 1.0)[:, None]
    profile = (totals / usual + SHOP_SHRINK) / (counts + SHOP_SHRINK)
    return np.asarray(profile[place.reshape(-1)])
