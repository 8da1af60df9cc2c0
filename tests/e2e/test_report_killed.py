"""The report's functions are killed, in each state in turn: it is finished by a retry or fails cleanly, and is told of once.

A function's processes are stopped before the report starts, so that one is given the state and does nothing; there it is
killed. Where it is to die in the middle of its work, it goes on until it waits for a lock that the test holds.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.support import local_jobs as jobs
from tests.support.local_jobs import superuser
from tests.support.local_notices import Told, told
from tests.support.local_stack import Stack

pytestmark = pytest.mark.e2e

REPORT = "generate_sales_report"
STATES = ("ReportGather", "ReportNarrate", "ReportCheck", "ReportRender", "ReportStore", "ReportFinish")
LOCK_JOB = "SELECT FROM ai_jobs WHERE id = %s FOR UPDATE"
# Sending takes a message's row first: after the commit that ended the job, before the queue is told of it.
HOLD_SENDING = """
CREATE FUNCTION test_hold() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NEW; END$$;
CREATE TRIGGER test_hold BEFORE UPDATE ON ai_outbox FOR EACH ROW EXECUTE FUNCTION test_hold();
"""
SEND_AGAIN = "DROP TRIGGER test_hold ON ai_outbox; DROP FUNCTION test_hold()"
LOCK_SENDING = "SELECT pg_advisory_xact_lock(4711)"
WAITING = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture(scope="module")
def owner(stack: Stack) -> Iterator[Told]:
    """Of a stack whose every state has a process that waits for work."""
    with told(stack) as both:
        jobs.await_completed(stack, jobs.start(stack, REPORT, period="monthly"))
        yield both


@contextmanager
def stopped(stack: Stack, function: str) -> Iterator[list[int]]:
    """The function's processes stand still and take what they are given; those that are left at the end go on."""
    pids = jobs.workers(stack, f"{function}Function")
    assert pids, f"{function} has no process"
    jobs.signal_all(pids, signal.SIGSTOP)
    try:
        yield pids
    finally:
        jobs.signal_all(pids, signal.SIGCONT)


@contextmanager
def holding(stack: Stack, statement: str, *parameters: object) -> Iterator[None]:
    """What the statement locks stays locked."""
    with psycopg.connect(superuser(stack)) as connection:
        connection.execute(statement, parameters)
        yield
        connection.rollback()


@contextmanager
def sending_held(stack: Stack) -> Iterator[None]:
    """Messages are written, and wait to be sent."""
    with psycopg.connect(superuser(stack), autocommit=True) as connection:
        connection.execute(HOLD_SENDING)
        try:
            with holding(stack, LOCK_SENDING):
                yield
        finally:
            connection.execute(SEND_AGAIN)


def count(stack: Stack, job_id: str, function: str, event: str) -> int:
    """How often that happened to a function's state in the job's executions."""
    return sum(kind == event and f"-{function}Function-" in about for kind, about in jobs.events(stack, job_id))


def await_given(stack: Stack, job_id: str, function: str, times: int = 1) -> None:
    jobs.await_that(
        lambda: count(stack, job_id, function, "TaskScheduled") >= times, f"{function} is not given its state"
    )


def await_lock(stack: Stack) -> None:
    jobs.await_that(lambda: stack.rows(WAITING), "nothing waits for the lock")


def assert_told_once(owner: Told, job_id: str, event: str) -> None:
    owner.await_sent(job_id)
    posted = owner.posts(job_id)
    assert [(post.headers["cafe-ai-delivery"], f'"event":"{event}"' in post.body.decode()) for post in posted] == [
        (owner.await_sent(job_id)["webhook"], True)
    ]


@pytest.mark.parametrize("function", STATES)
def test_a_state_whose_process_is_killed_is_done_again(owner: Told, function: str) -> None:
    stack = owner.stack
    with stopped(stack, function) as pids:
        job_id = jobs.start(stack, REPORT, period="monthly")
        await_given(stack, job_id, function)
        jobs.signal_all(pids, signal.SIGKILL)
        job = jobs.await_completed(stack, job_id)
    assert job["result"]["links"].keys() == {"html", "pdf", "csv", "json"}
    assert count(stack, job_id, function, "TaskFailed") >= 1
    assert_told_once(owner, job_id, "job.completed")


@pytest.mark.parametrize("function", ["ReportRender", "ReportFinish"])
def test_a_state_that_dies_holding_the_job_is_done_again(owner: Told, function: str) -> None:
    stack = owner.stack
    with stopped(stack, function) as pids:
        job_id = jobs.start(stack, REPORT, period="monthly")
        await_given(stack, job_id, function)
        with holding(stack, LOCK_JOB, job_id):
            jobs.signal_all(pids, signal.SIGCONT)
            await_lock(stack)
            jobs.signal_all(pids, signal.SIGKILL)
        jobs.await_completed(stack, job_id)
    assert count(stack, job_id, function, "TaskFailed") >= 1
    assert_told_once(owner, job_id, "job.completed")


def test_killed_between_the_end_of_the_job_and_the_message_it_is_told_of_once(owner: Told) -> None:
    stack = owner.stack
    with stopped(stack, "ReportFinish") as pids:
        job_id = jobs.start(stack, REPORT, period="monthly")
        await_given(stack, job_id, "ReportFinish")
        with sending_held(stack):
            jobs.signal_all(pids, signal.SIGCONT)
            await_lock(stack)
            jobs.signal_all(pids, signal.SIGKILL)
        jobs.await_completed(stack, job_id)
        jobs.await_that(lambda: ("ExecutionSucceeded", "") in set(jobs.events(stack, job_id)), "the execution goes on")
    assert count(stack, job_id, "ReportFinish", "TaskFailed") == 1
    jobs.relay_now(stack)
    assert_told_once(owner, job_id, "job.completed")


def test_a_report_whose_state_dies_each_time_fails_cleanly(owner: Told) -> None:
    stack = owner.stack
    job_id = jobs.start(stack, REPORT, period="monthly")
    while not jobs.has_ended(stack, job_id):
        jobs.signal_all(jobs.workers(stack, "ReportCheckFunction"), signal.SIGKILL)
        time.sleep(0.05)
    assert count(stack, job_id, "ReportCheck", "TaskFailed") == 4
    assert_failed(owner, job_id)


def test_the_state_that_fails_a_report_is_done_again_too(owner: Told) -> None:
    stack = owner.stack
    assert_failed(owner, fail_by_lost_parts(stack))
    with stopped(stack, "ReportFail") as pids:
        job_id = fail_by_lost_parts(stack)
        await_given(stack, job_id, "ReportFail")
        jobs.signal_all(pids, signal.SIGKILL)
        jobs.await_end(stack, job_id)
    assert count(stack, job_id, "ReportFail", "TaskFailed") == 1
    assert_failed(owner, job_id)


def fail_by_lost_parts(stack: Stack) -> str:
    """A report that cannot be made: what was gathered for it is gone."""
    with stopped(stack, "ReportNarrate") as pids:
        job_id = jobs.start(stack, REPORT, period="monthly")
        await_given(stack, job_id, "ReportNarrate")
        jobs.delete_work(stack, job_id)
        jobs.signal_all(pids, signal.SIGCONT)
        jobs.await_that(
            lambda: count(stack, job_id, "ReportNarrate", "TaskFailed"), "the report goes on without its parts"
        )
    return job_id


def assert_failed(owner: Told, job_id: str) -> None:
    job = jobs.await_end(owner.stack, job_id)
    assert (job["status"], bool(job["error"])) == ("failed", True)
    assert "Runtime" not in job["error"]
    assert_told_once(owner, job_id, "job.failed")
