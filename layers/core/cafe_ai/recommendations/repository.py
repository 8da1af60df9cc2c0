"""The SQL of recommendations: products with their sales, what goes with what, and what was searched in vain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from cafe_ai.catalogue.model import ProductData
from cafe_ai.platform.db import UnitOfWork
from cafe_ai.recommendations.baskets.repository import LARGEST_BASKET, MINIMUM_SUPPORT, PARTNERS_KEPT
from cafe_ai.recommendations.model import Candidate, Daypart, Daytime, Pair, Sales, Windows

MISSES_KEPT = 500
LIVE_ORDERS = 20_000
"""Of a product's orders, how many of the latest are read where its pairs are counted at once."""

SELECT_CANDIDATES = """
WITH sold AS (
    SELECT product_id,
           sum(units) FILTER (WHERE business_date >= %(recent)s AND business_date < %(recent_end)s) AS units,
           sum(units) FILTER (WHERE business_date >= %(before)s AND business_date < %(recent)s) AS units_before,
           sum(units) FILTER (WHERE business_date >= %(season)s AND business_date < %(season_end)s) AS units_season,
           sum(units) FILTER (WHERE business_date >= %(preseason)s AND business_date < %(season)s) AS units_preseason,
           sum(costed_net) FILTER (WHERE business_date >= %(recent)s AND business_date < %(recent_end)s) AS costed_net,
           sum(cost) FILTER (WHERE business_date >= %(recent)s AND business_date < %(recent_end)s) AS costs,
           sum(lines) FILTER (WHERE business_date >= %(recent)s AND business_date < %(recent_end)s) AS rows
      FROM rollup_products
     WHERE business_id = %(business_id)s
       AND (business_date >= %(before)s AND business_date < %(recent_end)s
            OR business_date >= %(preseason)s AND business_date < %(season_end)s)
       AND (%(ids)s::uuid[] IS NULL OR product_id = ANY (%(ids)s))
     GROUP BY product_id
)
SELECT p.id, p.external_id, p.name, p.category, p.price, p.stock, p.allergens, p.diets, p.listed, p.cost, p.lead_time_days,
       sold.units, sold.units_before, sold.units_season, sold.units_preseason, sold.costed_net, sold.costs, sold.rows
  FROM products AS p LEFT JOIN sold ON sold.product_id = p.id
 WHERE p.business_id = %(business_id)s AND p.listed AND (%(ids)s::uuid[] IS NULL OR p.id = ANY (%(ids)s))
 ORDER BY p.external_id"""

SELECT_RECORDED = """
SELECT (SELECT min(business_date) FROM rollup_hours WHERE business_id = %(business_id)s),
       (SELECT max(business_date) FROM rollup_hours WHERE business_id = %(business_id)s AND business_date < %(today)s)"""

SELECT_COMPUTED = "SELECT window_end, baskets FROM recommendation_runs WHERE business_id = %s"

SELECT_PAIRS = """
SELECT product_id, other_id, orders_together, product_orders, other_orders, orders, lift, g2, score
  FROM product_pairs WHERE business_id = %(business_id)s AND product_id = ANY (%(ids)s)
 ORDER BY product_id, rank"""

# One product's pairs as the nightly job would count them, of its latest orders up to a day.
SELECT_LIVE_PAIRS = """
WITH mine AS MATERIALIZED (
    SELECT DISTINCT order_id, business_date FROM order_lines
     WHERE business_id = %(business_id)s AND product_id = %(product_id)s AND quantity > 0
       AND business_date > %(window_end)s::date - %(days)s::int AND business_date <= %(window_end)s
     ORDER BY business_date DESC LIMIT %(most)s
), together AS MATERIALIZED (
    SELECT DISTINCT line.order_id, line.product_id FROM mine JOIN order_lines AS line ON line.order_id = mine.order_id
     WHERE line.business_id = %(business_id)s AND line.quantity > 0
), sizes AS (
    SELECT order_id, count(*) AS size FROM together GROUP BY order_id
), shared AS (
    SELECT product_id AS other_id, count(*)::float8 AS x, sum(1 / sqrt(size - 1)) AS w
      FROM together JOIN sizes USING (order_id)
     WHERE size BETWEEN 2 AND %(largest)s AND product_id <> %(product_id)s
     GROUP BY product_id HAVING count(*) >= %(support)s
     ORDER BY count(*) DESC, product_id LIMIT 60
), totals AS (
    SELECT (SELECT count(*) FROM sizes WHERE size <= %(largest)s)::float8 AS na,
           (SELECT count(*) FROM orders WHERE business_id = %(business_id)s AND is_sale
               AND business_date > %(window_end)s::date - %(days)s::int AND business_date <= %(window_end)s)::float8 AS n
), counted AS (
    SELECT shared.*, na, n, greatest(x, (
               SELECT sum(orders) FROM rollup_products AS sold
                WHERE sold.business_id = %(business_id)s AND sold.product_id = other_id
                  AND business_date > %(window_end)s::date - %(days)s::int AND business_date <= %(window_end)s))::float8 AS nb
      FROM shared CROSS JOIN totals
)
SELECT %(product_id)s::uuid AS product_id, other_id, x::int AS orders_together, na::int AS product_orders,
       nb::int AS other_orders, n::int AS orders, x * n / (na * nb) AS lift,
       2 * (x * ln(x * n / (na * nb))
            + CASE WHEN na > x THEN (na - x) * ln((na - x) * n / (na * greatest(n - nb, 1))) ELSE 0 END
            + CASE WHEN nb > x THEN (nb - x) * ln((nb - x) * n / (greatest(n - na, 1) * nb)) ELSE 0 END
            + CASE WHEN n - na - nb + x > 0 THEN (n - na - nb + x)
                   * ln((n - na - nb + x) * n / (greatest(n - na, 1) * greatest(n - nb, 1))) ELSE 0 END) AS g2,
       w / (na + 10) * (w + 5) / (na * nb / n + 5) AS score
  FROM counted ORDER BY score DESC, other_id LIMIT %(kept)s"""

SELECT_DAYPART = """
SELECT product_id, orders, part_orders, all_orders, total
  FROM product_dayparts WHERE business_id = %(business_id)s AND daypart = %(daypart)s"""

SELECT_MENU = """
SELECT name, category FROM products WHERE business_id = %s AND listed ORDER BY name"""

SELECT_PRODUCT_NAMES = (
    "SELECT id, name FROM products WHERE business_id = %s AND listed ORDER BY length(name) DESC, name"
)

UPSERT_MISS = """
INSERT INTO search_misses (business_id, query, locale) VALUES (%(business_id)s, %(query)s, %(locale)s)
ON CONFLICT (business_id, query) DO UPDATE
   SET times = search_misses.times + 1, last_at = excluded.last_at, locale = excluded.locale"""

FORGET_OLD_MISSES = """
DELETE FROM search_misses AS miss USING (
    SELECT query FROM search_misses WHERE business_id = %(business_id)s
     ORDER BY last_at DESC, query OFFSET %(kept)s) AS old
 WHERE miss.business_id = %(business_id)s AND miss.query = old.query"""

SELECT_MISSES = """
SELECT query, times FROM search_misses WHERE business_id = %(business_id)s AND last_at <= %(as_of)s
 ORDER BY times DESC, last_at DESC LIMIT %(kept)s"""


def candidates(
    uow: UnitOfWork, business_id: UUID, windows: Windows, ids: Sequence[UUID] | None = None
) -> list[Candidate]:
    """The listed products (or those of `ids` that are listed) with their sales in the windows."""
    values = {
        "business_id": business_id,
        "ids": list(ids) if ids is not None else None,
        "recent": windows.recent.start,
        "recent_end": windows.recent.end,
        "before": windows.before.start,
        "season": windows.season.start,
        "season_end": windows.season.end,
        "preseason": windows.preseason.start,
    }
    with uow.connection.cursor(row_factory=dict_row) as cursor:
        return [_candidate(row) for row in cursor.execute(SELECT_CANDIDATES, values)]


def recorded(uow: UnitOfWork, business_id: UUID, today: date) -> tuple[date, date] | None:
    """The first business day with any orders, and the last before today; None without any."""
    row = uow.connection.execute(SELECT_RECORDED, {"business_id": business_id, "today": today}).fetchone()
    return (row[0], row[1]) if row is not None and row[1] is not None else None


def computed_through(uow: UnitOfWork, business_id: UUID) -> date | None:
    """The last day that the nightly job read; None where it has not computed this business."""
    row = uow.connection.execute(SELECT_COMPUTED, [business_id]).fetchone()
    return row[0] if row else None


def pairs(uow: UnitOfWork, business_id: UUID, ids: Sequence[UUID]) -> list[Pair]:
    """The pairs of these products that the nightly job found, best first for each."""
    return [Pair(*row) for row in uow.connection.execute(SELECT_PAIRS, {"business_id": business_id, "ids": list(ids)})]


def live_pairs(uow: UnitOfWork, business_id: UUID, product_id: UUID, window_end: date, days: int) -> list[Pair]:
    """One product's pairs, counted now over the days up to window_end."""
    values = {
        "business_id": business_id, "product_id": product_id, "window_end": window_end, "days": days, "most": LIVE_ORDERS,
        "largest": LARGEST_BASKET, "support": MINIMUM_SUPPORT, "kept": PARTNERS_KEPT,
    }  # fmt: skip
    return [Pair(*row) for row in uow.connection.execute(SELECT_LIVE_PAIRS, values)]


def daypart(uow: UnitOfWork, business_id: UUID, part: Daypart) -> dict[UUID, Daytime]:
    """How much each product is asked for at that part of the day."""
    rows = uow.connection.execute(SELECT_DAYPART, {"business_id": business_id, "daypart": part})
    return {row[0]: Daytime(*row[1:]) for row in rows}


def menu(uow: UnitOfWork, business_id: UUID) -> list[tuple[str, str | None]]:
    """The listed products' names and categories."""
    return [(row[0], row[1]) for row in uow.connection.execute(SELECT_MENU, [business_id])]


def product_names(uow: UnitOfWork, business_id: UUID) -> list[tuple[UUID, str]]:
    """The listed products, the longest name first."""
    return [(row[0], row[1]) for row in uow.connection.execute(SELECT_PRODUCT_NAMES, [business_id])]


def note_miss(uow: UnitOfWork, business_id: UUID, query: str, locale: str) -> None:
    """Counts a search that found nothing; of the oldest beyond MISSES_KEPT nothing is kept."""
    values = {"business_id": business_id, "query": query, "locale": locale, "kept": MISSES_KEPT}
    uow.connection.execute(UPSERT_MISS, values)
    uow.connection.execute(FORGET_OLD_MISSES, values)


def misses(uow: UnitOfWork, business_id: UUID, as_of: object) -> list[tuple[str, int]]:
    """What was searched in vain up to as_of, and how often; the most frequent first."""
    values = {"business_id": business_id, "as_of": as_of, "kept": MISSES_KEPT}
    return [(row[0], row[1]) for row in uow.connection.execute(SELECT_MISSES, values)]


def _candidate(row: Mapping[str, Any]) -> Candidate:
    product = ProductData(
        id=row["id"],
        external_id=row["external_id"],
        name=row["name"],
        category=row["category"],
        price=row["price"],
        stock=row["stock"],
        allergens=tuple(row["allergens"]) if row["allergens"] is not None else None,
        diets=tuple(row["diets"]) if row["diets"] is not None else None,
        listed=row["listed"],
    )
    figures = ("units", "units_before", "units_season", "units_preseason", "costed_net", "costs", "rows")
    sales = Sales(**{name: row[name] for name in figures if row[name] is not None})
    return Candidate(product, sales, row["cost"], row["lead_time_days"])
