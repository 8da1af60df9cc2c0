"""A job that a user asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cafe_ai.jobs import service
from cafe_ai.jobs.routing import ROUTES
from cafe_ai.tenancy.model import Member, Permission, User

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.caller import AuthenticatedCaller
    from cafe_ai.jobs.model import Job
    from cafe_ai.jobs.schemas import JobRequest

ENDPOINT = "jobs"


def admit(caller: AuthenticatedCaller, wanted: JobRequest) -> Member | User:
    """The caller as a member of the business that the job is about; as a user where it is about none, or only operators may
    start it.

    Raises as `tenancy.service.admit` does, and PermissionDenied where only operators may start such a job.
    """
    route = ROUTES[wanted.kind]
    if wanted.business_id is not None and not _for_operators(wanted):
        return caller.admit(wanted.business_id, ENDPOINT, needs=Permission.JOBS, paid=route.paid)
    return caller.admit_operator(ENDPOINT) if route.start is None else caller.admit_user(ENDPOINT)


def _for_operators(wanted: JobRequest) -> bool:
    route = ROUTES[wanted.kind]
    return route.start is None and route.about_business


def start(runtime: Runtime, asker: Member | User, wanted: JobRequest, key: str | None) -> Job:
    """The job, new or that of an earlier request with the same key. Raises InvalidRequest naming the field."""
    return service.start(
        runtime,
        wanted.kind,
        wanted.business_id,
        wanted.params,
        user_id=asker.user_id,
        idempotency_key=key,
        deadline=asker.deadline,
    )
