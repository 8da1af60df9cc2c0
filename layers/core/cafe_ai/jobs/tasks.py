"""The tasks, for code that starts a job and may wait for it.

    task = generate_sales_report.delay(business_id="...", period="monthly")
    result = task.get(timeout=60)

They need the application's environment (DATABASE_URL, QUEUE_URLS), as every function does.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cafe_ai.bootstrap import runtime
from cafe_ai.errors import InvalidRequest, JobFailed, JobTimeout
from cafe_ai.jobs import service
from cafe_ai.jobs.model import Job, JobKind, JobStatus
from cafe_ai.jobs.results import present_result
from cafe_ai.platform.clock import Deadline

CALL_SECONDS = 25.0
FIRST_POLL_SECONDS = 0.05
LONGEST_POLL_SECONDS = 2.0
POLL_GROWTH = 1.5

Id = UUID | str


@dataclass(frozen=True, slots=True)
class TaskResult:
    """A job that was started."""

    id: UUID
    business_id: UUID | None

    def status(self) -> JobStatus:
        """How far it is."""
        return self._job().status

    def get(self, timeout: float | None = None) -> dict[str, Any]:
        """Its result, once it is completed: waits for it, without an end unless `timeout` (seconds) says otherwise.

        Files are links, good for an hour. Raises JobTimeout, JobFailed with the reason.
        """
        ends_at = None if timeout is None else time.monotonic() + timeout
        pause = FIRST_POLL_SECONDS
        while not (job := self._job()).status.ended:
            left = None if ends_at is None else ends_at - time.monotonic()
            if timeout is not None and left is not None and left <= 0:
                raise JobTimeout(timeout)
            time.sleep(pause if left is None else min(pause, left))
            pause = min(pause * POLL_GROWTH, LONGEST_POLL_SECONDS)
        if job.status is JobStatus.FAILED:
            raise JobFailed(job.error or "")
        return present_result(runtime(), job.result or {})

    def _job(self) -> Job:
        return service.get(runtime(), self.id, self.business_id, Deadline.after(CALL_SECONDS))


@dataclass(frozen=True, slots=True)
class Task:
    """What starts jobs of one kind."""

    kind: JobKind

    def delay(
        self,
        *,
        business_id: Id | None = None,
        user_id: Id | None = None,
        idempotency_key: str | None = None,
        **parameters: Any,
    ) -> TaskResult:
        """Starts a job; its parameters are those of its kind in `jobs.parameters`, None for what is not said.

        Raises InvalidRequest naming the parameter, BusinessNotFound.
        """
        said = {name: str(value) if isinstance(value, UUID) else value for name, value in parameters.items()}
        job = service.start(
            runtime(),
            self.kind,
            _uuid("business_id", business_id),
            {name: value for name, value in said.items() if value is not None},
            user_id=_uuid("user_id", user_id),
            idempotency_key=idempotency_key,
            deadline=Deadline.after(CALL_SECONDS),
            field_prefix="",
        )
        return TaskResult(job.id, job.business_id)


def _uuid(name: str, value: Id | None) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else value
    except ValueError as error:
        raise InvalidRequest.field(name, "must be a UUID") from error


generate_sales_report = Task(JobKind.SALES_REPORT)
generate_product_recommendations = Task(JobKind.PRODUCT_RECOMMENDATIONS)
analyze_customer_behavior = Task(JobKind.CUSTOMER_BEHAVIOR)
generate_inventory_forecast = Task(JobKind.INVENTORY_FORECAST)
analyze_reviews = Task(JobKind.REVIEW_ANALYSIS)
train_demand_models = Task(JobKind.TRAIN_MODELS)
cleanup_old_ai_jobs = Task(JobKind.CLEANUP)
