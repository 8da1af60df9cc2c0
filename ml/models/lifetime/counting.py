"""From purchases to what the models know of a customer: frequency, recency, age, and the mean value of repeat purchases.

All purchases of a customer on one day are one. frequency: days with a purchase after the first such day. recency: days from the
first to the last. age: days from the first to the last day seen, the one before `end`. value: the mean net value of the days
after the first, 0 where there are none. Times are in days; divide by 7 for weeks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.models.lifetime.optimum import Floats

Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Counted:
    """One entry a customer in each array, in the order of `customers` (ascending)."""

    customers: NDArray[np.generic]
    frequency: Floats
    recency: Floats
    age: Floats
    value: Floats

    def __len__(self) -> int:
        return len(self.customers)


def count(customers: NDArray[np.generic], days: Days, net: Floats, end: np.datetime64) -> Counted:
    """What is known at the start of `end` of each customer with a purchase before it.

    One entry a purchase in each array; days are datetime64[D]. Raises ValueError where their lengths differ.
    """
    if not len(customers) == len(days) == len(net):
        raise ValueError("customers, days and net differ in length")
    before = days < end
    who, numbers = np.unique(customers[before], return_inverse=True)
    on = days[before].astype("datetime64[D]").astype(np.int64)
    last_seen = np.datetime64(end, "D").astype(np.int64) - 1
    visits, places = np.unique(np.column_stack([numbers, on]), axis=0, return_inverse=True)
    spent = np.bincount(places.ravel(), weights=net[before], minlength=len(visits))
    owner, day = visits[:, 0], visits[:, 1]
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]) if len(visits) else np.zeros(0, dtype=np.int64)
    counts = np.diff(np.r_[starts, len(visits)])
    ends = starts + counts - 1
    frequency = (counts - 1).astype(np.float64)
    total = np.add.reduceat(spent, starts) if len(starts) else spent
    value = (total - spent[starts]) / np.maximum(frequency, 1)
    return Counted(
        who,
        frequency,
        (day[ends] - day[starts]).astype(np.float64),
        (last_seen - day[starts]).astype(np.float64),
        np.where(frequency > 0, value, 0.0),
    )


def visits_between(
    known: Counted, customers: NDArray[np.generic], days: Days, start: np.datetime64, end: np.datetime64
) -> Floats:
    """On how many days from start (inclusive) to end (exclusive) each of the known customers bought; new ones are left out."""
    inside = (days >= start) & (days < end) & np.isin(customers, known.customers)
    pairs = np.column_stack([np.searchsorted(known.customers, customers[inside]), days[inside].astype(np.int64)])
    seen = np.unique(pairs, axis=0)[:, 0] if len(pairs) else np.zeros(0, dtype=np.int64)
    return np.bincount(seen, minlength=len(known)).astype(np.float64)
