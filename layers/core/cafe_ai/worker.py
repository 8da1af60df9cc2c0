"""The edges without a caller: a batch of SQS messages, each as a typed message to one service call; jobs; the schedule; an
operator's direct call; and the states of a state machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from cafe_ai.bootstrap import Runtime, runtime
from cafe_ai.errors import JobBusy, Unavailable
from cafe_ai.jobs.messages import JobMessage, parse
from cafe_ai.jobs.model import JobKind
from cafe_ai.jobs.routing import ROUTES
from cafe_ai.jobs.running import ComeAgain, Work, perform
from cafe_ai.notifications import service as notifications
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline, milliseconds_since
from cafe_ai.platform.telemetry import CORRELATION_ATTRIBUTE, correlated, log, log_failure, measures, observed
from cafe_ai.unhandled import words_kept_in

if TYPE_CHECKING:
    from cafe_ai.platform.queue import MessageQueue

T = TypeVar("T")

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 2.0, 600.0  # of a message that waits until a dependency is back
RESERVE_SECONDS = 1.0  # of the function's own time, kept for reporting what failed


def sqs_handler(
    endpoint: str, parse: Callable[[str], T], handle: Callable[[Runtime, T, Deadline], None]
) -> Callable[[dict[str, Any], Any], PartialItemFailureResponse]:
    """A Lambda entry point that hands each message of a batch to `handle` and reports those that failed.

    The event source needs ReportBatchItemFailures: only the failed messages come again, and after maxReceiveCount go to
    the dead-letter queue. A message that `parse` refuses fails too, so that none disappears unseen. endpoint names the
    metrics.
    """

    def handle_message(shared: Runtime, record: SQSRecord, deadline: Deadline) -> None:
        with _failures_told("A message could not be handled"):
            handle(shared, parse(record.body), deadline)

    return _batch_handler(endpoint, handle_message)


def spool_handler(
    endpoint: str,
    parse: Callable[[str], T],
    handle: Callable[[Runtime, T, Deadline], None],
    queue: Callable[[Runtime], MessageQueue | None],
) -> Callable[[dict[str, Any], Any], PartialItemFailureResponse]:
    """As `sqs_handler`, for messages that wait until a dependency is back.

    What fails because one is not there (Unavailable) comes again after 2 s, then after twice as long each time, up to ten
    minutes: so all is done soon after its return, and an outage of an hour takes fewer receives than `queue` allows.
    """

    def handle_message(shared: Runtime, record: SQSRecord, deadline: Deadline) -> None:
        with _failures_told("A message could not be handled"):
            try:
                handle(shared, parse(record.body), deadline)
            except Unavailable:
                if (its_queue := queue(shared)) is not None:
                    _hide(its_queue, record, wait_until_back(int(record.attributes.approximate_receive_count)))
                raise

    return _batch_handler(endpoint, handle_message)


def wait_until_back(receives: int) -> float:
    """The seconds for which a message waits that has been received so often while a dependency is away."""
    return min(FIRST_WAIT_SECONDS * 2.0 ** (receives - 1), LONGEST_WAIT_SECONDS)


def dead_letter_handler(
    endpoint: str, handle: Callable[[Runtime, str, str, str, Deadline], None]
) -> Callable[[dict[str, Any], Any], PartialItemFailureResponse]:
    """As `sqs_handler`, for a queue whose messages may be anything: `handle` gets a message's id, the name of its queue and
    its body, and reads that itself.
    """

    def handle_message(shared: Runtime, record: SQSRecord, deadline: Deadline) -> None:
        queue = record.event_source_arn.rsplit(":", 1)[-1]
        try:
            handle(shared, record.message_id, queue, record.body, deadline)
        except JobBusy:
            log("A dead letter waits: a worker holds its job", message_id=record.message_id)
            raise
        except Exception as error:
            log_failure("A dead letter could not be handled", error)
            measures().count("Errors")
            raise

    return _batch_handler(endpoint, handle_message)


def job_handler(kind: JobKind, work: Work) -> Callable[[dict[str, Any], Any], PartialItemFailureResponse]:
    """A Lambda entry point for the queue of that kind of job: claims each job, does it, and writes how it ended.

    `work` gets a `JobRun` and returns the result. What it may raise, and what becomes of the job then, `running.perform`
    says. A message that has to come again is hidden in its queue for as long as it has to wait; the event source needs
    ReportBatchItemFailures.
    """

    def handle(shared: Runtime, message: JobMessage, deadline: Deadline) -> None:
        perform(shared, kind, work, message, deadline)

    return job_message_handler(kind, handle)


def job_message_handler(
    kind: JobKind, handle: Callable[[Runtime, JobMessage, Deadline], None]
) -> Callable[[dict[str, Any], Any], PartialItemFailureResponse]:
    """As `job_handler`, for jobs that are done elsewhere: `handle` gets the message, and claims the job itself.

    It raises ComeAgain where the message has to come again after a while.
    """

    def handle_message(shared: Runtime, record: SQSRecord, deadline: Deadline) -> None:
        measured, started = measures(), time.monotonic()
        if sent := record.attributes.sent_timestamp:
            measured.count("QueueAge", max(0.0, time.time() * 1000 - int(sent)))
        try:
            handle(shared, parse(record.body), deadline)
        except ComeAgain as again:
            _hide(shared.queue(ROUTES[kind].queue), record, again.seconds)
            raise
        except Exception as error:
            log_failure("A message could not be handled", error, message_id=record.message_id)
            measured.count("Errors")
            raise
        finally:
            measured.count("JobSeconds", time.monotonic() - started)

    return _batch_handler(kind.value, handle_message)


def delivery_handler() -> Callable[[dict[str, Any], Any], PartialItemFailureResponse]:
    """A Lambda entry point for the queue of notifications: sends each, unless that has been done.

    One that has to be tried again is hidden in the queue for as long as it has to wait; the event source needs
    ReportBatchItemFailures.
    """

    def handle_message(shared: Runtime, record: SQSRecord, deadline: Deadline) -> None:
        try:
            notifications.deliver(shared, notifications.parse(record.body), deadline)
        except notifications.DeliveryDelayed as delayed:
            log_failure("A notification is tried again", delayed, seconds=round(delayed.seconds))
            measures().count("NotificationsRetried")
            _hide(shared.queue(notifications.QUEUE), record, delayed.seconds)
            raise
        except Exception as error:
            log_failure("A message could not be handled", error, message_id=record.message_id)
            measures().count("Errors")
            raise

    return _batch_handler(notifications.QUEUE, handle_message)


def _hide(queue: MessageQueue, record: SQSRecord, seconds: float) -> None:
    """Where that fails the message comes again after the queue's own time, which is longer."""
    try:
        queue.hide(record.receipt_handle, seconds)
    except Exception as error:
        log_failure("A message waits for longer than it has to", error)


def _batch_handler(
    endpoint: str, handle: Callable[[Runtime, SQSRecord, Deadline], None]
) -> Callable[[dict[str, Any], Any], PartialItemFailureResponse]:
    def handle_batch(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
        shared = runtime()
        deadline = _deadline(context)

        def handle_record(record: SQSRecord) -> None:
            with correlated(_origin(record)), _measured(shared, endpoint), _received(shared, record), _told(endpoint):
                handle(shared, record, deadline)

        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        with tracing.flushed(shared.tracer, deadline):
            return process_partial_response(event, handle_record, processor, context)

    return handle_batch


def call_handler(
    endpoint: str, handle: Callable[[Runtime, Mapping[str, Any], Deadline], Mapping[str, Any]]
) -> Callable[[dict[str, Any], Any], Mapping[str, Any]]:
    """A Lambda entry point that an operator calls directly: the event is what is asked, the result what is answered.

    What is wrong with the call, or with the service, is raised: Lambda tells the caller. endpoint names the metrics.
    """

    def handle_call(event: dict[str, Any], context: Any) -> Mapping[str, Any]:
        shared, deadline = runtime(), _deadline(context)
        origin = str(context.aws_request_id)
        with _invoked(shared, endpoint, origin, deadline, failure="A call failed", trigger="other"):
            return handle(shared, event, deadline)

    return handle_call


def schedule_handler(
    endpoint: str, handle: Callable[[Runtime, Deadline], None]
) -> Callable[[dict[str, Any], Any], None]:
    """A Lambda entry point that a schedule calls (EventBridge rule or Scheduler, any input).

    The event's id, or else the invocation's, is the correlation id. A failure is logged, counted and raised: Lambda tries
    an asynchronous call again, and the next run comes anyway, so `handle` must be safe to repeat. endpoint names the metrics.
    """

    def handle_run(event: dict[str, Any], context: Any) -> None:
        shared, deadline = runtime(), _deadline(context)
        origin = event.get("id") or context.aws_request_id
        with _invoked(shared, endpoint, str(origin), deadline, failure="A scheduled run failed", trigger="timer"):
            handle(shared, deadline)

    return handle_run


def step_handler(
    name: str, accepts: type[T], handle: Callable[[Runtime, T, Deadline], Mapping[str, Any]]
) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """A Lambda entry point that is one state of a state machine: it is given the state's input as an `accepts`.

    accepts is a dataclass; members that it does not name are let be, as the input holds what other states need. Where the
    input has a correlation_id everything is logged under it; where it has a traceparent, or what the execution began with
    (its "execution") has, the trace goes on. An exception is logged, counted and raised as it is: the name
    of its class is what the machine's Retry and Catch know it by, so `handle` must be safe to repeat after those that are
    tried again. An input that is none fails with pydantic's ValidationError, which is not. name names the metrics.
    """

    def handle_state(event: dict[str, Any], context: Any) -> dict[str, Any]:
        from pydantic import TypeAdapter

        shared, deadline = runtime(), _deadline(context)
        origin = event.get("correlation_id") or context.aws_request_id
        with _invoked(
            shared, name, str(origin), deadline, failure="A step failed", trigger="other", parent=_trace_of(event)
        ):
            return dict(handle(shared, TypeAdapter(accepts).validate_python(event), deadline))

    return handle_state


@contextmanager
def _measured(shared: Runtime, endpoint: str) -> Iterator[None]:
    """What is done inside has measures of its own, among them whether it failed."""
    with observed(shared.settings.metrics_namespace, endpoint, background=True) as measured:
        measured.count("Requests")
        measured.count("Errors", 0)
        yield


@contextmanager
def _invoked(
    shared: Runtime,
    endpoint: str,
    origin: str,
    deadline: Deadline,
    *,
    failure: str,
    trigger: str,
    parent: str | None = None,
) -> Iterator[None]:
    """Around what one invocation does: correlated, measured as that endpoint, traced, and its trace sent. What it raises is
    logged as that failure and leaves without its words."""
    told: tracing.Attributes = {"cafe_ai.request_id": origin, "faas.trigger": trigger}
    with (
        words_kept_in(),
        correlated(origin),
        tracing.flushed(shared.tracer, deadline),
        _measured(shared, endpoint),
        tracing.entry(shared.tracer, endpoint, tracing.Kind.SERVER, parent=parent, attributes=told),
        _told(endpoint),
        _failures_told(failure),
    ):
        yield


@contextmanager
def _told(endpoint: str) -> Iterator[None]:
    """Logs that it was done: so every function that had a part in a request is found by the request's id."""
    started = time.monotonic()
    yield
    log("done", endpoint=endpoint, milliseconds=milliseconds_since(started))


def _received(shared: Runtime, record: SQSRecord) -> tracing.Span:
    """The span of a message, in the trace of whoever sent it: only our own functions may."""
    if shared.tracer is None:
        return tracing.NOTHING
    queue = record.event_source_arn.rsplit(":", 1)[-1]
    told: tracing.Attributes = {
        "cafe_ai.request_id": _origin(record),
        "faas.trigger": "pubsub",
        "messaging.destination.name": queue,
        "messaging.message.id": record.message_id,
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.system": "aws_sqs",
    }
    parent = _attribute(record, tracing.TRACE_ATTRIBUTE)
    return tracing.entry(shared.tracer, f"process {queue}", tracing.Kind.CONSUMER, parent=parent, attributes=told)


def _trace_of(event: Mapping[str, Any]) -> str | None:
    """The traceparent that a state's input has. One that chooses its members cannot choose it: where the execution was
    started outside of a trace there is none, and choosing what is not there fails. It has the execution's input instead.
    """
    execution = event.get("execution")
    for given in (event, execution if isinstance(execution, Mapping) else {}):
        if isinstance(found := given.get(tracing.TRACE_ATTRIBUTE), str):
            return found
    return None


@contextmanager
def _failures_told(message: str) -> Iterator[None]:
    """Logs and counts what is raised inside, and lets it pass."""
    try:
        yield
    except Exception as error:
        log_failure(message, error)
        measures().count("Errors")
        raise


def _deadline(context: Any) -> Deadline:
    return Deadline.after(context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS)


def _origin(record: SQSRecord) -> str:
    """The id of the request that a message comes from; its own where it does not say."""
    return _attribute(record, CORRELATION_ATTRIBUTE) or record.message_id


def _attribute(record: SQSRecord, name: str) -> str | None:
    attribute = record.message_attributes[name]
    return attribute.string_value if attribute else None
