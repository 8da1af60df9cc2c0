"""From the queue to the state machine: one execution for each lease, whoever starts it and however often."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.model import JobStatus
from cafe_ai.platform.clock import Deadline
from functions.workers.sales_report.handler import handler
from tests.integration.reports.conftest import Desk
from tests.support.report_flow import CONTEXT, State


def test_job_is_claimed_and_its_execution_named_after_it(desk: Desk) -> None:
    job = desk.ask()
    assert desk.deliver(job) == []
    assert desk.machine.started.keys() == {str(job.id)}
    state = desk.machine.started[str(job.id)]
    assert state.keys() == {"job_id", "business_id", "token", "attempt", "correlation_id"}
    assert (state["business_id"], state["attempt"]) == (str(desk.shop.business_id), 1)
    assert desk.job(state).status is JobStatus.PROCESSING


def test_message_that_comes_twice_starts_nothing_twice(desk: Desk) -> None:
    job = desk.ask()
    assert [desk.deliver(job), desk.deliver(job)] == [[], []]
    assert len(desk.machine.started) == 1
    assert desk.job(desk.machine.started[str(job.id)]).attempts == 1


def test_starter_killed_between_claim_and_start_is_taken_up_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: Any) -> bool:
        raise KeyboardInterrupt

    job = desk.ask()
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(desk.machine, "start", killed)
        desk.deliver(job)
    assert desk.deliver(job) == []
    state = desk.machine.started[str(job.id)]
    assert (state["attempt"], desk.job(state).attempts) == (1, 1)
    assert [row["lease_token"] for row in desk.rows("ai_jobs")] == [UUID(state["token"])]


def test_machine_that_is_away_has_the_message_come_again(desk: Desk) -> None:
    job = desk.ask()
    desk.machine.down = True
    assert desk.deliver(job) == ["m-1"]
    assert 5 < desk.queue.hidden["r-1"] < 15
    desk.machine.down = False
    assert desk.deliver(job) == []
    assert desk.job(desk.machine.started[str(job.id)]).attempts == 1


def test_lease_that_ran_out_gets_an_execution_of_its_own(desk: Desk) -> None:
    state = desk.begun()
    desk.let_lapse(state)
    assert desk.deliver(desk.job(state)) == []
    first, second = desk.machine.started.values()
    assert second["attempt"] == 2
    assert second["token"] != first["token"]
    assert list(desk.machine.started)[1] == f"{state['job_id']}-{second['token']}"


def test_job_that_is_begun_anew_gets_an_execution_of_its_own(desk: Desk) -> None:
    """As `redrive` does it: its attempts count from one again, and the names of the first ones are taken."""
    state = desk.begun()
    desk.execute(
        """UPDATE ai_jobs SET status = 'pending', attempts = 0, lease_token = NULL, lease_expires_at = NULL,
                              queued_at = clock_timestamp() WHERE id = %s""",
        state,
    )
    assert desk.deliver(desk.job(state)) == []
    assert len(desk.machine.started) == 2
    assert list(desk.machine.started.values())[1]["attempt"] == 1


def test_job_that_has_ended_or_is_gone_needs_nothing(desk: Desk) -> None:
    state = desk.begun()
    lease = jobs.lease_of(desk.runtime, *_lease(state), Deadline.after(20))
    jobs.fail(desk.runtime, lease, "It is over.", Deadline.after(20))
    assert desk.deliver(desk.job(state)) == []
    job = desk.job(state)
    desk.execute("DELETE FROM ai_jobs WHERE id = %s", state)
    assert desk.deliver(job) == []
    assert len(desk.machine.started) == 1


def test_message_that_names_no_job_fails(desk: Desk) -> None:
    record = {
        "messageId": "m-9",
        "receiptHandle": "r",
        "body": "{}",
        "attributes": {"SentTimestamp": "1"},
        "messageAttributes": {},
    }
    assert handler({"Records": [record]}, CONTEXT)["batchItemFailures"] == [{"itemIdentifier": "m-9"}]
    assert desk.machine.started == {}


def _lease(state: State) -> tuple[UUID, UUID, UUID]:
    return UUID(state["job_id"]), UUID(state["business_id"]), UUID(state["token"])
