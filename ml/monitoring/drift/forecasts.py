"""Drift of forecasts: what was foretold against what came.

Three things go wrong in different ways: errors grow (the mean absolute error against that of the backtest), forecasts lean to one
side (what is missed in sum), intervals hold less than they promise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.monitoring.drift.model import Day, Finding, Kind

LEAST_DAYS = 14
LEAST_FOR_COVERAGE = 100
MOST_ERROR = 1.5
"""Times the backtest's mean absolute error. A backtest looks four weeks ahead and this one week, so that even 1 is a bad week."""
MOST_BIAS = 0.25
LEAST_COVERAGE = 0.65
"""Of intervals that promise 80 %."""


def drift_of(days: Sequence[Day]) -> list[Finding]:
    """What was measured of products' days together, and of the whole shop's; nothing of either where there are too few days.

    Products weigh as much as they sell. Days are those on which the shop was open.
    """
    products = [day for day in days if day.key is not None]
    shop = [day for day in days if day.key is None]
    return [*_errors("units", products), *_coverage(products), *_errors("net_sales", shop)]


def _errors(what: str, days: Sequence[Day]) -> list[Finding]:
    if len(days) < LEAST_DAYS:
        return []
    missed = np.array([day.expected - day.actual for day in days])
    usual, sold = sum(day.usual_error for day in days), sum(day.actual for day in days)
    found = []
    if usual > 0:
        ratio = float(np.abs(missed).sum() / usual)
        said = f"Forecasts of {what} miss by {ratio:.2f} times what they did in their backtest, on {len(days)} days of series."
        found.append(Finding(Kind.FORECASTS, f"{what}.error", ratio, MOST_ERROR, said))
    if sold > 0:
        bias = float(missed.sum() / sold)
        said = f"Forecasts of {what} are {abs(bias):.0%} too {'high' if bias > 0 else 'low'}, on {len(days)} days of series."
        found.append(Finding(Kind.FORECASTS, f"{what}.bias", abs(bias), MOST_BIAS, said))
    return found


def _coverage(days: Sequence[Day]) -> list[Finding]:
    """The share that fell outside of the 80 % intervals."""
    if len(days) < LEAST_FOR_COVERAGE:
        return []
    held = sum(day.low80 <= day.actual <= day.high80 for day in days) / len(days)
    said = f"The 80 % intervals held {held:.0%} of {len(days)} days of series."
    return [Finding(Kind.FORECASTS, "units.coverage", 1 - held, 1 - LEAST_COVERAGE, said)]
