"""Which queue does which kind of job, for how long a worker may hold one, how often it is tried, and who may do what with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from cafe_ai.jobs.model import JobKind
from cafe_ai.tenancy.model import Permission

QueueClass = Literal["ai", "notifications"]

NOTIFICATIONS_QUEUE = "notifications"
MAX_ATTEMPTS = 5  # as often as a queue gives a message before it goes to the dead-letter queue


@dataclass(frozen=True, slots=True)
class Route:
    """How jobs of one kind are done.

    Each kind has a queue of its own, so that a slow one holds nobody up. lease_seconds is for how long a worker that says
    nothing keeps a job; it says something three times in that while. start and read are the permissions that a member needs
    to start such a job and to see its result; None: operators alone. paid: it may call a paid model. about_business: it is
    about one business, else about all of the service. announced: its business is told when it ends,
    announced_unasked: also where no user asked for it.
    """

    queue: str
    queue_class: QueueClass
    lease_seconds: float
    start: Permission | None
    read: Permission | None
    paid: bool = False
    max_attempts: int = MAX_ATTEMPTS
    about_business: bool = True
    announced: bool = True
    announced_unasked: bool = True


def _route(kind: JobKind, lease_seconds: float, read: Permission, *, paid: bool = False) -> Route:
    return Route(kind.value, "ai", lease_seconds, Permission.JOBS, read, paid)


def _unasked(kind: JobKind, lease_seconds: float, *, about_business: bool) -> Route:
    """For what the schedule starts, or an operator: nobody waits for it, and nobody is told."""
    return Route(kind.value, "ai", lease_seconds, None, None, about_business=about_business, announced=False)


ROUTES: Mapping[JobKind, Route] = {
    # The report's lease travels from state to state of an execution, and a state may wait for its next attempt.
    JobKind.SALES_REPORT: _route(JobKind.SALES_REPORT, 300.0, Permission.MONEY, paid=True),
    JobKind.PRODUCT_RECOMMENDATIONS: _route(JobKind.PRODUCT_RECOMMENDATIONS, 60.0, Permission.CATALOGUE, paid=True),
    JobKind.CUSTOMER_BEHAVIOR: _route(JobKind.CUSTOMER_BEHAVIOR, 60.0, Permission.CUSTOMERS),
    JobKind.INVENTORY_FORECAST: _route(JobKind.INVENTORY_FORECAST, 60.0, Permission.MONEY),
    JobKind.REVIEW_ANALYSIS: replace(
        _route(JobKind.REVIEW_ANALYSIS, 120.0, Permission.CUSTOMERS), announced_unasked=False
    ),
    JobKind.TRAIN_MODELS: _unasked(JobKind.TRAIN_MODELS, 120.0, about_business=True),
    JobKind.CLEANUP: _unasked(JobKind.CLEANUP, 60.0, about_business=False),
}

QUEUE_CLASSES: Mapping[str, QueueClass] = {
    **{route.queue: route.queue_class for route in ROUTES.values()},
    NOTIFICATIONS_QUEUE: "notifications",
}
"""Every queue by name, with its class."""
