"""The hourly run: weekly reports that are due, and once a day the cleanup.

Whatever runs twice does nothing the second time: each job has a key of its week or day. A weekly report is due on Monday from
06:00 on the shop's own clock; should nothing run then, until Tuesday is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.errors import BusinessNotFound
from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.model import JobKind
from cafe_ai.jobs.schedules import repository
from cafe_ai.jobs.schedules.repository import DueReport
from cafe_ai.platform.clock import now_utc
from cafe_ai.platform.telemetry import log, log_failure, measures

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline
    from cafe_ai.platform.db import Database

AT_ONCE = 200
LEAST_SECONDS = 5.0  # with less left no further report is started
DAYS_KEPT = 30
CLEANUP_AT = timedelta(hours=2)  # UTC: the night of Europe and the end of the day in America


def run(runtime: Runtime, deadline: Deadline) -> None:
    """What the schedule calls, each hour."""
    now = now_utc()
    start_cleanup(runtime, now, deadline)
    start_weekly_reports(runtime, now, deadline)


def start_cleanup(runtime: Runtime, now: datetime, deadline: Deadline) -> None:
    """Starts the cleanup of the day that began at 02:00 UTC, unless that has been done."""
    day = (now - CLEANUP_AT).date()
    jobs.start(
        runtime,
        JobKind.CLEANUP,
        None,
        {"days_old": DAYS_KEPT},
        idempotency_key=f"cleanup:{day.isoformat()}",
        deadline=deadline,
    )


def start_weekly_reports(runtime: Runtime, now: datetime, deadline: Deadline) -> int:
    """Starts the weekly reports that are due, as far as the time allows; how many. One that fails stops no other."""
    started = 0
    with runtime.database.transaction(deadline=deadline, read_only=True) as uow:
        due = repository.due_reports(uow, now, AT_ONCE)
    while due and deadline.remaining() > LEAST_SECONDS:
        started += sum(_start(runtime, report, deadline) for report in due)
        if len(due) < AT_ONCE:
            break
        with runtime.database.transaction(deadline=deadline, read_only=True) as uow:
            before, due = due, repository.due_reports(uow, now, AT_ONCE)
        if due == before:
            break  # none of them could be started
    measures().count("WeeklyReports", started)
    log("weekly reports started", started=started)
    return started


def set_weekly_report(database: Database, business_id: UUID, wanted: bool) -> None:
    """Whether the business wants a report each Monday; the SaaS's role may say so. Raises BusinessNotFound."""
    with database.transaction(business_id) as uow:
        found = repository.set_weekly_report(uow, business_id, wanted)
    if not found:
        raise BusinessNotFound


def _start(runtime: Runtime, report: DueReport, deadline: Deadline) -> bool:
    if deadline.remaining() < LEAST_SECONDS:
        return False
    try:
        jobs.start(
            runtime,
            JobKind.SALES_REPORT,
            report.business_id,
            {"period": "weekly", "as_of": report.as_of.isoformat()},
            idempotency_key=report.idempotency_key,
            deadline=deadline,
        )
    except Exception as error:  # whatever it is about this business, the others are not to wait for it
        log_failure("A weekly report could not be started", error, business=str(report.business_id))
        return False
    return True
