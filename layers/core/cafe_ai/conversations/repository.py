"""The SQL of conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cafe_ai.conversations.model import Turn
from cafe_ai.errors import ConversationNotFound

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork

SELECT_OWN_TURN = """
SELECT id, user_id, business_id, follows_id, assistant_type, locale, prompt, response, plan, tokens_used,
       response_time_ms, created_at
  FROM ai_conversations
 WHERE id = %s
   AND user_id = current_user_id()
   AND business_id = current_business_id()
"""

INSERT_TURN = """
INSERT INTO ai_conversations (id, user_id, business_id, follows_id, assistant_type, locale, prompt, response, plan,
                              tokens_used, response_time_ms, created_at)
VALUES (%(id)s, %(user_id)s, %(business_id)s, %(follows_id)s, %(assistant_type)s, %(locale)s, %(prompt)s, %(response)s,
        %(plan)s, %(tokens_used)s, %(response_time_ms)s, %(created_at)s)
ON CONFLICT (id) DO NOTHING
"""


def get_turn(uow: UnitOfWork, conversation_id: UUID) -> Turn:
    """The turn, where it is the unit of work's user's own and about its business. Raises ConversationNotFound."""
    with uow.connection.cursor(row_factory=class_row(Turn)) as cursor:
        turn = cursor.execute(SELECT_OWN_TURN, (conversation_id,)).fetchone()
    if turn is None:
        raise ConversationNotFound
    return turn


def insert(uow: UnitOfWork, turn: Turn) -> None:
    """Writes the turn; a turn that is there already stays as it is."""
    columns = {name: getattr(turn, name) for name in Turn.__slots__}
    uow.connection.execute(INSERT_TURN, columns | {"plan": None if turn.plan is None else Jsonb(turn.plan)})
