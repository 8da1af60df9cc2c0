"""The same key is the same job, also for twenty at once; for another job it is refused."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID, uuid4

import pytest

from cafe_ai.errors import BusinessNotFound, InvalidRequest
from cafe_ai.jobs import service
from cafe_ai.jobs.model import Job, JobKind
from tests.support.jobs import FORECAST, Workshop, soon


def test_same_key_gives_the_first_job_and_no_second_message(workshop: Workshop, business: UUID) -> None:
    user = uuid4()
    asked: dict[str, Any] = {"user_id": user, "idempotency_key": "k-1"}
    first = workshop.start(business, params={"horizon_days": 28, "product_ids": [str(business)]}, **asked)
    again = workshop.start(business, params={"product_ids": [f" {business} "]}, **asked)  # 28 is the default
    assert again == first
    assert len(workshop.messages) == 1
    lease = service.claim(workshop.runtime, first.id, business, soon())
    assert lease is not None
    service.finish(workshop.runtime, lease, {}, soon())
    assert workshop.start(business, params={"product_ids": [str(business)]}, **asked).id == first.id


@pytest.mark.parametrize(
    ("kind", "params"),
    [(FORECAST, {"horizon_days": 7}), (JobKind.CUSTOMER_BEHAVIOR, {}), (FORECAST, {"as_of": "2026-01-01"})],
)
def test_same_key_for_another_job_is_refused(
    workshop: Workshop, business: UUID, kind: JobKind, params: dict[str, Any]
) -> None:
    workshop.start(business, idempotency_key="k-1")
    with pytest.raises(InvalidRequest) as refused:
        workshop.start(business, kind, params=params, idempotency_key="k-1")
    assert [error.field for error in refused.value.errors] == ["Idempotency-Key"]
    assert len(workshop.rows("ai_jobs")) == 1


def test_key_is_its_users_in_its_business(workshop: Workshop, business: UUID) -> None:
    other, users = workshop.factory.insert_business(), [uuid4(), uuid4(), None]
    started = [workshop.start(shop, user_id=user, idempotency_key="k") for shop in (business, other) for user in users]
    started.append(workshop.start(None, JobKind.CLEANUP, idempotency_key="k"))
    assert len({job.id for job in started}) == 7
    repeated = [workshop.start(shop, user_id=user, idempotency_key="k") for shop in (business, other) for user in users]
    repeated.append(workshop.start(None, JobKind.CLEANUP, idempotency_key="k"))
    assert [job.id for job in repeated] == [job.id for job in started]


def test_without_a_key_every_request_is_a_job(workshop: Workshop, business: UUID) -> None:
    assert len({workshop.start(business).id for _ in range(3)}) == 3


@pytest.mark.parametrize("user", [None, uuid4()])
def test_twenty_at_once_make_one_job(workshop: Workshop, business: UUID, user: UUID | None) -> None:
    begin, jobs = threading.Barrier(20), list[Job]()

    def ask() -> None:
        runtime = workshop.another_runtime()
        with runtime.database.transaction():
            pass  # connected before the race begins
        begin.wait(30)
        jobs.append(service.start(runtime, FORECAST, business, {}, user_id=user, idempotency_key="k", deadline=soon()))
        runtime.database.close()

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(jobs) == 20
    assert len({job.id for job in jobs}) == 1
    assert len(workshop.rows("ai_jobs")) == len(workshop.messages) == 1


@pytest.mark.parametrize("key", ["", "k" * 256, "a\nb", "a\x00"])
def test_key_that_is_none_is_refused(workshop: Workshop, business: UUID, key: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        workshop.start(business, idempotency_key=key)
    assert [error.field for error in refused.value.errors] == ["Idempotency-Key"]
    workshop.start(business, idempotency_key="k" * 255)


def test_job_needs_a_business_that_is_there_and_cleanup_none(workshop: Workshop, business: UUID) -> None:
    with pytest.raises(BusinessNotFound):
        workshop.start(uuid4())
    for shop, kind in ((None, FORECAST), (business, JobKind.CLEANUP)):
        with pytest.raises(InvalidRequest) as refused:
            workshop.start(shop, kind)
        assert [error.field for error in refused.value.errors] == ["business_id"]
    assert workshop.rows("ai_jobs") == workshop.messages == []
