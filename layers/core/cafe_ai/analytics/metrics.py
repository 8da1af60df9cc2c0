"""What each metric means: its unit, who may read it, and its formula (SPEC, section 10).

A formula is an SQL expression over the measures of a group of order lines, summed and unrounded: orders (distinct
orders with a positive line), lines, units, net, gross, returns, discounts, cost, costed_net, priced_lines,
costed_lines, products (distinct products with a positive line), and %(days)s, the calendar days of the period.
Rounding happens once, at the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from cafe_ai.analytics.model import Filters, Metric, Plan, Unit
from cafe_ai.tenancy.model import Permission

Subject = Literal["sales", "customers", "inactive", "unsold", "catalogue"]


@dataclass(frozen=True, slots=True)
class Definition:
    """A metric's meaning.

    subject: which rows it is made of. formula: over the subject's measures. needs: the measure that must not be zero
    for the figure to be known. additive: a day without rows counts as zero. per_order: it counts orders, which do not
    add up over products.
    """

    subject: Subject
    unit: Unit
    permission: Permission
    formula: str
    needs: Literal["priced_lines", "costed_lines", "none"] = "none"
    additive: bool = False
    per_order: bool = False


def _money(
    formula: str,
    *,
    needs: Literal["priced_lines", "costed_lines"] = "priced_lines",
    additive: bool = True,
    per_order: bool = False,
) -> Definition:
    return Definition("sales", "money", Permission.MONEY, formula, needs, additive, per_order)


def _count(formula: str, *, additive: bool = True, per_order: bool = False) -> Definition:
    return Definition("sales", "count", Permission.MONEY, formula, "none", additive, per_order)


def _customers(formula: str, unit: Unit = "count") -> Definition:
    return Definition("customers", unit, Permission.CUSTOMERS, formula, "none", unit == "count")


def _catalogue(formula: str, unit: Unit = "count") -> Definition:
    return Definition("catalogue", unit, Permission.CATALOGUE, formula)


METRICS: Mapping[Metric, Definition] = {
    Metric.NET_SALES: _money("net"),
    Metric.GROSS_SALES: _money("gross"),
    Metric.RETURNS: _money("returns"),
    Metric.RETURN_RATE: Definition("sales", "percent", Permission.MONEY, "100 * returns / nullif(gross, 0)", "priced_lines"),
    Metric.DISCOUNTS: _money("discounts"),
    Metric.ORDERS: _count("orders", per_order=True),
    Metric.UNITS: _count("units"),
    Metric.AVERAGE_TICKET: _money("net / nullif(orders, 0)", additive=False, per_order=True),
    Metric.AVERAGE_PRICE: _money("net / nullif(units, 0)", additive=False),
    Metric.UNITS_PER_ORDER: _count("units / nullif(orders, 0)", additive=False, per_order=True),
    Metric.DAILY_AVERAGE: _money("net / %(days)s", additive=False),
    Metric.DAILY_ORDERS: _count("orders::numeric / %(days)s", additive=False, per_order=True),
    Metric.DAILY_UNITS: _count("units / %(days)s", additive=False),
    Metric.MARGIN: _money("costed_net - cost", needs="costed_lines"),
    Metric.MARGIN_RATE: Definition("sales", "percent", Permission.MONEY, "100 * (costed_net - cost) / nullif(costed_net, 0)", "costed_lines"),
    Metric.PRODUCTS_SOLD: _count("products", additive=False),
    Metric.UNSOLD_PRODUCTS: Definition("unsold", "count", Permission.MONEY, "count(*)"),
    Metric.CUSTOMERS: _customers("count(*)"),
    Metric.NEW_CUSTOMERS: _customers("count(*) FILTER (WHERE first_here = first_at)"),
    Metric.RETURNING_CUSTOMERS: _customers("count(*) FILTER (WHERE first_date < row_start)"),
    Metric.REPEAT_RATE: _customers("100.0 * count(*) FILTER (WHERE orders >= 2) / nullif(count(*), 0)", "percent"),
    Metric.INACTIVE_CUSTOMERS: Definition("inactive", "count", Permission.CUSTOMERS, "count(*) FILTER (WHERE last_at < %(inactive_since)s)"),
    Metric.CATALOGUE_SIZE: _catalogue("count(*)"),
    Metric.PRICE: _catalogue("avg(p.price)", "money"),
    Metric.STOCK: _catalogue("sum(p.stock)"),
    Metric.OUT_OF_STOCK: _catalogue("count(*) FILTER (WHERE p.stock <= 0)"),
}  # fmt: skip


def takes_filters(plan: Plan) -> bool:
    """Whether each of the plan's metrics can be narrowed as the plan says: unsold products and the catalogue only to
    products and categories, inactive customers not at all."""
    subjects = {METRICS[metric].subject for metric in plan.metrics}
    if "inactive" in subjects and plan.filters != Filters():
        return False
    of_products = Filters(products=plan.filters.products, categories=plan.filters.categories)
    return not subjects & {"unsold", "catalogue"} or plan.filters == of_products


PLACES: Mapping[Unit, Decimal] = {
    "money": Decimal("0.01"),
    "percent": Decimal("0.1"),
    "count": Decimal("0.001"),
    "hour": Decimal(1),
    "days": Decimal(1),
}
WITHOUT_MINOR_UNIT = frozenset("BIF CLP COP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
"""Currencies without a minor unit (ISO 4217), or whose minor unit nobody uses (COP)."""


RATES = frozenset({Metric.UNITS_PER_ORDER, Metric.DAILY_ORDERS, Metric.DAILY_UNITS})
"""Counts per something, shown to two places."""


def round_metric(metric: Metric, value: Decimal, currency: str) -> Decimal:
    """A metric's value as it is shown."""
    unit = METRICS[metric].unit
    if metric in RATES:
        return round_half_up(value.quantize(Decimal("0.01"), ROUND_HALF_UP), unit)
    return round_half_up(value, unit, currency)


def round_half_up(value: Decimal, unit: Unit, currency: str | None = None) -> Decimal:
    """The value as it is shown: money to the currency's minor unit, a percentage to 0.1, a count to 0.001."""
    step = Decimal(1) if unit == "money" and currency in WITHOUT_MINOR_UNIT else PLACES[unit]
    rounded = value.quantize(step, ROUND_HALF_UP)
    if unit == "count":
        return rounded.to_integral_value() if rounded == rounded.to_integral_value() else rounded.normalize()
    return rounded
