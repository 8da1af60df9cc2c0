"""A message is sent only after the commit of what it tells of, and at least once.

It is written in the same transaction, sent right after it by its writer, and then forgotten. Where the writer dies or the
queue does not take it, the relay sends it; where one dies between sending and forgetting, it is sent again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cafe_ai.outbox import repository
from cafe_ai.outbox.model import OutboxMessage
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.ids import age_seconds, uuid7
from cafe_ai.platform.queue import BATCH_MESSAGES, Message
from cafe_ai.platform.telemetry import correlation_id, log_failure, log_warning, measures

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.db import UnitOfWork

SEND_SECONDS = 3.0  # the most that a request waits for the queue: after that it is the relay's
RELAYED_AT_ONCE = 100
RESERVE_SECONDS = 5.0  # what the relay wants left before it takes more


def message(queue: str, body: Mapping[str, Any], origin: str | None = None) -> OutboxMessage:
    """A message of the trace in hand. origin: the correlation id of what it is about, where that is not the one in hand: of a
    job that somebody else sees to."""
    return OutboxMessage(uuid7(), queue, body, origin or correlation_id(), tracing.traceparent())


def put(
    uow: UnitOfWork, business_id: UUID | None, queue: str, body: Mapping[str, Any], origin: str | None = None
) -> UUID:
    """Writes a message (see `message`) in the open transaction, of its own business; its id, for `send` after the commit."""
    written = message(queue, body, origin)
    write(uow, business_id, written)
    return written.id


def write(uow: UnitOfWork, business_id: UUID | None, written: OutboxMessage) -> None:
    """As `put`, a message that was made already: its writer can `deliver` it without reading it again."""
    repository.insert(uow, business_id, written)


def send(runtime: Runtime, ids: Sequence[UUID], deadline: Deadline) -> None:
    """Sends what `put` wrote, after its commit. It never raises: what it does not get done the relay does."""
    if not ids:
        return
    try:
        with runtime.database.transaction(deadline=deadline) as uow:
            taken = repository.take(uow, ids)
    except Exception as error:  # whatever it is, what called us is done and committed
        log_failure("Messages wait for the relay", error, messages=len(ids))
        return
    deliver(runtime, taken, deadline)


def deliver(runtime: Runtime, messages: Sequence[OutboxMessage], deadline: Deadline) -> int:
    """Sends messages that are written and committed, in batches; how many the queues took. It never raises.

    It waits for the queues at most 3 s.
    """
    soon = Deadline.after(deadline.at_most(SEND_SECONDS))
    sent: list[UUID] = []
    for queue, group in groupby(sorted(messages, key=lambda each: each.queue), key=lambda each: each.queue):
        waiting = list(group)
        for start in range(0, len(waiting), BATCH_MESSAGES):
            sent += _send_batch(runtime, queue, waiting[start : start + BATCH_MESSAGES], soon)
    if sent:
        _forget(runtime, sent, deadline)
    return len(sent)


def relay(runtime: Runtime, deadline: Deadline) -> int:
    """Sends what is due, until nothing is or the time is nearly over; how many the queues took.

    What a queue does not take waits longer each time, so that it holds up no other queue's. Raises Unavailable where the
    database is away.
    """
    relayed, oldest = 0, 0.0
    while deadline.remaining() > RESERVE_SECONDS:
        with runtime.database.transaction(deadline=deadline) as uow:
            taken = repository.take_due(uow, RELAYED_AT_ONCE)
        if not taken:
            break
        oldest = max(oldest, *(age_seconds(each.id) for each in taken))
        relayed += deliver(runtime, taken, deadline)
    measures().count("MessagesRelayed", relayed)
    measures().count("OutboxAge", oldest)
    return relayed


def _send_batch(runtime: Runtime, queue: str, messages: Sequence[OutboxMessage], deadline: Deadline) -> list[UUID]:
    """Those that the queue took."""
    told = [
        Message(json.dumps(repository.as_stored(each.body)), each.correlation_id, each.traceparent) for each in messages
    ]
    try:
        taken = runtime.queue(queue).send_batch(told, deadline)
    except Exception as error:  # down, or not configured here: the others' messages go on
        log_failure("Messages wait for the relay", error, queue=queue, messages=len(messages))
        return []
    if not all(taken):
        log_warning("Messages wait for the relay", queue=queue, messages=taken.count(False))
    return [each.id for each, sent in zip(messages, taken, strict=True) if sent]


def _forget(runtime: Runtime, ids: Sequence[UUID], deadline: Deadline) -> None:
    try:
        repository.forget(runtime.database, ids, deadline)
    except Exception as error:  # they are sent: at worst once more
        log_failure("Messages will be sent again", error, messages=len(ids))
