"""Who may do what in which business. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Literal
from uuid import UUID

if TYPE_CHECKING:
    from cafe_ai.platform.clock import Deadline

Locale = Literal["es", "en"]
SERVICE_USER = UUID(int=0)
"""Who asks where no user does: schedules, and jobs that the service starts itself. No token proves this user."""
BudgetPolicy = Literal["degrade", "refuse"]


class Permission(StrEnum):
    """What a plan may read, and what may be changed."""

    MONEY = "money"  # every metric of sales, orders and units
    CUSTOMERS = "customers"
    CATALOGUE = "catalogue"  # products, price, stock, documents
    EDIT = "edit"  # the business's documents
    JOBS = "jobs"  # starting work that takes longer


class Role(StrEnum):
    """What a member is in a business."""

    OWNER = "owner"
    MANAGER = "manager"
    STAFF = "staff"
    ANALYST = "analyst"


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.MANAGER: frozenset(Permission),
    Role.ANALYST: frozenset(Permission) - {Permission.EDIT, Permission.JOBS},
    Role.STAFF: frozenset({Permission.CATALOGUE}),
}


@dataclass(frozen=True, slots=True)
class Business:
    """The shop a question is about.

    timezone is an IANA name, currency an ISO 4217 code. What is sold before `day_starts` belongs to the day before.
    names_version grows when the name of a product, category or store appears or changes: it keys caches of names.
    """

    id: UUID
    name: str
    type: str
    timezone: str
    currency: str
    locale: Locale
    day_starts: time = time(0, 0)
    budget_policy: BudgetPolicy = "degrade"
    names_version: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """A user who has been admitted to a business, for the length of one request.

    budget_left_usd is what this month's budget still allows, None where there is no limit, never negative.
    """

    user_id: UUID
    role: Role
    business: Business
    budget_left_usd: Decimal | None
    request_id: str
    deadline: Deadline

    def may(self, permission: str) -> bool:
        """Whether the role allows to read what `permission` (a `Permission` value) stands for."""
        return permission in ROLE_PERMISSIONS[self.role]

    @property
    def budget_spent(self) -> bool:
        """Whether nothing is left of a budget that has a limit: no model may be called."""
        return self.budget_left_usd is not None and self.budget_left_usd <= 0


@dataclass(frozen=True, slots=True)
class User:
    """A user who has been admitted for the length of one request that is about no business, or about all of theirs."""

    user_id: UUID
    operator: bool
    request_id: str
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How often the user has asked in the last minute. retry_after_seconds is 0 where the request was allowed."""

    limit: int
    remaining: int
    retry_after_seconds: int


@dataclass(frozen=True, slots=True)
class Admission:
    """What the database says of a user who wants to ask about a business; `service.admit` judges it.

    business and role are None without a membership: a stranger learns no more than that the business exists.
    """

    business_exists: bool
    business: Business | None
    role: Role | None
    budget_left_usd: Decimal | None
    rate: RateLimit
