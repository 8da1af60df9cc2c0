"""Goods that do not keep: how many are worth having when some may be thrown away.

The newsvendor's quantity (Silver, Pyke and Thomas, ch. 10; first in Arrow, Harris and Marschak, 1951): a unit too few loses the
margin p − c, a unit too many its cost c, so the best quantity is what demand does not exceed with the probability
(p − c) / ((p − c) + c) = (p − c) / p, the critical ratio. What is left is worth nothing here.
"""

from __future__ import annotations

from cafe_ai.forecasting.ahead import DemandAhead
from cafe_ai.forecasting.model import Product

_LEAST_RATIO, _MOST_RATIO = 0.05, 0.99


def critical_ratio(product: Product) -> float | None:
    """(p − c) / p within [0.05, 0.99]; None where price or cost is not known, or the product is sold at a loss."""
    price, cost = product.unit_price, product.unit_cost
    if price is None or cost is None or not 0 <= cost < price:
        return None
    return min(_MOST_RATIO, max(_LEAST_RATIO, float((price - cost) / price)))


def usable_on_arrival(there: float, keeps: int, ahead: DemandAhead, lead: int) -> float:
    """What is expected to be left, still good, of the units that are there when new ones come on day `lead`."""
    return 0.0 if keeps <= lead else max(0.0, there - ahead.expected(0, lead))


def wanted_on_arrival(product: Product, ahead: DemandAhead, day: int, review: int) -> float:
    """What covers the days from `day` to the next arrival.

    Of goods that last just so long, what is left then is thrown away: the critical ratio decides, where it is known.
    """
    ratio = critical_ratio(product) if product.shelf_life_days == review else None
    return ahead.enough(day, day + review, ahead.service_level if ratio is None else ratio)


def sellable(product: Product, ahead: DemandAhead, day: int) -> float:
    """What of goods that come on that day is worth having by their date: by the critical ratio; what is expected to be sold,
    where that is not known. What lasts a single day is then limited by the service level alone."""
    keeps = product.shelf_life_days or 0
    ratio = critical_ratio(product)
    if ratio is not None:
        return ahead.enough(day, day + keeps, ratio)
    return ahead.enough(day, day + 1, ahead.service_level) if keeps == 1 else ahead.expected(day, day + keeps)
