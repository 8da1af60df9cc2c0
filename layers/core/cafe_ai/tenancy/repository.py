"""The SQL of admission: one statement (the function's text is in infra/migrations/0004_admission.sql)."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING
from uuid import UUID

from psycopg.rows import dict_row

from cafe_ai.tenancy.model import Admission, Business, RateLimit, Role

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork

ADMIT = "SELECT * FROM admit(%s, %s, %s)"


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
    business = Business(
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
    limited = row["monthly_budget_usd"] is not None
    left = max(Decimal(0), row["monthly_budget_usd"] - row["spent_usd"]) if limited else None
    return Admission(True, business, Role(row["role"]), left, rate)
