"""What the indexer's function does with a message, and on its schedule."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.catalogue import indexing
from cafe_ai.errors import Unavailable
from cafe_ai.platform.telemetry import log_failure, measures

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline


def message_for(business_id: UUID) -> str:
    """The message that tells of a change in the business's documents."""
    return json.dumps({"business_id": str(business_id)})


def business_of(body: str) -> UUID:
    """The business that a message names. Raises ValueError or KeyError for what is no such message."""
    return UUID(json.loads(body)["business_id"])


def index_business(runtime: Runtime, business_id: UUID, deadline: Deadline) -> None:
    """Indexes what waits of the business. What cannot be done now waits for the schedule, so the message is done with."""
    try:
        indexing.drain(runtime, deadline, business_id)
    except Unavailable as error:
        log_failure("A change waits for the index", error)
        measures().count("IndexDeferred")


def index_all(runtime: Runtime, deadline: Deadline) -> None:
    """Indexes what waits, then looks for what the index lost or should not have, and indexes that too.

    Where the vector store or the model is away there is nothing to be done but to count it: the next run comes in a minute.
    """
    try:
        indexing.drain(runtime, deadline)
        indexing.reconcile(runtime, deadline)
        indexing.drain(runtime, deadline)
    except Unavailable as error:
        log_failure("The index could not be brought up to date", error)
        measures().count("IndexDeferred")
