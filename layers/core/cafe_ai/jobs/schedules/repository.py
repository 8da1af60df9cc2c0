"""The SQL of schedules (the function's text is in infra/migrations/0011_schedules_and_cleanup.sql)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cafe_ai.platform.db import UnitOfWork

SELECT_DUE_REPORTS = "SELECT business_id, idempotency_key, as_of FROM weekly_reports_due(%s, %s)"

UPDATE_WEEKLY_REPORT = "UPDATE businesses SET weekly_report = %s WHERE id = %s"


@dataclass(frozen=True, slots=True)
class DueReport:
    """A business whose weekly report is due: the key of that week, and as of when to report, on the shop's clock (naive)."""

    business_id: UUID
    idempotency_key: str
    as_of: datetime


def due_reports(uow: UnitOfWork, moment: datetime, at_most: int) -> list[DueReport]:
    """The businesses whose weekly report is due at that moment and not started."""
    return [DueReport(*row) for row in uow.connection.execute(SELECT_DUE_REPORTS, [moment, at_most])]


def set_weekly_report(uow: UnitOfWork, business_id: UUID, wanted: bool) -> bool:
    """Whether the unit of work's own business wants weekly reports from now on; False where it is gone."""
    return uow.connection.execute(UPDATE_WEEKLY_REPORT, [wanted, business_id]).rowcount == 1
