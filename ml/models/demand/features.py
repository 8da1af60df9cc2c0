"""What the learner is told of a day to forecast: known at the origin, or known of the day itself long before it comes.

Everything in units is divided by the series' level, so that series and shops of any size are alike. A value that is not
known (too short a past, no price) is NaN, which LightGBM takes as such."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.models.demand.arrays import Floats, Ints
from ml.models.demand.calendar import FAR
from ml.models.demand.panel import Panel, forward_filled
from ml.models.demand.smoothing import Smoothed, naive, smooth
from ml.models.demand.sums import Sums

YEAR = 364
PAD = 2 * YEAR
WINDOWS = (7, 14, 28, 56, 91, 182, 364)
SAME_WEEKDAYS = (1, 2, 4, 8, 13)
LEVEL_WEIGHTS = ((28, 4.0), (91, 2.0), (364, 1.0))
SEASON_DAYS = 10
"""Days on either side that tell last year's level at a time of the year."""

NAMES = (
    *(f"mean_{window}" for window in WINDOWS),
    "smoothed",
    "smoothed_level",
    "profile",
    "naive",
    *(f"same_weekday_{weeks}" for weeks in SAME_WEEKDAYS),
    "shop_weekday",
    "shop_trend_7",
    "shop_trend_28",
    "shop_trend_91",
    "year_ago",
    "year_ago_growth",
    "shop_year_ago_growth",
    "zero_share_28",
    "zero_share_91",
    "days_since_sale",
    "age",
    "deviation_28",
    "log_level",
    "ahead",
    "weekday",
    "season_sin",
    "season_cos",
    "season_sin_2",
    "season_cos_2",
    "day_of_month",
    "holiday",
    "to_holiday",
    "since_holiday",
    "price",
    "price_change",
    "promoted",
    "promoted_share_28",
)


@dataclass(frozen=True, slots=True)
class Rows:
    """matrix: [rows, NAMES]. level: by what units are divided, zero where nothing was sold in a year. smoothed, naive:
    what these methods expect, in units."""

    matrix: Floats
    level: Floats
    smoothed: Floats
    naive: Floats


class Features:
    """Makes the rows of a panel."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        pad = PAD + panel.horizon
        self._own = Sums.of(panel.values, pad)
        self._zeros = Sums.of(np.where(np.isnan(panel.values), np.nan, panel.values <= 0), pad)
        self._squares = Sums.of(panel.values**2, pad)
        self._shop = Sums.of(panel.shop[None, :], pad)
        self._promoted = Sums.of(panel.promoted.astype(np.float64), pad)
        places = np.arange(panel.days)[None, :]
        sold = np.where(np.nan_to_num(panel.values) > 0, places, -1)
        self._last_sale = np.pad(np.maximum.accumulate(sold, axis=1), ((0, 0), (1, 0)), constant_values=-1)
        self._last_price = np.pad(forward_filled(panel.price), ((0, 0), (1, 0)), constant_values=np.nan)

    def smoothed(self, series: Ints, origins: Ints) -> Smoothed:
        """Profile × level of each (series, origin)."""
        return smooth(self.panel, self._own, series, origins)

    def level(self, series: Ints, origins: Ints) -> Floats:
        """The scale of each (series, origin): means of windows, weighted; zero where nothing was sold in them."""
        total, weights = np.zeros(len(series)), np.zeros(len(series))
        for window, weight in LEVEL_WEIGHTS:
            mean, count = self._own.mean(series, origins - window, origins)
            total += np.where(count > 0, weight * np.nan_to_num(mean), 0.0)
            weights += np.where(count > 0, weight, 0.0)
        return np.asarray(total / np.maximum(weights, 1.0))

    def rows(self, series: Ints, origins: Ints, ahead: Ints) -> Rows:
        """One row for each (series, origin, days ahead); 0 is the first day of the forecast. Nothing from the origin on
        is read but the calendar, prices and promotions."""
        pairs, pair = np.unique(np.stack([series, origins]), axis=1, return_inverse=True)
        pair = pair.reshape(-1)
        own, at = pairs[0], pairs[1]
        smoothed = self.smoothed(own, at)
        level = self.level(own, at)
        scale = np.where(level > 0, level, 1.0)
        known = self._of_origin(own, at, scale)
        known["smoothed_level"] = smoothed.level / scale
        columns = {name: values[pair] for name, values in known.items()}
        expected, repeated = smoothed.at(pair, ahead), naive(self.panel, series, origins, ahead)
        columns["smoothed"] = expected / scale[pair]
        columns["profile"] = smoothed.profile[pair, ahead % 7]
        columns["naive"] = repeated / scale[pair]
        columns |= self._of_weekday(series, origins, ahead, scale[pair])
        columns |= self._of_year_ago(series, origins, ahead, scale[pair])
        columns |= self._of_day(series, origins, ahead)
        return Rows(np.column_stack([columns[name] for name in NAMES]), level[pair], expected, repeated)

    def _of_origin(self, series: Ints, origins: Ints, scale: Floats) -> dict[str, Floats]:
        columns, panel = {}, self.panel
        for window in WINDOWS:
            columns[f"mean_{window}"] = self._own.mean(series, origins - window, origins)[0] / scale
        for window in (28, 91):
            columns[f"zero_share_{window}"] = self._zeros.mean(series, origins - window, origins)[0]
        squares, _ = self._squares.mean(series, origins - 28, origins)
        mean, _ = self._own.mean(series, origins - 28, origins)
        columns["deviation_28"] = np.sqrt(np.maximum(0.0, squares - mean**2)) / scale
        columns["days_since_sale"] = np.minimum(origins - 1 - self._last_sale[series, origins], 182).astype(np.float64)
        columns["age"] = np.clip(origins - panel.begins[series], 0, YEAR).astype(np.float64)
        columns["log_level"] = np.log(scale)
        columns["promoted_share_28"] = self._promoted.mean(series, origins - 28, origins)[0]
        shop = np.zeros_like(series)
        for window in (7, 28, 91):
            short, _ = self._shop.mean(shop, origins - window, origins)
            long, _ = self._shop.mean(shop, origins - 4 * window, origins)
            columns[f"shop_trend_{window}"] = _ratio(short, long)
        return columns

    def _of_weekday(self, series: Ints, origins: Ints, ahead: Ints, scale: Floats) -> dict[str, Floats]:
        columns = {}
        day = origins + ahead % 7
        for weeks in SAME_WEEKDAYS:
            total, count = self._own.weekday_sum(series, day, weeks)
            columns[f"same_weekday_{weeks}"] = np.where(count > 0, total / np.maximum(count, 1.0), np.nan) / scale
        shop = np.zeros_like(series)
        total, count = self._shop.weekday_sum(shop, day, 13)
        mean, _ = self._shop.mean(shop, origins - 91, origins)
        columns["shop_weekday"] = _ratio(np.where(count > 0, total / np.maximum(count, 1.0), np.nan), mean)
        return columns

    def _of_year_ago(self, series: Ints, origins: Ints, ahead: Ints, scale: Floats) -> dict[str, Floats]:
        """Last year's same weeks: the mean about that day, and by how much it stood above the four weeks before the
        same origin. A day about which last year is not wholly before the origin is not known."""
        day, origin = origins + ahead - YEAR, origins - YEAR
        known = (day + SEASON_DAYS < origins) & (day - SEASON_DAYS >= 0) & (origin >= 28)
        begin, end = day - SEASON_DAYS, np.minimum(day + SEASON_DAYS + 1, origins)
        begin, end = np.where(known, begin, 0), np.where(known, end, 0)
        columns = {}
        shop = np.zeros_like(series)
        for name, sums, of in (("", self._own, series), ("shop_", self._shop, shop)):
            about, _ = sums.mean(of, begin, end)
            before, _ = sums.mean(of, np.where(known, origin - 28, 0), np.where(known, origin, 0))
            columns[f"{name}year_ago_growth"] = np.where(known, _ratio(about, before), np.nan)
            if not name:
                columns["year_ago"] = np.where(known, about / scale, np.nan)
        return columns

    def _of_day(self, series: Ints, origins: Ints, ahead: Ints) -> dict[str, Floats]:
        """Where the shop plans no prices, the price is the last one paid: that of the day itself is not known at the
        origin, and often follows from what was sold (who takes many pays less for each)."""
        calendar, day = self.panel.calendar, origins + ahead
        day = np.minimum(day, len(calendar.weekday) - 1)
        angle = calendar.angle[day]
        last = self._last_price[series, origins]
        price = self.panel.price[series, day] if self.panel.has_plans else last
        return {
            "ahead": ahead.astype(np.float64),
            "weekday": calendar.weekday[day].astype(np.float64),
            "season_sin": np.sin(angle),
            "season_cos": np.cos(angle),
            "season_sin_2": np.sin(2 * angle),
            "season_cos_2": np.cos(2 * angle),
            "day_of_month": calendar.day_of_month[day],
            "holiday": calendar.holiday[day],
            "to_holiday": np.minimum(calendar.until[day], FAR),
            "since_holiday": np.minimum(calendar.since[day], FAR),
            "price": price,
            "price_change": price / last,
            "promoted": self.panel.promoted[series, day].astype(np.float64),
        }


def _ratio(above: Floats, below: Floats) -> Floats:
    """NaN where there is nothing to compare with; at most 10."""
    usable = np.nan_to_num(below) > 0
    return np.where(usable, np.minimum(above / np.where(usable, below, 1.0), 10.0), np.nan)
