"""The SQL of conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cafe_ai.conversations.model import Rating, Turn
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

SELECT_OWN_TURNS = """
SELECT id, user_id, business_id, follows_id, assistant_type, locale, prompt, response, plan, tokens_used,
       response_time_ms, created_at
  FROM ai_conversations
 WHERE user_id = current_user_id()
   AND (%(assistant_type)s::text IS NULL OR assistant_type = %(assistant_type)s)
   AND (%(business_id)s::uuid IS NULL OR business_id = %(business_id)s)
 ORDER BY created_at DESC, id DESC
 LIMIT %(limit)s OFFSET %(skip)s
"""

SELECT_OWN_BUSINESS = "SELECT business_id FROM ai_conversations WHERE id = %s AND user_id = current_user_id()"

ERASE_CONVERSATION = "SELECT erase_conversation(%s)"
ERASE_CONVERSATIONS = "SELECT erase_conversations()"

# xmax is 0 in a row that was inserted, and the updating transaction's own id in one that was there.
UPSERT_FEEDBACK = """
INSERT INTO ai_feedback AS said (conversation_id, user_id, business_id, rating, comment, first_rating)
SELECT id, user_id, business_id, %(rating)s, %(comment)s, %(rating)s
  FROM ai_conversations
 WHERE id = %(conversation_id)s AND user_id = current_user_id()
ON CONFLICT (conversation_id, user_id)
DO UPDATE SET rating = excluded.rating, comment = excluded.comment, rated_at = excluded.rated_at
RETURNING said.xmax = 0
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


def business_of(uow: UnitOfWork, conversation_id: UUID) -> UUID | None:
    """The business that one of the unit of work's user's own turns is about; None where there is no such turn."""
    row = uow.connection.execute(SELECT_OWN_BUSINESS, (conversation_id,)).fetchone()
    return row[0] if row else None


def select_own(
    uow: UnitOfWork, skip: int, limit: int, assistant_type: str | None, business_id: UUID | None
) -> list[Turn]:
    """The unit of work's user's own turns, newest first; of all businesses where it names none."""
    values = {"skip": skip, "limit": limit, "assistant_type": assistant_type, "business_id": business_id}
    with uow.connection.cursor(row_factory=class_row(Turn)) as cursor:
        return cursor.execute(SELECT_OWN_TURNS, values).fetchall()


def erase(uow: UnitOfWork, conversation_id: UUID) -> bool:
    """Erases the words of one of the unit of work's user's own turns; False where there is no such turn."""
    return uow.connection.execute(ERASE_CONVERSATION, (conversation_id,)).fetchone() == (True,)


def erase_all(uow: UnitOfWork) -> int:
    """Erases all words of the unit of work's user; how many turns went."""
    row = uow.connection.execute(ERASE_CONVERSATIONS).fetchone()
    return int(row[0]) if row else 0


def upsert_feedback(uow: UnitOfWork, conversation_id: UUID, rating: Rating, comment: str | None) -> bool | None:
    """Whether it is the first feedback on this turn; None where the turn is not the unit of work's user's own."""
    values = {"conversation_id": conversation_id, "rating": rating, "comment": comment}
    row = uow.connection.execute(UPSERT_FEEDBACK, values).fetchone()
    return None if row is None else bool(row[0])
