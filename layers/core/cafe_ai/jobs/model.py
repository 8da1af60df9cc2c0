"""Work that takes longer than a request. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class JobKind(StrEnum):
    """What a job does; the value is the name of its task, of its queue, and of `kind` on the wire."""

    SALES_REPORT = "generate_sales_report"
    PRODUCT_RECOMMENDATIONS = "generate_product_recommendations"
    CUSTOMER_BEHAVIOR = "analyze_customer_behavior"
    INVENTORY_FORECAST = "generate_inventory_forecast"
    REVIEW_ANALYSIS = "analyze_reviews"
    TRAIN_MODELS = "train_demand_models"
    CLEANUP = "cleanup_old_ai_jobs"


class JobStatus(StrEnum):
    """How far a job is. It ends as COMPLETED or FAILED and then changes no more, unless an operator has it done again."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self in (JobStatus.COMPLETED, JobStatus.FAILED)


@dataclass(frozen=True, slots=True)
class Job:
    """One job as it stands.

    business_id is None for work on all of the service (cleanup); user_id is None where no user asked (a schedule). progress
    is 0 to 100. attempts counts how often a worker has taken it up. result is JSON; error says in words for the caller why
    it failed (or why the last attempt did). All moments are aware, in UTC. correlation_id is the id of the request that
    started it.
    """

    id: UUID
    business_id: UUID | None
    user_id: UUID | None
    kind: JobKind
    params: Mapping[str, Any]
    status: JobStatus
    progress: int
    attempts: int
    result: Mapping[str, Any] | None
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    correlation_id: str | None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a job, until it runs out. Who holds another token, or none, changes nothing of the job."""

    job: Job
    token: UUID
