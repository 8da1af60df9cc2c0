"""An approved question with the plan that answered it. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

QUESTION_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Example:
    """A scrubbed question and its plan: the arguments of the planning tool's call, with the question's own placeholders.

    asked_on is the shop's day on which it was asked: what "yesterday" refers to. own: it is the asking business's.
    """

    question: str
    plan: Mapping[str, Any]
    locale: str
    assistant_type: str
    asked_on: date
    own: bool = False


@dataclass(frozen=True, slots=True)
class NewExample:
    """An example as it is kept, with whose it is: the user's erasure takes it, and the business's."""

    conversation_id: UUID
    business_id: UUID
    user_id: UUID
    business_type: str
    assistant_type: str
    locale: str
    question: str
    plan: Mapping[str, Any]
    asked_on: date
    asked_at: datetime
