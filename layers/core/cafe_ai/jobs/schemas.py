"""POST /jobs and GET /jobs/{id} on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cafe_ai.jobs.model import Job, JobKind, JobStatus

JOBS_PATH = "/api/v1/ai/jobs"


class JobRequest(BaseModel):
    """A job that is asked for. What `params` may hold depends on the kind (`jobs.parameters`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    business_id: UUID | None = None
    kind: JobKind
    params: Annotated[dict[str, Any], Field(default_factory=dict)]


class AcceptedBody(BaseModel):
    """The job is on its way. A repeat with the same key has the same answer, however far the job is by then."""

    job_id: UUID
    status: str = "pending"
    message: str

    @classmethod
    def of(cls, job: Job, said: str = "The job was accepted.") -> AcceptedBody:
        """What the caller is told of a job that was started just now, or with the same key before."""
        return cls(job_id=job.id, message=f"{said} Use GET {JOBS_PATH}/{job.id} to check status.")


class JobBody(BaseModel):
    """A job as it stands (see `jobs.results.present`)."""

    job_id: UUID
    business_id: UUID | None
    kind: JobKind
    status: JobStatus
    progress: int
    attempts: int
    result: dict[str, Any] | None
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
