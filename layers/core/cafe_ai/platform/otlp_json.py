"""Spans as OTLP has them in JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids in hexadecimal,
enumerations as numbers, 64-bit integers as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from cafe_ai.platform.recording import RecordedSpan, Recording
from cafe_ai.platform.tracing import Value

SCOPE = {"name": "cafe_ai"}
SCHEMA = "https://opentelemetry.io/schemas/1.45.0"
STATUS_ERROR = 2
FLAGS = 0x101  # sampled, and it is known whether the parent is remote
REMOTE_PARENT = 0x200


def encode(resource: Mapping[str, Value], recordings: Iterable[Recording]) -> bytes:
    """An ExportTraceServiceRequest."""
    spans = [_span(span) for recording in recordings for span in recording.spans]
    scoped = {"scope": SCOPE, "spans": spans, "schemaUrl": SCHEMA}
    document = {"resourceSpans": [{"resource": {"attributes": _attributes(resource)}, "scopeSpans": [scoped]}]}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _span(span: RecordedSpan) -> dict[str, Any]:
    remote = span.parent is not None and not isinstance(span.parent, RecordedSpan)
    written: dict[str, Any] = {
        "traceId": span.recording.trace_id,
        "spanId": span.span_id,
        "name": span.name,
        "kind": span.kind.value,
        "startTimeUnixNano": str(span.started),
        "endTimeUnixNano": str(span.ended),
        "attributes": _attributes(span.attributes),
        "flags": FLAGS | REMOTE_PARENT if remote else FLAGS,
    }
    if span.parent is not None:
        written["parentSpanId"] = span.parent.span_id
    if span.links:
        written["links"] = [{"traceId": link.trace_id, "spanId": link.span_id} for link in span.links]
    if span.failed:
        written["status"] = {"code": STATUS_ERROR}
    return written


def _attributes(values: Mapping[Any, Value]) -> list[dict[str, Any]]:
    return [{"key": name, "value": _value(value)} for name, value in values.items()]


def _value(value: Value) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}
