"""Messages that are written with what they tell of, and sent after the commit. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message that is to be sent to the queue of that name. correlation_id is that of the request it comes from,
    traceparent the span in which it was made.
    """

    id: UUID
    queue: str
    body: Mapping[str, Any]
    correlation_id: str | None
    traceparent: str | None = None
