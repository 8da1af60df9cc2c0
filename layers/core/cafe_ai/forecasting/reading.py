"""What is on record of a shop's demand before the day of asking: open days, and the daily series of its products.

A forecast and the training of a model read the same through this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.analytics import repository as records
from cafe_ai.analytics.periods import ShopCalendar
from cafe_ai.errors import FieldError, InvalidRequest
from cafe_ai.forecasting import repository
from cafe_ai.forecasting.model import History, Product
from cafe_ai.forecasting.repository import Window
from cafe_ai.tenancy.model import Business

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork

HISTORY_DAYS = 730
RECENT_DAYS = 90
MOST_PRODUCTS = 200
STALE_DAYS = 28
"""Where nothing at all was sold for so long the records have ended, or the shop has: its old pace is no forecast."""
CLOSED_WEEKS, LEAST_WEEKS = 8, 4
"""A weekday on which the shop did not open in the last eight weeks, of four at least, is a closed one."""
DAY = timedelta(days=1)


class Reading:
    """What is on record before the day of asking."""

    def __init__(self, uow: UnitOfWork, business: Business, moment: datetime) -> None:
        calendar = ShopCalendar(business.timezone, business.day_starts, moment, moment.date())
        self.uow, self.business = uow, business
        self.start = calendar.today
        first = records.recorded_days(uow, business.id, self.start)
        since = max(first[0], self.start - HISTORY_DAYS * DAY) if first else self.start
        self.window = Window(business.id, since, self.start - RECENT_DAYS * DAY, self.start)
        self.open_days = repository.open_days(uow, self.window)
        self.closed = closed_weekdays(self.open_days, self.start)
        self.last_day = first[1] if first and first[1] < self.start else None

    @property
    def is_stale(self) -> bool:
        """Whether nothing was sold in the last weeks."""
        return not self.open_days or self.open_days[-1] < self.start - STALE_DAYS * DAY

    def choose(self, said: Sequence[str]) -> tuple[list[UUID], int]:
        """The products asked for, or those sold lately, and how many there are of these."""
        if not said:
            return repository.bestsellers(self.uow, self.window, MOST_PRODUCTS)
        found = repository.ids_of(self.uow, self.business.id, said)
        unknown = [
            FieldError(f"params.product_ids.{place}", "The business has no product with this id.")
            for place, text in enumerate(said)
            if text not in found
        ]
        if unknown:
            raise InvalidRequest(unknown)
        ids = list(dict.fromkeys(found[text] for text in said))
        return ids, len(ids)

    def series(self, ids: Sequence[UUID]) -> list[tuple[Product, History]]:
        """Each product with its daily units since it was first sold."""
        known = repository.products(self.uow, self.window, ids)
        units = repository.daily_units(self.uow, self.window, ids)
        return [(known[id], self.history(units.get(id, {}), known[id].first_sold_on)) for id in ids]

    def history(self, values: Mapping[date, float], first: date | None) -> History:
        """The values of every day, zero where the shop was open and nothing is on record, None where it was closed."""
        since = max(self.window.since, first) if first else self.window.since
        is_open = set(self.open_days)
        days = [since + n * DAY for n in range((self.start - since).days)]
        return History(
            since, tuple(max(0.0, values.get(day, 0.0)) if day in is_open else None for day in days), self.closed
        )


def closed_weekdays(open_days: Sequence[date], start: date) -> frozenset[int]:
    """The weekdays (0 is Monday) on which the shop does not open: none of the last weeks' was an open day."""
    if not open_days:
        return frozenset()
    weeks = min(CLOSED_WEEKS, (start - open_days[0]).days // 7)
    if weeks < LEAST_WEEKS:
        return frozenset()
    opened = Counter(day.weekday() for day in open_days if day >= start - weeks * 7 * DAY)
    if not opened:
        return frozenset()  # the shop is shut as a whole, or its records end: that says nothing of a weekday
    return frozenset(weekday for weekday in range(7) if not opened[weekday])
