"""The SQL of the outbox (the functions' text is in infra/migrations/0019_traces.sql and 0009_jobs.sql)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from cafe_ai.outbox.model import OutboxMessage

if TYPE_CHECKING:
    from cafe_ai.platform.clock import Deadline
    from cafe_ai.platform.db import Database, UnitOfWork

INSERT_MESSAGE = """
INSERT INTO ai_outbox (id, business_id, queue, body, correlation_id, traceparent, available_at)
VALUES (%s, %s, %s, %s, %s, %s, clock_timestamp() + outbox_wait(0))"""
TAKE_DUE = "SELECT id, queue, body, correlation_id, traceparent FROM claim_due_messages(%s)"
TAKE = "SELECT id, queue, body, correlation_id, traceparent FROM claim_messages(%s)"
FORGET: LiteralString = "SELECT forget_messages(%(ids)s)"


def insert(uow: UnitOfWork, business_id: UUID | None, message: OutboxMessage) -> None:
    """Writes a message of the unit of work's own business, or of none where it names none."""
    body = Jsonb(as_stored(message.body))
    values = (message.id, business_id, message.queue, body, message.correlation_id, message.traceparent)
    uow.connection.execute(INSERT_MESSAGE, values)


def take_due(uow: UnitOfWork, at_most: int) -> list[OutboxMessage]:
    """Messages that nobody has sent in time, for this caller alone to send now."""
    return [OutboxMessage(*row) for row in uow.connection.execute(TAKE_DUE, (at_most,))]


def take(uow: UnitOfWork, ids: Sequence[UUID]) -> list[OutboxMessage]:
    """These of the messages that are still to be sent and that nobody is sending."""
    return [OutboxMessage(*row) for row in uow.connection.execute(TAKE, (list(ids),))]


def forget(database: Database, ids: Sequence[UUID], deadline: Deadline) -> None:
    """Removes messages that were sent, in a transaction of its own."""
    database.run(FORGET, {"ids": list(ids)}, deadline=deadline, may_be_lost=True)


def as_stored(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with its ids as JSON has them."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in body.items()}
