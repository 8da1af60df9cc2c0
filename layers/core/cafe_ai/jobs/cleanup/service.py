"""`cleanup_old_ai_jobs`: in batches, each a transaction of its own, so that killed anywhere it goes on where it was.

A job's files go before its row: killed in between, the row is found again. Running jobs and what is younger are never touched,
and nothing of the last day (the database's own functions see to that). What usage-stats shows does not change: conversations go
on being counted, and the audit keeps its figures without the words, as after an erasure. Messages of the outbox are forgotten
when they are sent, and idempotency keys go with their jobs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.cleanup import repository
from cafe_ai.jobs.cleanup.repository import PastJob
from cafe_ai.jobs.model import JobKind
from cafe_ai.platform.telemetry import log, measures

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.jobs.running import JobRun
    from cafe_ai.platform.db import UnitOfWork

AT_ONCE = 500
JOBS_AT_ONCE = 50  # fewer, as each may have files to delete
LEAST_SECONDS = 10.0  # with less left no further batch is begun
WITH_FILES = frozenset({JobKind.SALES_REPORT.value})

Remove = Callable[["UnitOfWork", datetime, int], int]

TEXTS: Mapping[str, Remove] = {
    "conversations": repository.remove_past_conversations,
    "audit_texts": repository.empty_past_audit,
    "feedback_comments": repository.empty_past_feedback,
    "dead_letters": repository.remove_past_dead_letters,
    "examples": repository.remove_past_examples,
    "traces": repository.remove_past_traces,
}
MEASURES: Mapping[str, str] = {
    "jobs": "CleanedJobs",
    "files": "CleanedFiles",
    "deliveries": "CleanedDeliveries",
    "conversations": "CleanedConversations",
    "audit_texts": "CleanedAuditTexts",
    "feedback_comments": "CleanedFeedbackComments",
    "dead_letters": "CleanedDeadLetters",
    "examples": "CleanedExamples",
    "traces": "CleanedTraces",
}


def run(runtime: Runtime, job_run: JobRun) -> Mapping[str, Any]:
    """What the job's queue calls: removes what was there more than `days_old` days before the job was started.

    The result says how many of each were removed since this attempt began. Where the time is over before all is done, it says
    so, and another job goes on.
    """
    before = job_run.job.created_at - timedelta(days=int(job_run.job.params["days_old"]))
    removed: Counter[str] = Counter(dict.fromkeys(MEASURES, 0))
    complete = _remove_jobs(runtime, job_run, before, removed)
    for done, (name, remove) in enumerate(TEXTS.items(), 1):
        job_run.progress(min(99, 100 * done // (len(TEXTS) + 1)))
        complete = complete and _remove_texts(runtime, job_run, before, name, remove, removed)
    if not complete:
        _go_on(runtime, job_run)
    for name, number in removed.items():
        measures().count(MEASURES[name], number)
    log("cleaned up", complete=complete, **removed)
    return {**removed, "before": before.isoformat(), "complete": complete}


def _remove_jobs(runtime: Runtime, job_run: JobRun, before: datetime, removed: Counter[str]) -> bool:
    """Whether all are gone; False where the time is over."""
    while job_run.deadline.remaining() > LEAST_SECONDS:
        with runtime.database.transaction(deadline=job_run.deadline, read_only=True) as uow:
            past = repository.past_jobs(uow, before, JOBS_AT_ONCE)
        without_files = []
        for job in past:
            if job_run.deadline.remaining() < LEAST_SECONDS:
                break
            removed["files"] += _delete_files(runtime, job)
            without_files.append(job.id)
        with runtime.database.transaction(deadline=job_run.deadline) as uow:
            gone, deliveries = repository.remove_past_jobs(uow, before, without_files)
        removed["jobs"] += gone
        removed["deliveries"] += deliveries
        job_run.progress(1)
        if len(past) < JOBS_AT_ONCE or not gone:
            return len(without_files) == len(past)
    return False


def _delete_files(runtime: Runtime, job: PastJob) -> int:
    """How many objects the job still had: those of finished reports, and what an execution left."""
    if job.kind not in WITH_FILES:
        return 0
    return sum(
        runtime.reports.delete_under(prefix) for prefix in (f"reports/{job.business_id}/{job.id}/", f"work/{job.id}/")
    )


def _remove_texts(
    runtime: Runtime, job_run: JobRun, before: datetime, name: str, remove: Remove, removed: Counter[str]
) -> bool:
    """Whether all are gone; False where the time is over. What somebody else holds at the moment waits for the next night."""
    while job_run.deadline.remaining() > LEAST_SECONDS:
        with runtime.database.transaction(deadline=job_run.deadline) as uow:
            number = remove(uow, before, AT_ONCE)
        removed[name] += number
        if number < AT_ONCE:
            return True
    return False


def _go_on(runtime: Runtime, job_run: JobRun) -> None:
    """Another job, started once however often this one is."""
    jobs.start(
        runtime,
        JobKind.CLEANUP,
        None,
        job_run.job.params,
        idempotency_key=f"cleanup-after:{job_run.job.id}",
        deadline=job_run.deadline,
    )
