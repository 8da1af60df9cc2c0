"""Daily series as tests want them."""

from __future__ import annotations

import random
from datetime import date, timedelta

from cafe_ai.forecasting.model import History

START = date(2026, 6, 1)  # a Monday
WEEK = (20.0, 22.0, 18.0, 25.0, 40.0, 60.0, 0.0)


def a_history(days: int = 400, week: tuple[float, ...] = WEEK, noise: float = 0.2, seed: int = 1) -> History:
    """Demand that repeats a week, with noise; the shop is closed where the week is zero. The forecast starts on START."""
    chance = random.Random(seed)
    first = START - timedelta(days=days)
    closed = frozenset(weekday for weekday in range(7) if week[weekday] == 0)
    values = []
    for n in range(days):
        mean = week[(first.weekday() + n) % 7]
        values.append(None if mean == 0 else max(0.0, round(mean * (1 + chance.gauss(0, noise)))))
    return History(first, tuple(values), closed)
