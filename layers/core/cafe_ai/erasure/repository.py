"""The SQL of forgetting (the functions' text is in infra/migrations/0020_offboarding.sql)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from cafe_ai.platform.db import UnitOfWork

SELECT_CUSTOMER = """
SELECT id FROM customers WHERE business_id = %(business_id)s AND (id::text = %(named)s OR external_id = %(named)s)
 ORDER BY id::text = %(named)s DESC LIMIT 1"""
SELECT_JOBS_ABOUT = "SELECT id FROM jobs_about_customer(%s, %s)"
SELECT_JOBS = "SELECT id FROM ai_jobs WHERE business_id = %s"
SELECT_NAME = "SELECT name FROM businesses WHERE id = %s"
FORGET_CUSTOMER = "SELECT forget_customer(%s, %s)"
OFFBOARD_BUSINESS = "SELECT offboard_business(%s, %s)"


def find_customer(uow: UnitOfWork, business_id: UUID, named: str) -> UUID | None:
    """The customer of that id, ours or the shop's own."""
    row = uow.connection.execute(SELECT_CUSTOMER, {"business_id": business_id, "named": named}).fetchone()
    return row[0] if row else None


def jobs_about(uow: UnitOfWork, business_id: UUID, customer_id: UUID) -> list[UUID]:
    """The jobs that name the customer."""
    return [row[0] for row in uow.connection.execute(SELECT_JOBS_ABOUT, [business_id, customer_id])]


def jobs(uow: UnitOfWork, business_id: UUID) -> list[UUID]:
    """All jobs of the business."""
    return [row[0] for row in uow.connection.execute(SELECT_JOBS, [business_id])]


def name_of(uow: UnitOfWork, business_id: UUID) -> str | None:
    """What the business is called; None where there is none."""
    row = uow.connection.execute(SELECT_NAME, [business_id]).fetchone()
    return row[0] if row else None


def forget_customer(uow: UnitOfWork, business_id: UUID, customer_id: UUID) -> Mapping[str, int] | None:
    """How many rows of each kind it was; None where there is no such customer."""
    row = uow.connection.execute(FORGET_CUSTOMER, [business_id, customer_id]).fetchone()
    return row[0] if row else None


def offboard(uow: UnitOfWork, business_id: UUID, name: str) -> Mapping[str, int] | None:
    """How many rows of some kinds it was; None where the business is not called so."""
    row = uow.connection.execute(OFFBOARD_BUSINESS, [business_id, name]).fetchone()
    return row[0] if row else None
