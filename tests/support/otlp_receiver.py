"""A collector on loopback that takes OTLP over HTTP in JSON, and holds what it gets against the protocol's own definition.

    with running_collector() as collector:
        ...                                  # settings with collector.url as the endpoint
        tree = collector.tree()              # raises where a request was no ExportTraceServiceRequest

`respond` has it answer otherwise: a status, or a function of the request's handler (hang, break off, trickle).

    python -m tests.support.otlp_receiver --port 4318

prints the spans of a running stack as they come, each trace as a tree:

    OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 OTEL_TRACES_SAMPLER_ARG=1 make run
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from google.protobuf.json_format import Parse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.loopback import QuietHandler, serving

PATH = "/v1/traces"
KINDS = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
ID_SIZES = {"traceId": 32, "spanId": 16, "parentSpanId": 16}
SECOND = 1_000_000_000

Respond = Callable[[BaseHTTPRequestHandler], None]
Value = str | int | float | bool


@dataclass(frozen=True)
class ReceivedSpan:
    """A span as the collector has it. started, ended: nanoseconds since 1970. links: (trace id, span id)."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    kind: str
    started: int
    ended: int
    attributes: Mapping[str, Value]
    links: tuple[tuple[str, str], ...]
    failed: bool
    flags: int
    resource: Mapping[str, Value]


@dataclass
class Collector:
    """What came in: `bodies` as it was, headers in lower case; and what is answered."""

    port: int = 0
    respond: Respond | int = 200
    answer: bytes = b"{}"
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        """What goes into OTEL_EXPORTER_OTLP_ENDPOINT."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def spans(self) -> list[ReceivedSpan]:
        """All spans, in the order they came. Raises where a request breaks the protocol."""
        return [span for body in list(self.bodies) for span in read(body)]

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [span.name for span in self.spans]

    def traces(self) -> dict[str, list[ReceivedSpan]]:
        """The spans by their traces."""
        found: dict[str, list[ReceivedSpan]] = {}
        for span in self.spans:
            found.setdefault(span.trace_id, []).append(span)
        return found

    def forget(self) -> None:
        """Begins anew."""
        self.bodies.clear()
        self.headers.clear()
        self.paths.clear()

    def tree(self) -> str:
        """The one trace that came, its spans below one another in the order they began. Raises where there is not one, or a
        span's parent is missing, or a span lies outside of its parent's process and time."""
        (spans,) = self.traces().values()
        return "\n".join(_told(_root(spans), spans))

    def wait_for(self, condition: Callable[[Collector], bool], seconds: float = 20.0) -> None:
        """Returns once it is so. Raises AssertionError."""
        until = time.monotonic() + seconds
        while not condition(self):
            assert time.monotonic() < until, f"The collector has {self.names}."
            time.sleep(0.1)


def read(body: bytes) -> list[ReceivedSpan]:
    """The spans of a request. Raises ValueError, or protobuf's ParseError, where it is none."""
    document = json.loads(body)
    request = Parse(json.dumps(_with_base64_ids(document)), ExportTraceServiceRequest())
    spans = []
    for of_resource in request.resource_spans:
        resource = _values(of_resource.resource.attributes)
        for scoped in of_resource.scope_spans:
            spans += [_read_span(span, resource) for span in scoped.spans]
    return spans


def _with_base64_ids(value: Any, key: str = "") -> Any:
    """OTLP has ids in hexadecimal where protobuf's JSON has them in base64, and enumerations as numbers alone."""
    if isinstance(value, dict):
        return {name: _with_base64_ids(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_base64_ids(each, key) for each in value]
    if key in ID_SIZES:
        if not re.fullmatch(f"[0-9a-f]{{{ID_SIZES[key]}}}", value) or not int(value, 16):
            raise ValueError(f"{value!r} is no {key}.")
        return base64.b64encode(bytes.fromhex(value)).decode()
    if key in ("kind", "code") and not isinstance(value, int):
        raise ValueError(f"{key} must be a number.")
    if key.endswith(("UnixNano", "intValue")) and not isinstance(value, str):
        raise ValueError(f"{key} must be text: JSON's numbers have 53 bits.")
    return value


def _read_span(span: Any, resource: Mapping[str, Value]) -> ReceivedSpan:
    if not span.name or not 0 < span.start_time_unix_nano <= span.end_time_unix_nano:
        raise ValueError("A span needs a name, and to end after it began.")
    if abs(span.start_time_unix_nano - time.time_ns()) > 3600 * SECOND:
        raise ValueError("A span began at another time.")
    if len({attribute.key for attribute in span.attributes}) != len(span.attributes):
        raise ValueError("An attribute comes twice.")
    return ReceivedSpan(
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex() or None,
        span.name,
        KINDS[span.kind],
        span.start_time_unix_nano,
        span.end_time_unix_nano,
        _values(span.attributes),
        tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
        span.status.code == 2,
        span.flags,
        resource,
    )


def _values(attributes: Any) -> dict[str, Value]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


def _root(spans: list[ReceivedSpan]) -> ReceivedSpan:
    known = {span.span_id: span for span in spans}
    assert len(known) == len(spans), "two spans have one id"
    (root,) = (span for span in spans if span.parent_id is None)
    for span in spans:
        assert span.parent_id is None or span.parent_id in known, f"{span.name} has a parent that did not come"
        if span.parent_id is not None and not span.flags & 0x200:
            parent = known[span.parent_id]
            assert parent.started <= span.started <= span.ended <= parent.ended, (span, parent)
    return root


def _told(span: ReceivedSpan, spans: list[ReceivedSpan], depth: int = 0) -> Iterator[str]:
    yield "  " * depth + span.name
    for child in sorted((each for each in spans if each.parent_id == span.span_id), key=lambda each: each.started):
        yield from _told(child, spans, depth + 1)


@contextmanager
def running_collector(port: int = 0) -> Iterator[Collector]:
    """A collector on that port, or a free one; gone on leaving."""
    collector = Collector()

    class Handler(QuietHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            collector.connections += 1
            super().setup()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.paths.append(self.path)
            collector.headers.append({name.lower(): value for name, value in self.headers.items()})
            collector.bodies.append(body)
            with suppress(OSError):  # the sender has heard enough
                if isinstance(collector.respond, int):
                    self.send_response(collector.respond)
                    self.send_header("Content-Length", str(len(collector.answer)))
                    self.end_headers()
                    self.wfile.write(collector.answer)
                else:
                    collector.respond(self)

    with serving(Handler, port) as collector.port:
        yield collector


def main() -> None:
    """Prints what comes, until it is interrupted."""
    parser = argparse.ArgumentParser(description="A collector of traces that prints them.")
    parser.add_argument("--port", type=int, default=4318)
    with running_collector(parser.parse_args().port) as collector, suppress(KeyboardInterrupt):
        print(f"{collector.url} takes traces.", flush=True)
        while True:
            for body in [collector.bodies.pop(0) for _ in range(len(collector.bodies))]:
                spans = read(body)
                known = {span.span_id for span in spans}
                for top in (span for span in spans if span.parent_id not in known):
                    print("\n".join((f"trace {top.trace_id}", *_timed(top, spans, 1))), flush=True)
            time.sleep(0.1)


def _timed(span: ReceivedSpan, spans: list[ReceivedSpan], depth: int) -> Iterator[str]:
    told = " ".join(f"{name}={value}" for name, value in span.attributes.items())
    yield f"{'  ' * depth}{span.name} {(span.ended - span.started) / 1e6:.1f} ms {'FAILED ' if span.failed else ''}{told}"
    for child in sorted((each for each in spans if each.parent_id == span.span_id), key=lambda each: each.started):
        yield from _timed(child, spans, depth + 1)


if __name__ == "__main__":
    main()
