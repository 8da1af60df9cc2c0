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
from cafe_ai.forecasting.circumstances import PLANNED_DAYS, aligned, planned_prices, promoted_days
from cafe_ai.forecasting.model import Circumstances, History, Product
from cafe_ai.forecasting.repository import Window
from cafe_ai.tenancy.country import country_of
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

    def circumstances(self, series: Sequence[tuple[Product, History]]) -> list[Circumstances]:
        """What is known of each series beside its values, in their order.

        Of what is not recorded with the moment it became known (promotions, planned prices) all that stands now is told; days on
        which something ran out are told up to the day before the forecast.
        """
        ids = [product.id for product, _ in series]
        prices = repository.daily_prices(self.uow, self.window, ids)
        stock_outs = repository.stock_outs(self.uow, self.window, ids)
        until = self.start + PLANNED_DAYS * DAY
        promotions = repository.promotions(self.uow, self.window, ids, until)
        country = self.country()
        known = []
        for product, history in series:
            own = [each for each in promotions if each.product_id in (None, product.id)]
            promoted = promoted_days(own, history.first_day, until)
            paid = aligned(history, prices.get(product.id, {}))
            known.append(
                Circumstances(
                    key=str(product.id),
                    category=product.category,
                    prices=paid,
                    planned_prices=planned_prices(product, own, history, paid),
                    promoted=promoted,
                    sold_out=frozenset(day for day in stock_outs.get(product.id, ()) if day >= history.first_day),
                    country=country,
                )
            )
        return known

    def circumstances_of_shop(self, history: History) -> Circumstances:
        """What is known of the whole shop's sales: its country, and promotions of everything."""
        until = self.start + PLANNED_DAYS * DAY
        of_all = repository.promotions(self.uow, self.window, [], until)
        return Circumstances(promoted=promoted_days(of_all, history.first_day, until), country=self.country())

    def country(self) -> str | None:
        """The shop's country: the one it says, else its time zone's."""
        return country_of(self.business.timezone, repository.country(self.uow, self.business.id))

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
