"""A shop's stock, day by day, under one way of ordering: what sells, what is asked for in vain, what is thrown away.

A day: goods that are due arrive, orders are placed (with a lead time of 0 they are there before the first sale), customers come,
and what has reached its date is thrown away at closing. What is not there is lost, not sold later. The oldest goods leave first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Order = Callable[[int, float, float], float]
"""How much to order, given the day, what is in stock and what is on its way."""


@dataclass(frozen=True)
class Terms:
    """Days that an order takes, days from one order to the next, and days that goods are good for (None: they keep)."""

    lead: int
    review: int
    keeps: int | None = None


@dataclass
class Outcome:
    """What came of it, in units; stock is the mean of what is there after opening and at closing."""

    days: int = 0
    asked: float = 0.0
    missed: float = 0.0
    days_missed: int = 0
    wasted: float = 0.0
    stock: float = 0.0
    orders: int = 0
    ordered: float = 0.0

    @property
    def sold(self) -> float:
        """What customers took home."""
        return self.asked - self.missed


@dataclass
class _Batch:
    units: float
    last_day: float  # on which it may still be sold


@dataclass
class _Stock:
    batches: list[_Batch] = field(default_factory=list)

    @property
    def units(self) -> float:
        return sum(batch.units for batch in self.batches)

    def take(self, wanted: float) -> float:
        """What there is of it, oldest first."""
        taken = 0.0
        for batch in self.batches:
            units = min(batch.units, wanted - taken)
            batch.units -= units
            taken += units
        self.batches = [batch for batch in self.batches if batch.units > 0]
        return taken

    def throw_away(self, day: int) -> float:
        """What may not be sold after that day."""
        gone = sum(batch.units for batch in self.batches if batch.last_day <= day)
        self.batches = [batch for batch in self.batches if batch.last_day > day]
        return gone


def simulate(demand: Sequence[float], order: Order, terms: Terms, opening: float = 0.0) -> Outcome:
    """The days of `demand`; opening units are there, fresh, when the first begins. Every terms.review days from the first on is
    an ordering day."""
    outcome, stock, due = Outcome(days=len(demand)), _Stock(), list[tuple[int, float]]()
    keeps = float("inf") if terms.keeps is None else terms.keeps

    def receive(day: int) -> None:
        arrived = sum(units for when, units in due if when <= day)
        due[:] = [each for each in due if each[0] > day]
        if arrived > 0:
            stock.batches.append(_Batch(arrived, day + keeps - 1))

    if opening > 0:
        stock.batches.append(_Batch(opening, keeps - 1))
    for day, asked in enumerate(demand):
        receive(day)
        if day % terms.review == 0:
            units = order(day, stock.units, sum(units for _, units in due))
            if units > 0:
                due.append((day + terms.lead, units))
                outcome.orders += 1
                outcome.ordered += units
            receive(day)
        open_with = stock.units
        missed = asked - stock.take(asked)
        outcome.asked += asked
        outcome.missed += missed
        outcome.days_missed += missed > 1e-9
        outcome.stock += (open_with + stock.units) / 2 / len(demand)
        outcome.wasted += stock.throw_away(day)
    return outcome


def up_to(level: float) -> Order:
    """The fixed par level: order what is missing to it."""
    return lambda _, stock, coming: max(0.0, level - stock - coming)
