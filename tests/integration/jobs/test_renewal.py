"""A lease is renewed while its worker works, whatever the worker does with its own connection meanwhile."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from cafe_ai.bootstrap import Runtime
from cafe_ai.errors import DependencyDown, JobBusy, LeaseLost
from cafe_ai.jobs import service
from cafe_ai.jobs.routing import ROUTES
from cafe_ai.jobs.running import JobRun
from cafe_ai.worker import job_handler
from tests.support.jobs import FORECAST, Workshop, body_for, context, soon, sqs_event

LEASE_SECONDS = 0.9


@pytest.fixture(autouse=True)
def _short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROUTES, FORECAST, replace(ROUTES[FORECAST], lease_seconds=LEASE_SECONDS))


def test_lease_outlasts_long_work(workshop: Workshop, business: UUID) -> None:
    job = workshop.start(business)
    claims: list[object] = []

    def work(runtime: Runtime, run: JobRun) -> Mapping[str, Any]:
        rival = workshop.another_runtime()
        with runtime.database.transaction(business):  # the worker's own connection is in use
            for _ in range(4):
                time.sleep(LEASE_SECONDS / 2)
                with pytest.raises(JobBusy):
                    claims.append(service.claim(rival, run.job.id, business, soon()))
        rival.database.close()
        return {}

    assert job_handler(FORECAST, work)(sqs_event([body_for(job)]), context())["batchItemFailures"] == []
    row = workshop.job(job.id)
    assert (row["status"], row["attempts"], claims) == ("completed", 1, [])


def test_worker_that_lost_its_job_is_told_and_its_end_is_refused(workshop: Workshop, business: UUID) -> None:
    job = workshop.start(business)
    told: list[str] = []

    def work(_: Runtime, run: JobRun) -> Mapping[str, Any]:
        workshop.lapse(run.job.id, 60)
        assert service.claim(rival, run.job.id, business, soon()) is not None
        time.sleep(LEASE_SECONDS)
        try:
            run.progress(50)
        except LeaseLost:
            told.append("lost")
        return {"from": "the first"}

    rival = workshop.another_runtime()
    event = sqs_event([body_for(job)])
    assert len(job_handler(FORECAST, work)(event, context())["batchItemFailures"]) == 1
    rival.database.close()
    row = workshop.job(job.id)
    assert (told, row["status"], row["attempts"], row["result"]) == (["lost"], "processing", 2, None)


def test_renewal_that_fails_is_tried_again(workshop: Workshop, business: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    job = workshop.start(business)
    renew_on, failures = service.renew_on, iter([DependencyDown("database")])

    def renew_after_a_failure(*arguments: Any, **options: Any) -> None:
        for failure in failures:
            raise failure
        renew_on(*arguments, **options)

    def work(_: Runtime, run: JobRun) -> Mapping[str, Any]:
        time.sleep(LEASE_SECONDS * 1.5)
        with pytest.raises(JobBusy):
            service.claim(workshop.runtime, run.job.id, business, soon())
        return {}

    monkeypatch.setattr(service, "renew_on", renew_after_a_failure)
    assert job_handler(FORECAST, work)(sqs_event([body_for(job)]), context())["batchItemFailures"] == []


def test_result_that_could_not_be_written_is_written_at_a_second_try(
    workshop: Workshop, business: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = workshop.start(business)
    finish, failures = service.finish, iter([DependencyDown("database")])

    def finish_after_a_failure(*arguments: Any) -> None:
        for failure in failures:
            raise failure
        finish(*arguments)

    monkeypatch.setattr(service, "finish", finish_after_a_failure)
    event = sqs_event([body_for(job)])
    assert job_handler(FORECAST, lambda *_: {"n": 1})(event, context())["batchItemFailures"] == []
    assert workshop.job(job.id)["result"]["n"] == 1
    assert workshop.job(job.id)["attempts"] == 1
