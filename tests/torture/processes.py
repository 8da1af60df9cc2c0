"""What the torture's processes do: each is a function of the service as Lambda would run it, made to die at a chosen point.

The points are reached through wrappers put around the service from outside; the service has no hook for them.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn
from uuid import UUID

import psycopg

from cafe_ai import worker
from cafe_ai.bootstrap import Runtime, runtime
from cafe_ai.errors import NotFound
from cafe_ai.jobs import routing, service
from cafe_ai.jobs.model import JobKind
from cafe_ai.notifications import service as deliveries
from cafe_ai.platform import queue, webhooks
from cafe_ai.platform.clock import Deadline
from functions.api.jobs.handler import handler as jobs_api
from functions.workers.dead_letters.handler import handler as dead_letters
from functions.workers.notifications.handler import handler as notifications
from functions.workers.outbox_relay.handler import handler as outbox_relay
from tests.support.event_source import EventSource
from tests.support.gateway import call, http_event

KIND = JobKind.PRODUCT_RECOMMENDATIONS
PATH = "/api/v1/ai/jobs"
FAILS_EVERY = 50  # the jobs whose number is a multiple of it are refused for good by the work itself
STALLED = "stalled"
REFUSED = "Esta tienda no se puede recomendar."


def warm_up() -> None:
    """Before the fork: what making an SQS client loads."""
    import boto3

    boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="warm", aws_secret_access_key="up")


def stall() -> None:
    """As a machine that is out of memory, or a network that is away: long enough for others to think it dead."""
    os.kill(os.getpid(), signal.SIGSTOP)


def die() -> NoReturn:
    """As kill -9 has it."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


@dataclass
class Death:
    """Where this process ends: when it comes to the point for the nth time."""

    point: str | None = None
    after: int = 1

    def at(self, point: str) -> None:
        """Ends the process, should it be time; at STALLED it stops until somebody lets it go on, once."""
        if point == self.point:
            self.after -= 1
            if self.after == 0:
                stall() if point == STALLED else die()


def orphaned(nursery: int) -> bool:
    """Whether the nursery is gone, and with it the test."""
    return os.getppid() != nursery


def work(environ: Mapping[str, str], queue_url: str, seed: int, death: Mapping[str, Any], **source: Any) -> None:
    """Polls the queue of jobs until it is killed."""
    nursery = os.getppid()
    os.environ.update(environ)
    doom = Death(**death)
    _shorten_lease(float(environ["TORTURE_LEASE_SECONDS"]))
    _die_around_claim_and_finish(doom)
    rng = random.Random(seed)
    handler = worker.job_handler(KIND, lambda shared, job_run: recommend(shared, job_run, rng, doom))
    deliveries = Path(environ["TORTURE_FOLDER"]) / "deliveries"
    counter = deliveries.open("a", encoding="utf-8")

    def answered(batch: list[dict[str, Any]]) -> None:
        counter.write(f"{len(batch)}\n")
        counter.flush()
        doom.at("answered")

    polls = EventSource(_client(), queue_url, handler, before_deletion=answered, rng=rng, **source)
    while not orphaned(nursery):
        polls.poll()


def recommend(shared: Runtime, job_run: Any, rng: random.Random, doom: Death) -> dict[str, Any]:
    """The work: one small read of the business, one row in the test's books, now and then a few milliseconds more."""
    number = number_of(job_run.job.params)
    member = job_run.member
    with shared.database.transaction(member.business.id, member.user_id, member.deadline) as uow:
        products = uow.connection.execute("SELECT count(*) FROM products").fetchall()[0][0]
        uow.connection.execute("INSERT INTO torture.runs VALUES (%s, %s)", [job_run.job.id, os.getpid()])
    if rng.random() < 0.1:
        time.sleep(rng.random() / 100)
    doom.at("working")
    doom.at(STALLED)
    if number % FAILS_EVERY == 0:
        raise NotFound(REFUSED)
    return {"number": number, "products": products}


def number_of(params: Mapping[str, Any]) -> int:
    """The number that a job was given with its business's name."""
    return int(str(params["business_name"]).rsplit(" ", 1)[1])


def accept(
    environ: Mapping[str, str], callers: list[list[str]], first: int, step: int, count: int, death: Mapping[str, Any]
) -> None:
    """Starts the jobs first, first + step, ... below count over the API, each with its own Idempotency-Key.

    What was answered 202 is written down; a successor goes on after that, and asks again for what it does not find there.
    """
    nursery = os.getppid()
    os.environ.update(environ)
    doom = Death(**death)
    _die_around_sending(doom)
    book = Path(environ["TORTURE_FOLDER"]) / f"accepted-{first}"
    with suppress(FileNotFoundError):
        first += step * len(book.read_text(encoding="utf-8").splitlines())
    with book.open("a", encoding="utf-8") as written:
        for number in range(first, count, step):
            business, token = callers[number % len(callers)]
            params = {"business_type": "cafeteria", "business_name": f"Tienda {number}"}
            body = {"business_id": business, "kind": KIND.value, "params": params}
            headers = {"idempotency-key": f"torture-{number}"}
            answer = call(jobs_api, http_event(PATH, body, token=token, headers=headers))
            if answer.status != 202:
                raise AssertionError(f"Job {number} was answered {answer.status}: {answer.text}")
            written.write(f"{number} {answer.body['job_id']}\n")
            written.flush()
            if orphaned(nursery):
                return


def start_one(environ: Mapping[str, str], business: str, number: int, death: Mapping[str, Any]) -> None:
    """Starts one job, without the API, and ends where it is told to."""
    os.environ.update(environ)
    doom = Death(**death)
    _die_around_sending(doom)
    _die_at_commit(doom, "uncommitted", lambda: True)
    params = {"business_type": "cafeteria", "business_name": f"Tienda {number}"}
    service.start(runtime(), KIND, UUID(business), params, deadline=Deadline.after(10))


def notify(environ: Mapping[str, str], queue_url: str, seed: int, death: Mapping[str, Any], **source: Any) -> None:
    """Polls the queue of notifications until it is killed; it may die when a webhook was posted and nobody noted so."""
    nursery = os.getppid()
    os.environ.update(environ)
    deliveries.CLAIM_SECONDS = float(environ["TORTURE_LEASE_SECONDS"])
    doom, post = Death(**death), webhooks.WebhookSender.post

    def post_and_die(self: webhooks.WebhookSender, *arguments: Any, **options: Any) -> int:
        status = post(self, *arguments, **options)
        doom.at("posted")
        return status

    webhooks.WebhookSender.post = post_and_die  # type: ignore[method-assign]
    polls = EventSource(_client(), queue_url, notifications, rng=random.Random(seed), **source)
    while not orphaned(nursery):
        polls.poll()


def take_dead_letters(environ: Mapping[str, str], queue_urls: list[str]) -> None:
    """Polls the dead-letter queues until it is killed."""
    nursery = os.getppid()
    os.environ.update(environ)
    client = _client()
    polls = [EventSource(client, url, dead_letters) for url in queue_urls]
    while not orphaned(nursery):
        for one in polls:
            one.poll()


def relay(environ: Mapping[str, str], pause_seconds: float, death: Mapping[str, Any], runs: int = 0) -> None:
    """Calls the relay again and again (or so many times), as its schedule does every minute."""
    nursery = os.getppid()
    os.environ.update(environ)
    _die_around_sending(Death(**death))
    left = runs
    while not orphaned(nursery):
        relay_once()
        left -= 1
        if left == 0:
            return
        time.sleep(pause_seconds)


def relay_once() -> None:
    """One run of the schedule's function."""
    ends = time.monotonic() + 30
    context = SimpleNamespace(
        aws_request_id=f"relay-{time.time_ns()}",
        get_remaining_time_in_millis=lambda: int((ends - time.monotonic()) * 1000),
    )
    outbox_relay({}, context)


def _client() -> Any:
    import boto3

    return boto3.client("sqs")


def _shorten_lease(seconds: float) -> None:
    routes = routing.ROUTES
    assert isinstance(routes, dict), "a test's lease is put where the service looks"
    routes[KIND] = replace(routes[KIND], lease_seconds=seconds)


def _die_at_commit(doom: Death, point: str, where: Callable[[], bool]) -> None:
    execute = psycopg.Connection.execute

    def execute_unless_dead(self: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        if query == "COMMIT" and where():
            doom.at(point)
        return execute(self, query, *arguments, **options)

    psycopg.Connection.execute = execute_unless_dead  # type: ignore[method-assign]


def _die_around_claim_and_finish(doom: Death) -> None:
    claim, finish = service.claim, service.finish
    finishing = False

    def claim_and_die(*arguments: Any, **options: Any) -> Any:
        lease = claim(*arguments, **options)
        if lease is not None:
            doom.at("claimed")
        return lease

    def finish_and_die(*arguments: Any, **options: Any) -> None:
        nonlocal finishing
        finishing = True
        try:
            finish(*arguments, **options)
        finally:
            finishing = False
        doom.at("finished")

    _die_at_commit(doom, "finishing", lambda: finishing)
    service.claim = claim_and_die
    service.finish = finish_and_die


def _die_around_sending(doom: Death) -> None:
    send = queue.MessageQueue.send_batch

    def send_and_die(self: queue.MessageQueue, *arguments: Any, **options: Any) -> list[bool]:
        doom.at("unsent")
        taken = send(self, *arguments, **options)
        doom.at("sent")
        return taken

    queue.MessageQueue.send_batch = send_and_die  # type: ignore[method-assign]
