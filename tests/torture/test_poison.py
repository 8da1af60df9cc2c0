"""One message of ten that cannot be done: the others are, and it ends where an operator finds it, with the reason."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from cafe_ai import bootstrap
from cafe_ai.bootstrap import Runtime, runtime
from cafe_ai.jobs import service
from cafe_ai.jobs.model import Job, JobKind, JobStatus
from cafe_ai.platform.clock import Deadline
from cafe_ai.worker import job_handler
from functions.workers.dead_letters.handler import handler as dead_letters
from functions.workers.redrive.handler import handler as redrive
from tests.support.event_source import EventSource
from tests.torture.run import World

KIND = JobKind.PRODUCT_RECOMMENDATIONS
SECONDS = 40.0


@pytest.fixture
def here(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """This process is the functions'."""
    for name, value in {**world.environ, "JOB_RETRY_SECONDS": "0.1"}.items():
        monkeypatch.setenv(name, value)
    bootstrap.runtime.cache_clear()
    yield world
    runtime().database.close()
    vars(runtime()).get("renewals", runtime().database).close()
    bootstrap.runtime.cache_clear()


class Kitchen:
    """Work that cannot do one of the jobs until it is mended."""

    def __init__(self) -> None:
        self.broken = True
        self.attempts = 0

    def work(self, shared: Runtime, job_run: Any) -> dict[str, Any]:
        name = job_run.job.params["business_name"]
        if name == "Tienda 6":
            self.attempts += 1
            if self.broken:
                raise ZeroDivisionError("an internal matter")
        return {"name": name}


def start(world: World, number: int) -> Job:
    business = UUID(world.callers[0][0])
    params = {"business_type": "cafeteria", "business_name": f"Tienda {number}"}
    return service.start(runtime(), KIND, business, params, deadline=Deadline.after(10))


def standing(job: Job) -> Job:
    return service.get(runtime(), job.id, job.business_id, Deadline.after(10))


def poll_until(source: EventSource, condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < ends, "it does not come to that"
        source.poll()


def test_a_poison_message_fails_alone_and_is_done_after_a_redrive(here: World) -> None:
    kitchen, queue = Kitchen(), here.queue
    jobs = [start(here, number) for number in range(10)]
    workers = EventSource(here.sqs.client, queue.url, job_handler(KIND, kitchen.work))
    letters = EventSource(here.sqs.client, queue.dead_letters_url, dead_letters)

    assert workers.poll() == 10
    assert [standing(job).status for job in jobs].count(JobStatus.COMPLETED) == 9
    poisoned = jobs[6]
    assert standing(poisoned).status is JobStatus.PENDING

    poll_until(workers, lambda: here.sqs.count(queue.dead_letters_url) == 1)
    assert kitchen.attempts == 5
    assert here.sqs.count(queue.url) == 0

    poll_until(letters, lambda: here.sqs.count(queue.dead_letters_url) == 0)
    failed = standing(poisoned)
    assert failed.status is JobStatus.FAILED
    assert failed.error is not None and "5" in failed.error
    assert "internal" not in failed.error and "Zero" not in failed.error, "what goes on inside is told"

    kitchen.broken = False
    told = redrive(
        {"kind": KIND.value}, SimpleNamespace(aws_request_id="r", get_remaining_time_in_millis=lambda: 30_000)
    )
    assert told == {"redriven": 1}
    poll_until(workers, lambda: here.sqs.count(queue.url) == 0)
    done = standing(poisoned)
    assert done.status is JobStatus.COMPLETED
    assert done.error is None
    assert done.result is not None and done.result["name"] == "Tienda 6"
    assert kitchen.attempts == 6
    assert here.books.endings()[str(poisoned.id), "failed"] == here.books.endings()[str(poisoned.id), "completed"] == 1


def test_messages_that_name_no_job_are_kept_for_an_operator(here: World) -> None:
    bodies = ["this is no JSON", "[]", '{"job_id": "nobody\'s"}', "null"]
    here.sqs.client.set_queue_attributes(QueueUrl=here.queue.url, Attributes={"VisibilityTimeout": "1"})
    for body in bodies:
        here.sqs.client.send_message(QueueUrl=here.queue.url, MessageBody=body)
    job = start(here, 1)
    workers = EventSource(here.sqs.client, here.queue.url, job_handler(KIND, Kitchen().work))
    letters = EventSource(here.sqs.client, here.queue.dead_letters_url, dead_letters)

    poll_until(workers, lambda: here.sqs.count(here.queue.dead_letters_url) == len(bodies))
    poll_until(letters, lambda: here.sqs.count(here.queue.dead_letters_url) == 0)

    kept = here.books.connection.execute("SELECT body FROM ai_dead_letters").fetchall()
    assert sorted(kept) == sorted((body,) for body in bodies)
    assert standing(job).status is JobStatus.COMPLETED
    assert here.sqs.count(here.queue.url) == 0


def test_a_message_of_no_job_is_done_with(here: World) -> None:
    message = {"job_id": str(UUID(int=7)), "business_id": here.callers[0][0]}
    here.sqs.client.send_message(QueueUrl=here.queue.url, MessageBody=json.dumps(message))

    EventSource(here.sqs.client, here.queue.url, job_handler(KIND, Kitchen().work)).poll()

    assert here.sqs.count(here.queue.url) == 0
