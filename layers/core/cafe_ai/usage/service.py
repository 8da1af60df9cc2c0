"""How much a business or a user has used the service, and what is left of the budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cafe_ai.budgets import repository as budgets
from cafe_ai.tenancy.model import Member, User
from cafe_ai.usage import repository
from cafe_ai.usage.model import Usage

if TYPE_CHECKING:
    from cafe_ai.platform.db import Database


def of_business(database: Database, member: Member) -> Usage:
    """The use of the member's business by all its users."""
    business_id = member.business.id
    with database.transaction(business_id, member.user_id, member.deadline, read_only=True) as uow:
        sums = repository.sums_of_business(uow, business_id)
        counts = repository.conversations_of_business(uow, business_id)
        return Usage(conversations_by_type=counts, budget=budgets.standing(uow, business_id), **sums)


def of_user(database: Database, user: User) -> Usage:
    """The user's own use, in every business."""
    with database.transaction(None, user.user_id, user.deadline, read_only=True) as uow:
        sums = repository.sums_of_user(uow)
        return Usage(conversations_by_type=repository.conversations_of_user(uow), budget=None, **sums)
