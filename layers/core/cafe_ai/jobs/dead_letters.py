"""Messages that came as often as their queue gives one. None disappears: it is acted on, kept, or comes again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cafe_ai.jobs import messages, recovery, repository
from cafe_ai.notifications import service as notifications
from cafe_ai.platform.telemetry import log_failure, measures

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline


def see_to(runtime: Runtime, message_id: str, queue: str, body: str, deadline: Deadline) -> None:
    """Fails the job or gives up the notification that the message names, or has it done after all where tries are left.

    What names neither is kept in ai_dead_letters for an operator. Raises JobBusy where a worker holds the job, and
    Unavailable, also where one has the notification in hand: then the message comes again.
    """
    try:
        named = messages.read(body)
        delivery = _delivery(named) if "delivery_id" in named else None
        job = messages.parse(body) if delivery is None else None
    except ValueError as error:
        _keep(runtime, message_id, queue, body, deadline)
        log_failure("A dead letter could not be read and is kept", error, message_id=message_id, queue=queue)
        return
    if delivery is not None:
        notifications.see_to_dead_letter(runtime, *delivery, deadline)
    if job is not None:
        recovery.see_to_dead_letter(runtime, job.job_id, job.business_id, deadline)


def _delivery(body: Mapping[str, Any]) -> tuple[UUID, UUID]:
    """The delivery that the message names, and its business. Raises ValueError."""
    return UUID(str(body["delivery_id"])), UUID(str(body.get("business_id")))


def _keep(runtime: Runtime, message_id: str, queue: str, body: str, deadline: Deadline) -> None:
    with runtime.database.transaction(deadline=deadline) as uow:
        repository.keep_dead_letter(uow, message_id, queue, body)
    measures().count("DeadLettersKept")
