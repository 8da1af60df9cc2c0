"""The tasks: `.delay()`, `.get(timeout=)`, `.status()`."""

from __future__ import annotations

import threading
import time
from typing import Any
from uuid import UUID, uuid4

import pytest

from cafe_ai.errors import BusinessNotFound, InvalidRequest, JobFailed, JobTimeout
from cafe_ai.jobs import service, tasks
from cafe_ai.jobs.model import JobKind, JobStatus
from tests.support.jobs import Workshop, soon

BUSINESS_TASKS: list[tuple[tasks.Task, JobKind, dict[str, Any]]] = [
    (tasks.generate_sales_report, JobKind.SALES_REPORT, {"period": "monthly"}),
    (
        tasks.generate_product_recommendations,
        JobKind.PRODUCT_RECOMMENDATIONS,
        {"business_type": "cafeteria", "business_name": "Café Central"},
    ),
    (tasks.analyze_customer_behavior, JobKind.CUSTOMER_BEHAVIOR, {"customer_id": str(uuid4())}),
    (tasks.generate_inventory_forecast, JobKind.INVENTORY_FORECAST, {"product_ids": [str(uuid4()), str(uuid4())]}),
]


@pytest.mark.parametrize(("task", "kind", "params"), BUSINESS_TASKS)
def test_each_task_starts_its_job(
    workshop: Workshop, business: UUID, task: tasks.Task, kind: JobKind, params: dict[str, Any]
) -> None:
    started = task.delay(business_id=str(business), **params)
    row = workshop.job(started.id)
    assert (row["kind"], row["business_id"], row["user_id"]) == (kind.value, business, None)
    assert row["params"].items() >= params.items()
    assert started.status() is JobStatus.PENDING
    assert [message["job_id"] for message in workshop.messages] == [str(started.id)]


def test_cleanup_is_about_no_business(workshop: Workshop) -> None:
    started = tasks.cleanup_old_ai_jobs.delay(days_old=30)
    assert workshop.job(started.id)["params"] == {"days_old": 30}
    assert started.business_id is None
    with pytest.raises(JobTimeout):
        started.get(timeout=0)


def test_get_waits_for_the_result(workshop: Workshop, business: UUID) -> None:
    started = tasks.analyze_customer_behavior.delay(business_id=business, customer_id=None)

    def work() -> None:
        runtime = workshop.another_runtime()
        time.sleep(0.3)
        lease = service.claim(runtime, started.id, business, soon())
        assert lease is not None
        service.finish(runtime, lease, {"segments": [1]}, soon())
        runtime.database.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert started.get(timeout=20)["segments"] == [1]
    worker.join()
    assert started.status() is JobStatus.COMPLETED
    assert started.get()["segments"] == [1]


def test_get_gives_up_in_time_and_says_why_a_job_failed(workshop: Workshop, business: UUID) -> None:
    started = tasks.generate_sales_report.delay(business_id=business, period="weekly")
    begun = time.monotonic()
    with pytest.raises(JobTimeout, match=r"0\.3 s"):
        started.get(timeout=0.3)
    assert 0.3 <= time.monotonic() - begun < 5
    lease = service.claim(workshop.runtime, started.id, business, soon())
    assert lease is not None
    service.fail(workshop.runtime, lease, "No sales were recorded.", soon())
    with pytest.raises(JobFailed) as failed:
        started.get(timeout=5)
    assert failed.value.reason == "No sales were recorded."


def test_wrong_arguments_are_named(workshop: Workshop, business: UUID) -> None:
    for call, field in (
        (lambda: tasks.generate_sales_report.delay(business_id=business, period="hourly"), "period"),
        (lambda: tasks.generate_sales_report.delay(business_id="x"), "business_id"),
        (tasks.generate_sales_report.delay, "business_id"),
        (lambda: tasks.cleanup_old_ai_jobs.delay(days_old=0), "days_old"),
        (lambda: tasks.generate_inventory_forecast.delay(business_id=business, product_ids=["x", ""]), "product_ids.1"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            call()
        assert [error.field for error in refused.value.errors] == [field]
    with pytest.raises(BusinessNotFound):
        tasks.generate_sales_report.delay(business_id=uuid4())
    assert workshop.rows("ai_jobs") == []


def test_same_key_is_the_same_job(workshop: Workshop, business: UUID) -> None:
    first, second = (
        tasks.generate_sales_report.delay(business_id=business, idempotency_key="monday") for _ in range(2)
    )
    assert first == second
