"""Where measures come from: the rollups, and the order lines they are made of. SQL fragments, all with bound parameters.

Every source gives rows x with business_date, local_hour, store, product_id, customer_id, payment_method (NULL where its
grain has none) and the measures of `MEASURES`. A source reads whole business days; the last day of a period that ends in
the middle of it (at as_of) is always read from the lines.
"""

from __future__ import annotations

from typing import Literal

Grain = Literal["hours", "products", "lines"]

SUMMED = (
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
"""The measures that add up over any rows."""

MEASURES = ("orders", *SUMMED)

ORDER_LINES = """
    SELECT l.business_date, o.local_hour, coalesce(o.store, '') AS store, l.product_id, o.customer_id, o.payment_method,
           l.order_id, o.ordered_at, l.quantity,
           1 AS lines,
           (l.quantity > 0)::int AS sale_lines,
           coalesce(l.unit_price > 0, false)::int AS priced_lines,
           (coalesce(l.unit_cost, q.cost) IS NOT NULL AND l.unit_price IS NOT NULL)::int AS costed_lines,
           l.quantity AS units,
           l.quantity * l.unit_price - l.discount AS net,
           CASE WHEN l.quantity > 0 THEN l.quantity * l.unit_price - l.discount END AS gross,
           CASE WHEN l.quantity > 0 THEN 0 ELSE l.discount - l.quantity * l.unit_price END AS returns,
           l.discount AS discounts,
           CASE WHEN l.unit_price IS NOT NULL THEN l.quantity * coalesce(l.unit_cost, q.cost) END AS cost,
           CASE WHEN coalesce(l.unit_cost, q.cost) IS NOT NULL THEN l.quantity * l.unit_price - l.discount END AS costed_net
      FROM order_lines l
      JOIN orders o ON o.business_id = l.business_id AND o.id = l.order_id
      JOIN products q ON q.business_id = l.business_id AND q.id = l.product_id
     WHERE l.business_id = %(business_id)s AND l.business_date >= {start} AND l.business_date < {end}
       AND o.ordered_at < %(ends_at)s"""
"""One row an order line of the business days [start, end), none at or after ends_at."""

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


def source(grain: Grain, *, cut: bool) -> str:
    """The rows x of a period at a grain; `cut`: the period ends in the middle of its last day."""
    if grain == "lines":
        return ORDER_LINES.format(start="%(start)s", end="%(end)s")
    columns = _ROLLUP_COLUMNS[grain]
    rollup = f"""
    SELECT {columns}, NULL::uuid AS customer_id, NULL::text AS payment_method, {", ".join(MEASURES)}
      FROM rollup_{grain}
     WHERE business_id = %(business_id)s AND business_date >= %(start)s AND business_date < %(whole_days_end)s"""
    if not cut:
        return rollup
    last_day = f"""
    SELECT {columns}, NULL::uuid AS customer_id, NULL::text AS payment_method, {aggregates("lines")}
      FROM ({ORDER_LINES.format(start="%(whole_days_end)s", end="%(end)s")}) x
     GROUP BY {", ".join(_ROLLUP_KEYS[grain])}"""
    return f"{rollup}\n    UNION ALL{last_day}"


def aggregates(grain: Grain) -> str:
    """The select list that sums the measures of rows x of a grain."""
    orders = COUNTED_ORDERS if grain == "lines" else SUMMED_ORDERS
    return ", ".join([orders, *(f"coalesce(sum(x.{name}), 0) AS {name}" for name in SUMMED)])
