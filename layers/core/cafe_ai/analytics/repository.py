"""All the SQL that the analytics run, apart from what `compiler` makes of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from cafe_ai.analytics.compiler import Statement
from cafe_ai.platform.db import UnitOfWork

SELECT_RECORDED = """
SELECT (SELECT min(business_date) FROM rollup_hours WHERE business_id = %(business_id)s) AS first,
       (SELECT max(business_date) FROM rollup_hours
         WHERE business_id = %(business_id)s AND business_date <= %(today)s) AS last"""

SELECT_NAMES = """
SELECT 'product' AS kind, name FROM products WHERE business_id = %(business_id)s
UNION SELECT 'category', category FROM products WHERE business_id = %(business_id)s AND category IS NOT NULL
UNION SELECT kind, label FROM business_labels WHERE business_id = %(business_id)s"""

SELECT_CUSTOMERS = """
SELECT external_id, name FROM customers
 WHERE business_id = %(business_id)s
   AND (lower(external_id) = ANY(%(folded)s) OR lower(unaccent(name)) = ANY(%(folded)s))
 ORDER BY external_id LIMIT 20"""

SELECT_CUSTOMER_NAMES = """
SELECT external_id, name FROM customers
 WHERE business_id = %(business_id)s AND external_id = ANY(%(ids)s) AND name IS NOT NULL"""

SELECT_HAS_CUSTOMERS = "SELECT EXISTS (SELECT 1 FROM customers WHERE business_id = %(business_id)s)"


def fetch(uow: UnitOfWork, statement: Statement) -> list[dict[str, Any]]:
    """The rows of a compiled statement."""
    with uow.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement.sql.encode(), statement.parameters).fetchall()


def recorded_days(uow: UnitOfWork, business_id: UUID, today: date) -> tuple[date, date] | None:
    """The first and last business day with orders, up to today; None without any."""
    row = uow.connection.execute(SELECT_RECORDED, {"business_id": business_id, "today": today}).fetchone()
    if row is None or row[0] is None or row[1] is None:
        return None
    return row[0], row[1]


def names(uow: UnitOfWork, business_id: UUID) -> list[tuple[str, str]]:
    """The shop's names as (kind, name): products, categories, stores and payment methods."""
    return uow.connection.execute(SELECT_NAMES, {"business_id": business_id}).fetchall()


def customers_called(uow: UnitOfWork, business_id: UUID, folded: Sequence[str]) -> list[tuple[str, str | None]]:
    """The customers (external id, name) whose id or name is one of the folded texts."""
    parameters = {"business_id": business_id, "folded": list(folded)}
    return [(row[0], row[1]) for row in uow.connection.execute(SELECT_CUSTOMERS, parameters)]


def customer_names(uow: UnitOfWork, business_id: UUID, ids: Sequence[str]) -> dict[str, str]:
    """The names of the customers that have one."""
    rows = uow.connection.execute(SELECT_CUSTOMER_NAMES, {"business_id": business_id, "ids": list(ids)})
    return {row[0]: row[1] for row in rows}


def has_customers(uow: UnitOfWork, business_id: UUID) -> bool:
    """Whether any customer of the shop is known."""
    row = uow.connection.execute(SELECT_HAS_CUSTOMERS, {"business_id": business_id}).fetchone()
    return bool(row and row[0])
