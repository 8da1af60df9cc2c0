"""All series of a shop side by side, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cafe_ai.forecasting.model import Ask
from ml.models.demand.arrays import Bools, Floats, Ints
from ml.models.demand.calendar import Calendar
from ml.models.demand.censoring import uncensored

SHOP = "shop"
"""The key of the shop's own series, in money: it is no part of the sum of its products."""
CLOSED_WEEKS, LEAST_WEEKS = 8, 4
MOST_HOLIDAYS, NEARLY_ALL_HOLIDAYS, LEAST_HOLIDAYS = 0.5, 0.8, 4
LEAST_SERIES = 3.0
"""As many products sell on an ordinary day where a day without any sale is taken for a closed one."""


@dataclass(frozen=True, slots=True)
class ShopDays:
    """What all products of a shop sold together, by day from `first`; None on a closed day."""

    first: date
    total: tuple[float | None, ...]

    def completed(self, total: Floats, first: date) -> Floats:
        """The total of a panel's days, with what is known here of them; the days after it are the panel's own, brought
        to the size of the whole shop."""
        begin = (self.first - first).days
        known = np.array([np.nan if value is None else value for value in self.total], dtype=np.float64)
        into, out_of = max(0, begin), max(0, -begin)
        length = min(len(total) - into, len(known) - out_of)
        if length <= 0:
            return total
        here, there = total[into : into + length], known[out_of : out_of + length]
        share = float(np.nansum(here)) / max(float(np.nansum(there)), 1e-9)
        whole = total / share if share > 0 else total
        whole[into : into + length] = there
        return whole


@dataclass(frozen=True, slots=True)
class Panel:
    """values: [series, days], NaN where the shop was closed or the series had not begun. ends: the place of each
    series' first day to forecast. shop: [days], the units of all products together, NaN on a closed day. closed:
    [series, 7], the weekdays on which nothing is expected. price: [series, days + horizon] relative to the usual price
    before, NaN where not known; promoted, sold_out likewise. closed_holidays: [days + horizon], of the days to come.
    has_plans: whether any price to come is decided. calendar covers days + horizon."""

    keys: tuple[str, ...]
    categories: tuple[str | None, ...]
    first: date
    values: Floats
    begins: Ints
    ends: Ints
    closed: Bools
    price: Floats
    promoted: Bools
    sold_out: Bools
    calendar: Calendar
    horizon: int
    shop: Floats
    closed_holidays: Bools
    has_plans: bool

    @classmethod
    def of(cls, asks: Sequence[Ask], horizon: int, shop: ShopDays | None = None) -> Panel:
        """Days on which no product at all was sold count as closed, where products enough are sold on an ordinary day.
        What was sold on a sold-out day is replaced by the demand to be expected of it. shop: what is already known of
        the shop as a whole, for where only some of its series are asked for."""
        first = min(ask.history.first_day for ask in asks)
        end = max(ask.history.start for ask in asks)
        days, count = max(1, (end - first).days), len(asks)
        values = np.full((count, days), np.nan)
        begins, ends = np.zeros(count, np.int64), np.zeros(count, np.int64)
        closed = np.zeros((count, 7), np.bool_)
        for place, ask in enumerate(asks):
            history = ask.history
            begin = (history.first_day - first).days
            own = np.array([np.nan if value is None else value for value in history.values], dtype=np.float64)
            values[place, begin : begin + len(own)] = np.maximum(own, 0.0)
            begins[place], ends[place] = begin, begin + len(own)
            closed[place, list(history.closed_weekdays)] = True
        calendar = Calendar.of(
            first, days + horizon, next((a.circumstances.country for a in asks if a.circumstances.country), None)
        )
        keys = tuple(ask.circumstances.key for ask in asks)
        is_product = np.array([key != SHOP for key in keys])
        sold = values[is_product] if is_product.any() else values
        total = np.where(shut_days(sold), np.nan, np.nansum(sold, axis=0))
        if shop is not None:
            total = shop.completed(total, first)
        shut = np.isnan(total)
        values[:, shut] = np.nan
        closed |= _closed_weekdays(shut, calendar.weekday[:days])[None, :]
        sold_out = _marked([ask.circumstances.sold_out for ask in asks], first, days)
        begins = _first_sales(values, begins)
        return cls(
            keys,
            tuple(ask.circumstances.category for ask in asks),
            first,
            uncensored(values, sold_out),
            begins,
            ends,
            closed,
            _relative_prices(asks, first, days, horizon),
            _marked([ask.circumstances.promoted for ask in asks], first, days + horizon),
            sold_out,
            calendar,
            horizon,
            total,
            _closed_holidays(shut, calendar, closed.all(axis=0)),
            any(day >= ask.history.start for ask in asks for day in ask.circumstances.planned_prices),
        )

    @property
    def days(self) -> int:
        """How many days of the past there are."""
        return int(self.values.shape[1])

    def closed_on(self, series: Ints, day: Ints) -> Bools:
        """Whether the shop is not expected to open on each day: its weekday, or a holiday to come on which it never
        did."""
        weekly = self.closed[series, (self.calendar.weekday[0] + day) % 7]
        return np.asarray(weekly | self.closed_holidays[np.minimum(day, len(self.closed_holidays) - 1)])


def shut_days(values: Floats) -> Bools:
    """The days on which nothing is known to have been sold: closed, unless so little is sold that this happens on an
    open day."""
    sold = (np.nan_to_num(values) > 0).sum(axis=0)
    known = (~np.isnan(values)).any(axis=0)
    selling = sold[sold > 0]
    if not len(selling) or selling.mean() < LEAST_SERIES:
        return ~known
    return np.asarray(sold == 0)


def _closed_weekdays(shut: Bools, weekday: Ints) -> Bools:
    """The weekdays without an open day in the last weeks."""
    recent = slice(max(0, len(shut) - 7 * CLOSED_WEEKS), None)
    closed = np.zeros(7, np.bool_)
    if len(shut) < 7 * LEAST_WEEKS or shut[recent].all():
        return closed
    for day in range(7):
        closed[day] = shut[recent][weekday[recent] == day].all()
    return closed


def _closed_holidays(shut: Bools, calendar: Calendar, weekly: Bools) -> Bools:
    """The holidays to come on which the shop stays shut: those on which it always did, in a shop that shuts on most;
    and those not seen yet in a shop that nearly always does. Holidays on weekdays closed anyway tell nothing."""
    days = len(shut)
    closed = np.zeros(len(calendar.weekday), np.bool_)
    telling = (calendar.name[:days] >= 0) & ~weekly[calendar.weekday[:days]]
    if not telling.any():
        return closed
    share = float(shut[telling].mean())
    for day in range(days, len(closed)):
        if calendar.name[day] < 0:
            continue
        same = telling & (calendar.name[:days] == calendar.name[day])
        closed[day] = (
            bool(shut[same].all()) and share >= MOST_HOLIDAYS
            if same.any()
            else telling.sum() >= LEAST_HOLIDAYS and share >= NEARLY_ALL_HOLIDAYS
        )
    return closed


def _first_sales(values: Floats, begins: Ints) -> Ints:
    """The place of the first sale; the series' own begin where there is none."""
    sold = np.nan_to_num(values) > 0
    return np.where(sold.any(axis=1), sold.argmax(axis=1), begins)


def _marked(sets: Sequence[frozenset[date]], first: date, days: int) -> Bools:
    marked = np.zeros((len(sets), days), np.bool_)
    for place, dates in enumerate(sets):
        for day in dates:
            at = (day - first).days
            if 0 <= at < days:
                marked[place, at] = True
    return marked


def _relative_prices(asks: Sequence[Ask], first: date, days: int, horizon: int) -> Floats:
    """The price of each day over what was usual in the weeks before; a day without a price keeps the last one, the days
    to come the last or the planned one."""
    prices = np.full((len(asks), days + horizon), np.nan)
    for place, ask in enumerate(asks):
        known = ask.circumstances
        begin = (ask.history.first_day - first).days
        own = [np.nan if price is None or price <= 0 else price for price in known.prices[: len(ask.history.values)]]
        prices[place, begin : begin + len(own)] = own
        for day, price in known.planned_prices.items():
            at = (day - first).days
            if begin + len(ask.history.values) <= at < days + horizon and price > 0:
                prices[place, at] = price
    if np.isnan(prices).all():
        return prices
    filled = forward_filled(prices)
    return np.asarray(filled / _usual(filled))


def forward_filled(values: Floats) -> Floats:
    """Each NaN becomes the last value before it."""
    places = np.where(np.isnan(values), 0, np.arange(values.shape[1])[None, :])
    return np.asarray(np.take_along_axis(values, np.maximum.accumulate(places, axis=1), axis=1))


def _usual(filled: Floats, window: int = 91) -> Floats:
    """The mean of the days before, `window` at most; the day's own where there are none."""
    known = np.cumsum(np.pad(~np.isnan(filled), ((0, 0), (1, 0))), axis=1)
    sums = np.cumsum(np.pad(np.nan_to_num(filled), ((0, 0), (1, 0))), axis=1)
    here = np.arange(filled.shape[1])
    begin = np.maximum(0, here - window)
    count = known[:, here] - known[:, begin]
    return np.where(count > 0, (sums[:, here] - sums[:, begin]) / np.maximum(count, 1), filled)


def day_of(panel: Panel, place: int) -> date:
    """The date of a place among the days."""
    return panel.first + timedelta(days=place)
