"""A question and its answer, as the caller can read them back. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

COMMENT_CHARACTERS = 2_000

Rating = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a user about a business, and the answer.

    follows_id is the turn it followed up. plan is what was understood (JSON), for the next turn to build on; None where
    nothing was. created_at is aware.
    """

    id: UUID
    user_id: UUID
    business_id: UUID
    follows_id: UUID | None
    assistant_type: str
    locale: str
    prompt: str
    response: str
    plan: Mapping[str, Any] | None
    tokens_used: int
    response_time_ms: int
    created_at: datetime
