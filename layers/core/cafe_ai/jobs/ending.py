"""What happens when a job ends: its business is told, in the transaction that ends it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.jobs import repository
from cafe_ai.jobs.model import Job, JobStatus
from cafe_ai.jobs.routing import ROUTES
from cafe_ai.notifications import service as notifications
from cafe_ai.platform.telemetry import measures

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork

FELL_SILENT = "the work stopped without a word"


def announce(uow: UnitOfWork, job: Job) -> list[UUID]:
    """Writes what tells the job's business; outbox ids, to be sent after the commit. Nobody is told of the service's own, nor
    of what nobody asked for."""
    return notifications.announce(uow, job) if job.business_id is not None and _is_told(job) else []


def _is_told(job: Job) -> bool:
    route = ROUTES[job.kind]
    return route.announced and (route.announced_unasked or job.user_id is not None)


def give_up(uow: UnitOfWork, job: Job) -> list[UUID]:
    """Fails a job whose attempts are used up and that nobody works on, with the reason of its last attempt.

    An operator may have it done again. Outbox ids, to be sent after the commit; none where it is not so any more.
    """
    reason = job.error if job.status is JobStatus.PENDING and job.error else FELL_SILENT
    reason = f"gave up after {job.attempts} attempts: {reason}"
    finished = repository.give_up(uow, job.id, reason, ROUTES[job.kind].max_attempts)
    if finished is None:
        return []
    measures().count("JobsFailed", endpoint=job.kind.value)
    return announce(uow, replace(job, status=JobStatus.FAILED, error=reason, finished_at=finished))
