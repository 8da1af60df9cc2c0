"""The SQL of jobs (the functions' text is in infra/migrations/0009_jobs.sql)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, LiteralString
from uuid import UUID

from psycopg import errors as sql_errors
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from cafe_ai.errors import BusinessNotFound
from cafe_ai.jobs.messages import body_of
from cafe_ai.jobs.model import Job, JobKind, JobStatus
from cafe_ai.jobs.routing import ROUTES
from cafe_ai.outbox.model import OutboxMessage
from cafe_ai.tenancy.model import Role

if TYPE_CHECKING:
    from cafe_ai.platform.clock import Deadline
    from cafe_ai.platform.db import Database, UnitOfWork

# One statement, so that accepting a job is one round trip within its transaction.
INSERT_WITH_MESSAGE: LiteralString = """
WITH started AS (
    INSERT INTO ai_jobs (id, business_id, user_id, kind, params, idempotency_key, request_hash, correlation_id)
    VALUES (%(id)s, %(business_id)s, %(user_id)s, %(kind)s, %(params)s, %(key)s, %(hash)s, %(correlation_id)s)
    ON CONFLICT DO NOTHING
    RETURNING created_at
), told AS (
    INSERT INTO ai_outbox (id, business_id, queue, body, correlation_id, traceparent, available_at)
    SELECT %(message_id)s, %(business_id)s, %(queue)s, %(body)s, %(correlation_id)s, %(traceparent)s,
           clock_timestamp() + outbox_wait(0)
      FROM started
)
SELECT created_at FROM started"""
SELECT_BY_KEY = """
SELECT * FROM ai_jobs
 WHERE idempotency_key = %s AND business_id IS NOT DISTINCT FROM %s AND user_id IS NOT DISTINCT FROM %s"""
SELECT_JOB = "SELECT * FROM ai_jobs WHERE id = %s"
SELECT_STANDING = """
SELECT *, extract(epoch FROM lease_expires_at - clock_timestamp())::float8 AS lease_seconds FROM ai_jobs WHERE id = %s"""
SELECT_LATEST = """
SELECT * FROM ai_jobs
 WHERE business_id = %s AND kind = %s AND status = 'completed' ORDER BY id DESC LIMIT 1"""
CLAIM: LiteralString = """
UPDATE ai_jobs
   SET status = 'processing', attempts = attempts + 1, lease_token = %(token)s, progress = 0,
       lease_expires_at = clock_timestamp() + make_interval(secs => (%(routes)s::jsonb -> kind ->> 'lease')::float8),
       started_at = coalesce(started_at, clock_timestamp())
 WHERE id = %(id)s
   AND attempts < (%(routes)s::jsonb -> kind ->> 'attempts')::integer
   AND (status = 'pending' OR status = 'processing' AND lease_expires_at <= clock_timestamp())
RETURNING *"""
RENEW: LiteralString = """
UPDATE ai_jobs
   SET lease_expires_at = clock_timestamp() + make_interval(secs => %(lease)s), progress = coalesce(%(progress)s, progress)
 WHERE id = %(id)s AND lease_token = %(token)s
RETURNING id"""
SELECT_LEASED = "SELECT * FROM ai_jobs WHERE id = %s AND lease_token = %s"
COMPLETE = """
UPDATE ai_jobs
   SET status = 'completed', progress = 100, result = %(result)s::jsonb, error = NULL, lease_token = NULL,
       lease_expires_at = NULL, finished_at = clock_timestamp()
 WHERE id = %(id)s AND lease_token = %(token)s
RETURNING finished_at"""
FAIL = """
UPDATE ai_jobs
   SET status = 'failed', error = %(reason)s, lease_token = NULL, lease_expires_at = NULL, finished_at = clock_timestamp()
 WHERE id = %(id)s AND lease_token = %(token)s
RETURNING finished_at"""
RELEASE = """
UPDATE ai_jobs
   SET status = 'pending', error = %(reason)s, lease_token = NULL, lease_expires_at = NULL, queued_at = clock_timestamp()
 WHERE id = %(id)s AND lease_token = %(token)s"""
GIVE_UP = """
UPDATE ai_jobs
   SET status = 'failed', gave_up = true, error = %(reason)s, lease_token = NULL, lease_expires_at = NULL,
       finished_at = clock_timestamp()
 WHERE id = %(id)s
   AND attempts >= %(max_attempts)s
   AND (status = 'pending' OR status = 'processing' AND lease_expires_at <= clock_timestamp())
RETURNING finished_at"""
LOCK_OVERDUE = """
SELECT * FROM ai_jobs
 WHERE id = %(id)s
   AND CASE status
       WHEN 'pending' THEN queued_at <= clock_timestamp() - make_interval(secs => %(pending)s)
       WHEN 'processing' THEN lease_expires_at <= clock_timestamp() - make_interval(secs => %(lapsed)s)
       ELSE false
       END
   FOR NO KEY UPDATE"""
QUEUE_ANEW = """
UPDATE ai_jobs
   SET error = CASE status WHEN 'processing' THEN %(silent)s ELSE error END,
       status = 'pending', lease_token = NULL, lease_expires_at = NULL, queued_at = clock_timestamp()
 WHERE id = %(id)s"""
RESET_GIVEN_UP = """
UPDATE ai_jobs
   SET status = 'pending', gave_up = false, attempts = 0, progress = 0, error = NULL, started_at = NULL, finished_at = NULL,
       queued_at = clock_timestamp()
 WHERE id = %s AND gave_up
RETURNING kind, correlation_id"""
SELECT_OVERDUE = """
SELECT id, business_id FROM overdue_jobs(make_interval(secs => %s), make_interval(secs => %s), %s)"""
SELECT_GIVEN_UP = "SELECT id, business_id FROM given_up_jobs(%s, %s, %s, %s)"
KEEP_DEAD_LETTER = """
INSERT INTO ai_dead_letters (message_id, queue, body) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"""
JOB_BUSINESS = "SELECT business_id, role FROM job_business(%s, %s)"


@dataclass(frozen=True, slots=True)
class Request:
    """A job that is to be started: `key` and `hash` are its idempotency key and what the key stands for."""

    job: Job
    key: str | None
    hash: bytes | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A job as it stands; lease_seconds is what is left of the lease in force, None where there is none."""

    job: Job
    lease_seconds: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """A job of any business that something is to be done about."""

    job_id: UUID
    business_id: UUID | None


def insert(database: Database, request: Request, message: OutboxMessage, deadline: Deadline) -> datetime | None:
    """Writes a job with its message, in a transaction of its own; when, or None where there is one with its key.

    Raises BusinessNotFound.
    """
    job = request.job
    values = {
        "id": job.id,
        "business_id": job.business_id,
        "user_id": job.user_id,
        "kind": job.kind.value,
        "params": Jsonb(job.params),
        "key": request.key,
        "hash": request.hash,
        "correlation_id": job.correlation_id,
        "message_id": message.id,
        "queue": message.queue,
        "traceparent": message.traceparent,
        "body": Jsonb(body_of(job.id, job.business_id)),
    }
    try:
        rows = database.run(INSERT_WITH_MESSAGE, values, job.business_id, job.user_id, deadline)
    except sql_errors.ForeignKeyViolation as error:
        raise BusinessNotFound from error
    return rows[0]["created_at"].astimezone(UTC) if rows else None


def select_by_key(
    uow: UnitOfWork, key: str, business_id: UUID | None, user_id: UUID | None
) -> tuple[Job, bytes] | None:
    """The job that was started with this key, and what the key stands for."""
    row = _row(uow, SELECT_BY_KEY, (key, business_id, user_id))
    return None if row is None else (_job(row), row["request_hash"])


def select(uow: UnitOfWork, job_id: UUID) -> Job | None:
    """The job, where it is the unit of work's own business's, or the service's where it names none."""
    row = _row(uow, SELECT_JOB, (job_id,))
    return None if row is None else _job(row)


def select_standing(uow: UnitOfWork, job_id: UUID) -> Standing | None:
    """The job with what is left of its lease."""
    row = _row(uow, SELECT_STANDING, (job_id,))
    return None if row is None else Standing(_job(row), row["lease_seconds"])


def select_latest(uow: UnitOfWork, business_id: UUID, kind: JobKind) -> Job | None:
    """The job of this kind that the business started last of those that were completed."""
    row = _row(uow, SELECT_LATEST, (business_id, kind.value))
    return None if row is None else _job(row)


def claim(database: Database, job_id: UUID, business_id: UUID | None, token: UUID, deadline: Deadline) -> Job | None:
    """Takes the job up, if it is free and may be tried once more, in a transaction of its own: as it stands then."""
    routes = {
        kind.value: {"lease": route.lease_seconds, "attempts": route.max_attempts} for kind, route in ROUTES.items()
    }
    values = {"id": job_id, "token": token, "routes": Jsonb(routes)}
    rows = database.run(CLAIM, values, business_id, deadline=deadline, may_be_lost=True)
    return _job(rows[0]) if rows else None


def renew(database: Database, job: Job, token: UUID, progress: int | None, deadline: Deadline) -> bool:
    """Begins the lease anew, in a transaction of its own; whether the token still holds it."""
    values = {"id": job.id, "token": token, "lease": ROUTES[job.kind].lease_seconds, "progress": progress}
    return bool(database.run(RENEW, values, job.business_id, deadline=deadline, may_be_lost=True))


def select_leased(uow: UnitOfWork, job_id: UUID, token: UUID) -> Job | None:
    """The job, if the token holds its lease."""
    row = _row(uow, SELECT_LEASED, (job_id, token))
    return None if row is None else _job(row)


def complete(uow: UnitOfWork, job_id: UUID, token: UUID, result: str) -> datetime | None:
    """Ends the job well, with its result as JSON text; when, or None where the token does not hold its lease any more."""
    return _ended(uow, COMPLETE, {"id": job_id, "token": token, "result": result})


def fail(uow: UnitOfWork, job_id: UUID, token: UUID, reason: str) -> datetime | None:
    """Ends the job badly; otherwise as `complete`."""
    return _ended(uow, FAIL, {"id": job_id, "token": token, "reason": reason})


def release(uow: UnitOfWork, job_id: UUID, token: UUID, reason: str) -> bool:
    """Gives the job back; whether the token held its lease."""
    return uow.connection.execute(RELEASE, {"id": job_id, "token": token, "reason": reason}).rowcount == 1


def give_up(uow: UnitOfWork, job_id: UUID, reason: str, max_attempts: int) -> datetime | None:
    """Ends a job that was tried so often and that nobody works on; when, or None where that is not so."""
    return _ended(uow, GIVE_UP, {"id": job_id, "reason": reason, "max_attempts": max_attempts})


def select_overdue(uow: UnitOfWork, pending_seconds: float, lapsed_seconds: float, at_most: int) -> list[Found]:
    """Jobs of any business that are pending, or whose lease has run out, for at least so long."""
    rows = uow.connection.execute(SELECT_OVERDUE, (pending_seconds, lapsed_seconds, at_most))
    return [Found(*row) for row in rows]


def lock_overdue(uow: UnitOfWork, job_id: UUID, pending_seconds: float, lapsed_seconds: float) -> Job | None:
    """The job, if it still is overdue: until the end of the transaction it stays as it is."""
    values = {"id": job_id, "pending": pending_seconds, "lapsed": lapsed_seconds}
    row = _row(uow, LOCK_OVERDUE, values)
    return None if row is None else _job(row)


def queue_anew(uow: UnitOfWork, job_id: UUID, silent: str) -> None:
    """Makes a job that is locked free for the next worker; `silent` is its error where a worker had held it."""
    uow.connection.execute(QUEUE_ANEW, {"id": job_id, "silent": silent})


def select_given_up(
    uow: UnitOfWork, kind: JobKind | None, job_id: UUID | None, after: UUID | None, at_most: int
) -> list[Found]:
    """Jobs of any business that failed for want of attempts, in the order of their ids."""
    rows = uow.connection.execute(SELECT_GIVEN_UP, (kind and kind.value, job_id, after, at_most))
    return [Found(*row) for row in rows]


def reset_given_up(uow: UnitOfWork, job_id: UUID) -> tuple[JobKind, str | None] | None:
    """Makes a job that failed for want of attempts as good as new; its kind and correlation id, or None where it is no such
    job."""
    row = uow.connection.execute(RESET_GIVEN_UP, (job_id,)).fetchone()
    return None if row is None else (JobKind(row[0]), row[1])


def keep_dead_letter(uow: UnitOfWork, message_id: str, queue: str, body: str) -> None:
    """Keeps a message that cannot be read, once. What no text here may hold is shown: U+0000 as U+2400, half a character as
    its escape."""
    kept = body.replace("\0", "\u2400").encode(errors="backslashreplace").decode()
    uow.connection.execute(KEEP_DEAD_LETTER, (message_id, queue, kept))


def job_business(uow: UnitOfWork, caller: UUID, job_id: UUID) -> tuple[UUID, Role] | None:
    """The job's business and the caller's role in it; None where the caller is no member of it."""
    row = uow.connection.execute(JOB_BUSINESS, (caller, job_id)).fetchone()
    return None if row is None else (row[0], Role(row[1]))


def json_text(document: Mapping[str, Any]) -> str:
    """The document as JSON: a Decimal is a number, an id its text, a moment ISO 8601. Raises ValueError for NaN."""
    return json.dumps(document, default=_json_value, allow_nan=False, ensure_ascii=False)


def _json_value(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON.")


def _ended(uow: UnitOfWork, statement: LiteralString, values: Mapping[str, Any]) -> datetime | None:
    row = uow.connection.execute(statement, values).fetchone()
    return None if row is None else row[0].astimezone(UTC)


def _row(uow: UnitOfWork, statement: LiteralString, values: Sequence[Any] | Mapping[str, Any]) -> dict[str, Any] | None:
    with uow.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, values).fetchone()


def _job(row: Mapping[str, Any]) -> Job:
    return Job(
        id=row["id"],
        business_id=row["business_id"],
        user_id=row["user_id"],
        kind=JobKind(row["kind"]),
        params=row["params"],
        status=JobStatus(row["status"]),
        progress=row["progress"],
        attempts=row["attempts"],
        result=row["result"],
        error=row["error"],
        created_at=row["created_at"].astimezone(UTC),
        started_at=row["started_at"] and row["started_at"].astimezone(UTC),
        finished_at=row["finished_at"] and row["finished_at"].astimezone(UTC),
        correlation_id=row["correlation_id"],
    )
