"""The worker's entry point: partial batches, retries, permanent failures, duplicates, and what it measures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from cafe_ai.bootstrap import Runtime
from cafe_ai.errors import DependencyDown, NotFound
from cafe_ai.jobs import service
from cafe_ai.jobs.model import Job, JobKind, JobStatus
from cafe_ai.jobs.running import JobRun
from cafe_ai.tenancy.model import SERVICE_USER, Permission
from cafe_ai.worker import job_handler
from tests.support.jobs import FORECAST, Workshop, body_for, context, soon, sqs_event


def done(_: Runtime, run: JobRun) -> Mapping[str, Any]:
    return {"job": run.job.id}


def failed_in(answer: Any, event: dict[str, Any]) -> list[int]:
    again = {record["itemIdentifier"] for record in answer["batchItemFailures"]}
    return [number for number, record in enumerate(event["Records"]) if record["messageId"] in again]


def work_off(work: Any, jobs: list[Job], seconds: float = 60.0) -> list[int]:
    """Hands the jobs' messages to the worker in one batch; the numbers of those that come again."""
    event = sqs_event([body_for(job) for job in jobs])
    return failed_in(job_handler(FORECAST, work)(event, context(seconds)), event)


def test_batch_is_done_and_announced(workshop: Workshop, business: UUID, announced: list[Job]) -> None:
    jobs = [workshop.start(business) for _ in range(3)]
    assert work_off(done, jobs) == []
    assert [workshop.job(job.id)["status"] for job in jobs] == ["completed"] * 3
    assert [told.id for told in announced] == [job.id for job in jobs]


def test_only_the_failed_message_comes_again_after_a_growing_wait(workshop: Workshop, business: UUID) -> None:
    jobs = [workshop.start(business) for _ in range(3)]

    def second_fails(runtime: Runtime, run: JobRun) -> Mapping[str, Any]:
        if run.job.id == jobs[1].id:
            raise DependencyDown("vectors")
        return done(runtime, run)

    waits = []
    for _ in range(3):
        assert work_off(second_fails, jobs) == [1]
        waits.append(workshop.queues[FORECAST.value].hidden["receipt-1"])
    assert [round(wait / (10 * 2**number)) for number, wait in enumerate(waits)] == [1, 1, 1]
    row = workshop.job(jobs[1].id)
    assert (row["status"], row["attempts"]) == ("pending", 3)
    assert row["error"] == "A system this answer needs is not reachable; try again shortly."
    assert [workshop.job(jobs[other].id)["attempts"] for other in (0, 2)] == [1, 1]
    assert work_off(done, jobs) == []
    assert workshop.job(jobs[1].id)["status"] == "completed"


def test_what_the_request_is_to_blame_for_fails_at_once(
    workshop: Workshop, business: UUID, announced: list[Job]
) -> None:
    def refuse(_: Runtime, __: JobRun) -> Mapping[str, Any]:
        raise NotFound("There is no such customer.")

    job = workshop.start(business)
    assert work_off(refuse, [job]) == []
    row = workshop.job(job.id)
    assert (row["status"], row["error"], row["gave_up"]) == ("failed", "There is no such customer.", False)
    assert [(told.status, told.error) for told in announced] == [(JobStatus.FAILED, "There is no such customer.")]


def test_result_that_no_answer_could_hold_fails_its_job(workshop: Workshop, business: UUID) -> None:
    job = workshop.start(business)
    assert work_off(lambda *_: {"rows": "x" * 4_000_001}, [job]) == []
    row = workshop.job(job.id)
    assert (row["status"], row["error"]) == ("failed", "The result is larger than can be shown; ask for less at once.")


def test_a_bug_is_not_told_to_the_caller(workshop: Workshop, business: UUID) -> None:
    def stumble(_: Runtime, __: JobRun) -> Mapping[str, Any]:
        raise RuntimeError("SELECT secret FROM somewhere")

    job = workshop.start(business)
    assert work_off(stumble, [job]) == [0]
    assert workshop.job(job.id)["error"] == "the service made a mistake"


def test_duplicates_do_nothing(workshop: Workshop, business: UUID, announced: list[Job]) -> None:
    runs: list[UUID] = []

    def count(runtime: Runtime, run: JobRun) -> Mapping[str, Any]:
        runs.append(run.job.id)
        return {}

    job = workshop.start(business)
    assert work_off(count, [job, job, job]) == []
    assert runs == [job.id]
    assert len(announced) == 1


def test_message_of_a_job_in_work_comes_again_when_its_lease_would_end(workshop: Workshop, business: UUID) -> None:
    job = workshop.start(business)
    lease = service.claim(workshop.runtime, job.id, business, soon())
    assert work_off(done, [job]) == [0]
    assert 50 < workshop.queues[FORECAST.value].hidden["receipt-0"] < 64
    assert lease is not None
    service.finish(workshop.runtime, lease, {}, soon())
    assert work_off(done, [job]) == []


def test_job_is_not_begun_where_there_is_no_time_for_it(workshop: Workshop, business: UUID) -> None:
    job = workshop.start(business)
    assert work_off(done, [job], seconds=5.5) == [0]
    assert workshop.job(job.id)["attempts"] == 0
    assert workshop.queues[FORECAST.value].hidden == {"receipt-0": 1.0}


def test_unreadable_message_comes_again_until_it_is_a_dead_letter(workshop: Workshop) -> None:
    event = sqs_event(
        ["{}", "[]", "no JSON", '{"job_id": 3, "business_id": null}', '{"job_id": "x", "business_id": "y"}']
    )
    assert failed_in(job_handler(FORECAST, done)(event, context()), event) == [0, 1, 2, 3, 4]
    assert workshop.queues[FORECAST.value].hidden == {}


def test_job_of_another_kind_is_no_job_for_this_worker(workshop: Workshop, business: UUID) -> None:
    job = workshop.start(business, JobKind.CUSTOMER_BEHAVIOR)
    assert work_off(done, [job]) == [0]
    assert workshop.job(job.id)["status"] == "pending"


def test_job_acts_for_its_user_with_every_permission(workshop: Workshop, business: UUID) -> None:
    user = workshop.factory.insert_membership(business)
    members = []

    def look(_: Runtime, run: JobRun) -> Mapping[str, Any]:
        members.append(run.member)
        run.progress(50)
        assert workshop.job(run.job.id)["progress"] == 50
        return {}

    assert work_off(look, [workshop.start(business, user_id=user), workshop.start(business)]) == []
    assert [member.user_id for member in members] == [user, SERVICE_USER]
    assert all(member.may(permission) for member in members for permission in Permission)
    assert {member.business.id for member in members} == {business}
    assert members[0].deadline.remaining() > 50


def test_job_of_a_business_that_is_gone_is_done_with(workshop: Workshop, business: UUID) -> None:
    job = workshop.start(business)
    workshop.execute("DELETE FROM businesses WHERE id = %s", business)
    assert work_off(done, [job]) == []


def test_what_is_measured(workshop: Workshop, business: UUID, capsys: pytest.CaptureFixture[str]) -> None:
    def fail_one(runtime: Runtime, run: JobRun) -> Mapping[str, Any]:
        if run.job.id == jobs[1].id:
            raise NotFound("gone")
        if run.job.id == jobs[2].id:
            raise ValueError
        return {}

    jobs = [workshop.start(business) for _ in range(3)]
    capsys.readouterr()
    event = sqs_event([body_for(job) for job in jobs], age_seconds=30.0)
    job_handler(FORECAST, fail_one)(event, context())
    documents = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    measured = [document for document in documents if "_aws" in document]
    assert [document["endpoint"] for document in measured] == [FORECAST.value] * 3
    assert [
        name in document
        for document, name in zip(measured, ("JobsCompleted", "JobsFailed", "JobsRetried"), strict=True)
    ] == [True] * 3
    assert all(30_000 <= document["QueueAge"] < 40_000 and document["JobSeconds"] < 5 for document in measured)
