"""The SQL of reports that is nobody else's: who holds a report's job, and what is in stock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from psycopg.rows import class_row

from cafe_ai.platform.db import UnitOfWork

PACE_DAYS = 28

# The days up to the last day of sales: a shop that records late does not seem to sell nothing.
SELECT_STOCK = """
WITH latest AS (
    SELECT max(business_date) AS day FROM rollup_hours WHERE business_id = %(business_id)s AND business_date < %(today)s
), sold AS (
    SELECT product_id, sum(units) AS units
      FROM rollup_products CROSS JOIN latest
     WHERE business_id = %(business_id)s AND business_date <= latest.day AND business_date > latest.day - %(days)s::integer
     GROUP BY product_id
)
SELECT p.id AS product_id, p.name, p.stock, p.lead_time_days, greatest(coalesce(sold.units, 0), 0) AS units
  FROM products AS p LEFT JOIN sold ON sold.product_id = p.id
 WHERE p.business_id = %(business_id)s AND p.listed AND p.stock IS NOT NULL
 ORDER BY p.external_id"""


# A job that was begun anew (redriven, or sent again) was queued later than made, and may count its attempts from one again.
SELECT_HELD = """
SELECT id AS job_id, business_id, lease_token AS token, attempts AS attempt, correlation_id,
       attempts = 1 AND queued_at = created_at AS is_first
  FROM ai_jobs WHERE id = %s AND lease_token IS NOT NULL"""


@dataclass(frozen=True, slots=True)
class Held:
    """A job that somebody holds; is_first: nobody has held it before."""

    job_id: UUID
    business_id: UUID
    token: UUID
    attempt: int
    correlation_id: str | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class StockRow:
    """A product whose stock is kept: what is there, and the units sold in the last PACE_DAYS days, never negative."""

    product_id: UUID
    name: str
    stock: Decimal
    lead_time_days: int | None
    units: Decimal


def select_held(uow: UnitOfWork, job_id: UUID) -> Held | None:
    """The job with its lease, be it in force or not; None where nobody holds it."""
    with uow.connection.cursor(row_factory=class_row(Held)) as cursor:
        return cursor.execute(SELECT_HELD, [job_id]).fetchone()


def stock(uow: UnitOfWork, business_id: UUID, today: date) -> list[StockRow]:
    """The listed products whose stock is kept."""
    values = {"business_id": business_id, "today": today, "days": PACE_DAYS}
    with uow.connection.cursor(row_factory=class_row(StockRow)) as cursor:
        return cursor.execute(SELECT_STOCK, values).fetchall()
