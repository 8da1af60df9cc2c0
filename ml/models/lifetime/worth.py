"""Customer lifetime value over a horizon: expected purchases times the expected value of one, discounted or not."""

from __future__ import annotations

import numpy as np

from ml.models.lifetime.bg_nbd import BgNbd
from ml.models.lifetime.counting import Counted
from ml.models.lifetime.gamma_gamma import GammaGamma
from ml.models.lifetime.optimum import Floats


def expected_value(purchases: BgNbd, values: GammaGamma, of: Counted, periods: float) -> Floats:
    """What each customer is expected to spend in the coming periods, in the currency of `of.value`."""
    return purchases.purchases(of.frequency, of.recency, of.age, periods) * values.order_value(of.frequency, of.value)


def discounted_value(
    purchases: BgNbd, values: GammaGamma, of: Counted, periods: float, *, rate: float, steps: int = 12
) -> Floats:
    """The present value of that: spending is expected in the middle of each of `steps` equal parts of the horizon.

    rate: the discount rate of one period (of a day, a week), 0 or more. For a yearly rate y and days: (1 + y)^(1/365) - 1.
    """
    total, earlier = np.zeros(len(of)), np.zeros(len(of))
    for step in range(1, steps + 1):
        until = periods * step / steps
        later = purchases.purchases(of.frequency, of.recency, of.age, until)
        total += (later - earlier) / (1 + rate) ** (until - periods / steps / 2)
        earlier = later
    return total * values.order_value(of.frequency, of.value)
