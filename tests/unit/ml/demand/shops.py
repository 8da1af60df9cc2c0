"""Small shops as tests want them: asks of several series with one calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from cafe_ai.forecasting.model import Ask, Circumstances, History

END = date(2026, 6, 1)  # a Monday, the first day to forecast
WEEK = (0.7, 0.8, 0.9, 1.0, 1.3, 1.6, 0.7)


def an_ask(
    values: npt.ArrayLike, key: str = "bread", days: int = 28, closed: frozenset[int] = frozenset(), **known: object
) -> Ask:
    """A series that ends the day before END; NaN is a closed day."""
    own = [None if np.isnan(value) else float(value) for value in np.asarray(values, dtype=np.float64)]
    history = History(END - timedelta(days=len(own)), tuple(own), closed)
    return Ask(history, days, (7, 14), 0.95, Circumstances(key=key, **known))  # type: ignore[arg-type]


def weekday_of(place: int, length: int) -> int:
    """The weekday of a place in a series that ends the day before END."""
    return (END - timedelta(days=length - place)).weekday()


def a_shop(series: int = 8, length: int = 300, seed: int = 0, closed: frozenset[int] = frozenset()) -> list[Ask]:
    """Products of different sizes with one week and Poisson's scatter."""
    chance = np.random.default_rng(seed)
    asks = []
    factor = np.array([WEEK[weekday_of(place, length)] for place in range(length)])
    is_closed = np.array([weekday_of(place, length) in closed for place in range(length)])
    for number in range(series):
        values = chance.poisson(3.0 * (1 + number) * factor).astype(np.float64)
        asks.append(an_ask(np.where(is_closed, np.nan, values), f"p{number}", category=f"c{number % 2}", closed=closed))
    return asks


def by_key(asks: list[Ask]) -> Mapping[str, Ask]:
    """The asks by their key."""
    return {ask.circumstances.key: ask for ask in asks}
