"""From the queue to the state machine: a report's job is claimed, and its execution started under the job's name.

The execution's name and input come from the lease as the job's row has it, whoever reads it. So a message that comes twice,
and a starter that was killed between claim and start, end at the same execution, of which Step Functions starts one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cafe_ai.errors import JobBusy, Unavailable
from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.messages import JobMessage
from cafe_ai.jobs.running import ComeAgain, wait_before
from cafe_ai.platform.telemetry import log, log_failure, measures
from cafe_ai.reports import repository
from cafe_ai.reports.repository import Held

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline


def start(runtime: Runtime, message: JobMessage, deadline: Deadline) -> None:
    """Claims the message's job and starts its execution; of a job that has ended, or is gone, nothing is done.

    Where another has claimed it, that execution is started, if it is not: whoever claimed it may have been killed. Raises
    ComeAgain where the job was let go just now, or something is away.
    """
    try:
        held = _hold(runtime, message, deadline)
        if held is None:
            return
        started = runtime.report_machine.start(execution_name(held), _input(held), deadline)
    except Unavailable as error:
        log_failure("A report cannot be started yet", error, job=str(message.job_id))
        raise ComeAgain(wait_before(2, runtime.settings.job_retry_seconds)) from error
    measures().count("JobsHandedOn", int(started))
    log("A report is under way", job=str(held.job_id), attempt=held.attempt, started=started)


def _hold(runtime: Runtime, message: JobMessage, deadline: Deadline) -> Held | None:
    """The job as it is held now, by this claim or an earlier one; None where there is nothing to do."""
    try:
        if jobs.claim(runtime, message.job_id, message.business_id, deadline) is None:
            return None
    except JobBusy:
        measures().count("JobsBusy")
    with runtime.database.transaction(message.business_id, None, deadline, read_only=True) as uow:
        held = repository.select_held(uow, message.job_id)
    if held is None:
        raise ComeAgain(1.0)
    return held


def execution_name(held: Held) -> str:
    """The job's id; with the lease's token behind it where there may have been an execution of that name before."""
    return str(held.job_id) if held.is_first else f"{held.job_id}-{held.token}"


def _input(held: Held) -> dict[str, Any]:
    return {
        "job_id": str(held.job_id),
        "business_id": str(held.business_id),
        "token": str(held.token),
        "attempt": held.attempt,
        "correlation_id": held.correlation_id or str(held.job_id),
    }
