"""Traces: where the time of a request, a message or a job step went, over all functions that had a part in it.

    with tracing.span("facts"):
        ...

Nothing is recorded, or even made, unless the edge has begun a trace (`cafe_ai.http`, `cafe_ai.worker`), which takes a
collector's address in the settings and the luck of the draw. What may be recorded is `Attribute`: names and numbers of our
own, never the id of a user or a business, nor what anybody typed. See docs/tracing.md.

This module is imported by every function and keeps to what costs nothing; `recording` and `otlp` are imported with the first
trace. Not OpenTelemetry's SDK, which takes more than 100 ms to import.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from enum import IntEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cafe_ai.platform.clock import Deadline
    from cafe_ai.platform.otlp import Tracer

TRACE_ATTRIBUTE = "traceparent"  # of a message, and of a state machine's input: which span it comes from

Attribute = Literal[
    "cafe_ai.answer.degraded",
    "cafe_ai.attempts",
    "cafe_ai.cost_usd",
    "cafe_ai.db.round_trips",
    "cafe_ai.job.kind",
    "cafe_ai.problem",
    "cafe_ai.request_id",
    "cafe_ai.spans_dropped",
    "db.operation.name",
    "db.response.returned_rows",
    "db.system.name",
    "error.type",
    "faas.coldstart",
    "faas.trigger",
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.request.max_tokens",
    "gen_ai.request.model",
    "gen_ai.response.model",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "messaging.batch.message_count",
    "messaging.destination.name",
    "messaging.message.id",
    "messaging.operation.name",
    "messaging.operation.type",
    "messaging.system",
    "rpc.method",
    "rpc.system.name",
]
"""All that a span may say: names of OpenTelemetry's semantic conventions 1.45, and ours."""

Value = str | int | float | bool
Attributes = Mapping[Attribute, Value]


class Kind(IntEnum):
    """What a span is to the one that caused it; the values are OTLP's."""

    INTERNAL = 1
    SERVER = 2
    CLIENT = 3
    PRODUCER = 4
    CONSUMER = 5


class Span:
    """A stretch of work; this one records nothing."""

    __slots__ = ()

    traceparent: str | None = None
    """What hands the trace on (W3C Trace Context); None where there is no trace."""
    trace_id: str | None = None
    """Of a trace that is recorded."""

    def __enter__(self) -> Span:
        """Begins it."""
        return self

    def __exit__(self, error_type: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        """Ends it; an exception passes."""

    def set(self, name: Attribute, value: Value | None) -> None:
        """Says something of it, unless the value is None."""

    def fail(self) -> None:
        """Marks it as failed, where no exception leaves it."""

    def rename(self, name: str) -> None:
        """Gives it the name that was not known when it began."""

    def child(self, name: str, kind: Kind, attributes: Attributes | None, links: Sequence[str | None]) -> Span:  # noqa: ARG002
        """A stretch within it."""
        return NOTHING


NOTHING = Span()

current_span: ContextVar[Span | None] = ContextVar("span", default=None)


def span(
    name: str,
    kind: Kind = Kind.INTERNAL,
    attributes: Attributes | None = None,
    links: Sequence[str | None] = (),
) -> Span:
    """A stretch of the work in hand, for a `with`: a child of the one that is open. links: traceparents of other traces that
    it has to do with.

    What leaves the `with` as an exception marks it as failed by its type, without its message.
    """
    parent = current_span.get()
    return NOTHING if parent is None else parent.child(name, kind, attributes, links)


def current() -> Span:
    """The span that is open."""
    return current_span.get() or NOTHING


def traceparent() -> str | None:
    """What a message or call carries so that its trace goes on where it arrives; None where there is no trace."""
    current = current_span.get()
    return None if current is None else current.traceparent


def trace_id() -> str | None:
    """The trace that is being recorded, for the log; None where none is."""
    current = current_span.get()
    return None if current is None else current.trace_id


def entry(
    tracer: Tracer | None,
    name: str,
    kind: Kind,
    *,
    parent: str | None = None,
    link: str | None = None,
    attributes: Attributes | None = None,
) -> Span:
    """The first span of what an invocation does. parent: the traceparent of who asked for it, if that is one of us: then
    it belongs to that trace, and is recorded if that is. link: one that came from outside, which is noted and not followed.

    Without a tracer nothing is recorded.
    """
    return NOTHING if tracer is None else tracer.begin(name, kind, parent, link, attributes)


def flushed(tracer: Tracer | None, deadline: Deadline) -> AbstractContextManager[None]:
    """Sends what was recorded inside before the invocation ends: a function that does not run cannot send."""
    return nullcontext() if tracer is None else _flushed(tracer, deadline)


@contextmanager
def _flushed(tracer: Tracer, deadline: Deadline) -> Iterator[None]:
    try:
        yield
    finally:
        tracer.flush(deadline)
