"""Spans that are recorded. Imported with the first trace of a process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextvars import Token

from cafe_ai.errors import CafeAIError
from cafe_ai.platform import tracing
from cafe_ai.platform.trace_context import TraceContext, new_span_id, new_trace_id, parse, write
from cafe_ai.platform.tracing import Attribute, Attributes, Kind, Span, Value

MOST_SPANS = 1000  # of one invocation: a job that goes through all of a business's days is told by its first thousand
MOST_CHARACTERS = 200  # of a value
MOST_LINKS = 10


class Recording:
    """The part of a trace that one invocation adds.

    Times are the system's clock's as the first span began, and from there the monotonic clock's, so that no span is negative.
    """

    __slots__ = ("_ahead", "dropped", "keep", "made", "spans", "trace_id")

    def __init__(self, trace_id: str | None, keep: Callable[[Recording], None]) -> None:
        """keep: is given this when its first span, which all others are within, has ended."""
        self.trace_id = trace_id or new_trace_id()
        self.spans: list[RecordedSpan] = []
        self.made = self.dropped = 0
        self.keep = keep
        self._ahead = time.time_ns() - time.monotonic_ns()

    def now(self) -> int:
        """Nanoseconds since 1970."""
        return time.monotonic_ns() + self._ahead

    def takes_another(self) -> bool:
        """Whether there may be one more span: else it is counted as dropped."""
        self.made += 1
        full = self.made > MOST_SPANS
        self.dropped += full
        return not full


class RecordedSpan(Span):
    """A stretch of work, from the `with`'s beginning to its end. Times in nanoseconds since 1970."""

    __slots__ = (
        "_token",
        "attributes",
        "ended",
        "failed",
        "kind",
        "links",
        "name",
        "parent",
        "recording",
        "span_id",
        "started",
    )

    def __init__(
        self,
        recording: Recording,
        name: str,
        kind: Kind,
        parent: TraceContext | RecordedSpan | None,
        attributes: Attributes | None,
        links: Sequence[str | None],
    ) -> None:
        """parent: of this invocation a span, of another its context."""
        self.recording = recording
        self.name, self.kind, self.parent = name, kind, parent
        self.attributes: dict[Attribute, Value] = {}
        self.links = [link for link in map(parse, links[:MOST_LINKS]) if link and link.trace_id != recording.trace_id]
        self.span_id = new_span_id()
        self.started = self.ended = 0
        self.failed = False
        self._token: Token[Span | None] | None = None
        for key, value in (attributes or {}).items():
            self.set(key, value)

    @property
    def traceparent(self) -> str:  # type: ignore[override]
        """See `Span.traceparent`."""
        return write(TraceContext(self.recording.trace_id, self.span_id, sampled=True))

    @property
    def trace_id(self) -> str:  # type: ignore[override]
        """See `Span.trace_id`."""
        return self.recording.trace_id

    def __enter__(self) -> RecordedSpan:
        """Begins now, and is what spans that follow are children of."""
        self.started = self.recording.now()
        self._token = tracing.current_span.set(self)
        return self

    def __exit__(self, error_type: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        """Ends now. An error that is the asker's own (below 500) is named, and is no failure of the work."""
        if self._token is not None:
            tracing.current_span.reset(self._token)
        self.ended = self.recording.now()
        if error_type is not None:
            self.set("error.type", error_type.__qualname__)
            self.failed = not (isinstance(error, CafeAIError) and error.status < 500)
        self.recording.spans.append(self)
        if not isinstance(self.parent, RecordedSpan):
            self.set("cafe_ai.spans_dropped", self.recording.dropped or None)
            self.recording.keep(self.recording)

    def set(self, name: Attribute, value: Value | None) -> None:
        """See `Span.set`."""
        if value is not None:
            self.attributes[name] = value[:MOST_CHARACTERS] if isinstance(value, str) else value

    def fail(self) -> None:
        """See `Span.fail`."""
        self.failed = True

    def rename(self, name: str) -> None:
        """See `Span.rename`."""
        self.name = name

    def child(self, name: str, kind: Kind, attributes: Attributes | None, links: Sequence[str | None]) -> Span:
        """See `Span.child`."""
        if not self.recording.takes_another():
            return tracing.NOTHING
        return RecordedSpan(self.recording, name, kind, self, attributes, links)


class UnrecordedEntry(Span):
    """The first span of an invocation whose trace is not recorded: it only tells whom it calls that they do not record either."""

    __slots__ = ("_token", "_traceparent")

    def __init__(self, context: TraceContext) -> None:
        self._traceparent = write(context)
        self._token: Token[Span | None] | None = None

    @property
    def traceparent(self) -> str:  # type: ignore[override]
        """See `Span.traceparent`."""
        return self._traceparent

    def __enter__(self) -> UnrecordedEntry:
        """Begins it."""
        self._token = tracing.current_span.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Ends it."""
        if self._token is not None:
            tracing.current_span.reset(self._token)
