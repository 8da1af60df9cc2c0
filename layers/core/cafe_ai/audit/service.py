"""Every inference is written, with its conversation, in one transaction; none is lost while the database is away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cafe_ai.audit import message, repository
from cafe_ai.audit.model import (
    ERROR_CHARACTERS,
    PROMPT_CHARACTERS,
    RESPONSE_CHARACTERS,
    Inference,
    storable,
)
from cafe_ai.conversations import repository as conversations
from cafe_ai.conversations.model import Turn
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.queue import MAX_MESSAGE_BYTES
from cafe_ai.platform.telemetry import log_failure, measures

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime

WRITE_SECONDS = 1.0  # the least that writing may take, also after the deadline: the gateway waits 5 s longer


def record(
    runtime: Runtime,
    inference: Inference,
    turn: Turn | None = None,
    deadline: Deadline | None = None,
    *,
    database_away: bool = False,
) -> None:
    """Writes the inference, its cost and its turn in one transaction; where that fails, sends them to the audit queue.

    database_away: the request has waited for the database in vain already, so the queue, if there is one, takes it at
    once. It never raises: the answer goes out even where neither can be reached. Then the log has the ids, and the
    metric AuditLost counts it.
    """
    inference, turn = _cut(inference, turn)
    measures().inference(
        inference.model_name, inference.tokens_used, float(inference.cost_usd), degraded=inference.degraded
    )
    if database_away and runtime.audit_queue is not None:
        _spool(runtime, inference, turn, _at_least(deadline, WRITE_SECONDS))
        return
    try:
        store(runtime, inference, turn, _at_least(deadline, WRITE_SECONDS))
    except Exception as error:  # whatever kept it from the table, the queue keeps it
        log_failure("The audit could not be written", error, inference=str(inference.id))
        _spool(runtime, inference, turn, _at_least(deadline, WRITE_SECONDS))


def store(runtime: Runtime, inference: Inference, turn: Turn | None, deadline: Deadline) -> None:
    """Writes the inference, its cost and its turn, each once however often it is called with the same ids.

    Raises Unavailable where the database cannot be written.
    """
    with (
        tracing.span("write"),
        runtime.database.transaction(inference.business_id, inference.user_id, deadline) as uow,
    ):
        if turn is not None:
            conversations.insert(uow, turn)
        repository.insert(uow, inference)


def store_message(runtime: Runtime, record: message.Record, deadline: Deadline) -> None:
    """Writes what the audit queue kept."""
    store(runtime, *record, deadline)


def _spool(runtime: Runtime, inference: Inference, turn: Turn | None, deadline: Deadline) -> None:
    try:
        _send(runtime, inference, turn, deadline)
    except Exception as error:  # the answer is right and goes out
        log_failure(
            "The audit is lost", error, inference=str(inference.id), conversation=str(turn.id) if turn else None
        )
        measures().count("AuditLost")
    else:
        measures().count("AuditSpooled")


def _send(runtime: Runtime, inference: Inference, turn: Turn | None, deadline: Deadline) -> None:
    if runtime.audit_queue is None:
        raise LookupError("No audit queue is configured.")
    body = message.encode(inference, turn)
    if len(body) > MAX_MESSAGE_BYTES:  # only a plan can be that long, and it can be made again from the prompt
        body = message.encode(replace(inference, plan=None), turn and replace(turn, plan=None))
    runtime.audit_queue.send(body, deadline)


def _cut(inference: Inference, turn: Turn | None) -> tuple[Inference, Turn | None]:
    prompt = storable(inference.prompt, PROMPT_CHARACTERS)
    response = storable(inference.response, RESPONSE_CHARACTERS)
    error = inference.error_message and storable(inference.error_message, ERROR_CHARACTERS)
    if turn is not None:
        inference = replace(inference, conversation_id=turn.id)  # or an erased turn would leave its words here
        turn = replace(
            turn,
            prompt=storable(turn.prompt, PROMPT_CHARACTERS),
            response=storable(turn.response, RESPONSE_CHARACTERS),
        )
    return replace(inference, prompt=prompt, response=response, error_message=error), turn


def _at_least(deadline: Deadline | None, seconds: float) -> Deadline:
    return Deadline.after(seconds if deadline is None else max(seconds, deadline.remaining()))
