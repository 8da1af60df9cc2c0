"""The SQL of approved examples (the functions' text is in infra/migrations/0016_examples.sql)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from cafe_ai.examples.model import Example, NewExample

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork

NAME_BUSINESS = "SELECT set_config('app.business_id', %s, true)"

INSERT_EXAMPLE = """
INSERT INTO approved_examples (conversation_id, business_id, user_id, business_type, assistant_type, locale, question, plan,
                               asked_on, asked_at)
VALUES (%(conversation_id)s, %(business_id)s, %(user_id)s, %(business_type)s, %(assistant_type)s, %(locale)s, %(question)s,
        %(plan)s, %(asked_on)s, %(asked_at)s)
ON CONFLICT (conversation_id) DO NOTHING
"""

DELETE_EXAMPLE = "DELETE FROM approved_examples WHERE conversation_id = %s AND user_id = current_user_id()"

# Words of the question that are part of a customer's name, and customers' ids among them, as the question has them folded.
SELECT_CUSTOMERS_WORDS = """
SELECT DISTINCT part
  FROM customers, regexp_split_to_table(lower(unaccent(name)), '[^[:alnum:]]+') AS part
 WHERE business_id = current_business_id() AND name IS NOT NULL AND part = ANY (%(words)s)
 UNION
SELECT lower(external_id) FROM customers
 WHERE business_id = current_business_id() AND lower(external_id) = ANY (%(words)s)
"""

SELECT_SERVING = """
SELECT question, plan, locale, assistant_type, asked_on, own
  FROM ((SELECT question, plan, locale, assistant_type, asked_on, true AS own FROM approved_examples
          WHERE business_id = current_business_id() AND locale = %(locale)s
          ORDER BY created_at DESC LIMIT %(own)s)
        UNION ALL
        SELECT question, plan, locale, assistant_type, asked_on, false FROM shared_examples(%(type)s, %(shared)s, %(locale)s)
       ) AS every
"""

SELECT_SHARED = "SELECT question, plan, locale, assistant_type, asked_on, false AS own FROM shared_examples(%s, %s)"

UPDATE_SHARING = "UPDATE businesses SET shares_examples = %s WHERE id = %s"


def name_business(uow: UnitOfWork, business_id: UUID) -> None:
    """Makes the rest of a transaction that named no business one of this business's, of which the user has a conversation."""
    uow.connection.execute(NAME_BUSINESS, [str(business_id)])


def insert(uow: UnitOfWork, example: NewExample) -> None:
    """Keeps the example, unless it is there already or its user had the conversation erased."""
    columns = {name: getattr(example, name) for name in NewExample.__slots__}
    uow.connection.execute(INSERT_EXAMPLE, columns | {"plan": Jsonb(example.plan)})


def delete(uow: UnitOfWork, conversation_id: UUID) -> None:
    """Removes the example of one of the unit of work's user's own conversations, where there is one."""
    uow.connection.execute(DELETE_EXAMPLE, [conversation_id])


def customers_words(uow: UnitOfWork, words: Collection[str]) -> frozenset[str]:
    """Those of the folded words that are part of a customer's name, or a customer's id."""
    rows = uow.connection.execute(SELECT_CUSTOMERS_WORDS, {"words": list(words)})
    return frozenset(row[0] for row in rows)


def serving(uow: UnitOfWork, business_type: str, locale: str, *, own: int, shared: int) -> list[Example]:
    """The unit of work's business's newest examples in a language, and those that others of its type share."""
    values = {"type": business_type, "locale": locale, "own": own, "shared": shared}
    with uow.connection.cursor(row_factory=class_row(Example)) as cursor:
        return cursor.execute(SELECT_SERVING, values).fetchall()


def shared(uow: UnitOfWork, business_type: str, at_most: int) -> list[Example]:
    """The newest examples that businesses of a type share, in any language."""
    with uow.connection.cursor(row_factory=class_row(Example)) as cursor:
        return cursor.execute(SELECT_SHARED, [business_type, at_most]).fetchall()


def set_sharing(uow: UnitOfWork, business_id: UUID, agreed: bool) -> bool:
    """Whether there is such a business, which then shares its examples or does so no more."""
    return uow.connection.execute(UPDATE_SHARING, [agreed, business_id]).rowcount == 1
