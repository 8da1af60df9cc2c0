"""Where measures come from: the rollups, and the order lines they are made of. SQL fragments, all with bound parameters.

Every source gives rows x with business_date, local_hour, store, product_id, customer_id, payment_method (NULL where its
grain has none) and the measures of `MEASURES`. A source reads whole business days; the last day of a period that ends in
the middle of it (at as_of) is always read from the lines.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

Grain = Literal["hours", "products", "lines"]

MEASURES = (
    "orders",
    "lines",
    "sale_lines",
    "priced_lines",
    "costed_lines",
    "units",
    "net",
    "gross",
    "returns",
    "discounts",
    "cost",
    "costed_net",
)
"""What the rollups hold; all but orders add up over any rows."""

_LINES = """
    SELECT l.business_date, o.local_hour, coalesce(o.store, '') AS store, l.product_id, o.customer_id, o.payment_method,
           l.order_id, o.ordered_at, l.quantity,
           1 AS lines,
           (l.quantity > 0)::int AS sale_lines,
           coalesce(l.unit_price > 0, false)::int AS priced_lines,
           l.quantity AS units,
           l.quantity * l.unit_price - l.discount AS net,
           CASE WHEN l.quantity > 0 THEN l.quantity * l.unit_price - l.discount END AS gross,
           CASE WHEN l.quantity > 0 THEN 0 ELSE l.discount - l.quantity * l.unit_price END AS returns,
           l.discount AS discounts{cost_columns}
      FROM order_lines l
      JOIN orders o ON o.business_id = l.business_id AND o.id = l.order_id{cost_join}
     WHERE l.business_id = %(business_id)s AND l.business_date >= {start} AND l.business_date < {end}
       AND o.ordered_at < %(ends_at)s"""
_COST_COLUMNS = """,
           (coalesce(l.unit_cost, q.cost) IS NOT NULL AND l.unit_price IS NOT NULL)::int AS costed_lines,
           CASE WHEN l.unit_price IS NOT NULL THEN l.quantity * coalesce(l.unit_cost, q.cost) END AS cost,
           CASE WHEN coalesce(l.unit_cost, q.cost) IS NOT NULL THEN l.quantity * l.unit_price - l.discount END AS costed_net"""
_COST_JOIN = """
      JOIN products q ON q.business_id = l.business_id AND q.id = l.product_id"""
COST_MEASURES = frozenset({"costed_lines", "cost", "costed_net"})
"""The measures for which a line's product must be read too."""


def order_lines(start: str, end: str, *, costs: bool) -> str:
    """One row an order line of the business days [start, end), none at or after ends_at."""
    columns, join = (_COST_COLUMNS, _COST_JOIN) if costs else ("", "")
    return _LINES.format(start=start, end=end, cost_columns=columns, cost_join=join)


ORDERS = """
    SELECT o.business_date, o.local_hour, coalesce(o.store, '') AS store, NULL::uuid AS product_id, o.customer_id,
           o.payment_method, o.id AS order_id, o.ordered_at, 1 AS quantity
      FROM orders o
     WHERE o.business_id = %(business_id)s AND o.business_date >= %(start)s AND o.business_date < %(end)s
       AND o.ordered_at < %(ends_at)s AND o.is_sale"""
"""One row an order with a positive line."""

_ROLLUP_KEYS = {"hours": ("business_date", "local_hour", "store"), "products": ("business_date", "product_id", "store")}
_ROLLUP_COLUMNS = {
    "hours": "business_date, local_hour, store, NULL::uuid AS product_id",
    "products": "business_date, NULL::smallint AS local_hour, store, product_id",
}
COUNTED_ORDERS = "count(DISTINCT x.order_id) FILTER (WHERE x.quantity > 0) AS orders"
SUMMED_ORDERS = "coalesce(sum(x.orders), 0) AS orders"


def source(grain: Grain, measures: Collection[str], *, cut: bool) -> str:
    """The rows x of a period at a grain; `cut`: the period ends in the middle of its last day."""
    costs = not COST_MEASURES.isdisjoint(measures)
    if grain == "lines":
        return order_lines("%(start)s", "%(end)s", costs=costs)
    columns = _ROLLUP_COLUMNS[grain]
    rollup = f"""
    SELECT {columns}, NULL::uuid AS customer_id, NULL::text AS payment_method, {", ".join(measures)}
      FROM rollup_{grain}
     WHERE business_id = %(business_id)s AND business_date >= %(start)s AND business_date < %(whole_days_end)s"""
    if not cut:
        return rollup
    last_day = f"""
    SELECT {columns}, NULL::uuid AS customer_id, NULL::text AS payment_method, {aggregates("lines", measures)}
      FROM ({order_lines("%(whole_days_end)s", "%(end)s", costs=costs)}) x
     GROUP BY {", ".join(_ROLLUP_KEYS[grain])}"""
    return f"{rollup}\n    UNION ALL{last_day}"


def aggregates(grain: Grain, measures: Collection[str]) -> str:
    """The select list that sums the measures of rows x of a grain."""
    counted = COUNTED_ORDERS if grain == "lines" else SUMMED_ORDERS
    return ", ".join(counted if name == "orders" else f"coalesce(sum(x.{name}), 0) AS {name}" for name in measures)
