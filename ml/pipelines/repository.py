"""The SQL of what features are made of: orders, lines and rollups.

What is seen as of a moment is ordered before it. Whole days of products come from the rollups, which are exact; the days around
the moment from their lines (where clocks are set back, what came later may belong to the day before). Amounts are summed as
numeric and end as the nearest float, so that features are equal to those of the same orders as dicts, to the last bit.
"""

# ruff: noqa: S608 -- SQL put together from this module's own constants

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import dict_row

from cafe_ai.platform.db import UnitOfWork

SELECT_ORDERS = """
SELECT o.id, o.customer_id, count(l.order_id) AS lines, coalesce(sum(l.quantity), 0)::float8 AS units,
       coalesce(sum(l.quantity * l.unit_price - l.discount), 0)::float8 AS net,
       coalesce(sum(l.quantity * l.unit_price - l.discount) FILTER (WHERE l.quantity > 0), 0)::float8 AS gross,
       coalesce(-sum(l.quantity * l.unit_price - l.discount) FILTER (WHERE l.quantity <= 0), 0)::float8 AS returned,
       coalesce(sum(l.discount), 0)::float8 AS discounts,
       count(*) FILTER (WHERE l.unit_price > 0) AS priced_lines,
       count(DISTINCT l.product_id) FILTER (WHERE l.quantity > 0) AS products,
       (min(l.unit_price) FILTER (WHERE l.quantity > 0))::float8 AS min_price,
       (max(l.unit_price) FILTER (WHERE l.quantity > 0))::float8 AS max_price,
       coalesce(bool_or(l.quantity < 0), false)::int AS has_return,
       o.local_hour::int AS hour, extract(isodow FROM o.business_date)::int - 1 AS weekday,
       (extract(isodow FROM o.business_date) >= 6)::int AS is_weekend, extract(month FROM o.business_date)::int AS month,
       (o.customer_id IS NOT NULL)::int AS has_customer
  FROM orders AS o LEFT JOIN order_lines AS l ON l.business_id = o.business_id AND l.order_id = o.id
 WHERE o.business_id = %(business_id)s AND o.ordered_at < %(ends_at)s
   AND (%(since)s::date IS NULL OR o.business_date >= %(since)s)
   AND (%(ids)s::uuid[] IS NULL OR o.id = ANY (%(ids)s))
 GROUP BY o.id ORDER BY o.ordered_at, o.id"""

_CUTS = """
WITH cuts AS MATERIALIZED (
    SELECT cut, cut = max(cut) OVER () AS is_last FROM unnest(%(cuts)s::date[]) AS given (cut)
)"""

# Each order of a known customer with its sums; what_was is a hash of its lines, whatever their ids.
_PLACED = """, sums AS (
    SELECT order_id, sum(quantity) AS units, sum(quantity * unit_price - discount) AS net,
           sum(quantity * unit_price - discount) FILTER (WHERE quantity > 0) AS gross,
           -sum(quantity * unit_price - discount) FILTER (WHERE quantity <= 0) AS returned, sum(discount) AS discounts,
           count(*) FILTER (WHERE unit_price > 0) AS priced_lines,
           sum(hashtextextended(concat_ws('|', product_id, quantity, coalesce(unit_price, -1), discount), 0)::numeric) AS what_was
      FROM order_lines WHERE business_id = %(business_id)s AND business_date <= %(latest)s::date + 1
     GROUP BY order_id
), placed AS MATERIALIZED (
    SELECT o.id, o.customer_id, o.business_date, o.local_hour, o.is_sale, sums.units, coalesce(sums.net, 0) AS net, sums.gross,
           sums.returned, sums.discounts, sums.priced_lines, sums.what_was
      FROM orders AS o LEFT JOIN sums ON sums.order_id = o.id
     WHERE o.business_id = %(business_id)s AND o.customer_id IS NOT NULL AND o.ordered_at < %(ends_at)s
       AND o.business_date <= %(latest)s::date + 1
       AND (%(ids)s::uuid[] IS NULL OR o.customer_id = ANY (%(ids)s))
)"""

SELECT_CUSTOMERS = f"""{_CUTS}{_PLACED}, firsts AS MATERIALIZED (
    SELECT customer_id, min(business_date) AS first_day FROM placed WHERE is_sale GROUP BY 1
), days AS (
    SELECT p.customer_id, p.business_date, sum(p.net) AS net, min(f.first_day) AS first_day
      FROM placed AS p JOIN firsts AS f USING (customer_id) GROUP BY 1, 2 HAVING bool_or(p.is_sale)
), visited AS (
    SELECT cut, customer_id, count(*) AS visits, coalesce(sum(net) FILTER (WHERE business_date > first_day), 0) AS repeat_net
      FROM cuts JOIN days ON business_date < cut OR is_last GROUP BY 1, 2
), weekdays AS (
    SELECT DISTINCT ON (cut, customer_id) cut, customer_id, extract(isodow FROM business_date)::int - 1 AS weekday
      FROM cuts JOIN placed ON business_date < cut OR is_last
     WHERE is_sale GROUP BY 1, 2, 3 ORDER BY cut, customer_id, count(*) DESC, weekday
), hours AS (
    SELECT DISTINCT ON (cut, customer_id) cut, customer_id, local_hour::int AS hour
      FROM cuts JOIN placed ON business_date < cut OR is_last
     WHERE is_sale GROUP BY 1, 2, 3 ORDER BY cut, customer_id, count(*) DESC, hour
), tried AS MATERIALIZED (
    SELECT p.customer_id, l.product_id, min(p.business_date) AS business_date
      FROM placed AS p JOIN order_lines AS l ON l.business_id = %(business_id)s AND l.order_id = p.id
     WHERE l.quantity > 0 GROUP BY 1, 2
), assortments AS (
    SELECT cut, customer_id, count(*) AS products FROM cuts JOIN tried ON business_date < cut OR is_last GROUP BY 1, 2
), totals AS (
    SELECT cut, customer_id, count(*) FILTER (WHERE is_sale) AS orders, sum(net) AS net, coalesce(sum(gross), 0) AS gross,
           coalesce(sum(returned), 0) AS returned, coalesce(sum(units), 0) AS units, coalesce(sum(discounts), 0) AS discounts,
           coalesce(sum(priced_lines), 0)::bigint AS priced_lines, max(net) FILTER (WHERE is_sale) AS max_order,
           min(business_date) FILTER (WHERE is_sale) AS first_day, max(business_date) FILTER (WHERE is_sale) AS last_day,
           count(*) FILTER (WHERE is_sale AND business_date >= cut - 30) AS orders_30,
           count(*) FILTER (WHERE is_sale AND business_date >= cut - 90) AS orders_90,
           coalesce(sum(net) FILTER (WHERE business_date >= cut - 90), 0) AS net_90,
           count(*) FILTER (WHERE is_sale AND extract(isodow FROM business_date) >= 6) AS weekend_orders
      FROM cuts JOIN placed ON business_date < cut OR is_last
     GROUP BY 1, 2
)
SELECT cut, customer_id AS id, orders, net::float8, gross::float8, returned::float8, units::float8, discounts::float8,
       priced_lines, max_order::float8, first_day, last_day, orders_30, orders_90, net_90::float8, weekend_orders,
       coalesce(visits, 0) AS visits, coalesce(repeat_net, 0)::float8 AS repeat_net, weekday, hour,
       coalesce(products, 0) AS products
  FROM totals LEFT JOIN visited USING (cut, customer_id) LEFT JOIN weekdays USING (cut, customer_id)
  LEFT JOIN hours USING (cut, customer_id) LEFT JOIN assortments USING (cut, customer_id)
 WHERE %(sold_within)s::int IS NULL OR last_day >= cut - %(sold_within)s::int
 ORDER BY cut, customer_id"""

SELECT_CUSTOMER_IDS = """
SELECT id FROM customers
 WHERE business_id = %(business_id)s AND (%(ids)s::uuid[] IS NULL OR id = ANY (%(ids)s)) ORDER BY id"""

HASH_CUSTOMERS = f"""{_CUTS}{_PLACED}
SELECT business_date, sum(hashtextextended(concat_ws('|', customer_id, local_hour, is_sale, what_was), 0)::numeric)
  FROM placed GROUP BY business_date"""

_DAILY = """
WITH daily AS (
    SELECT product_id, business_date, orders, sale_lines > 0 AS sold, priced_lines, costed_lines, units, net, gross, returns,
           discounts, cost, costed_net
      FROM rollup_products
     WHERE business_id = %(business_id)s AND business_date < %(latest)s::date - 1
       AND (%(ids)s::uuid[] IS NULL OR product_id = ANY (%(ids)s))
    UNION ALL
    SELECT l.product_id, l.business_date, count(DISTINCT l.order_id) FILTER (WHERE l.is_sale), bool_or(l.is_sale),
           count(*) FILTER (WHERE l.is_priced), count(*) FILTER (WHERE l.is_costed), sum(l.units), coalesce(sum(l.net), 0),
           coalesce(sum(l.net) FILTER (WHERE l.is_sale), 0), coalesce(-sum(l.net) FILTER (WHERE NOT l.is_sale), 0),
           sum(l.discounts), coalesce(sum(l.cost), 0), coalesce(sum(l.net) FILTER (WHERE l.is_costed), 0)
      FROM measured_lines AS l JOIN orders AS o ON o.business_id = l.business_id AND o.id = l.order_id
     WHERE l.business_id = %(business_id)s AND l.business_date BETWEEN %(latest)s::date - 1 AND %(latest)s::date + 1
       AND l.order_date BETWEEN %(latest)s::date - 1 AND %(latest)s::date + 1
       AND o.ordered_at < %(ends_at)s
       AND (%(ids)s::uuid[] IS NULL OR l.product_id = ANY (%(ids)s))
     GROUP BY l.product_id, l.business_date
)"""

# Weeks that end with a cut, or so many weeks before one: a bucket's end is the first such day after the sale. What is older
# than all that is looked back at is one bucket. A cut's totals are those of all buckets up to it.
SELECT_PRODUCTS = f"""{_DAILY}, ends AS (
    SELECT min(cut) AS first_cut, max(cut) AS last_cut FROM unnest(%(cuts)s::date[]) AS given (cut)
), buckets AS MATERIALIZED (
    SELECT product_id, greatest(first_cut - 56,
                                least(last_cut, first_cut + 7 + 7 * floor((business_date - first_cut) / 7.0)::int)) AS cut,
           sum(orders) AS orders, count(DISTINCT business_date) FILTER (WHERE sold) AS days_sold,
           min(business_date) FILTER (WHERE sold) AS first_day, max(business_date) FILTER (WHERE sold) AS last_day,
           sum(priced_lines) AS priced_lines, sum(costed_lines) AS costed_lines, sum(units) AS units, sum(net) AS net,
           sum(gross) AS gross, sum(returns) AS returned, sum(discounts) AS discounts, sum(cost) AS cost,
           sum(costed_net) AS costed
      FROM daily CROSS JOIN ends GROUP BY 1, 2
), grid AS (
    SELECT id, first_cut - 56 + 7 * step AS cut
      FROM ends CROSS JOIN LATERAL generate_series(0, 8 + (last_cut - first_cut) / 7) AS step
      JOIN (SELECT product_id AS id, min(cut) AS since FROM buckets GROUP BY 1) AS known ON since <= first_cut - 56 + 7 * step
), looked_back AS (
    SELECT grid.id, grid.cut,
           sum(orders) OVER past AS orders, sum(days_sold) OVER past AS days_sold, min(first_day) OVER past AS first_day,
           max(last_day) OVER past AS last_day, sum(priced_lines) OVER past AS priced_lines,
           sum(costed_lines) OVER past AS costed_lines, sum(units) OVER past AS units, sum(net) OVER past AS net,
           sum(gross) OVER past AS gross, sum(returned) OVER past AS returned, sum(discounts) OVER past AS discounts,
           sum(cost) OVER past AS cost, sum(costed) OVER past AS costed,
           sum(units) OVER recent AS units_28, sum(net) OVER recent AS net_28, sum(units) OVER before AS units_56
      FROM grid LEFT JOIN buckets ON buckets.product_id = grid.id AND buckets.cut = grid.cut
    WINDOW past AS (PARTITION BY grid.id ORDER BY grid.cut ROWS UNBOUNDED PRECEDING),
           recent AS (PARTITION BY grid.id ORDER BY grid.cut ROWS 3 PRECEDING),
           before AS (PARTITION BY grid.id ORDER BY grid.cut ROWS BETWEEN 7 PRECEDING AND 4 PRECEDING)
)
SELECT cut, id, orders::bigint, days_sold::bigint, first_day, last_day, priced_lines::bigint, costed_lines::bigint,
       units::float8, net::float8, gross::float8, returned::float8, discounts::float8, cost::float8, costed::float8,
       coalesce(units_28, 0)::float8 AS units_28, coalesce(net_28, 0)::float8 AS net_28,
       coalesce(units_56, 0)::float8 AS units_56
  FROM looked_back CROSS JOIN ends
 WHERE cut >= first_cut AND (%(sold_within)s::int IS NULL OR last_day >= cut - %(sold_within)s::int)
 ORDER BY cut, id"""

SELECT_PRODUCTS_NOW = """
SELECT id, price::float8, stock::float8 FROM products
 WHERE business_id = %(business_id)s AND (%(ids)s::uuid[] IS NULL OR id = ANY (%(ids)s)) ORDER BY id"""

HASH_PRODUCTS = f"""{_DAILY}, summed AS (
    SELECT business_date, product_id, sum(orders) AS orders, bool_or(sold) AS sold, sum(priced_lines) AS priced_lines,
           sum(costed_lines) AS costed_lines, sum(units)::float8 AS units, sum(net)::float8 AS net, sum(gross)::float8 AS gross,
           sum(discounts)::float8 AS discounts, sum(cost)::float8 AS cost, sum(costed_net)::float8 AS costed_net
      FROM daily GROUP BY 1, 2
)
SELECT business_date, sum(hashtextextended(summed::text, 0)::numeric) FROM summed GROUP BY business_date"""

HASH_PRODUCTS_NOW = """
SELECT coalesce(sum(hashtextextended(concat_ws('|', id, coalesce(price, -1), coalesce(stock, -1e9)), 0)::numeric), 0)
  FROM products WHERE business_id = %(business_id)s"""


SELECT_CLOCK = "SELECT timezone, day_starts FROM businesses WHERE id = %s"
SELECT_FIRST_DAY = "SELECT min(business_date) FROM orders WHERE business_id = %s AND is_sale"


@dataclass(frozen=True, slots=True)
class Window:
    """What is read of a business: what was ordered before `ends_at`, which lies on its day `latest` or where the next begins.

    cuts are days at whose start entities stand, in order; the last is the day after latest, and there ends_at cuts. ids: those
    entities alone. sold_within: only entities that were sold (or bought) within so many days before a cut.
    """

    business_id: UUID
    ends_at: datetime
    latest: date
    cuts: tuple[date, ...]
    ids: Sequence[UUID] | None = None
    sold_within: int | None = None

    def values(self) -> dict[str, Any]:
        """The parameters of a statement."""
        return {
            "business_id": self.business_id, "ends_at": self.ends_at, "latest": self.latest, "cuts": list(self.cuts),
            "ids": None if self.ids is None else list(self.ids), "sold_within": self.sold_within,
        }  # fmt: skip


def orders(
    uow: UnitOfWork, business_id: UUID, ends_at: datetime, since: date | None, ids: Sequence[UUID] | None
) -> list[dict[str, Any]]:
    """What the features of each order are made of, in the order of time."""
    values = {"business_id": business_id, "ends_at": ends_at, "since": since, "ids": None if ids is None else list(ids)}
    return _rows(uow, SELECT_ORDERS, values)


def customers(uow: UnitOfWork, window: Window) -> list[dict[str, Any]]:
    """What the features of each customer with an order are made of, at each cut."""
    return _rows(uow, SELECT_CUSTOMERS, window.values())


def customer_ids(uow: UnitOfWork, business_id: UUID, ids: Sequence[UUID] | None) -> list[UUID]:
    """All customers, or those of these ids that there are."""
    values = {"business_id": business_id, "ids": None if ids is None else list(ids)}
    return [row[0] for row in uow.connection.execute(SELECT_CUSTOMER_IDS, values)]


def products(uow: UnitOfWork, window: Window) -> list[dict[str, Any]]:
    """What the features of each product with a line are made of, at each cut; the cuts are whole weeks apart."""
    return _rows(uow, SELECT_PRODUCTS, window.values())


def products_now(
    uow: UnitOfWork, business_id: UUID, ids: Sequence[UUID] | None
) -> dict[UUID, tuple[float | None, float | None]]:
    """Price and stock of each product as they are now."""
    values = {"business_id": business_id, "ids": None if ids is None else list(ids)}
    return {id: (price, stock) for id, price, stock in uow.connection.execute(SELECT_PRODUCTS_NOW, values)}


def hashes(uow: UnitOfWork, entity: str, window: Window) -> dict[date, int]:
    """A hash of what each day's orders say of customers or products; those of several days add up."""
    statement = HASH_CUSTOMERS if entity == "customer" else HASH_PRODUCTS
    return {day: int(hashed) for day, hashed in uow.connection.execute(statement, window.values())}


def hash_of_products_now(uow: UnitOfWork, business_id: UUID) -> int:
    """A hash of the prices and stocks of now."""
    row = uow.connection.execute(HASH_PRODUCTS_NOW, {"business_id": business_id}).fetchone()
    return int(row[0]) if row else 0


def clock(uow: UnitOfWork, business_id: UUID) -> tuple[str, time] | None:
    """The business's time zone and where its day starts; None where it is gone."""
    row = uow.connection.execute(SELECT_CLOCK, [business_id]).fetchone()
    return None if row is None else (row[0], row[1])


def first_day(uow: UnitOfWork, business_id: UUID) -> date | None:
    """The day of the first sale."""
    row = uow.connection.execute(SELECT_FIRST_DAY, [business_id]).fetchone()
    return row[0] if row else None


def _rows(uow: UnitOfWork, statement: LiteralString, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    with uow.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, values).fetchall()
