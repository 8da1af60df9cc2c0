"""SQS. boto3 is imported when the first message is sent."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING

from cafe_ai.errors import DependencyDown
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import CORRELATION_ATTRIBUTE, correlation_id

if TYPE_CHECKING:
    from types_boto3_sqs.client import SQSClient
    from types_boto3_sqs.type_defs import MessageAttributeValueTypeDef

MAX_MESSAGE_BYTES = 256 * 1024  # SQS takes 1 MiB since 2025; not every queue, policy and emulator does
BATCH_MESSAGES = 10  # SQS's limit
MAX_VISIBILITY_SECONDS = 11 * 3600  # SQS allows 12 hours, counted from when the message was received
CONNECT_SECONDS = 0.7
READ_SECONDS = 1.3
ATTEMPTS = 3
SENDING: tracing.Attributes = {
    "messaging.operation.name": "send",
    "messaging.operation.type": "send",
    "messaging.system": "aws_sqs",
}

one_at_a_time = threading.Lock()  # two threads may not have boto3's session make clients at once


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: its body, the id of the request it comes from, and the span (see `tracing.traceparent`)."""

    body: str
    correlation_id: str | None = None
    traceparent: str | None = None


class MessageQueue:
    """One queue."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, body: str, deadline: Deadline) -> None:
        """Sends one message, trying again as long as the deadline leaves time for a whole attempt (2 s).

        The correlation id and the trace go with it. Raises DependencyDown where the queue does not take it.
        """
        with self._sending():
            self._send(body, deadline)

    def _send(self, body: str, deadline: Deadline) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        attributes = _attributes(correlation_id(), tracing.traceparent())
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._client.send_message(QueueUrl=self._url, MessageBody=body, MessageAttributes=attributes)
            except (BotoCoreError, ClientError) as error:
                if attempt == ATTEMPTS or deadline.remaining() < CONNECT_SECONDS + READ_SECONDS:
                    raise DependencyDown("queue") from error
            else:
                return

    def send_batch(self, messages: Sequence[Message], deadline: Deadline) -> list[bool]:
        """Sends at most 10 messages, 256 KB in all, in one call; which of them the queue took, in their order.

        Only a call that failed as a whole is made again, as long as the deadline leaves time for an attempt (2 s): some of
        its messages may then come twice. Raises DependencyDown where the queue does not answer.
        """
        with self._sending([message.traceparent for message in messages]) as span:
            span.set("messaging.batch.message_count", len(messages))
            return self._send_batch(messages, deadline)

    def _send_batch(self, messages: Sequence[Message], deadline: Deadline) -> list[bool]:
        from botocore.exceptions import BotoCoreError, ClientError

        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._client.send_message_batch(
                    QueueUrl=self._url,
                    Entries=[
                        {
                            "Id": str(number),
                            "MessageBody": message.body,
                            "MessageAttributes": _attributes(message.correlation_id, message.traceparent),
                        }
                        for number, message in enumerate(messages)
                    ],
                )
            except (BotoCoreError, ClientError) as error:
                if attempt == ATTEMPTS or deadline.remaining() < CONNECT_SECONDS + READ_SECONDS:
                    raise DependencyDown("queue") from error
            else:
                break
        taken = {entry["Id"] for entry in answer.get("Successful", ())}
        return [str(number) in taken for number in range(len(messages))]

    def hide(self, receipt_handle: str, seconds: float) -> None:
        """Has a message that was received come again after so many seconds (11 h at most) rather than the queue's own.

        Raises DependencyDown where the queue does not do it.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        hidden = min(ceil(max(seconds, 0.0)), MAX_VISIBILITY_SECONDS)
        try:
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt_handle, VisibilityTimeout=hidden
            )
        except (BotoCoreError, ClientError) as error:
            raise DependencyDown("queue") from error

    def check(self) -> None:
        """Whether the queue is there: asked once, for at most 2 s. Raises DependencyDown."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        except (BotoCoreError, ClientError) as error:
            raise DependencyDown("queue") from error

    def _sending(self, origins: Sequence[str | None] = ()) -> tracing.Span:
        """The span of a call. origins: the spans in which messages were made, which may be of other traces."""
        queue = self._url.rsplit("/", 1)[-1]
        span = tracing.span(f"send {queue}", tracing.Kind.PRODUCER, SENDING, origins)
        span.set("messaging.destination.name", queue)
        return span

    @cached_property
    def _client(self) -> SQSClient:
        import boto3
        from botocore.config import Config

        once = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": 1})
        with one_at_a_time:
            client: SQSClient = boto3.client("sqs", config=once)
        return client


def _attributes(origin: str | None, traceparent: str | None) -> dict[str, MessageAttributeValueTypeDef]:
    said = {CORRELATION_ATTRIBUTE: origin, tracing.TRACE_ATTRIBUTE: traceparent}
    return {name: {"DataType": "String", "StringValue": value} for name, value in said.items() if value}
