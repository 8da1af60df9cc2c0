"""What users do with their own conversations, whatever business these are about and whether they still belong to it."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.conversations import repository
from cafe_ai.conversations.model import Turn
from cafe_ai.errors import ConversationNotFound
from cafe_ai.tenancy.model import User

if TYPE_CHECKING:
    from cafe_ai.platform.db import Database

PAGE_BYTES = 5_500_000
"""The texts of one page: a function's answer has at most 6 MB, names and figures included."""


def list_own(
    database: Database,
    user: User,
    *,
    skip: int,
    limit: int,
    assistant_type: str | None = None,
    business_id: UUID | None = None,
) -> list[Turn]:
    """The user's own turns, newest first: `limit` of them after the first `skip`, of one assistant or business if named.

    Of very long texts there are fewer, as many as an answer may hold: the next page begins after those that came.
    """
    with database.transaction(None, user.user_id, user.deadline, read_only=True) as uow:
        turns = repository.select_own(uow, skip, limit, assistant_type, business_id)
    sizes = accumulate(_size(turn) for turn in turns)
    return [turn for turn, size in zip(turns, sizes, strict=True) if size <= PAGE_BYTES]


def _size(turn: Turn) -> int:
    """How long its texts are as JSON within the JSON that Lambda returns, in ASCII at worst."""
    return len(json.dumps(json.dumps([turn.prompt, turn.response])))


def erase(database: Database, user: User, conversation_id: UUID) -> None:
    """Erases the user's words in one turn, now and from what is yet to be written. Raises ConversationNotFound."""
    with database.transaction(None, user.user_id, user.deadline) as uow:
        erased = repository.erase(uow, conversation_id)
    if not erased:
        raise ConversationNotFound


def erase_all(database: Database, user: User) -> int:
    """Erases all the user's words up to now, also from what is yet to be written; how many turns there were."""
    with database.transaction(None, user.user_id, user.deadline) as uow:
        return repository.erase_all(uow)
