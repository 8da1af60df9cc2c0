"""The SQL of admission: one statement (the functions' text is in infra/migrations/0004_admission.sql and 0006)."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg.rows import dict_row

from cafe_ai.tenancy.model import Admission, Business, RateLimit, Role

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork

ADMIT = "SELECT * FROM admit(%s, %s, %s)"
SELECT_BUSINESS = """
SELECT business.id, business.name, business.type, business.timezone, business.currency, business.locale,
       business.day_starts, business.budget_policy, business.names_version, business.monthly_budget_usd,
       standing.spent_usd + standing.reserved_usd AS spent_usd
  FROM businesses AS business CROSS JOIN budget_standing(business.id) AS standing
 WHERE business.id = %s"""


def admit(uow: UnitOfWork, user_id: UUID, business_id: UUID | None, limit: int) -> Admission:
    """Counts the request and says what admission needs to know. `limit` is how often a minute a user may ask.

    Without a business the request is counted all the same, and no business exists.
    """
    with uow.connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(ADMIT, (user_id, business_id, limit)).fetchone()
    if row is None:
        raise LookupError("admit() returned no row.")
    rate = RateLimit(
        limit=limit,
        remaining=max(0, limit - row["hits"]),
        retry_after_seconds=0 if row["allowed"] else max(1, ceil(row["retry_after_seconds"])),
    )
    if row["role"] is None:
        return Admission(row["business_exists"], None, None, None, rate)
    return Admission(True, _business(row), Role(row["role"]), _budget_left(row), rate)


def select_business(uow: UnitOfWork, business_id: UUID) -> tuple[Business, Decimal | None] | None:
    """The unit of work's own business, and what is left of its budget (None: there is no limit); None where it is gone."""
    with uow.connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(SELECT_BUSINESS, (business_id,)).fetchone()
    return None if row is None else (_business(row), _budget_left(row))


def _business(row: dict[str, Any]) -> Business:
    return Business(
        id=row["id"],
        name=row["name"],
        type=row["type"],
        timezone=row["timezone"],
        currency=row["currency"],
        locale=row["locale"],
        day_starts=row["day_starts"],
        budget_policy=row["budget_policy"],
        names_version=row["names_version"],
    )


def _budget_left(row: dict[str, Any]) -> Decimal | None:
    limit: Decimal | None = row["monthly_budget_usd"]
    return None if limit is None else max(Decimal(0), limit - row["spent_usd"])
