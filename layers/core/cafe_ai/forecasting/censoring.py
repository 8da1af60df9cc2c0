"""Days on which a product ran out: what was sold is a lower bound of the demand (a censored observation)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from cafe_ai.forecasting.model import History

WEEKS = 8
LEAST_WEEKS = 2


def without_censored(history: History, sold_out: Collection[date]) -> History:
    """The history with None where the product ran out and sold less than was to be expected.

    Expected is the mean of the same weekday in the WEEKS weeks before, days that ran out left out; with fewer than LEAST_WEEKS of
    them that day is left out as well. Where more was sold than that, it was a good day and stays. Only earlier days are looked
    at, so that a backtest learns nothing of what came later.
    """
    if not sold_out:
        return history
    values, ran_out = list(history.values), {(day - history.first_day).days for day in sold_out}
    for place in sorted(ran_out):
        if 0 <= place < len(values) and (sold := values[place]) is not None:
            before = (
                history.values[earlier]
                for earlier in range(place - 7, max(-1, place - 7 * WEEKS - 1), -7)
                if earlier not in ran_out
            )
            usual = [value for value in before if value is not None]
            if len(usual) < LEAST_WEEKS or sold < sum(usual) / len(usual):
                values[place] = None
    return replace(history, values=tuple(values))
