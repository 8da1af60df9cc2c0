"""CDNOW as its literature has it: 39 weeks to estimate (until 30 September 1997), 39 weeks held out."""

from __future__ import annotations

from functools import cache

import numpy as np

from ml.models.lifetime.counting import Counted, count, visits_between
from ml.models.lifetime.optimum import Floats
from ml.notebooks.data import cdnow

CUT, END = np.datetime64("1997-10-01"), np.datetime64("1998-07-01")
WEEK = 7.0


@cache
def calibration() -> tuple[Counted, Floats]:
    """The customers, times in days, and on how many days each bought in the 39 weeks after."""
    purchases = cdnow()
    who = purchases["customer"].to_numpy()
    days = purchases["day"].to_numpy().astype("datetime64[D]")
    known = count(who, days, purchases["dollars"].to_numpy(dtype=float), CUT)
    return known, visits_between(known, who, days, CUT, END)


def weeks() -> tuple[Floats, Floats, Floats]:
    """Frequency, recency and T, times in weeks."""
    known, _ = calibration()
    return known.frequency, known.recency / WEEK, known.age / WEEK
