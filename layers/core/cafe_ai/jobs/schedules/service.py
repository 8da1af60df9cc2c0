"""The hourly run: weekly reports that are due, and once a day the training of each business's models and the cleanup.

Whatever runs twice does nothing the second time: each job has a key of its week or day. A weekly report is due on Monday from
06:00 on the shop's own clock; should nothing run then, until Tuesday is over. Models are trained from 03:00 on,
new reviews are read from 04:00 on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from cafe_ai.errors import BusinessNotFound
from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.model import JobKind
from cafe_ai.jobs.schedules import repository
from cafe_ai.jobs.schedules.repository import DueReport, DueTonight
from cafe_ai.platform.clock import now_utc
from cafe_ai.platform.telemetry import log, log_failure, measures

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline
    from cafe_ai.platform.db import Database, UnitOfWork

Due = TypeVar("Due", DueReport, DueTonight)

AT_ONCE = 200
LEAST_SECONDS = 5.0  # with less left nothing further is started
DAYS_KEPT = 30
CLEANUP_AT = timedelta(hours=2)  # UTC: the night of Europe and the end of the day in America


def run(runtime: Runtime, deadline: Deadline) -> None:
    """What the schedule calls, each hour."""
    now = now_utc()
    start_cleanup(runtime, now, deadline)
    start_weekly_reports(runtime, now, deadline)
    start_trainings(runtime, now, deadline)
    start_review_analyses(runtime, now, deadline)


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

    def start(report: DueReport) -> None:
        params = {"period": "weekly", "as_of": report.as_of.isoformat()}
        _start(runtime, JobKind.SALES_REPORT, report, params, deadline)

    started = _start_all(runtime, lambda uow: repository.due_reports(uow, now, AT_ONCE), start, deadline)
    measures().count("WeeklyReports", started)
    log("weekly reports started", started=started)
    return started


def start_trainings(runtime: Runtime, now: datetime, deadline: Deadline) -> int:
    """Starts the nightly training of each business that sells, as far as the time allows; how many. One that fails stops no
    other."""

    return _start_tonights(runtime, JobKind.TRAIN_MODELS, repository.due_trainings, "Trainings", now, deadline)


def start_review_analyses(runtime: Runtime, now: datetime, deadline: Deadline) -> int:
    """Starts reading the reviews of each business that has new ones, as far as the time allows; how many. One that fails
    stops no other."""

    return _start_tonights(runtime, JobKind.REVIEW_ANALYSIS, repository.due_reviews, "ReviewAnalyses", now, deadline)


def set_weekly_report(database: Database, business_id: UUID, wanted: bool) -> None:
    """Whether the business wants a report each Monday; the SaaS's role may say so. Raises BusinessNotFound."""
    with database.transaction(business_id) as uow:
        found = repository.set_weekly_report(uow, business_id, wanted)
    if not found:
        raise BusinessNotFound


def _start_tonights(
    runtime: Runtime,
    kind: JobKind,
    find: Callable[[UnitOfWork, datetime, int], list[DueTonight]],
    metric: str,
    now: datetime,
    deadline: Deadline,
) -> int:
    """Starts a job of the kind for each business of which it is due; the metric counts them."""

    def start(due: DueTonight) -> None:
        _start(runtime, kind, due, {}, deadline)

    started = _start_all(runtime, lambda uow: find(uow, now, AT_ONCE), start, deadline)
    measures().count(metric, started)
    log("nightly jobs started", kind=kind.value, started=started)
    return started


def _start_all(
    runtime: Runtime, find: Callable[[UnitOfWork], list[Due]], start: Callable[[Due], None], deadline: Deadline
) -> int:
    """Starts what is found to be due, until nothing is or the time is over; how many were started."""
    started, before = 0, None
    while deadline.remaining() > LEAST_SECONDS:
        with runtime.database.transaction(deadline=deadline, read_only=True) as uow:
            due = find(uow)
        if due == before:
            break  # none of them could be started
        for each in due:
            if deadline.remaining() < LEAST_SECONDS:
                return started
            try:
                start(each)
            except Exception as error:  # whatever it is about this business, the others are not to wait for it
                log_failure("What is due could not be started", error, business=str(each.business_id))
            else:
                started += 1
        if len(due) < AT_ONCE:
            break
        before = due
    return started


def _start(runtime: Runtime, kind: JobKind, due: Due, params: Mapping[str, Any], deadline: Deadline) -> None:
    jobs.start(runtime, kind, due.business_id, params, idempotency_key=due.idempotency_key, deadline=deadline)
