"""The SQL of the cleanup (the functions' text is in infra/migrations/0011_schedules_and_cleanup.sql)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from cafe_ai.platform.db import UnitOfWork

SELECT_PAST_JOBS = "SELECT id, business_id, kind FROM past_jobs(%s, %s)"
REMOVE_PAST_JOBS = "SELECT jobs, deliveries FROM remove_past_jobs(%s, %s)"
REMOVE_PAST_CONVERSATIONS: LiteralString = "SELECT remove_past_conversations(%s, %s)"
EMPTY_PAST_AUDIT: LiteralString = "SELECT empty_past_audit(%s, %s)"
EMPTY_PAST_FEEDBACK: LiteralString = "SELECT empty_past_feedback(%s, %s)"
REMOVE_PAST_DEAD_LETTERS: LiteralString = "SELECT remove_past_dead_letters(%s, %s)"
REMOVE_PAST_EXAMPLES: LiteralString = "SELECT remove_past_examples(%s, %s)"
REMOVE_PAST_TRACES: LiteralString = "SELECT remove_past_traces(%s, %s)"


@dataclass(frozen=True, slots=True)
class PastJob:
    """A job that ended long ago; business_id is None for the service's own."""

    id: UUID
    business_id: UUID | None
    kind: str


def past_jobs(uow: UnitOfWork, before: datetime, at_most: int) -> list[PastJob]:
    """Jobs that ended before that moment, oldest first."""
    return [PastJob(*row) for row in uow.connection.execute(SELECT_PAST_JOBS, [before, at_most])]


def remove_past_jobs(uow: UnitOfWork, before: datetime, jobs: Sequence[UUID]) -> tuple[int, int]:
    """Removes those of these jobs that are past still; how many, and how many deliveries with them."""
    row = uow.connection.execute(REMOVE_PAST_JOBS, [before, list(jobs)]).fetchone()
    return (0, 0) if row is None else (row[0], row[1])


def remove_past_conversations(uow: UnitOfWork, before: datetime, at_most: int) -> int:
    """Removes the oldest conversations from before that moment; how many."""
    return _number(uow, REMOVE_PAST_CONVERSATIONS, before, at_most)


def empty_past_audit(uow: UnitOfWork, before: datetime, at_most: int) -> int:
    """Empties the words of the oldest audit rows from before that moment that have some; how many."""
    return _number(uow, EMPTY_PAST_AUDIT, before, at_most)


def empty_past_feedback(uow: UnitOfWork, before: datetime, at_most: int) -> int:
    """Removes the oldest comments from before that moment; how many."""
    return _number(uow, EMPTY_PAST_FEEDBACK, before, at_most)


def remove_past_dead_letters(uow: UnitOfWork, before: datetime, at_most: int) -> int:
    """Removes the oldest unreadable messages from before that moment; how many."""
    return _number(uow, REMOVE_PAST_DEAD_LETTERS, before, at_most)


def remove_past_examples(uow: UnitOfWork, before: datetime, at_most: int) -> int:
    """Removes the oldest approved examples that were kept for a year; how many. before cannot make them go sooner."""
    return _number(uow, REMOVE_PAST_EXAMPLES, before, at_most)


def remove_past_traces(uow: UnitOfWork, before: datetime, at_most: int) -> int:
    """Removes what nobody needs any more: old tombstones of erasures, rates and searches in vain; how many."""
    return _number(uow, REMOVE_PAST_TRACES, before, at_most)


def _number(uow: UnitOfWork, statement: LiteralString, before: datetime, at_most: int) -> int:
    row = uow.connection.execute(statement, [before, at_most]).fetchone()
    return row[0] if row else 0
