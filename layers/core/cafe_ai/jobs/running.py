"""One job, from its message to its end, by one worker."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cafe_ai.errors import CafeAIError, JobBusy, JobError, LeaseLost, Unavailable
from cafe_ai.jobs import service
from cafe_ai.jobs.messages import JobMessage
from cafe_ai.jobs.model import Job, JobKind, Lease
from cafe_ai.jobs.renewing import RENEWER
from cafe_ai.jobs.routing import ROUTES
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import correlation_id, log, log_failure, log_warning, measures

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.tenancy.model import Member

LEAST_SECONDS = 5.0  # with less left no job is begun
ENDING_SECONDS = 2.0  # of the time left, kept for writing how the job ended
FINISHING_PAUSES = (0.2, 0.5)
LONGEST_WAIT_SECONDS = 900.0
OUR_MISTAKE = "the service made a mistake"


class ComeAgain(Exception):  # noqa: N818 -- what is to be done
    """The message is to come again after so many seconds; the job is as if it had not come, or was given back."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Again in {seconds:.0f} s.")
        self.seconds = seconds


@dataclass(frozen=True)
class JobRun:
    """A job in the hands of the worker that works on it. The deadline is that of the work, not of the function."""

    runtime: Runtime
    lease: Lease
    deadline: Deadline
    _lost: threading.Event = field(default_factory=threading.Event)

    @property
    def job(self) -> Job:
        """The job as it was when it was claimed."""
        return self.lease.job

    @cached_property
    def member(self) -> Member:
        """Whom the job acts for (see `jobs.service.member_for`). Raises BusinessNotFound."""
        request_id = self.job.correlation_id or correlation_id() or str(self.job.id)
        return service.member_for(self.runtime, self.job, self.deadline, request_id)

    def progress(self, percent: int) -> None:
        """Notes how far the job is. Not within a transaction. Raises LeaseLost where it is somebody else's now."""
        if self._lost.is_set():
            raise LeaseLost
        with suppress(Unavailable):  # the work itself will notice
            service.renew(self.runtime, self.lease, self.deadline, progress=percent)


Work = Callable[["Runtime", JobRun], Mapping[str, Any]]
"""What is done for a job: its result, as data that JSON can hold."""


def perform(runtime: Runtime, kind: JobKind, work: Work, message: JobMessage, deadline: Deadline) -> None:
    """Claims the job, does it and writes how it ended. Where there is nothing to do the message is done with.

    A CafeAIError that is the request's own fault (status below 500) fails the job for good; after anything else it is given
    back. Raises ComeAgain.
    """
    if deadline.remaining() < LEAST_SECONDS:
        log_warning("A job was not begun: there is no time for it", job=str(message.job_id))
        raise ComeAgain(1.0)
    try:
        lease = service.claim(runtime, message.job_id, message.business_id, deadline)
    except JobBusy as busy:
        log("A job's message came while another works on it", job=str(message.job_id))
        measures().count("JobsBusy")
        raise ComeAgain(busy.seconds + _spread(0.5, 3.0)) from busy
    if lease is None:
        log("A job's message came after its end", job=str(message.job_id))
        return
    try:
        with RENEWER.holding(runtime, lease) as lost:
            run = JobRun(runtime, lease, Deadline.after(max(0.0, deadline.remaining() - ENDING_SECONDS)), lost)
            with tracing.span("job", attributes={"cafe_ai.job.kind": kind.value}) as span:
                span.set("cafe_ai.attempts", lease.job.attempts)
                result = _of_kind(kind, work)(runtime, run)
        _finish(runtime, lease, result, deadline)
    except LeaseLost as error:
        log_failure("A job was taken up by another meanwhile", error, job=str(lease.job.id))
        raise ComeAgain(1.0) from error
    except Exception as error:
        if isinstance(error, CafeAIError) and error.status < 500:
            _fail(runtime, lease, error, deadline)
        else:
            raise _give_back(runtime, lease, error, deadline) from error
    else:
        measures().count("JobsCompleted")


def _of_kind(kind: JobKind, work: Work) -> Work:
    """The work, for jobs of that kind alone: another's is our mistake, and would not understand the parameters."""

    def checked(runtime: Runtime, run: JobRun) -> Mapping[str, Any]:
        if run.job.kind is not kind:
            raise TypeError(f"A job of kind {run.job.kind} came to the worker of {kind}.")
        return work(runtime, run)

    return checked


def _finish(runtime: Runtime, lease: Lease, result: Mapping[str, Any], deadline: Deadline) -> None:
    """What was worked out is worth a second and a third try. One that was written unnoticed has the next lose its lease."""
    for pause in FINISHING_PAUSES:
        try:
            return service.finish(runtime, lease, result, deadline)
        except Unavailable as error:
            log_failure("A result could not be written yet", error, job=str(lease.job.id))
            time.sleep(deadline.at_most(pause))
    return service.finish(runtime, lease, result, deadline)


def _fail(runtime: Runtime, lease: Lease, error: CafeAIError, deadline: Deadline) -> None:
    log_failure("A job failed for good", error, job=str(lease.job.id))
    try:
        service.fail(runtime, lease, error.detail, deadline)
    except (JobError, Unavailable) as trouble:
        log_failure("How a job ended could not be written", trouble, job=str(lease.job.id))
        raise ComeAgain(1.0) from trouble
    measures().count("JobsFailed")


def _give_back(runtime: Runtime, lease: Lease, error: Exception, deadline: Deadline) -> ComeAgain:
    log_failure("A job's attempt failed", error, job=str(lease.job.id), attempt=lease.job.attempts)
    measures().count("JobsRetried")
    try:
        service.release(runtime, lease, reason_of(error), deadline)
    except (JobError, Unavailable) as trouble:  # its lease will run out
        log_failure("A job could not be given back", trouble, job=str(lease.job.id))
    if lease.job.attempts >= ROUTES[lease.job.kind].max_attempts:
        return ComeAgain(0.0)  # which the queue makes its dead-letter queue
    return ComeAgain(wait_before(lease.job.attempts + 1, runtime.settings.job_retry_seconds))


def reason_of(error: Exception) -> str:
    """Why an attempt failed, in words for the caller: what is not meant for them stays in the log."""
    return error.detail if isinstance(error, CafeAIError) else OUR_MISTAKE


def wait_before(attempt: int, first_seconds: float) -> float:
    """The seconds before that attempt: first_seconds before the second, doubled before each further one, give or take a
    quarter, so that jobs that failed together do not come again together; 15 minutes at most."""
    wait: float = min(LONGEST_WAIT_SECONDS, first_seconds * 2.0 ** (attempt - 2))
    return wait * _spread(0.75, 1.25)


def _spread(least: float, most: float) -> float:
    return random.uniform(least, most)  # noqa: S311 -- no secret
