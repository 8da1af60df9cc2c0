"""Budgets: what an inference may still cost is asked, and held, before each paid call.

What it did cost is settled by the audit, in the statement that writes the inference's row (`audit.repository`), so it is
settled once, also when the row has waited in the audit queue. A process that dies between the two leaves its
reservation, which counts as spent from then on: the call may have been paid, and a budget that forgets calls is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.budgets import repository
from cafe_ai.errors import BudgetExhausted
from cafe_ai.platform.clock import now_utc
from cafe_ai.tenancy.model import Member
from cafe_ai.tenancy.service import next_month

if TYPE_CHECKING:
    from cafe_ai.platform.db import Database

LEASE_SECONDS = 120.0
"""How long after its deadline an inference may still be settled before its reservation is shown as spent."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget of a business that has a limit, as one inference draws on it."""

    database: Database
    member: Member
    inference_id: UUID

    def reserve(self, total_usd: Decimal) -> bool:
        """Whether the inference may have cost `total_usd` in all when its next call is over; if so, that much is held.

        One transaction of its own, committed before the call. Raises BudgetExhausted where it may not and the business
        chose to be refused, Unavailable where the database is away.
        """
        member = self.member
        lease = member.deadline.remaining() + LEASE_SECONDS
        with self.database.transaction(member.business.id, member.user_id, member.deadline) as uow:
            held = repository.reserve(uow, member.business.id, self.inference_id, total_usd, lease)
        if not held and member.business.budget_policy == "refuse":
            raise BudgetExhausted(renews_on=next_month(now_utc().date()))
        return held


def budget_of(database: Database, member: Member, inference_id: UUID) -> Budget | None:
    """The budget that an inference of this member draws on; None where the business has no limit."""
    return None if member.budget_left_usd is None else Budget(database, member, inference_id)
