"""A state's right to work: the lease of its job, renewed as it begins, and whom it works for."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.model import Job, Lease
from cafe_ai.language.formats import Language, language_of
from cafe_ai.reports.steps import StepInput
from cafe_ai.reports.workspace import Workspace
from cafe_ai.sales_analysis.model import Span
from cafe_ai.tenancy.model import Locale, Member

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline
    from cafe_ai.platform.db import UnitOfWork


@dataclass(frozen=True, slots=True)
class Step:
    """A state at work. span and locale are what was asked; span.as_of is the moment that all states count from."""

    runtime: Runtime
    lease: Lease
    member: Member
    workspace: Workspace
    span: Span
    locale: Locale | None
    asks_for_the_past: bool

    @property
    def job(self) -> Job:
        """The job whose report it is."""
        return self.lease.job

    @property
    def language(self) -> Language:
        """The report's language: the one asked for, or the business's."""
        return language_of(self.locale or self.member.business.locale)

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        """A transaction that only reads."""
        member = self.member
        return self.runtime.database.transaction(member.business.id, member.user_id, member.deadline, read_only=True)

    @property
    def as_of(self) -> datetime:
        """The moment that the report is of."""
        return self.span.as_of or self.job.created_at


def begin(runtime: Runtime, given: StepInput, deadline: Deadline, progress: int) -> Step:
    """The lease, renewed, with how far the job is now. Raises LeaseLost where another attempt has the job, or it has ended;
    BusinessNotFound where the business is gone; Unavailable.
    """
    lease = jobs.lease_of(runtime, given.job_id, given.business_id, given.token, deadline)
    jobs.renew(runtime, lease, deadline, progress=progress)
    member = jobs.member_for(runtime, lease.job, deadline, given.correlation_id or str(given.job_id))
    params = lease.job.params
    return Step(
        runtime,
        lease,
        member,
        Workspace.of(runtime.reports, given.job_id, given.token),
        span=_span(params, lease.job.created_at),
        locale=params.get("locale"),
        asks_for_the_past=params.get("as_of") is not None,
    )


def _span(params: Any, created_at: datetime) -> Span:
    """What the job was started to analyse. Without a moment of its own it is as of the job's beginning in every state."""
    start, end, as_of = params.get("from"), params.get("to"), params.get("as_of")
    in_range = start is not None or end is not None
    return Span(
        preset=None if in_range else params.get("period", "monthly"),
        start=start and date.fromisoformat(start),
        end=end and date.fromisoformat(end),
        as_of=datetime.fromisoformat(as_of) if as_of else created_at,
    )
