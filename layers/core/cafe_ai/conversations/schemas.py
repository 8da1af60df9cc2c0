"""The conversations and their feedback on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from cafe_ai.conversations.model import COMMENT_CHARACTERS, Turn
from cafe_ai.parameters import STORABLE, storable

Skip = Annotated[int, Field(ge=0, le=1_000_000_000)]
Limit = Annotated[int, Field(ge=1, le=500)]


class ConversationBody(BaseModel):
    """One question of the caller and its answer."""

    id: UUID
    user_id: UUID
    business_id: UUID
    assistant_type: str
    prompt: str
    response: str
    tokens_used: int
    response_time_ms: int
    created_at: datetime

    @classmethod
    def of(cls, turn: Turn) -> ConversationBody:
        """A turn as JSON has it."""
        return cls(**{name: getattr(turn, name) for name in cls.model_fields})


class Deleted(BaseModel):
    """How many conversations were erased."""

    deleted: int


Comment = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=COMMENT_CHARACTERS),
    AfterValidator(storable),
    Field(json_schema_extra={"pattern": STORABLE}),
]


class FeedbackRequest(BaseModel):
    """What the caller thinks of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rating: Literal["up", "down"]
    comment: Comment | None = None


class FeedbackBody(BaseModel):
    """The feedback as it now stands."""

    conversation_id: UUID
    rating: Literal["up", "down"]
    comment: str | None
