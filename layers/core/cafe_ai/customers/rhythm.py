"""When a customer comes: the usual interval, and the next purchase as the shop's own returns tell it.

A customer's interval is the mean of the own gaps between visits, drawn towards the shop's (the mean of its customers' means)
as if SHRINK further gaps of that length had been seen: empirical Bayes with a fixed weight. A *ratio* is a gap divided by its
customer's interval; the shop's ratios together say how far returns scatter around the interval. Who has waited for u intervals
already is expected at the median of the ratios above u.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Literal

from cafe_ai.customers.model import NextPurchase, Standing
from cafe_ai.customers.segments import DEFAULT_USUAL_DAYS

SHRINK = 2
LEAST_RATIOS = 30
"""With fewer returns that took so long, nothing is said of the next one."""
OWN_GAPS, MIXED_GAPS = 5, 1


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A shop's rhythm: the mean interval of its customers in days, and its ratios, ascending, with how often each was seen."""

    interval_days: float
    ratios: tuple[float, ...]
    seen: tuple[int, ...]  # cumulated

    @classmethod
    def of(cls, interval_days: float | None, counts: Mapping[float, int]) -> Rhythm:
        """From a histogram of ratios; without any returns the default interval."""
        ratios, seen, total = sorted(counts), [], 0
        for ratio in ratios:
            total += counts[ratio]
            seen.append(total)
        return cls(interval_days or float(DEFAULT_USUAL_DAYS), tuple(ratios), tuple(seen))

    def interval_of(self, one: Standing) -> float:
        """The customer's usual interval in days, one at least."""
        return max(1.0, (SHRINK * self.interval_days + one.gap_days) / (SHRINK + one.gaps))

    def waited(self, one: Standing) -> float:
        """How many of the own intervals the customer has stayed away."""
        return one.idle_days / self.interval_of(one)

    def next_purchase(self, one: Standing) -> NextPurchase:
        """When the customer is expected, if at all; never before the day after the last one seen."""
        interval = self.interval_of(one)
        basis: Literal["own", "both", "shop"] = (
            "own" if one.gaps >= OWN_GAPS else "both" if one.gaps >= MIXED_GAPS else "shop"
        )
        overdue = max(0, one.idle_days - round(interval))
        days = [self._above(self.waited(one), share) for share in (0.5, 0.1, 0.9)]

        def on(ratio: float | None) -> date | None:
            return None if ratio is None else max(one.cut, one.last_day + timedelta(days=ceil(ratio * interval)))

        middle, early, late = (on(ratio) for ratio in days)
        return NextPurchase(max(1, round(interval)), basis, overdue, middle, early, late)

    def _above(self, ratio: float, share: float) -> float | None:
        """The ratio that `share` of the returns after more than so many intervals do not exceed; None with too few."""
        place = bisect_right(self.ratios, ratio)
        passed = self.seen[place - 1] if place else 0
        left = (self.seen[-1] if self.seen else 0) - passed
        if left < LEAST_RATIOS:
            return None
        wanted = passed + max(1, ceil(share * left))
        return self.ratios[next(n for n in range(place, len(self.seen)) if self.seen[n] >= wanted)]
