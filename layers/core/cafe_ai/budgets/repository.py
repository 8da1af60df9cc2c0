"""The SQL of budgets (the functions' text is in infra/migrations/0006_budget_reservations.sql)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.budgets.model import Standing
from cafe_ai.tenancy.service import next_month

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork

RESERVE = "SELECT budget_reserve(%s, %s, %s, make_interval(secs => %s))"
SETTLE = "SELECT budget_settle(%s, %s, %s, now())"
SELECT_STANDING = "SELECT limit_usd, spent_usd, reserved_usd, policy, month FROM budget_standing(%s)"


def reserve(uow: UnitOfWork, business_id: UUID, inference_id: UUID, total_usd: Decimal, lease_seconds: float) -> bool:
    """Holds all that an inference may have cost after its next call; False where that does not fit into the month."""
    row = uow.connection.execute(RESERVE, (business_id, inference_id, total_usd, lease_seconds)).fetchone()
    return row is not None and row[0] is True


def settle(uow: UnitOfWork, business_id: UUID, inference_id: UUID, usd: Decimal) -> None:
    """Puts what a call cost in the place of what was held for it. For calls without an audit row: that settles itself."""
    uow.connection.execute(SETTLE, (business_id, inference_id, usd))


def standing(uow: UnitOfWork, business_id: UUID) -> Standing:
    """How the unit of work's own business stands this month. Raises LookupError where it is gone."""
    row = uow.connection.execute(SELECT_STANDING, (business_id,)).fetchone()
    if row is None or row[3] is None:
        raise LookupError("budget_standing() knows no such business.")
    limit, spent, reserved, policy, month = row
    return Standing(limit, spent, reserved, policy, next_month(month))
