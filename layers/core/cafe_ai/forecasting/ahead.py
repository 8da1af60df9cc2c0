"""The demand of any run of coming days taken together, from a forecast's days and spans.

A day's distribution is drawn through the ends of its intervals, straight between them over normal scores. The total of several
days is about normal: its variance is that of the days, widened by as much as the forecaster's own total (`SpanDemand.enough`)
lies farther out than independent days would have it, for days miss together. No demand is below zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from statistics import NormalDist

from cafe_ai.forecasting.model import DayDemand, SpanDemand

_NORMAL = NormalDist()
_SCORES = tuple(_NORMAL.inv_cdf((n + 0.5) / 100) for n in range(100))
"""A hundred equally likely cases."""
_KNOTS = (_NORMAL.inv_cdf(0.025), _NORMAL.inv_cdf(0.1), 0.0, _NORMAL.inv_cdf(0.9), _NORMAL.inv_cdf(0.975))
_LEAST_SCORE = 0.1  # service levels nearer to a half say nothing of the spread
_LEAST_WIDENING = 0.5


@dataclass(frozen=True)
class DemandAhead:
    """Days are counted from the forecast's first, 0; a run [begin, end) leaves out its end. service_level is that of the spans.

    Beyond the days that were forecast the last seven go on; of fewer than seven, their mean.
    """

    days: Sequence[DayDemand]
    spans: Mapping[int, SpanDemand]
    service_level: float

    def expected(self, begin: int, end: int) -> float:
        """What is expected of the run."""
        if begin == 0 and end in self.spans:
            return self.spans[end].expected
        return sum(self._mean(day) for day in range(begin, end))

    def enough(self, begin: int, end: int, level: float) -> float:
        """What the run's demand does not exceed with that probability."""
        if begin == 0 and level == self.service_level and end in self.spans:
            return self.spans[end].enough
        return self._cases(begin, end, (_NORMAL.inv_cdf(level),))[0]

    def missed(self, units: float, begin: int, end: int) -> float:
        """The mean of what is asked for in the run beyond so many units."""
        return sum(max(0.0, case - units) for case in self._cases(begin, end)) / len(_SCORES)

    def left_over(self, units: float, begin: int, end: int) -> float:
        """The mean of what is left of so many units at the run's end."""
        return sum(max(0.0, units - case) for case in self._cases(begin, end)) / len(_SCORES)

    def runs_out(self, units: float, most: int, score: float = 0.0) -> int | None:
        """For how many whole days so many units cover the demand; None beyond `most` days.

        score: how many standard deviations above what is expected the demand is taken to be.
        """
        if units <= 0:
            return 0
        total = variance = 0.0
        for day in range(most):
            total += self._mean(day)
            variance += self._deviation(day) ** 2
            if total + score * sqrt(variance) * self._widening(day + 1) > units + 1e-9:
                return day
        return None

    def _cases(self, begin: int, end: int, scores: Sequence[float] = _SCORES) -> Sequence[float]:
        if end - begin == 1 and (day := self._day(begin)) is not None:
            return [_through(day, score) for score in scores]
        spread = sqrt(sum(self._deviation(day) ** 2 for day in range(begin, end))) * self._widening(end - begin)
        expected = self.expected(begin, end)
        return [max(0.0, expected + score * spread) for score in scores]

    def _widening(self, days: int) -> float:
        """Grows with the run's length, from 1 of one day to what was measured of the longest span."""
        length, measured = self._measured
        return 1 + (measured - 1) * min(1.0, (days - 1) / (length - 1)) if length > 1 else 1.0

    @cached_property
    def _measured(self) -> tuple[int, float]:
        length = max(self.spans, default=0)
        score = _NORMAL.inv_cdf(self.service_level)
        alone = sqrt(sum(self._deviation(day) ** 2 for day in range(length)))
        if score < _LEAST_SCORE or alone <= 0:
            return 0, 1.0
        span = self.spans[length]
        widening = (span.enough - span.expected) / (score * alone)
        return length, min(max(_LEAST_WIDENING, widening), sqrt(length))

    def _mean(self, day: int) -> float:
        found = self._day(day)
        return self._usual[0] if found is None else found.expected

    def _deviation(self, day: int) -> float:
        found = self._day(day)
        return self._usual[1] if found is None else _deviation(found)

    def _day(self, day: int) -> DayDemand | None:
        known = len(self.days)
        if day < known:
            return self.days[day]
        return self.days[known - 7 + (day - known) % 7] if known >= 7 else None

    @cached_property
    def _usual(self) -> tuple[float, float]:
        if not self.days:
            return 0.0, 0.0
        count = len(self.days)
        return sum(day.expected for day in self.days) / count, sum(map(_deviation, self.days)) / count


def _deviation(day: DayDemand) -> float:
    return (day.high80 - day.low80) / (_KNOTS[3] - _KNOTS[1])


def _through(day: DayDemand, score: float) -> float:
    ends = (day.low95, day.low80, min(max(day.expected, day.low80), day.high80), day.high80, day.high95)
    place = next((n for n in range(1, 4) if score <= _KNOTS[n]), 4)
    before, after = ends[place - 1], ends[place]
    share = (score - _KNOTS[place - 1]) / (_KNOTS[place] - _KNOTS[place - 1])
    return max(0.0, before + share * (after - before))
