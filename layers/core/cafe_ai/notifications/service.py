"""A business is told of jobs that have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.platform.telemetry import log_warning

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.jobs.model import Job
    from cafe_ai.platform.clock import Deadline
    from cafe_ai.platform.db import UnitOfWork


def announce(uow: UnitOfWork, job: Job) -> list[UUID]:  # noqa: ARG001 -- the channels will use them
    """Writes, in the open transaction, what tells the job's business that it has ended; outbox ids, to be sent after it.

    No business has a channel on which it could be told yet.
    """
    return []


def give_up(runtime: Runtime, delivery_id: UUID, business_id: UUID, deadline: Deadline) -> None:  # noqa: ARG001
    """Notes that a notification could not be delivered."""
    log_warning("A notification was given up", delivery=str(delivery_id))
