"""The queue edge: a batch of SQS messages, each as a typed message to one service call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from cafe_ai.bootstrap import Runtime, runtime
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import CORRELATION_ATTRIBUTE, correlated, log_failure, observed

T = TypeVar("T")

RESERVE_SECONDS = 1.0  # of the function's own time, kept for reporting what failed


def sqs_handler(
    endpoint: str, parse: Callable[[str], T], handle: Callable[[Runtime, T, Deadline], None]
) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """A Lambda entry point that hands each message of a batch to `handle` and reports those that failed.

    The event source needs ReportBatchItemFailures: only the failed messages come again, and after maxReceiveCount go to
    the dead-letter queue. A message that `parse` refuses fails too, so that none disappears unseen. endpoint names the
    metrics.
    """

    def handle_batch(event: dict[str, Any], context: Any) -> dict[str, Any]:
        shared = runtime()
        deadline = Deadline.after(context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS)
        failed = []
        for record in event["Records"]:
            with correlated(_origin(record)), observed(shared.settings.metrics_namespace) as measured:
                measured.endpoint = endpoint
                measured.count("Requests")
                try:
                    handle(shared, parse(record["body"]), deadline)
                except Exception as error:  # one bad message must not take the others with it
                    log_failure("A message could not be handled", error)
                    measured.count("Errors")
                    failed.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failed}

    return handle_batch


def _origin(record: Mapping[str, Any]) -> str:
    """The id of the request that a message comes from; its own where it does not say."""
    attribute = record.get("messageAttributes", {}).get(CORRELATION_ATTRIBUTE, {})
    origin: str = attribute.get("stringValue") or record["messageId"]
    return origin
