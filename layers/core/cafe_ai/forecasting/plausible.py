"""How far a forecast's upper end is believed when stock is bought by it.

One bulk order on record, or a launch that nobody saw coming, may put a total's upper end at hundreds of times what is expected.
Nobody buys stock by that: a total counts as enough at what so many days together did not exceed, with the same probability, on
record, or at what an expectation that large can still surprise by, whichever is more.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from math import ceil, sqrt
from statistics import NormalDist

from cafe_ai.forecasting.model import Ask, History, Prediction, SpanDemand

TIMES_EXPECTED = 2.5
"""No total is believed to need more than so many times what is expected of it, unless the record has such totals."""

_NORMAL = NormalDist()


def believed(ask: Ask, prediction: Prediction) -> Prediction:
    """The prediction with each span's `enough` no more than can be believed."""
    return replace(
        prediction,
        spans={days: _cut(span, ask.history, ask.service_level) for days, span in prediction.spans.items()},
    )


def usual_most(history: History, days: int, level: float) -> float:
    """What `days` days in a row did not exceed with that probability, on record; 0 where fewer are on record."""
    running = [0.0, *accumulate(value or 0.0 for value in history.values)]
    totals = sorted(after - before for before, after in zip(running, running[days:], strict=False))
    return totals[min(len(totals), ceil(len(totals) * level)) - 1] if totals else 0.0


def _cut(span: SpanDemand, history: History, level: float) -> SpanDemand:
    surprise = span.expected + 2 * max(0.0, _NORMAL.inv_cdf(level)) * sqrt(span.expected)
    most = max(usual_most(history, span.days, level), TIMES_EXPECTED * span.expected, surprise)
    return replace(span, enough=min(span.enough, most)) if span.enough > most else span
