"""From a forecast to the stock: when it runs out, when to order, how much, and what of it may be thrown away.

Periodic review (Silver, Pyke and Thomas, "Inventory and Production Management in Supply Chains", 4th ed., ch. 6): an order brings
what is there and on its way up to what covers lead time and review period with the service level's probability, for what is
ordered at the next review comes no sooner. `SpanDemand.enough` is that quantile, from the forecast's own past errors.

Goods that do not keep until the next review are ordered every day, each day's for itself: the newsvendor's quantity
(`perishing.py`). Of goods that keep longer no more is ordered than sells before its date. Goods leave in the order in which they
came; how old the stock is nobody records, so it counts as come today.

Quantities are rounded up to whole units, unless the stock itself is kept in fractions (kilograms).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from statistics import NormalDist

from cafe_ai.forecasting.ahead import DemandAhead
from cafe_ai.forecasting.model import DayDemand, DayStock, Product, SpanDemand, Supply
from cafe_ai.forecasting.perishing import critical_ratio, sellable, usable_on_arrival, wanted_on_arrival

DEFAULT_LEAD_TIME_DAYS = 7
REVIEW_DAYS = 7
SERVICE_LEVEL = 0.95
LOOKED_AHEAD_DAYS = 365
MOST_LEAD_DAYS = 180
_FRACTION = Decimal("0.001")
_UPPER_OF_80 = NormalDist().inv_cdf(0.9)


def lead_time_of(product: Product) -> int:
    """The days that new goods take; 0 comes before the day's first sale.

    Where the product does not say: DEFAULT_LEAD_TIME_DAYS, but less than it keeps.
    """
    if product.lead_time_days is not None:
        return min(MOST_LEAD_DAYS, max(0, product.lead_time_days))
    return min(DEFAULT_LEAD_TIME_DAYS, (product.shelf_life_days or MOST_LEAD_DAYS) - 1)


def review_of(product: Product, review_days: int) -> int:
    """The days from one order to the next: every day, where goods do not keep until the next review."""
    keeps = product.shelf_life_days
    return 1 if keeps is not None and keeps < review_days else review_days


def spans_of(product: Product, review_days: int) -> tuple[int, int]:
    """The spans whose demand is needed: the lead time (a day at least), and the lead time with the review period."""
    lead = lead_time_of(product)
    return max(1, lead), lead + review_of(product, review_days)


def plan_supply(
    product: Product,
    days: Sequence[DayDemand],
    spans: Mapping[int, SpanDemand],
    review_days: int,
    service_level: float = SERVICE_LEVEL,
) -> Supply | None:
    """What to order; None where the stock is not known. Stock below zero counts as none.

    service_level is that of the spans; one that is missing is worked out from the days.
    """
    if product.stock is None:
        return None
    ahead = DemandAhead(days, spans, service_level)
    stock = max(Decimal(0), product.stock)
    lead, review = lead_time_of(product), review_of(product, review_days)
    step = Decimal(1) if stock == stock.to_integral_value() else _FRACTION
    watched, cover = spans_of(product, review_days)
    reorder_point = _up(ahead.enough(0, watched, service_level), step)
    missed = _missed(product, ahead, cover)
    expiring = _expiring(product, ahead)
    needed, kept_down = _order(product, ahead, lead, review)
    order = _up(needed, step)
    ratio = critical_ratio(product)
    return Supply(
        lead_time_days=lead,
        review_days=review,
        days_to_stockout=_days_covered(product, ahead),
        days_to_stockout_early=_days_covered(product, ahead, _UPPER_OF_80),
        reorder_point=reorder_point,
        safety_stock=max(Decimal(0), reorder_point - _up(ahead.expected(0, watched), step)),
        order_quantity=order,
        order_now=order > 0,
        at_risk=_money(missed, product.unit_price),
        margin_at_risk=_money(missed, _margin(product)),
        expiring_units=expiring,
        expiring_value=None if expiring is None else _money(expiring, product.unit_cost),
        kept_down=kept_down,
        critical_ratio=ratio if product.shelf_life_days is not None else None,
        daily=_daily(product, ahead, lead, review_days, step),
        stock_value=_money(stock, product.unit_cost),
        order_value=_money(order, product.unit_cost),
    )


def _order(product: Product, ahead: DemandAhead, lead: int, review: int) -> tuple[float, bool]:
    """How many units to order, and whether their shelf life keeps that down."""
    there = float(max(Decimal(0), product.stock or Decimal(0)) + (product.on_order or Decimal(0)))
    keeps = product.shelf_life_days
    if keeps is None:
        return ahead.enough(0, lead + review, ahead.service_level) - there, False
    left = usable_on_arrival(there, keeps, ahead, lead)
    if keeps <= lead or keeps == review:
        wanted = wanted_on_arrival(product, ahead, lead, review) - left
    else:
        wanted = ahead.enough(0, lead + review, ahead.service_level) - there
    most = sellable(product, ahead, lead) - left
    return max(0.0, min(wanted, most)), max(0.0, most) < wanted


def _daily(product: Product, ahead: DemandAhead, lead: int, review_days: int, step: Decimal) -> tuple[DayStock, ...]:
    """What to have at opening on each day until the next review's goods come, of goods that are ordered every day."""
    if review_of(product, review_days) == review_days or not ahead.days:
        return ()
    first = ahead.days[0].day
    return tuple(
        DayStock(
            first.fromordinal(first.toordinal() + day),
            _up(min(wanted_on_arrival(product, ahead, day, 1), sellable(product, ahead, day)), step),
        )
        for day in range(lead, lead + review_days)
    )


def _missed(product: Product, ahead: DemandAhead, cover: int) -> float:
    """The mean of what is asked for in vain until the next review's goods come, if nothing is ordered now."""
    there = float(max(Decimal(0), product.stock or Decimal(0)) + (product.on_order or Decimal(0)))
    sold_within = cover if product.shelf_life_days is None else min(cover, product.shelf_life_days)
    rest = ahead.expected(sold_within, cover) if sold_within < cover else 0.0
    return ahead.missed(there, 0, sold_within) + rest


def _expiring(product: Product, ahead: DemandAhead) -> float | None:
    """The mean of what of the stock is not sold by its date; None of goods that keep."""
    if product.shelf_life_days is None or product.stock is None:
        return None
    return ahead.left_over(float(max(Decimal(0), product.stock)), 0, product.shelf_life_days)


def _days_covered(product: Product, ahead: DemandAhead, score: float = 0.0) -> int | None:
    keeps = product.shelf_life_days
    looked = LOOKED_AHEAD_DAYS if keeps is None else min(LOOKED_AHEAD_DAYS, keeps)
    stock = float(max(Decimal(0), product.stock or Decimal(0)))
    covered = ahead.runs_out(stock, looked, score)
    return keeps if covered is None and keeps is not None and keeps < LOOKED_AHEAD_DAYS else covered


def _margin(product: Product) -> Decimal | None:
    if product.unit_price is None or product.unit_cost is None:
        return None
    return product.unit_price - product.unit_cost


def _money(units: float | Decimal, each: Decimal | None) -> Decimal | None:
    return None if each is None else Decimal(units) * each


def _up(units: float, step: Decimal) -> Decimal:
    """Rounded up to a step; what differs by less than floats err does not count."""
    return (Decimal(units) - Decimal("1e-6")).quantize(step, ROUND_CEILING) if units > 0 else Decimal(0)
