"""The SQL of usage (the functions' text is in infra/migrations/0007 and 0011)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, LiteralString
from uuid import UUID

from psycopg.rows import dict_row

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork

SUM_USE_OF_BUSINESS: LiteralString = "SELECT * FROM use_of_business(%s)"
SUM_OWN_USE: LiteralString = "SELECT * FROM use_of_user()"

COUNT_CONVERSATIONS_OF_BUSINESS = "SELECT assistant_type, conversations FROM conversation_counts(%s) ORDER BY 1"
COUNT_OWN_CONVERSATIONS = """
SELECT assistant_type, sum(conversations)::bigint
  FROM (SELECT assistant_type, count(*) AS conversations FROM ai_conversations WHERE user_id = current_user_id() GROUP BY 1
        UNION ALL
        SELECT assistant_type, conversations FROM past_conversations WHERE user_id = current_user_id()) AS every
 GROUP BY 1 ORDER BY 1
"""


def sums_of_business(uow: UnitOfWork, business_id: UUID) -> dict[str, Any]:
    """Inferences, errors, degraded, tokens, cost and average time of the unit of work's own business."""
    return _sums(uow, SUM_USE_OF_BUSINESS, business_id)


def sums_of_user(uow: UnitOfWork) -> dict[str, Any]:
    """The same of the unit of work's user, in every business."""
    return _sums(uow, SUM_OWN_USE)


def conversations_of_business(uow: UnitOfWork, business_id: UUID) -> Mapping[str, int]:
    """How many conversations all users had with the unit of work's own business, by assistant."""
    return dict(uow.connection.execute(COUNT_CONVERSATIONS_OF_BUSINESS, (business_id,)).fetchall())


def conversations_of_user(uow: UnitOfWork) -> Mapping[str, int]:
    """How many the unit of work's user had, in every business."""
    return dict(uow.connection.execute(COUNT_OWN_CONVERSATIONS).fetchall())


def _sums(uow: UnitOfWork, statement: LiteralString, *values: UUID) -> dict[str, Any]:
    with uow.connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(statement, values).fetchone()
    if row is None:
        raise LookupError("A sum has one row.")
    return row
