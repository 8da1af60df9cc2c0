"""The SQL of schedules (the functions' text is in infra/migrations, 0011, 0013 and 0015)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cafe_ai.platform.db import UnitOfWork

SELECT_DUE_REPORTS = "SELECT business_id, idempotency_key, as_of FROM weekly_reports_due(%s, %s)"

SELECT_DUE_TRAININGS = "SELECT business_id, idempotency_key FROM trainings_due(%s, %s)"

SELECT_DUE_REVIEWS = "SELECT business_id, idempotency_key FROM review_analyses_due(%s, %s)"

UPDATE_WEEKLY_REPORT = "UPDATE businesses SET weekly_report = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class DueReport:
    """A business whose weekly report is due: the key of that week, and as of when to report, on the shop's clock (naive)."""

    business_id: UUID
    idempotency_key: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class DueTonight:
    """A business of which something is to be done each night, with the key of its day."""

    business_id: UUID
    idempotency_key: str


def due_reports(uow: UnitOfWork, moment: datetime, at_most: int) -> list[DueReport]:
    """The businesses whose weekly report is due at that moment and not started."""
    return [DueReport(*row) for row in uow.connection.execute(SELECT_DUE_REPORTS, [moment, at_most])]


def due_trainings(uow: UnitOfWork, moment: datetime, at_most: int) -> list[DueTonight]:
    """The businesses whose models are to be trained at that moment, and nobody has begun to."""
    return [DueTonight(*row) for row in uow.connection.execute(SELECT_DUE_TRAININGS, [moment, at_most])]


def due_reviews(uow: UnitOfWork, moment: datetime, at_most: int) -> list[DueTonight]:
    """The businesses whose reviews are to be read at that moment, and nobody has begun to."""
    return [DueTonight(*row) for row in uow.connection.execute(SELECT_DUE_REVIEWS, [moment, at_most])]


def set_weekly_report(uow: UnitOfWork, business_id: UUID, wanted: bool) -> bool:
    """Whether the unit of work's own business wants weekly reports from now on; False where it is gone."""
    return uow.connection.execute(UPDATE_WEEKLY_REPORT, [wanted, business_id]).rowcount == 1
