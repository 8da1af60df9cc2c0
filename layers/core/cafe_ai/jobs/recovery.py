"""Jobs that nobody is going to work on by themselves: whose message is lost or burnt, whose worker fell silent, who failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cafe_ai.errors import InvalidRequest, JobBusy
from cafe_ai.jobs import ending, repository
from cafe_ai.jobs.messages import body_of
from cafe_ai.jobs.model import JobKind
from cafe_ai.jobs.routing import ROUTES
from cafe_ai.outbox import service as outbox
from cafe_ai.platform.telemetry import log, log_warning, measures

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline

PENDING_SECONDS = 3600.0
"""For how long a job may wait without anybody asking whether its message is lost: queues are long at times."""
LAPSED_SECONDS = 120.0
"""How long after its lease ran out a job's own message may still come and have it taken up."""
AT_ONCE = 100
RESERVE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Swept:
    """How many overdue jobs were sent anew, and how many failed because their attempts were used up."""

    sent: int
    failed: int


def sweep(
    runtime: Runtime,
    deadline: Deadline,
    *,
    pending_seconds: float = PENDING_SECONDS,
    lapsed_seconds: float = LAPSED_SECONDS,
) -> Swept:
    """Sees to jobs that have been pending for so long without a message, or whose lease ran out so long ago.

    Those with attempts left get a new message, the others fail. A message too many does nothing: the claim tells.
    """
    sent = failed = 0
    while deadline.remaining() > RESERVE_SECONDS:
        with runtime.database.transaction(deadline=deadline) as uow:
            overdue = repository.select_overdue(uow, pending_seconds, lapsed_seconds, AT_ONCE)
        for late in overdue:
            if deadline.remaining() <= RESERVE_SECONDS:
                break
            outcome = _rescue(runtime, late, deadline, pending_seconds, lapsed_seconds)
            sent += outcome is True
            failed += outcome is False
        if len(overdue) < AT_ONCE:
            break
    measures().count("JobsSwept", sent)
    if sent or failed:
        log_warning("Overdue jobs were seen to", sent=sent, failed=failed)
    return Swept(sent, failed)


def see_to_dead_letter(runtime: Runtime, job_id: UUID, business_id: UUID | None, deadline: Deadline) -> None:
    """A job's message has come as often as a queue gives one. An ended job is left as it is.

    A job without attempts left fails, with the reason of its last attempt; one that has some (duplicates, or a time in
    which none could be begun, burnt its message) gets a new message. Raises JobBusy where a worker holds it.
    """
    found = repository.Found(job_id, business_id)
    rescued = _rescue(runtime, found, deadline, 0.0, 0.0)
    if rescued is not None:
        if rescued:
            log_warning("A job's message was used up, not its attempts: it is sent anew", job=str(job_id))
            measures().count("JobsSentAnew")
        return
    with runtime.database.transaction(business_id, None, deadline, read_only=True) as uow:
        standing = repository.select_standing(uow, job_id)
    if standing is not None and not standing.job.status.ended:
        raise JobBusy(max(1.0, standing.lease_seconds or 0.0))


def relay_and_sweep(runtime: Runtime, deadline: Deadline) -> None:
    """What runs each minute: messages that wait are sent, then overdue jobs are seen to."""
    outbox.relay(runtime, deadline)
    sweep(runtime, deadline)


def redrive_as_asked(runtime: Runtime, asked: Mapping[str, Any], deadline: Deadline) -> dict[str, int]:
    """`redrive`, asked for as {"kind": "..."} or {"job_id": "..."}: {"redriven": how many}. Raises InvalidRequest."""
    if unknown := asked.keys() - {"kind", "job_id"}:
        raise InvalidRequest.field(", ".join(sorted(unknown)), "is not asked for; kind and job_id are")
    try:
        kind = JobKind(asked["kind"]) if "kind" in asked else None
        job_id = UUID(asked["job_id"]) if "job_id" in asked else None
    except (ValueError, AttributeError, TypeError):
        raise InvalidRequest.field("kind, job_id", f"must be one of {', '.join(JobKind)}, and a UUID") from None
    return {"redriven": redrive(runtime, deadline, kind=kind, job_id=job_id)}


def redrive(runtime: Runtime, deadline: Deadline, *, kind: JobKind | None = None, job_id: UUID | None = None) -> int:
    """Has jobs that failed for want of attempts done again, with as many attempts as a new one: of one kind, or one job, if
    given; how many. What the deadline leaves out a second call does.
    """
    redriven = 0
    after: UUID | None = None
    while deadline.remaining() > RESERVE_SECONDS:
        with runtime.database.transaction(deadline=deadline) as uow:
            found = repository.select_given_up(uow, kind, job_id, after, AT_ONCE)
        for failed in found:
            if deadline.remaining() <= RESERVE_SECONDS:
                break
            redriven += _begin_anew(runtime, failed, deadline)
            after = failed.job_id
        if len(found) < AT_ONCE:
            break
    log("Jobs were begun anew", jobs=redriven)
    return redriven


def _rescue(
    runtime: Runtime, late: repository.Found, deadline: Deadline, pending_seconds: float, lapsed_seconds: float
) -> bool | None:
    """True: it was sent anew; False: it failed; None: it needs neither any more."""
    announced: list[UUID] = []
    with runtime.database.transaction(late.business_id, None, deadline) as uow:
        job = repository.lock_overdue(uow, late.job_id, pending_seconds, lapsed_seconds)
        if job is None:
            return None
        route = ROUTES[job.kind]
        failed = job.attempts >= route.max_attempts
        if failed:
            announced = ending.give_up(uow, job)
        else:
            repository.queue_anew(uow, late.job_id, ending.FELL_SILENT)
            message = outbox.message(route.queue, body_of(late.job_id, late.business_id), job.correlation_id)
            outbox.write(uow, late.business_id, message)
    if failed:
        outbox.send(runtime, announced, deadline)
    else:
        outbox.deliver(runtime, [message], deadline)
    return not failed


def _begin_anew(runtime: Runtime, failed: repository.Found, deadline: Deadline) -> bool:
    with runtime.database.transaction(failed.business_id, None, deadline) as uow:
        reset = repository.reset_given_up(uow, failed.job_id)
        if reset is None:
            return False
        kind, origin = reset
        message = outbox.message(ROUTES[kind].queue, body_of(failed.job_id, failed.business_id), origin)
        outbox.write(uow, failed.business_id, message)
    outbox.deliver(runtime, [message], deadline)
    return True
