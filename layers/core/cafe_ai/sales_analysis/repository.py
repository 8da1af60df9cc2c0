"""The SQL of the analysis, apart from what the analytics compile: what is on hand, and what was once sold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from cafe_ai.platform.db import UnitOfWork

SELECT_STOCK = """
SELECT id, stock, lead_time_days FROM products
 WHERE business_id = %(business_id)s AND listed AND stock IS NOT NULL"""

SELECT_SOLD_PRODUCTS = """
SELECT DISTINCT product_id FROM rollup_products
 WHERE business_id = %(business_id)s AND business_date >= %(start)s AND business_date < %(end)s AND sale_lines > 0"""


@dataclass(frozen=True, slots=True)
class Stock:
    """How many units of a product are on hand now, and how many days the supplier takes, where that is known."""

    stock: Decimal
    lead_time_days: int | None


def stock(uow: UnitOfWork, business_id: UUID) -> dict[UUID, Stock]:
    """What is on hand of each product whose stock is kept."""
    rows = uow.connection.execute(SELECT_STOCK, {"business_id": business_id})
    return {row[0]: Stock(row[1], row[2]) for row in rows}


def sold_products(uow: UnitOfWork, business_id: UUID, start: date, end: date) -> frozenset[UUID]:
    """The products that were sold on the business days [start, end)."""
    parameters = {"business_id": business_id, "start": start, "end": end}
    return frozenset(row[0] for row in uow.connection.execute(SELECT_SOLD_PRODUCTS, parameters))
