"""The SQL of baskets: pairs of products and parts of the day, out of order lines.

The score of a pair (a, b) within the window, of a's orders n(a), b's n(b) and N orders in all:

    w     = Σ 1 / √(k − 1) over the orders with both, of k products each: an order of 100 products says less of any two of
            them than an order of two. Orders of more than LARGEST_BASKET products (wholesale) say nothing of pairs and are
            not counted at all, which keeps the work bounded: k²/2 pairs an order.
    score = w / (n(a) + 10) × (w + 5) / (n(a)·n(b)/N + 5)

that is confidence × lift, both shrunk: of few orders neither is believed, and a product that is in every basket anyway
is held back. Lift alone ranks the rarest pairs first; confidence alone what is popular. The constants were chosen on the
month before the one that docs/benchmarks.md tests on. g2 is the log-likelihood ratio of Dunning, "Accurate Methods for the
Statistics of Surprise and Coincidence", Computational Linguistics 19(1), 1993; χ² of one degree of freedom.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from cafe_ai.analytics.periods import business_day
from cafe_ai.platform.db import UnitOfWork

WINDOW_DAYS = 365
DAYPART_DAYS = 90
LARGEST_BASKET = 100
MINIMUM_SUPPORT = 3
PARTNERS_KEPT = 20

SELECT_DUE = "SELECT business_id FROM businesses_due_for_baskets(%s)"

# One computation of a business at a time: the lock goes with the transaction.
TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('baskets:' || %s::text, 0))"

SORT_IN_MEMORY = "SELECT set_config('work_mem', '64MB', true)"

SELECT_SOLD_DAYS = """
SELECT max(business_date) FROM orders
 WHERE business_id = %(business_id)s AND is_sale AND business_date <= %(today)s"""

DELETE_PAIRS = "DELETE FROM product_pairs WHERE business_id = %(business_id)s"
DELETE_DAYPARTS = "DELETE FROM product_dayparts WHERE business_id = %(business_id)s"

SOLD = """
WITH bought AS MATERIALIZED (
    SELECT DISTINCT order_id, product_id FROM order_lines
     WHERE business_id = %(business_id)s AND quantity > 0
       AND business_date > %(window_end)s::date - %(days)s::int AND business_date <= %(window_end)s
), sizes AS MATERIALIZED (
    SELECT order_id, count(*) AS size FROM bought GROUP BY order_id HAVING count(*) <= %(largest)s
), sold AS MATERIALIZED (
    SELECT order_id, product_id FROM bought JOIN sizes USING (order_id)
)"""

COUNT_BASKETS = f"""{SOLD}
SELECT count(*)::int, (count(*) FILTER (WHERE size > 1))::int FROM sizes"""

# Orders and products are numbered, so that the join compares integers.
INSERT_PAIRS = f"""{SOLD}, totals AS MATERIALIZED (
    SELECT count(*)::float8 AS orders FROM sizes
), numbered AS MATERIALIZED (
    SELECT product_id, count(*)::float8 AS orders, (row_number() OVER (ORDER BY product_id))::int AS number
      FROM sold GROUP BY product_id
), baskets AS MATERIALIZED (
    SELECT order_id, (row_number() OVER (ORDER BY order_id))::int AS number, 1 / sqrt(size - 1) AS weight
      FROM sizes WHERE size > 1
), lines AS MATERIALIZED (
    SELECT baskets.number AS basket, baskets.weight::float4 AS weight, numbered.number AS product
      FROM sold JOIN baskets USING (order_id) JOIN numbered USING (product_id)
     WHERE numbered.orders >= %(support)s
), halves AS MATERIALIZED (
    SELECT one.product AS a, other.product AS b, count(*)::float8 AS x, sum(one.weight)::float8 AS w
      FROM lines AS one JOIN lines AS other ON other.basket = one.basket AND other.product > one.product
     GROUP BY 1, 2 HAVING count(*) >= %(support)s
), pairs AS (
    SELECT a, b, x, w FROM halves UNION ALL SELECT b, a, x, w FROM halves
), scored AS (
    SELECT one.product_id, other.product_id AS other_id, x, one.orders AS na, other.orders AS nb, totals.orders AS n,
           w / (one.orders + 10) * (w + 5) / (one.orders * other.orders / totals.orders + 5) AS score
      FROM pairs JOIN numbered AS one ON one.number = a JOIN numbered AS other ON other.number = b CROSS JOIN totals
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY product_id ORDER BY score DESC, other_id) AS rank FROM scored
)
INSERT INTO product_pairs (business_id, product_id, other_id, rank, orders_together, product_orders, other_orders,
                           orders, lift, g2, score)
SELECT %(business_id)s, product_id, other_id, rank, x, na, nb, n, x * n / (na * nb),
       2 * (x * ln(x * n / (na * nb))
            + CASE WHEN na > x THEN (na - x) * ln((na - x) * n / (na * (n - nb))) ELSE 0 END
            + CASE WHEN nb > x THEN (nb - x) * ln((nb - x) * n / ((n - na) * nb)) ELSE 0 END
            + CASE WHEN n - na - nb + x > 0
                   THEN (n - na - nb + x) * ln((n - na - nb + x) * n / ((n - na) * (n - nb))) ELSE 0 END),
       score
  FROM ranked WHERE rank <= %(kept)s"""

INSERT_DAYPARTS = """
INSERT INTO product_dayparts (business_id, product_id, daypart, orders, part_orders, all_orders, total)
WITH placed AS MATERIALIZED (
    SELECT id, CASE WHEN local_hour BETWEEN 5 AND 11 THEN 'morning' WHEN local_hour BETWEEN 12 AND 15 THEN 'noon'
                    WHEN local_hour BETWEEN 16 AND 19 THEN 'afternoon' ELSE 'night' END AS daypart
      FROM orders
     WHERE business_id = %(business_id)s AND is_sale
       AND business_date > %(window_end)s::date - %(days)s::int AND business_date <= %(window_end)s
), parts AS (
    SELECT daypart, count(*)::int AS part_orders, (sum(count(*)) OVER ())::int AS total FROM placed GROUP BY daypart
), counted AS (
    SELECT product_id, daypart, count(DISTINCT placed.id)::int AS orders
      FROM placed JOIN order_lines AS line ON line.order_id = placed.id
     WHERE line.business_id = %(business_id)s AND line.quantity > 0
     GROUP BY product_id, daypart
)
SELECT %(business_id)s, product_id, daypart, orders, part_orders,
       (sum(orders) OVER (PARTITION BY product_id))::int, total
  FROM counted JOIN parts USING (daypart)"""

UPSERT_RUN = """
INSERT INTO recommendation_runs (business_id, computed_at, newest_order, window_start, window_end, orders, baskets)
SELECT %(business_id)s, now(),
       (SELECT id FROM orders WHERE business_id = %(business_id)s ORDER BY id DESC LIMIT 1),
       %(window_end)s::date - %(days)s::int + 1, %(window_end)s, %(orders)s, %(baskets)s
ON CONFLICT (business_id) DO UPDATE
   SET computed_at = excluded.computed_at, newest_order = excluded.newest_order, window_start = excluded.window_start,
       window_end = excluded.window_end, orders = excluded.orders, baskets = excluded.baskets"""

# Still due, as no order has this id; but the last of those that are.
UPSERT_FAILURE = """
INSERT INTO recommendation_runs (business_id, computed_at, orders, baskets)
SELECT id, now(), 0, 0 FROM businesses WHERE id = %s
ON CONFLICT (business_id) DO UPDATE SET computed_at = excluded.computed_at, newest_order = NULL"""

SELECT_CLOCK = "SELECT timezone, day_starts FROM businesses WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Run:
    """What was computed of a business: the last day read (None: nothing was ever sold) and how many orders there were."""

    window_end: date | None
    orders: int
    baskets: int


def due(uow: UnitOfWork, at_most: int) -> list[UUID]:
    """The businesses with orders since they were last computed, stalest first."""
    return [row[0] for row in uow.connection.execute(SELECT_DUE, [at_most])]


def shop_today(uow: UnitOfWork, business_id: UUID, moment: datetime) -> date | None:
    """The shop's business day at that moment; None where the business is gone."""
    row = uow.connection.execute(SELECT_CLOCK, [business_id]).fetchone()
    if row is None:
        return None
    return business_day(moment.astimezone(ZoneInfo(row[0])), row[1])


def claim(uow: UnitOfWork, business_id: UUID) -> bool:
    """Whether nobody else is computing this business; holds until the transaction ends."""
    row = uow.connection.execute(TRY_LOCK, [business_id]).fetchone()
    return bool(row and row[0])


def recompute(uow: UnitOfWork, business_id: UUID, today: date) -> Run:
    """Replaces the business's pairs and parts of the day by those of the year that ends with its last day of sales."""
    execute = uow.connection.execute
    execute(SORT_IN_MEMORY)
    row = execute(SELECT_SOLD_DAYS, {"business_id": business_id, "today": today}).fetchone()
    window_end: date | None = row[0] if row else None
    values = {
        "business_id": business_id, "window_end": window_end, "days": WINDOW_DAYS, "largest": LARGEST_BASKET,
        "support": MINIMUM_SUPPORT, "kept": PARTNERS_KEPT,
    }  # fmt: skip
    execute(DELETE_PAIRS, values)
    execute(DELETE_DAYPARTS, values)
    counted = execute(COUNT_BASKETS, values).fetchone()
    run = Run(window_end, *(counted or (0, 0)))
    if run.baskets:
        execute(INSERT_PAIRS, values)
    if run.orders:
        execute(INSERT_DAYPARTS, values | {"days": DAYPART_DAYS})
    execute(UPSERT_RUN, values | {"orders": run.orders, "baskets": run.baskets})
    return run


def note_failure(uow: UnitOfWork, business_id: UUID) -> None:
    """Keeps what is there, and lets the other businesses that are due come first."""
    uow.connection.execute(UPSERT_FAILURE, [business_id])
