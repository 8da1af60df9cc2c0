"""W3C Trace Context (https://www.w3.org/TR/trace-context/): how a trace is handed on.

Only `traceparent`. `tracestate` is where other vendors' systems keep what is theirs; every trace here begins in one of our
own functions, so there is none to pass on, and a client's would be its own text.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple

TRACE_ID_BYTES, SPAN_ID_BYTES = 16, 8
MOST_CHARACTERS = 512  # of a later version, which may be longer than ours
SAMPLED = 0x01

_TRACEPARENT = re.compile(
    r"(?P<version>(?!ff)[0-9a-f]{2})-(?P<trace>(?!0{32})[0-9a-f]{32})-(?P<span>(?!0{16})[0-9a-f]{16})"
    r"-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?"
)


class TraceContext(NamedTuple):
    """A span elsewhere: ids in lower-case hexadecimal, none of them all zeros."""

    trace_id: str
    span_id: str
    sampled: bool


def parse(traceparent: str | None) -> TraceContext | None:
    """The span that it names; None where it names none. A later version is read as far as ours goes."""
    if traceparent is None or len(traceparent) > MOST_CHARACTERS:
        return None
    found = _TRACEPARENT.fullmatch(traceparent)
    if found is None or (found["version"] == "00" and found["more"] is not None):
        return None
    return TraceContext(found["trace"], found["span"], bool(int(found["flags"], 16) & SAMPLED))


def write(context: TraceContext) -> str:
    """Its traceparent."""
    return f"00-{context.trace_id}-{context.span_id}-{'01' if context.sampled else '00'}"


def new_trace_id() -> str:
    """16 random bytes from the system, never zero: a generator in this process would repeat itself after SnapStart restored
    the same snapshot twice."""
    return _random_id(TRACE_ID_BYTES)


def new_span_id() -> str:
    """8 random bytes, as `new_trace_id`."""
    return _random_id(SPAN_ID_BYTES)


def _random_id(size: int) -> str:
    while not any(made := os.urandom(size)):
        pass
    return made.hex()


def is_sampled(trace_id: str, ratio: float) -> bool:
    """Whether a trace is among the share that is recorded: the same answer wherever it is asked.

    The last 56 bits count, which W3C's second level has random: at least (1 - ratio) of their range.
    """
    return int(trace_id[-14:], 16) >= round((1.0 - ratio) * (1 << 56))
