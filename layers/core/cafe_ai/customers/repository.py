"""All the SQL about customers: how each stands at a day, cohorts, intervals between visits, and one customer's history.

Every statement reads the orders before one moment (`ends_at`) only. A visit is a business day with an order that has a positive
line; net sales count all lines of a customer's orders, returns as negative.
"""

# ruff: noqa: S608 -- SQL put together from this module's own constants

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from cafe_ai.customers.model import Favourite, Standing
from cafe_ai.platform.db import UnitOfWork

# One row a customer and business day; a day of returns alone has no orders.
_DAYS = """
WITH sales AS (
    SELECT order_id, sum(quantity * unit_price - discount) AS net
      FROM order_lines
     WHERE business_id = %(business_id)s AND business_date < %(end)s
     GROUP BY order_id
), days AS MATERIALIZED (
    SELECT o.customer_id, o.business_date, count(*) FILTER (WHERE o.is_sale) AS orders, coalesce(sum(s.net), 0) AS net
      FROM orders AS o LEFT JOIN sales AS s ON s.order_id = o.id
     WHERE o.business_id = %(business_id)s AND o.customer_id IS NOT NULL
       AND o.business_date < %(end)s AND o.ordered_at < %(ends_at)s
     GROUP BY o.customer_id, o.business_date
)"""

SELECT_STANDINGS = (
    _DAYS
    + """, spaced AS MATERIALIZED (
    SELECT customer_id, business_date, orders, net,
           CASE WHEN orders > 0 THEN business_date - max(business_date) FILTER (WHERE orders > 0) OVER (
                PARTITION BY customer_id ORDER BY business_date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
           END AS gap
      FROM days
), cuts AS (
    SELECT * FROM unnest(%(cuts)s::date[], %(years)s::date[], %(steps)s::date[], %(befores)s::date[])
           AS given (cut, year_start, step_start, before_start)
)
SELECT customer_id, cut,
       min(business_date) FILTER (WHERE orders > 0) AS first_day, max(business_date) FILTER (WHERE orders > 0) AS last_day,
       count(*) FILTER (WHERE orders > 0) AS visits, sum(orders)::bigint AS orders, sum(net) AS net,
       count(*) FILTER (WHERE orders > 0 AND business_date >= year_start) AS visits_year,
       coalesce(sum(orders) FILTER (WHERE business_date >= year_start), 0)::bigint AS orders_year,
       coalesce(sum(net) FILTER (WHERE business_date >= year_start), 0) AS net_year,
       count(gap) AS gaps, coalesce(sum(gap), 0)::bigint AS gap_days,
       coalesce(sum(net) FILTER (WHERE business_date >= step_start), 0) AS net_step,
       coalesce(sum(net) FILTER (WHERE business_date >= before_start AND business_date < step_start), 0) AS net_before,
       coalesce(sum(net) FILTER (WHERE gap IS NOT NULL), 0) AS net_repeats
  FROM cuts JOIN spaced ON business_date < cut
 GROUP BY cut, customer_id
HAVING count(*) FILTER (WHERE orders > 0) > 0
 ORDER BY cut, customer_id"""
)

SELECT_COHORTS = (
    _DAYS
    + """, months AS (
    SELECT customer_id, date_trunc('month', business_date)::date AS month, sum(orders) AS orders, sum(net) AS net
      FROM days GROUP BY 1, 2
), firsts AS (
    SELECT customer_id, min(month) AS cohort FROM months WHERE orders > 0 GROUP BY 1
)
SELECT cohort, month, count(*) FILTER (WHERE orders > 0) AS customers, sum(net) AS net
  FROM months JOIN firsts USING (customer_id)
 WHERE month >= cohort AND cohort >= %(since)s
 GROUP BY cohort, month ORDER BY cohort, month"""
)

# Gaps between visits: how often each length, and how often each ratio of a gap to its customer's usual interval.
SELECT_GAPS = """
WITH visits AS (
    SELECT DISTINCT customer_id, business_date FROM orders
     WHERE business_id = %(business_id)s AND customer_id IS NOT NULL AND is_sale
       AND business_date < %(end)s AND ordered_at < %(ends_at)s
), gaps AS MATERIALIZED (
    SELECT customer_id, business_date - lag(business_date) OVER (PARTITION BY customer_id ORDER BY business_date) AS gap
      FROM visits
), own AS MATERIALIZED (
    SELECT customer_id, count(gap) AS gaps, sum(gap) AS days FROM gaps WHERE gap IS NOT NULL GROUP BY customer_id
), shop AS MATERIALIZED (
    SELECT avg(days::float8 / gaps) AS interval_days FROM own
)
SELECT 'interval' AS kind, interval_days AS value, 1::bigint AS seen FROM shop WHERE interval_days IS NOT NULL
UNION ALL
SELECT 'gap', gap, count(*) FROM gaps WHERE gap IS NOT NULL GROUP BY gap
UNION ALL
SELECT 'ratio', ratio, count(*)
  FROM (SELECT round((gap / greatest(1, (%(shrink)s * interval_days + days) / (%(shrink)s + gaps)))::numeric, 2)::float8 AS ratio
          FROM gaps JOIN own USING (customer_id) CROSS JOIN shop WHERE gap IS NOT NULL) AS scaled
 GROUP BY ratio"""

# Whole days from the rollup; the last day, which may be cut, from its lines.
SELECT_WHOLE = """
SELECT coalesce(sum(net), 0) AS net, coalesce(bool_or(priced), false) AS priced
  FROM (SELECT net, priced_lines > 0 AS priced FROM rollup_hours
         WHERE business_id = %(business_id)s AND business_date >= %(start)s AND business_date < %(end)s - 1
        UNION ALL
        SELECT l.quantity * l.unit_price - l.discount, l.unit_price > 0
          FROM order_lines AS l JOIN orders AS o ON o.business_id = l.business_id AND o.id = l.order_id
         WHERE l.business_id = %(business_id)s AND l.business_date = %(end)s - 1 AND o.ordered_at < %(ends_at)s) AS part"""

SELECT_CUSTOMER = """
SELECT id, external_id, name FROM customers
 WHERE business_id = %(business_id)s AND (id = %(id)s OR external_id = %(external_id)s)
 ORDER BY id = %(id)s DESC NULLS LAST LIMIT 1"""

SELECT_NAMES = "SELECT id, external_id, name FROM customers WHERE business_id = %(business_id)s AND id = ANY (%(ids)s)"

SELECT_FAVOURITES = """
SELECT p.id AS product_id, p.name AS product, sum(l.quantity) AS units,
       count(DISTINCT l.order_id) FILTER (WHERE l.quantity > 0) AS orders,
       coalesce(sum(l.quantity * l.unit_price - l.discount), 0) AS net_sales
  FROM orders AS o
  JOIN order_lines AS l ON l.business_id = o.business_id AND l.order_id = o.id
  JOIN products AS p ON p.business_id = l.business_id AND p.id = l.product_id
 WHERE o.business_id = %(business_id)s AND o.customer_id = %(customer_id)s
   AND o.business_date < %(end)s AND o.ordered_at < %(ends_at)s
 GROUP BY p.id, p.name
HAVING count(*) FILTER (WHERE l.quantity > 0) > 0
 ORDER BY orders DESC, net_sales DESC, p.name LIMIT %(most)s"""

SELECT_HABITS = """
SELECT extract(isodow FROM business_date)::int - 1 AS weekday, local_hour::int AS hour, count(*) AS orders
  FROM orders
 WHERE business_id = %(business_id)s AND customer_id = %(customer_id)s AND is_sale
   AND business_date < %(end)s AND ordered_at < %(ends_at)s
 GROUP BY 1, 2"""


@dataclass(frozen=True, slots=True)
class Seen:
    """Which orders are read: of the business, on days before `end`, before the instant `ends_at`."""

    business_id: UUID
    end: date
    ends_at: datetime

    def values(self, **more: Any) -> dict[str, Any]:
        """The parameters of a statement."""
        return {"business_id": self.business_id, "end": self.end, "ends_at": self.ends_at, **more}


@dataclass(frozen=True, slots=True)
class Cut:
    """The start of a day as of which customers stand: with where its year, its step and the step before begin."""

    day: date
    year_start: date
    step_start: date
    before_start: date


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A cohort's customers and net sales in a month."""

    cohort: date
    month: date
    customers: int
    net: Decimal


@dataclass(frozen=True, slots=True)
class Named:
    """Who a customer is to the shop."""

    id: UUID
    external_id: str
    name: str | None


def standings(uow: UnitOfWork, seen: Seen, cuts: Sequence[Cut]) -> dict[date, list[Standing]]:
    """How each customer with a visit stood at each cut."""
    values = seen.values(
        cuts=[cut.day for cut in cuts],
        years=[cut.year_start for cut in cuts],
        steps=[cut.step_start for cut in cuts],
        befores=[cut.before_start for cut in cuts],
    )
    found: dict[date, list[Standing]] = {cut.day: [] for cut in cuts}
    with uow.connection.cursor(row_factory=class_row(Standing)) as cursor:
        for standing in cursor.execute(SELECT_STANDINGS, values):
            found[standing.cut].append(standing)
    return found


def cohorts(uow: UnitOfWork, seen: Seen, since: date) -> list[CohortRow]:
    """The cohorts that began in or after the month of `since`, by month."""
    with uow.connection.cursor(row_factory=class_row(CohortRow)) as cursor:
        return cursor.execute(SELECT_COHORTS, seen.values(since=since)).fetchall()


def gaps(uow: UnitOfWork, seen: Seen, shrink: int) -> tuple[float | None, dict[int, int], dict[float, int]]:
    """The shop's mean interval (None without returns), how often each gap in days, and how often each ratio."""
    interval: float | None = None
    days: dict[int, int] = {}
    ratios: dict[float, int] = {}
    for kind, value, count in uow.connection.execute(SELECT_GAPS, seen.values(shrink=shrink)):
        if kind == "interval":
            interval = value
        elif kind == "gap":
            days[int(value)] = count
        else:
            ratios[value] = count
    return interval, days, ratios


def whole(uow: UnitOfWork, seen: Seen, start: date) -> tuple[Decimal, bool]:
    """The shop's net sales on the days from start, and whether any price is recorded in them."""
    row = uow.connection.execute(SELECT_WHOLE, seen.values(start=start)).fetchone()
    return (row[0], row[1]) if row else (Decimal(0), False)


def find(uow: UnitOfWork, business_id: UUID, said: str) -> Named | None:
    """The customer with this id, ours or the shop's own."""
    try:
        own: UUID | None = UUID(said)
    except ValueError:
        own = None
    values = {"business_id": business_id, "id": own, "external_id": said}
    with uow.connection.cursor(row_factory=class_row(Named)) as cursor:
        return cursor.execute(SELECT_CUSTOMER, values).fetchone()


def names(uow: UnitOfWork, business_id: UUID, ids: Sequence[UUID]) -> Mapping[UUID, Named]:
    """Who these customers are."""
    with uow.connection.cursor(row_factory=class_row(Named)) as cursor:
        found = cursor.execute(SELECT_NAMES, {"business_id": business_id, "ids": list(ids)}).fetchall()
    return {one.id: one for one in found}


def favourites(uow: UnitOfWork, seen: Seen, customer_id: UUID, most: int) -> tuple[Favourite, ...]:
    """What the customer buys, what is in most of the orders first."""
    values = seen.values(customer_id=customer_id, most=most)
    with uow.connection.cursor(row_factory=class_row(Favourite)) as cursor:
        return tuple(cursor.execute(SELECT_FAVOURITES, values))


def habits(uow: UnitOfWork, seen: Seen, customer_id: UUID) -> list[tuple[int, int, int]]:
    """How many orders of the customer fall on each weekday (0 is Monday) and hour: (weekday, hour, orders)."""
    return uow.connection.execute(SELECT_HABITS, seen.values(customer_id=customer_id)).fetchall()
