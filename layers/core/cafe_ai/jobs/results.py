"""A job as GET /jobs/{id} shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from cafe_ai.jobs.model import Job, JobStatus
from cafe_ai.platform.clock import now_utc

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime

LINK_SECONDS = 3600
FILES, LINKS = "files", "links"


def present(runtime: Runtime, job: Job) -> dict[str, Any]:
    """The job on the wire: moments in UTC, links to the files it made instead of their keys.

    The links are made afresh at each call and are good for an hour.
    """
    return {
        "job_id": str(job.id),
        "business_id": None if job.business_id is None else str(job.business_id),
        "kind": job.kind.value,
        "status": job.status.value,
        "progress": job.progress,
        "attempts": job.attempts,
        "result": None if job.result is None else present_result(runtime, job.result),
        "error": job.error if job.status is JobStatus.FAILED else None,
        "created_at": _iso(job.created_at),
        "started_at": _iso(job.started_at),
        "finished_at": _iso(job.finished_at),
    }


def present_result(runtime: Runtime, result: Mapping[str, Any]) -> dict[str, Any]:
    """The result with links in the place of files."""
    shown = {name: value for name, value in result.items() if name != FILES}
    if files := result.get(FILES):
        expires = now_utc() + timedelta(seconds=LINK_SECONDS)
        shown[LINKS] = {name: runtime.reports.link(key, LINK_SECONDS) for name, key in files.items()}
        shown["links_expire_at"] = _iso(expires)
    return shown


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds").replace("+00:00", "Z")
