"""A job from its start to its end: claimed once, held by its lease, ended once."""

from __future__ import annotations

import threading
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from cafe_ai.errors import JobBusy, LeaseLost
from cafe_ai.jobs import service
from cafe_ai.jobs.model import Job, JobStatus, Lease
from cafe_ai.jobs.routing import ROUTES
from tests.support.jobs import FORECAST, Workshop, soon


def claim(workshop: Workshop, job: Job, **options: UUID) -> Lease:
    lease = service.claim(workshop.runtime, job.id, job.business_id, soon(), **options)
    assert lease is not None
    return lease


def test_started_job_is_written_and_its_message_sent_and_forgotten(workshop: Workshop, business: UUID) -> None:
    job = workshop.start(business, params={"horizon_days": 7})
    row = workshop.job(job.id)
    assert (row["status"], row["params"], row["attempts"]) == ("pending", {"horizon_days": 7}, 0)
    assert workshop.messages == [{"job_id": str(job.id), "business_id": str(business)}]
    assert workshop.rows("ai_outbox") == []


def test_finished_job_has_its_result_in_json_numbers(workshop: Workshop, business: UUID, announced: list[Job]) -> None:
    lease = claim(workshop, workshop.start(business))
    assert (lease.job.status, lease.job.attempts) == (JobStatus.PROCESSING, 1)
    service.renew(workshop.runtime, lease, soon(), progress=40)
    assert workshop.job(lease.job.id)["progress"] == 40
    service.finish(workshop.runtime, lease, {"money": Decimal("1422654.64"), "units": Decimal("3.000")}, soon())
    row = workshop.job(lease.job.id)
    assert (row["status"], row["progress"], row["error"]) == ("completed", 100, None)
    assert row["result"].items() >= {"money": 1422654.64, "units": 3}.items()
    assert row["result"]["timestamp"].endswith("Z")
    assert [(job.id, job.status) for job in announced] == [(lease.job.id, JobStatus.COMPLETED)]


def test_ended_or_missing_job_gives_nothing_to_do(workshop: Workshop, business: UUID) -> None:
    lease = claim(workshop, workshop.start(business))
    service.fail(workshop.runtime, lease, "No sales yet.", soon())
    assert workshop.job(lease.job.id)["error"] == "No sales yet."
    assert service.claim(workshop.runtime, lease.job.id, business, soon()) is None
    assert service.claim(workshop.runtime, uuid4(), business, soon()) is None


def test_second_claimer_is_told_how_long_the_first_has_it(workshop: Workshop, business: UUID) -> None:
    lease = claim(workshop, workshop.start(business))
    with pytest.raises(JobBusy) as busy:
        service.claim(workshop.runtime, lease.job.id, business, soon())
    held = ROUTES[FORECAST].lease_seconds
    assert held - 10 < busy.value.seconds <= held
    assert workshop.job(lease.job.id)["attempts"] == 1


def test_one_of_many_claimers_at_once_gets_the_job(workshop: Workshop, business: UUID) -> None:
    job = workshop.start(business)
    got: list[object] = []

    def try_it() -> None:
        runtime = workshop.another_runtime()
        try:
            got.append(service.claim(runtime, job.id, business, soon()))
        except JobBusy as busy:
            got.append(busy)
        finally:
            runtime.database.close()

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(each).__name__ for each in got) == ["JobBusy"] * 7 + ["Lease"]
    assert workshop.job(job.id)["attempts"] == 1


def test_who_lost_the_lease_changes_nothing(workshop: Workshop, business: UUID) -> None:
    first = claim(workshop, workshop.start(business))
    workshop.lapse(first.job.id)
    second = claim(workshop, first.job)
    before = workshop.job(first.job.id)
    for change in (
        lambda: service.renew(workshop.runtime, first, soon(), progress=99),
        lambda: service.finish(workshop.runtime, first, {}, soon()),
        lambda: service.fail(workshop.runtime, first, "late", soon()),
        lambda: service.release(workshop.runtime, first, "late", soon()),
        lambda: service.lease_of(workshop.runtime, first.job.id, business, first.token, soon()),
    ):
        with pytest.raises(LeaseLost):
            change()
    assert workshop.job(first.job.id) == before
    assert second.job.attempts == 2
    service.finish(workshop.runtime, second, {}, soon())
    assert workshop.job(first.job.id)["status"] == "completed"


def test_a_given_token_holds_the_lease_in_another_process(workshop: Workshop, business: UUID) -> None:
    token = uuid4()
    lease = claim(workshop, workshop.start(business), token=token)
    found = service.lease_of(workshop.runtime, lease.job.id, business, token, soon())
    assert (found.token, found.job.id) == (token, lease.job.id)
    service.finish(workshop.runtime, found, {}, soon())
    with pytest.raises(LeaseLost):
        service.lease_of(workshop.runtime, lease.job.id, business, token, soon())


def test_released_job_is_free_again_and_says_why(workshop: Workshop, business: UUID, announced: list[Job]) -> None:
    lease = claim(workshop, workshop.start(business))
    service.release(workshop.runtime, lease, "The shop's data is being loaded.", soon())
    row = workshop.job(lease.job.id)
    assert (row["status"], row["error"], row["lease_token"]) == ("pending", "The shop's data is being loaded.", None)
    assert claim(workshop, lease.job).job.attempts == 2
    assert announced == []


def test_job_whose_attempts_are_used_up_fails_when_it_is_claimed(
    workshop: Workshop, business: UUID, announced: list[Job]
) -> None:
    job = workshop.start(business)
    for _ in range(ROUTES[FORECAST].max_attempts):
        claim(workshop, job)
        workshop.lapse(job.id)
    assert service.claim(workshop.runtime, job.id, business, soon()) is None
    row = workshop.job(job.id)
    assert (row["status"], row["gave_up"]) == ("failed", True)
    assert row["error"] == "gave up after 5 attempts: the work stopped without a word"
    assert [told.status for told in announced] == [JobStatus.FAILED]
