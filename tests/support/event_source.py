"""What Lambda does with a queue: polls it, calls the function with up to ten messages, deletes those that did not fail.

A message that failed, or whose function was killed, stays and comes again when its visibility timeout is over. SQS may
deliver a message twice and in any order: `duplicates` and `postponed` are the shares of messages to which that happens here.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

POSTPONED_SECONDS = 1

Handler = Callable[[dict[str, Any], Any], Any]


def nothing(batch: list[dict[str, Any]]) -> None:
    """Does nothing between the function's answer and the deletion."""


@dataclass(frozen=True)
class EventSource:
    """A queue and the function that it calls.

    duplicates: share of messages that another poller may have while the function works on them. postponed: share that is
    not handed over now and comes a second later; the rest of a batch is shuffled. before_deletion is called when the
    function has answered.
    """

    client: Any
    queue_url: str
    handler: Handler
    batch_size: int = 10
    function_seconds: float = 30.0
    wait_seconds: int = 1
    duplicates: float = 0.0
    postponed: float = 0.0
    before_deletion: Callable[[list[dict[str, Any]]], None] = nothing
    rng: random.Random = field(default_factory=random.Random)

    def poll(self) -> int:
        """One batch; how many messages the function was given."""
        batch = self._receive()
        if not batch:
            return 0
        ends = time.monotonic() + self.function_seconds
        context = SimpleNamespace(
            aws_request_id=str(uuid4()),
            function_name="event-source",
            get_remaining_time_in_millis=lambda: max(0, int((ends - time.monotonic()) * 1000)),
        )
        answer = self.handler({"Records": [_record(message, self.queue_url) for message in batch]}, context)
        failed = {item["itemIdentifier"] for item in (answer or {}).get("batchItemFailures", [])}
        self.before_deletion(batch)
        entries = [
            {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
            for number, message in enumerate(batch)
            if message["MessageId"] not in failed
        ]
        if entries:  # what was delivered to another poller meanwhile cannot be deleted by us, and comes again
            self.client.delete_message_batch(QueueUrl=self.queue_url, Entries=entries)
        return len(batch)

    def _receive(self) -> list[dict[str, Any]]:
        batch: list[dict[str, Any]] = self.client.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=self.batch_size,
            WaitTimeSeconds=self.wait_seconds,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        self.rng.shuffle(batch)
        kept = []
        for message in batch:
            drawn = self.rng.random()
            if drawn < self.postponed:
                self._show(message, POSTPONED_SECONDS)
                continue
            if drawn < self.postponed + self.duplicates:
                self._show(message, 0)
            kept.append(message)
        return kept

    def _show(self, message: dict[str, Any], seconds: int) -> None:
        self.client.change_message_visibility(
            QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
        )


def _record(message: dict[str, Any], queue_url: str) -> dict[str, Any]:
    account, name = queue_url.rsplit("/", 2)[1:]
    attributes = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "md5OfBody": message["MD5OfBody"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            key: {"dataType": value["DataType"], "stringValue": value.get("StringValue")}
            for key, value in attributes.items()
        },
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:eu-west-1:{account}:{name}",
        "awsRegion": "eu-west-1",
    }
