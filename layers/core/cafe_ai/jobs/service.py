"""Jobs: started with their message in one transaction, claimed by compare-and-set, ended once.

A worker holds a job by a lease: its token decides every later change, so that one who was thought dead and was not changes
nothing any more. An ended job is announced in the transaction that ends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from cafe_ai.errors import (
    BusinessNotFound,
    InvalidRequest,
    JobBusy,
    JobNotFound,
    LeaseLost,
    PermissionDenied,
    ResultTooLarge,
)
from cafe_ai.jobs import ending, repository
from cafe_ai.jobs.messages import body_of
from cafe_ai.jobs.model import Job, JobKind, JobStatus, Lease
from cafe_ai.jobs.routing import ROUTES
from cafe_ai.outbox import service as outbox
from cafe_ai.platform.clock import now_utc
from cafe_ai.platform.ids import uuid7
from cafe_ai.platform.telemetry import correlation_id
from cafe_ai.tenancy import service as tenancy
from cafe_ai.tenancy.model import ROLE_PERMISSIONS

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline
    from cafe_ai.platform.db import Database
    from cafe_ai.tenancy.model import Member, User

KEY_HEADER = "Idempotency-Key"
RESULT_CHARACTERS = 4_000_000  # a function's answer has at most 6 MB, and its JSON is a string within JSON
SOON_SECONDS = 1.0  # when to ask again for a job that changed hands just now


def start(
    runtime: Runtime,
    kind: JobKind,
    business_id: UUID | None,
    params: Mapping[str, Any],
    *,
    user_id: UUID | None = None,
    idempotency_key: str | None = None,
    deadline: Deadline,
    field_prefix: str = "params",
) -> Job:
    """A new job, written with its message in one transaction; the message is sent right after.

    The same user's same key about the same business gives the job that it gave first, however many ask at once. Raises
    InvalidRequest naming the parameter (below field_prefix), the business where one is missing or too many, or the key
    where it stood for another job; BusinessNotFound; Unavailable where the database is away: then nothing was started,
    unless the key says otherwise.
    """
    from cafe_ai.jobs import parameters  # pydantic: workers do without

    if (business_id is not None) is not ROUTES[kind].about_business:
        needs = "is required" if business_id is None else "is not for this kind of job: it is about all of the service"
        raise InvalidRequest.field("business_id", needs)
    _check_key(idempotency_key)
    accepted = parameters.accept(kind, params, field_prefix)
    job = Job(
        id=uuid7(),
        business_id=business_id,
        user_id=user_id,
        kind=kind,
        params=accepted,
        status=JobStatus.PENDING,
        progress=0,
        attempts=0,
        result=None,
        error=None,
        created_at=now_utc(),
        started_at=None,
        finished_at=None,
        correlation_id=correlation_id(),
    )
    stands_for = None if idempotency_key is None else parameters.fingerprint(kind, accepted)
    message = outbox.message(ROUTES[kind].queue, body_of(job.id, business_id))
    request = repository.Request(job, idempotency_key, stands_for)
    created = repository.insert(runtime.database, request, message, deadline)
    if created is None:
        return _earlier(runtime, request, deadline)
    outbox.deliver(runtime, [message], deadline)
    return replace(job, created_at=created)


def _check_key(key: str | None) -> None:
    from cafe_ai.parameters import idempotency_key  # pydantic

    try:
        if key is not None:
            idempotency_key(key)
    except ValueError as error:
        raise InvalidRequest.field(KEY_HEADER, str(error)) from error


def _earlier(runtime: Runtime, request: repository.Request, deadline: Deadline) -> Job:
    """The job that was started with the same key. Raises InvalidRequest where that was another."""
    job = request.job
    with runtime.database.transaction(job.business_id, job.user_id, deadline, read_only=True) as uow:
        found = request.key and repository.select_by_key(uow, request.key, job.business_id, job.user_id)
    if not found:
        raise LookupError("A job was neither written nor there.")
    earlier, stood_for = found
    if stood_for != request.hash:
        raise InvalidRequest.field(KEY_HEADER, "was used for another job: a new job needs a new key")
    return earlier


def claim(
    runtime: Runtime, job_id: UUID, business_id: UUID | None, deadline: Deadline, *, token: UUID | None = None
) -> Lease | None:
    """The right to do the job now; None where there is nothing to do: it has ended, or is gone.

    A job whose worker fell silent is taken up again; one whose attempts are used up fails for good instead. A token is made
    unless one is given. Raises JobBusy where another works on it.

    A claim that a crash of the database's server undoes is claimed again; its end is then refused, for want of the token.
    """
    token = uuid4() if token is None else token
    job = repository.claim(runtime.database, job_id, business_id, token, deadline)
    if job is not None:
        return Lease(job, token)
    announced: list[UUID] = []
    with runtime.database.transaction(business_id, None, deadline) as uow:
        standing = repository.select_standing(uow, job_id)
        used_up = standing is not None and _is_used_up(standing)
        if standing is not None and used_up:
            announced = ending.give_up(uow, standing.job)
    outbox.send(runtime, announced, deadline)
    if standing is None or used_up or standing.job.status.ended:
        return None
    raise JobBusy(max(SOON_SECONDS, standing.lease_seconds or 0.0))


def _is_used_up(standing: repository.Standing) -> bool:
    job = standing.job
    free = standing.lease_seconds is None or standing.lease_seconds <= 0
    return not job.status.ended and free and job.attempts >= ROUTES[job.kind].max_attempts


def renew(runtime: Runtime, lease: Lease, deadline: Deadline, *, progress: int | None = None) -> None:
    """Begins the lease anew, and notes how far the job is (percent). Raises LeaseLost."""
    renew_on(runtime.database, lease, deadline, progress=progress)


def renew_on(database: Database, lease: Lease, deadline: Deadline, *, progress: int | None = None) -> None:
    """As `renew`, on that database's connection."""
    if not repository.renew(database, lease.job, lease.token, progress, deadline):
        raise LeaseLost


def finish(runtime: Runtime, lease: Lease, result: Mapping[str, Any], deadline: Deadline) -> None:
    """Ends the job well, and announces it in the same transaction. A result without a timestamp gets one.

    Decimals become JSON numbers. Raises LeaseLost, and ResultTooLarge where no answer could hold it; then nothing was changed.
    """
    dated = {"timestamp": _iso(now_utc()), **result}
    text = repository.json_text(dated)
    if len(text) > RESULT_CHARACTERS:
        raise ResultTooLarge
    with runtime.database.transaction(lease.job.business_id, None, deadline) as uow:
        finished = repository.complete(uow, lease.job.id, lease.token, text)
        if finished is None:
            raise LeaseLost
        done = replace(
            lease.job, status=JobStatus.COMPLETED, progress=100, result=dated, error=None, finished_at=finished
        )
        announced = ending.announce(uow, done)
    outbox.send(runtime, announced, deadline)


def fail(runtime: Runtime, lease: Lease, reason: str, deadline: Deadline) -> None:
    """Ends the job badly and for good, and announces it. reason is told to the caller. Raises LeaseLost."""
    with runtime.database.transaction(lease.job.business_id, None, deadline) as uow:
        finished = repository.fail(uow, lease.job.id, lease.token, reason)
        if finished is None:
            raise LeaseLost
        failed = replace(lease.job, status=JobStatus.FAILED, error=reason, finished_at=finished)
        announced = ending.announce(uow, failed)
    outbox.send(runtime, announced, deadline)


def release(runtime: Runtime, lease: Lease, reason: str, deadline: Deadline) -> None:
    """Gives the job back, to be tried again when its message comes again. reason is told to the caller. Raises LeaseLost."""
    with runtime.database.transaction(lease.job.business_id, None, deadline) as uow:
        held = repository.release(uow, lease.job.id, lease.token, reason)
    if not held:
        raise LeaseLost


def lease_of(runtime: Runtime, job_id: UUID, business_id: UUID | None, token: UUID, deadline: Deadline) -> Lease:
    """The lease that this token holds, for a process that was handed it. Raises LeaseLost."""
    with runtime.database.transaction(business_id, None, deadline, read_only=True) as uow:
        job = repository.select_leased(uow, job_id, token)
    if job is None:
        raise LeaseLost
    return Lease(job, token)


def find(runtime: Runtime, user: User, job_id: UUID) -> Job:
    """The job, if the user is a member of its business whose role may read the result; operators see the service's own.

    Raises JobNotFound, also for another business's, and PermissionDenied.
    """
    with runtime.database.transaction(None, user.user_id, user.deadline, read_only=True) as uow:
        membership = repository.job_business(uow, user.user_id, job_id)
        own = repository.select(uow, job_id) if membership is None and user.operator else None
    if own is not None:
        return own
    if membership is None:
        raise JobNotFound
    business_id, role = membership
    job = get(runtime, job_id, business_id, user.deadline)
    if ROUTES[job.kind].read not in ROLE_PERMISSIONS[role]:
        raise PermissionDenied
    return job


def get(runtime: Runtime, job_id: UUID, business_id: UUID | None, deadline: Deadline) -> Job:
    """The job of this business (None: of the service). Raises JobNotFound."""
    with runtime.database.transaction(business_id, None, deadline, read_only=True) as uow:
        job = repository.select(uow, job_id)
    if job is None:
        raise JobNotFound
    return job


def latest_completed(runtime: Runtime, business_id: UUID, kind: JobKind, deadline: Deadline) -> Job | None:
    """The job of this kind that the business started last of those that were completed."""
    with runtime.database.transaction(business_id, None, deadline, read_only=True) as uow:
        return repository.select_latest(uow, business_id, kind)


def member_for(runtime: Runtime, job: Job, deadline: Deadline, request_id: str) -> Member:
    """Whom the job acts for: its user, or SERVICE_USER, with all permissions in its business and its budget of now.

    What the user may do was checked when the job was started. Raises BusinessNotFound where the business is gone, or the
    job is about none.
    """
    if job.business_id is None:
        raise BusinessNotFound
    return tenancy.stand_in(runtime.database, job.business_id, job.user_id, request_id=request_id, deadline=deadline)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
