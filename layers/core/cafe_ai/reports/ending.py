"""How a report ends: its job completed with what was found, or failed with why; either tells the business, once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cafe_ai import errors
from cafe_ai.errors import CafeAIError, InternalError, LeaseLost, Unavailable
from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.model import JobKind, JobStatus
from cafe_ai.platform.clock import now_utc
from cafe_ai.platform.telemetry import log, measures
from cafe_ai.reports.leasing import begin
from cafe_ai.reports.model import Format, SalesReport
from cafe_ai.reports.narrating import turn_id
from cafe_ai.reports.steps import FailInput, FinishInput
from cafe_ai.sales_analysis.schemas import AnalysisBody

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline

FINISHING = 95
TOOK_TOO_LONG = "The report took longer than it may; ask for a shorter period, or try again later."
DEPENDENCY_AWAY = "A system that the report needs could not be reached for several minutes; try again later."
TIMEOUTS = frozenset({"States.Timeout", "Sandbox.Timedout", "DeadlineExceeded"})


def finish(runtime: Runtime, given: FinishInput, deadline: Deadline) -> Mapping[str, Any]:
    """Completes the job. Done again it changes nothing: the lease has ended with the job.

    Raises LeaseLost where another attempt has the job.
    """
    try:
        step = begin(runtime, given, deadline, FINISHING)
    except LeaseLost:
        if _is_finished(runtime, given, deadline):
            return {"status": "completed"}
        raise
    report = step.workspace.read(given.report.key, SalesReport)
    result = _result(report, given.files.keys)
    if step.job.user_id is not None:
        result["conversation_id"] = turn_id(step.job.id)
    jobs.finish(runtime, step.lease, result, deadline)
    measures().count("JobsCompleted", endpoint=JobKind.SALES_REPORT.value)
    return {"status": "completed"}


def _is_finished(runtime: Runtime, given: FinishInput, deadline: Deadline) -> bool:
    """Whether this very attempt has completed the job: then a repeat is as good as done."""
    job = jobs.get(runtime, given.job_id, given.business_id, deadline)
    return job.status is JobStatus.COMPLETED and job.attempts == given.attempt


def fail(runtime: Runtime, given: FailInput, deadline: Deadline) -> Mapping[str, Any]:
    """Fails the job for good, unless another attempt has it or it has ended: then there is nothing to be done here."""
    try:
        lease = jobs.lease_of(runtime, given.job_id, given.business_id, given.token, deadline)
        jobs.fail(runtime, lease, reason_of(given.error), deadline)
    except LeaseLost:
        log("A report's lease is lost", job=str(given.job_id), attempt=given.attempt)
        return {"status": "lost"}
    measures().count("JobsFailed", endpoint=JobKind.SALES_REPORT.value)
    return {"status": "failed"}


def reason_of(error: Mapping[str, str]) -> str:
    """Why a report failed, in words for the caller: our own errors' details, and nothing of what went wrong inside."""
    name = error.get("Error", "")
    if name in TIMEOUTS:
        return TOOK_TOO_LONG
    kind = getattr(errors, name, None)
    if isinstance(kind, type) and issubclass(kind, Unavailable):
        return DEPENDENCY_AWAY
    if isinstance(kind, type) and issubclass(kind, CafeAIError):
        return _message(error.get("Cause", "")) or str(InternalError())
    return str(InternalError())


def _message(cause: str) -> str | None:
    """What an exception said, of the JSON that Lambda gives of it."""
    try:
        said = json.loads(cause)["errorMessage"]
    except (ValueError, KeyError, TypeError):
        return None
    return said if isinstance(said, str) else None


def _result(report: SalesReport, files: Mapping[Format, str]) -> dict[str, Any]:
    analysis = report.analysis
    return {
        "analysis": AnalysisBody.of(analysis).model_dump(mode="json", by_alias=True),
        "insights": [finding.text for finding in analysis.insights],
        "recommendations": [finding.text for finding in analysis.recommendations],
        "summary": report.summary,
        "missing": list(report.missing),
        "model_name": report.model_name,
        "files": dict(files),
        "timestamp": now_utc().isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
