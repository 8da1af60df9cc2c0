"""The SQL of notifications."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg.rows import kwargs_row

from cafe_ai.notifications.model import Channel, Delivery, Event
from cafe_ai.platform.db import UnitOfWork

if TYPE_CHECKING:
    from cafe_ai.jobs.model import Job

ERROR_CHARACTERS = 500

INSERT_DELIVERIES = """
INSERT INTO notification_deliveries (id, business_id, channel_id, job_id, event, reason, finished_at)
SELECT new_id(), channel.business_id, channel.id, %(job_id)s, %(event)s, %(reason)s, %(finished_at)s
  FROM notification_channels AS channel
 WHERE channel.business_id = %(business_id)s AND channel.active AND %(event)s = ANY (channel.events)
   AND (channel.kinds IS NULL OR %(kind)s = ANY (channel.kinds))
ON CONFLICT (job_id, channel_id, event) DO NOTHING
RETURNING id"""

# A delivery is one worker's at a time: of two that ask at once, the second waits for the row and then finds it claimed.
CLAIM_DELIVERY = """
UPDATE notification_deliveries AS delivery
   SET attempts = delivery.attempts + 1, claimed_until = clock_timestamp() + make_interval(secs => %(seconds)s)
  FROM notification_channels AS channel, ai_jobs AS job, businesses AS business
 WHERE delivery.id = %(id)s AND delivery.status = 'pending'
   AND (delivery.claimed_until IS NULL OR delivery.claimed_until < clock_timestamp())
   AND channel.id = delivery.channel_id AND job.id = delivery.job_id AND business.id = delivery.business_id
RETURNING delivery.id, delivery.business_id, delivery.event, delivery.attempts AS attempt, channel.kind AS channel,
          channel.address, channel.secret, channel.active, job.id AS job_id, job.kind AS job_kind, delivery.reason,
          CASE delivery.event WHEN 'job.completed' THEN job.result END AS result, job.created_at, delivery.finished_at,
          business.name AS business_name, coalesce(channel.locale, business.locale) AS locale, business.timezone,
          business.currency"""

SELECT_CLAIMED_SECONDS = """
SELECT greatest(0, extract(epoch FROM claimed_until - clock_timestamp()))::float8
  FROM notification_deliveries WHERE id = %s AND status = 'pending'"""

LOCK_PENDING = """
SELECT attempts, greatest(0, extract(epoch FROM claimed_until - clock_timestamp()))::float8
  FROM notification_deliveries WHERE id = %s AND status = 'pending' FOR UPDATE"""

MARK_SENT = """
UPDATE notification_deliveries
   SET status = 'sent', sent_at = now(), claimed_until = NULL, last_error = NULL
 WHERE id = %s AND status <> 'sent'"""

MARK_FAILED = """
UPDATE notification_deliveries
   SET status = 'failed', claimed_until = NULL, last_error = coalesce(%(error)s, last_error)
 WHERE id = %(id)s AND status = 'pending'"""

# Not where the claim ran out and another worker has taken it since.
RELEASE_DELIVERY = """
UPDATE notification_deliveries
   SET claimed_until = NULL, last_error = %(error)s
 WHERE id = %(id)s AND status = 'pending' AND attempts = %(attempt)s"""

REVIVE_DELIVERIES = """
UPDATE notification_deliveries
   SET status = 'pending', attempts = 0, claimed_until = NULL
 WHERE business_id = %s AND status = 'failed'
RETURNING id, (SELECT correlation_id FROM ai_jobs WHERE ai_jobs.id = job_id)"""

UPSERT_CHANNEL = """
INSERT INTO notification_channels (id, business_id, kind, address, secret, locale, events, kinds)
VALUES (%(id)s, %(business_id)s, %(kind)s, %(address)s, %(secret)s, %(locale)s, %(events)s, %(kinds)s)
ON CONFLICT (business_id, kind, address) DO UPDATE
   SET secret = excluded.secret, locale = excluded.locale, events = excluded.events, kinds = excluded.kinds, active = true"""

DELETE_CHANNEL = "DELETE FROM notification_channels WHERE business_id = %s AND kind = %s AND address = %s"

SELECT_CHANNELS = """
SELECT id, business_id, kind, address, events, kinds, locale, active
  FROM notification_channels WHERE business_id = %s ORDER BY created_at, id"""

BUSINESS_EXISTS = "SELECT true FROM businesses WHERE id = %s"


def insert_deliveries(uow: UnitOfWork, job: Job, event: Event, finished_at: datetime) -> list[UUID]:
    """A delivery for each channel that wants to know and was not told yet; their ids."""
    values = {
        "business_id": job.business_id,
        "job_id": job.id,
        "kind": job.kind.value,
        "event": event.value,
        "reason": job.error if event is Event.FAILED else None,
        "finished_at": finished_at,
    }
    return [row[0] for row in uow.connection.execute(INSERT_DELIVERIES, values)]


def claim(uow: UnitOfWork, delivery_id: UUID, seconds: float) -> Delivery | None:
    """The delivery, for this worker alone for so long; None where it is not pending or another has it."""
    with uow.connection.cursor(row_factory=kwargs_row(_delivery)) as cursor:
        return cursor.execute(CLAIM_DELIVERY, {"id": delivery_id, "seconds": seconds}).fetchone()


def claimed_for(uow: UnitOfWork, delivery_id: UUID) -> float | None:
    """How many seconds another worker still has it; None where it is not pending (any more)."""
    row = uow.connection.execute(SELECT_CLAIMED_SECONDS, [delivery_id]).fetchone()
    return None if row is None else float(row[0] or 0)


def lock_pending(uow: UnitOfWork, delivery_id: UUID) -> tuple[int, float] | None:
    """How often it was tried, and for how many seconds a worker still has it; None where it is not pending (any more)."""
    row = uow.connection.execute(LOCK_PENDING, [delivery_id]).fetchone()
    return None if row is None else (int(row[0]), float(row[1] or 0))


def mark_sent(uow: UnitOfWork, delivery_id: UUID) -> None:
    """It has been sent, whoever else may have had it meanwhile."""
    uow.connection.execute(MARK_SENT, [delivery_id])


def mark_failed(uow: UnitOfWork, delivery_id: UUID, error: str | None) -> bool:
    """It is given up; without an error the last one stays. False where it was not pending."""
    values = {"id": delivery_id, "error": error and error[:ERROR_CHARACTERS]}
    return uow.connection.execute(MARK_FAILED, values).rowcount == 1


def release(uow: UnitOfWork, delivery: Delivery, error: str) -> None:
    """This try was in vain; another worker may have the next."""
    values = {"id": delivery.id, "attempt": delivery.attempt, "error": error[:ERROR_CHARACTERS]}
    uow.connection.execute(RELEASE_DELIVERY, values)


def revive(uow: UnitOfWork, business_id: UUID) -> list[tuple[UUID, str | None]]:
    """Has what was given up pending again; the ids, each with the correlation id of its job."""
    return uow.connection.execute(REVIVE_DELIVERIES, [business_id]).fetchall()


def upsert_channel(uow: UnitOfWork, channel: Channel, secret: str | None) -> None:
    """Keeps a channel, in the place of one with the same address."""
    uow.connection.execute(
        UPSERT_CHANNEL,
        {
            "id": channel.id,
            "business_id": channel.business_id,
            "kind": channel.kind,
            "address": channel.address,
            "secret": secret,
            "locale": channel.locale,
            "events": [event.value for event in channel.events],
            "kinds": None if channel.kinds is None else list(channel.kinds),
        },
    )


def delete_channel(uow: UnitOfWork, business_id: UUID, kind: str, address: str) -> bool:
    """Removes a channel with what it was told; False where there is none."""
    return uow.connection.execute(DELETE_CHANNEL, [business_id, kind, address]).rowcount == 1


def select_channels(uow: UnitOfWork, business_id: UUID) -> list[Channel]:
    """The business's channels, oldest first."""
    with uow.connection.cursor(row_factory=kwargs_row(_channel)) as cursor:
        return cursor.execute(SELECT_CHANNELS, [business_id]).fetchall()


def business_exists(uow: UnitOfWork, business_id: UUID) -> bool:
    """Whether there is such a business."""
    return uow.connection.execute(BUSINESS_EXISTS, [business_id]).fetchone() is not None


def _delivery(event: str, **columns: Any) -> Delivery:
    return Delivery(event=Event(event), **columns)


def _channel(events: list[str], kinds: list[str] | None, **columns: Any) -> Channel:
    return Channel(
        events=tuple(Event(event) for event in events), kinds=None if kinds is None else tuple(kinds), **columns
    )
