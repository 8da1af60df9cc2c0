"""Messages that came as often as their queue gives one. None disappears: it is acted on, kept, or comes again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.jobs import messages, recovery, repository
from cafe_ai.notifications import service as notifications
from cafe_ai.platform.telemetry import log_failure, measures

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline


def see_to(runtime: Runtime, message_id: str, queue: str, body: str, deadline: Deadline) -> None:
    """Fails the job or gives up the notification that the message names, or has the job done after all.

    What names neither is kept in ai_dead_letters for an operator. Raises JobBusy where a worker holds the job, and
    Unavailable: then the message comes again.
    """
    try:
        if (delivery := _delivery(body)) is not None:
            notifications.give_up(runtime, *delivery, deadline)
        else:
            job = messages.parse(body)
            recovery.see_to_dead_letter(runtime, job.job_id, job.business_id, deadline)
    except ValueError as error:
        _keep(runtime, message_id, queue, body, deadline)
        log_failure("A dead letter could not be read and is kept", error, message_id=message_id, queue=queue)


def _delivery(body: str) -> tuple[UUID, UUID] | None:
    """The delivery that the message names, and its business. Raises ValueError where it is no JSON or names them wrongly."""
    read = json.loads(body)
    if not isinstance(read, dict) or "delivery_id" not in read:
        return None
    return UUID(str(read["delivery_id"])), UUID(str(read.get("business_id")))


def _keep(runtime: Runtime, message_id: str, queue: str, body: str, deadline: Deadline) -> None:
    with runtime.database.transaction(deadline=deadline) as uow:
        repository.keep_dead_letter(uow, message_id, queue, body)
    measures().count("DeadLettersKept")
