"""The emulated SQS and the event source do what the tests that kill rely on."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.event_source import EventSource
from tests.support.sqs import Queue, Sqs


@pytest.fixture
def queue(sqs: Sqs, request: pytest.FixtureRequest) -> Iterator[Queue]:
    created = sqs.create_queue(request.node.name[:60], visibility_seconds=1)
    yield created
    sqs.delete_queue(created)


def send(sqs: Sqs, queue: Queue, count: int) -> None:
    for number in range(count):
        sqs.client.send_message(QueueUrl=queue.url, MessageBody=str(number))


def failing(bodies: set[str], seen: Counter[str]) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        seen.update(record["body"] for record in event["Records"])
        failed = [record["messageId"] for record in event["Records"] if record["body"] in bodies]
        return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}

    return handle


def test_a_message_that_fails_is_delivered_five_times_then_goes_to_the_dead_letter_queue(
    sqs: Sqs, queue: Queue
) -> None:
    send(sqs, queue, 10)
    seen: Counter[str] = Counter()
    source = EventSource(sqs.client, queue.url, failing({"3"}, seen))
    ends = time.monotonic() + 20
    while not sqs.count(queue.dead_letters_url) and time.monotonic() < ends:
        source.poll()

    assert seen == {str(number): 5 if number == 3 else 1 for number in range(10)}
    assert sqs.count(queue.url) == 0
    assert sqs.drain(queue.dead_letters_url) == ["3"]


def test_duplicates_are_delivered_while_the_first_is_worked_on(sqs: Sqs, queue: Queue) -> None:
    send(sqs, queue, 10)
    seen: Counter[str] = Counter()
    second = EventSource(sqs.client, queue.url, failing(set(), seen), wait_seconds=0)

    def work(event: dict[str, Any], context: Any) -> dict[str, Any]:
        second.poll()
        return failing(set(), seen)(event, context)

    EventSource(sqs.client, queue.url, work, duplicates=1.0).poll()

    assert seen == {str(number): 2 for number in range(10)}
    assert sqs.count(queue.url) == 0


def test_messages_come_out_of_order(sqs: Sqs, queue: Queue) -> None:
    send(sqs, queue, 10)
    order: list[str] = []

    def work(event: dict[str, Any], context: Any) -> None:
        order.extend(record["body"] for record in event["Records"])

    source = EventSource(sqs.client, queue.url, work, postponed=0.3, rng=random.Random(1))
    while len(order) < 10:
        source.poll()

    assert sorted(order) == [str(number) for number in range(10)] != order
