"""The edges without a caller: a batch of SQS messages, each as a typed message to one service call; the schedule; and the
states of a state machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from cafe_ai.bootstrap import Runtime, runtime
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import CORRELATION_ATTRIBUTE, correlated, log_failure, observed

T = TypeVar("T")

RESERVE_SECONDS = 1.0  # of the function's own time, kept for reporting what failed


def sqs_handler(
    endpoint: str, parse: Callable[[str], T], handle: Callable[[Runtime, T, Deadline], None]
) -> Callable[[dict[str, Any], Any], PartialItemFailureResponse]:
    """A Lambda entry point that hands each message of a batch to `handle` and reports those that failed.

    The event source needs ReportBatchItemFailures: only the failed messages come again, and after maxReceiveCount go to
    the dead-letter queue. A message that `parse` refuses fails too, so that none disappears unseen. endpoint names the
    metrics.
    """

    def handle_batch(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
        shared = runtime()
        deadline = _deadline(context)

        def handle_record(record: SQSRecord) -> None:
            with correlated(_origin(record)), observed(shared.settings.metrics_namespace) as measured:
                measured.endpoint = endpoint
                measured.count("Requests")
                try:
                    handle(shared, parse(record.body), deadline)
                except Exception as error:
                    log_failure("A message could not be handled", error)
                    measured.count("Errors")
                    raise

        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        return process_partial_response(event, handle_record, processor, context)

    return handle_batch


def schedule_handler(
    endpoint: str, handle: Callable[[Runtime, Deadline], None]
) -> Callable[[dict[str, Any], Any], None]:
    """A Lambda entry point that a schedule calls (EventBridge rule or Scheduler, any input).

    The event's id, or else the invocation's, is the correlation id. A failure is logged, counted and raised: Lambda tries
    an asynchronous call again, and the next run comes anyway, so `handle` must be safe to repeat. endpoint names the metrics.
    """

    def handle_run(event: dict[str, Any], context: Any) -> None:
        shared = runtime()
        origin = event.get("id") or context.aws_request_id
        with correlated(str(origin)), observed(shared.settings.metrics_namespace) as measured:
            measured.endpoint = endpoint
            measured.count("Requests")
            try:
                handle(shared, _deadline(context))
            except Exception as error:
                log_failure("A scheduled run failed", error)
                measured.count("Errors")
                raise

    return handle_run


def step_handler(
    name: str, accepts: type[T], handle: Callable[[Runtime, T, Deadline], Mapping[str, Any]]
) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """A Lambda entry point that is one state of a state machine: it is given the state's input as an `accepts`.

    accepts is a dataclass; members that it does not name are let be, as the input holds what other states need. Where the
    input has a correlation_id everything is logged under it. An exception is logged, counted and raised as it is: the name
    of its class is what the machine's Retry and Catch know it by, so `handle` must be safe to repeat after those that are
    tried again. An input that is none fails with pydantic's ValidationError, which is not. name names the metrics.
    """

    def handle_state(event: dict[str, Any], context: Any) -> dict[str, Any]:
        from pydantic import TypeAdapter

        shared = runtime()
        origin = event.get("correlation_id") or context.aws_request_id
        with correlated(str(origin)), observed(shared.settings.metrics_namespace) as measured:
            measured.endpoint = name
            measured.count("Requests")
            try:
                return dict(handle(shared, TypeAdapter(accepts).validate_python(event), _deadline(context)))
            except Exception as error:
                log_failure("A step failed", error)
                measured.count("Errors")
                raise

    return handle_state


def _deadline(context: Any) -> Deadline:
    return Deadline.after(context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS)


def _origin(record: SQSRecord) -> str:
    """The id of the request that a message comes from; its own where it does not say."""
    attribute = record.message_attributes[CORRELATION_ATTRIBUTE]
    return (attribute.string_value if attribute else None) or record.message_id
