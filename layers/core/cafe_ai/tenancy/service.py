"""Admission: may this user ask this about this business now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.errors import (
    BudgetExhausted,
    BusinessNotFound,
    DeadlineExceeded,
    DependencyDown,
    PermissionDenied,
    RateLimited,
)
from cafe_ai.platform.clock import Deadline, now_utc
from cafe_ai.tenancy import repository
from cafe_ai.tenancy.model import SERVICE_USER, Admission, Member, Permission, RateLimit, Role, User

if TYPE_CHECKING:
    from cafe_ai.platform.db import Database, UnitOfWork

ADMISSION_SECONDS = 10.0  # far more than it takes on the busiest machine, and far less than a request may take


def look_up(database: Database, user_id: UUID, business_id: UUID, limit: int, deadline: Deadline) -> Admission:
    """What the database knows of the request, and counts it against the user's rate (`limit` a minute).

    One round trip in a transaction of its own, committed before any work: a failure later must not take the count back. A
    crash of the database may, which is not worth a wait for its disk.
    """
    with _counting(database, user_id, business_id, deadline) as uow:
        return repository.admit(uow, user_id, business_id, limit)


@contextmanager
def _counting(database: Database, user_id: UUID, business_id: UUID | None, deadline: Deadline) -> Iterator[UnitOfWork]:
    """A transaction that takes milliseconds: a database that hangs in it is away. Raises DependencyDown then."""
    soon = Deadline.after(deadline.at_most(ADMISSION_SECONDS))
    try:
        with database.transaction(business_id, user_id, soon, may_be_lost=True) as uow:
            yield uow
    except DeadlineExceeded as error:
        if deadline.expired:
            raise
        raise DependencyDown("database") from error


def admit(
    admission: Admission,
    user_id: UUID,
    *,
    request_id: str,
    deadline: Deadline,
    needs: Permission | None = None,
    paid: bool = True,
) -> Member:
    """The member, for the length of the request.

    Raises, in this order: BusinessNotFound, PermissionDenied (no membership, or a role without the permission that the
    endpoint needs), RateLimited, BudgetExhausted (only where the business chose to be refused, and the call is paid).
    """
    if not admission.business_exists:
        raise BusinessNotFound
    if admission.business is None or admission.role is None:
        raise PermissionDenied("You are not a member of this business.")
    member = Member(
        user_id=user_id,
        role=admission.role,
        business=admission.business,
        budget_left_usd=admission.budget_left_usd,
        request_id=request_id,
        deadline=deadline,
    )
    if needs is not None and not member.may(needs):
        raise PermissionDenied
    _keep_to(admission.rate)
    if paid and member.budget_spent and member.business.budget_policy == "refuse":
        raise BudgetExhausted(renews_on=next_month(now_utc().date()))
    return member


def stand_in(
    database: Database, business_id: UUID, user_id: UUID | None, *, request_id: str, deadline: Deadline
) -> Member:
    """A member who may do everything in the business: whom work acts for that was admitted when it was asked for.

    Without a user it is SERVICE_USER. No rate is counted. Raises BusinessNotFound where the business is gone.
    """
    user = SERVICE_USER if user_id is None else user_id
    with database.transaction(business_id, user, deadline, read_only=True) as uow:
        found = repository.select_business(uow, business_id)
    if found is None:
        raise BusinessNotFound
    business, left = found
    return Member(user, Role.OWNER, business, left, request_id, deadline)


def look_up_user(database: Database, user_id: UUID, limit: int, deadline: Deadline) -> RateLimit:
    """Counts a request that is about no business against the user's rate; otherwise as `look_up`."""
    with _counting(database, user_id, None, deadline) as uow:
        return repository.admit(uow, user_id, None, limit).rate


def admit_user(rate: RateLimit, user_id: UUID, *, operator: bool, request_id: str, deadline: Deadline) -> User:
    """The user, for the length of the request. Raises RateLimited."""
    _keep_to(rate)
    return User(user_id, operator, request_id, deadline)


def _keep_to(rate: RateLimit) -> None:
    if rate.retry_after_seconds:
        raise RateLimited(rate.retry_after_seconds)


def next_month(day: date) -> date:
    """The first day of the month after: when a budget is renewed."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
