"""What a shop's models learn from: the daily series of what it sells, and of its net sales, as of a moment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.forecasting import repository as records
from cafe_ai.forecasting.model import Ask, Circumstances, History
from cafe_ai.forecasting.reading import Reading, closed_weekdays
from cafe_ai.tenancy.model import Business
from ml.serving.registry import plain

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork

LEARNING_DAYS = 28
"""How far ahead is learnt and tested; further ahead is foretold by the same model."""
FORECAST_DAYS = 63
"""From any day on to the end of the month after it."""
SPANS = (7, 14, 28, FORECAST_DAYS)
SHOP = "shop"
"""The key of the whole shop's series, as the demand model knows it (`ml.models.demand.panel`)."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Series:
    """A product's daily units, or the whole shop's net sales (product_id is None)."""

    product_id: UUID | None
    ask: Ask


@dataclass(frozen=True, slots=True)
class Material:
    """Everything up to the day before `start`; last_day is the last day recorded, where nothing was sold since for weeks."""

    start: date
    series: tuple[Series, ...]
    is_stale: bool = False
    last_day: date | None = None

    @property
    def asks(self) -> list[Ask]:
        """What is to be forecast of each series."""
        return [each.ask for each in self.series]

    @property
    def lessons(self) -> list[Ask]:
        """What is to be learnt of each series."""
        return lessons(self.asks)

    @property
    def days(self) -> int:
        """The days of the longest series."""
        return max((len(each.ask.history.values) for each in self.series), default=0)

    @property
    def data_hash(self) -> str:
        """A SHA-256 that is equal for equal data."""
        told = [
            (
                str(each.product_id),
                each.ask.history.first_day,
                each.ask.history.values,
                sorted(each.ask.history.closed_weekdays),
                _sorted(each.ask.circumstances),
            )
            for each in self.series
        ]
        return sha256(json.dumps(plain(told), sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def read(uow: UnitOfWork, business: Business, moment: datetime) -> Material:
    """The products sold lately, best sellers first, and the whole shop after them."""
    reading = Reading(uow, business, moment)
    if reading.is_stale:
        return Material(reading.start, (), True, reading.last_day)
    ids, _ = reading.choose(())
    sold = [(product, history) for product, history in reading.series(ids) if any(history.values)]
    series = [
        Series(product.id, Ask(history, FORECAST_DAYS, SPANS, circumstances=known))
        for (product, history), known in zip(sold, reading.circumstances(sold), strict=True)
    ]
    sales = reading.history(records.net_sales(uow, reading.window), None)
    if any(sales.values):
        known = replace(reading.circumstances_of_shop(sales), key=SHOP)
        series.append(Series(None, Ask(sales, FORECAST_DAYS, SPANS, circumstances=known)))
    return Material(reading.start, tuple(series))


def lessons(asks: Sequence[Ask]) -> list[Ask]:
    """The asks, no further ahead than is learnt."""
    return [replace(ask, days=min(ask.days, LEARNING_DAYS)) for ask in asks]


def as_of(asks: Sequence[Ask], origin: date, days: int) -> list[Ask]:
    """The asks as they would have been on an earlier day: of what came from that day on only the plans are known.

    Series that had not begun are left out; the forecast is of so many days, without totals.
    """
    longest = max(asks, key=lambda ask: len(ask.history.values)).history
    closed = closed_weekdays(_open_days(longest, origin), origin)
    return [_cut(ask, origin, days, closed) for ask in asks if ask.history.first_day < origin]


def _cut(ask: Ask, origin: date, days: int, closed: frozenset[int]) -> Ask:
    history, known = ask.history, ask.circumstances
    length = (origin - history.first_day).days
    past = History(history.first_day, history.values[:length], closed)
    circumstances = replace(
        known,
        prices=known.prices[:length],
        sold_out=frozenset(day for day in known.sold_out if day < origin),
    )
    return Ask(past, days, (), ask.service_level, circumstances)


def _open_days(history: History, until: date) -> list[date]:
    days = (history.first_day + n * DAY for n in range((until - history.first_day).days))
    return [day for day, value in zip(days, history.values, strict=False) if value is not None]


def _sorted(known: Circumstances) -> dict[str, object]:
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in asdict(known).items()}
