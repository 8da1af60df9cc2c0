"""What features are made of: orders, their lines, sales of a product; a shop's clock. Standard library only.

Numbers are floats as they were given. Sums are exact all the same (see exact_sums). Days are proleptic Gregorian ordinals
(`date.toordinal`), so that they subtract to days.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class When:
    """When something happened: the instant in microseconds since 1970 (UTC), the shop's day, the hour on its clock.

    hour is None where only a date was given; the instant is then where that business day begins.
    """

    instant: int
    day: int
    hour: int | None


@dataclass(frozen=True, slots=True)
class Clock:
    """A shop's clock: what is sold before `day_starts` belongs to the day before.

    Without a timezone a moment with an offset counts by the clock of that offset, one without by UTC.
    """

    timezone: ZoneInfo | None = None
    day_starts: time = time(0)

    @property
    def closes_after(self) -> timedelta:
        """How long after midnight the business day begins."""
        return timedelta(
            hours=self.day_starts.hour,
            minutes=self.day_starts.minute,
            seconds=self.day_starts.second,
            microseconds=self.day_starts.microsecond,
        )

    def read(self, moment: datetime) -> When:
        """When a moment is on this clock."""
        if moment.tzinfo is None:
            local = moment
            aware = moment.replace(tzinfo=self.timezone or UTC)
        else:
            aware = moment
            local = (moment.astimezone(self.timezone) if self.timezone else moment).replace(tzinfo=None)
        opened = local - self.closes_after
        return When((aware - EPOCH) // MICROSECOND, opened.toordinal(), local.hour)

    def start_of(self, day: int) -> When:
        """Where a business day begins; its hour is not known."""
        opens = datetime.fromordinal(day) + self.closes_after
        return When(self.read(opens).instant, day, None)

    def last_day_of(self, moment: datetime) -> int:
        """The last business day of which something lies before that moment, which has an offset."""
        return self.last_day_before_instant((moment - EPOCH) // MICROSECOND)

    def last_day_before_instant(self, instant: int) -> int:
        """The last business day of which something lies before that instant."""
        return self.read(EPOCH + timedelta(microseconds=instant - 1)).day


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order, or a sale of a product. A quantity below zero is a return.

    amount is what was charged for the whole line, where that was said; else it is quantity × price − discount.
    price, amount and cost (of one unit) are None where they are not known. order tells sales of one order apart from others.
    """

    quantity: float
    price: float | None = None
    discount: float = 0.0
    amount: float | None = None
    cost: float | None = None
    product: Hashable = None
    order: Hashable = None
    when: When | None = None

    @property
    def known(self) -> bool:
        """Whether the line has an amount at all."""
        return self.amount is not None or self.price is not None


@dataclass(frozen=True, slots=True)
class Order:
    """An order. total is what was charged for the whole, where that was said; None where its lines say it."""

    id: Hashable
    customer: Hashable
    when: When | None
    lines: tuple[Line, ...]
    total: float | None
    is_sale: bool
    """Whether it has a line with a positive quantity; without lines, whether it may be taken for a sale."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen of the past: events before the instant, None for all that are given; the last day of what is seen."""

    before: int | None
    last_day: int | None

    def holds(self, when: When | None) -> bool:
        """Whether an event is seen. One without a date is seen only where everything is."""
        return self.before is None or (when is not None and when.instant < self.before)


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """Numbers that are kept together in the feature store, in the order of their names.

    Whoever changes what they mean raises the version: rows of another one are not read, and are made anew.
    """

    name: str
    entity: Literal["customer", "product", "shop"]
    version: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """The features of an entity as of a moment: only what came before it was seen. None where a value is missing."""

    entity_id: UUID
    moment: datetime
    values: Mapping[str, float | None]
