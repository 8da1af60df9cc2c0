"""What is recorded: spans within one another, what they say, and nothing at all without a trace."""

from __future__ import annotations

import threading

import pytest

from cafe_ai.errors import DependencyDown, PermissionDenied
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.otlp import Tracer
from cafe_ai.platform.recording import MOST_SPANS
from cafe_ai.platform.tracing import NOTHING, Kind
from cafe_ai.platform.wall_clock import call_within
from tests.support.otlp_receiver import Collector
from tests.unit.tracing.conftest import MakeTracer

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-"


def flush(tracer: Tracer) -> None:
    tracer.flush(Deadline.after(10))


def test_spans_lie_within_one_another(make_tracer: MakeTracer, collector: Collector) -> None:
    tracer = make_tracer(resource={"service.name": "cafe-ai", "faas.max_memory": 1024})
    with tracing.entry(tracer, "POST /query", Kind.SERVER), tracing.span("plan"):
        with tracing.span("read", Kind.CLIENT, {"db.system.name": "postgresql"}) as read:
            read.set("db.response.returned_rows", 3)
            read.set("db.operation.name", None)
        with tracing.span("check"):
            pass
    flush(tracer)
    assert collector.tree().split("\n") == ["POST /query", "  plan", "    read", "    check"]
    by_name = {span.name: span for span in collector.spans}
    assert by_name["read"].attributes == {"db.system.name": "postgresql", "db.response.returned_rows": 3}
    assert by_name["read"].kind == "CLIENT"
    assert by_name["plan"].kind == "INTERNAL"
    assert by_name["check"].resource == {"service.name": "cafe-ai", "faas.max_memory": 1024}
    assert by_name["POST /query"].attributes == {"faas.coldstart": True}
    assert {span.flags for span in collector.spans} == {0x101}


def test_outside_of_a_trace_nothing_is_made() -> None:
    with tracing.span("facts", Kind.CLIENT, {"db.system.name": "postgresql"}) as span:
        span.set("db.operation.name", "SELECT")
        span.rename("other")
        span.fail()
    assert span is NOTHING
    assert tracing.entry(None, "POST", Kind.SERVER, parent=CALLER + "01") is NOTHING
    assert (tracing.traceparent(), tracing.trace_id(), tracing.current()) == (None, None, NOTHING)


def test_the_share_of_nothing_is_not_recorded_and_hands_that_on(make_tracer: MakeTracer, collector: Collector) -> None:
    tracer = make_tracer(ratio=0.0)
    with tracing.entry(tracer, "POST", Kind.SERVER), tracing.span("facts") as span:
        handed_on = tracing.traceparent()
        assert span is NOTHING
        assert tracing.trace_id() is None
    flush(tracer)
    assert handed_on is not None
    assert handed_on.endswith("-00")
    assert collector.bodies == []
    assert tracing.traceparent() is None

    everything = make_tracer()
    with tracing.entry(everything, "process", Kind.CONSUMER, parent=handed_on):
        assert tracing.traceparent() == handed_on
    flush(everything)
    assert collector.bodies == []


def test_who_was_called_by_a_recorded_trace_goes_on_with_it(make_tracer: MakeTracer, collector: Collector) -> None:
    first, second = make_tracer(), make_tracer(ratio=0.0)
    with tracing.entry(first, "POST", Kind.SERVER), tracing.span("start"):
        handed_on = tracing.traceparent()
    with tracing.entry(second, "process", Kind.CONSUMER, parent=handed_on):
        pass
    flush(first)
    flush(second)
    assert collector.tree().split("\n") == ["POST", "  start", "    process"]
    assert [span.flags for span in collector.spans if span.name == "process"] == [0x301]


@pytest.mark.parametrize("parent", ["nonsense", "00-" + "0" * 32 + "-00f067aa0ba902b7-01", ""])
def test_a_broken_traceparent_begins_a_trace(make_tracer: MakeTracer, collector: Collector, parent: str) -> None:
    tracer = make_tracer()
    with tracing.entry(tracer, "process", Kind.CONSUMER, parent=parent):
        pass
    flush(tracer)
    assert collector.spans[0].parent_id is None


def test_a_link_is_noted_and_decides_nothing(make_tracer: MakeTracer, collector: Collector) -> None:
    for tracer in (make_tracer(), make_tracer(ratio=0.0)):
        with tracing.entry(tracer, "POST", Kind.SERVER, link=CALLER + "01"):
            pass
        flush(tracer)
    (span,) = collector.spans
    assert span.links == (("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"),)
    assert span.parent_id is None
    assert span.trace_id != span.links[0][0]


def test_an_error_is_told_by_its_type_alone(make_tracer: MakeTracer, collector: Collector) -> None:
    tracer = make_tracer()
    for error in (DependencyDown("database"), PermissionDenied("what Ana may see"), ValueError("CANARY-1")):
        with (
            pytest.raises(type(error)),
            tracing.entry(tracer, type(error).__name__, Kind.SERVER),
            tracing.span("within"),
        ):
            raise error
    flush(tracer)
    failed = {span.name: (span.failed, span.attributes["error.type"]) for span in collector.spans}
    assert failed["DependencyDown"] == (True, "DependencyDown")
    assert failed["PermissionDenied"] == (False, "PermissionDenied")
    assert failed["ValueError"] == (True, "ValueError")
    assert b"CANARY-1" not in b"".join(collector.bodies)
    assert b"Ana" not in b"".join(collector.bodies)


def test_values_are_short_and_spans_are_not_without_number(make_tracer: MakeTracer, collector: Collector) -> None:
    tracer = make_tracer()
    with tracing.entry(tracer, "process", Kind.CONSUMER) as entry:
        entry.set("http.route", "x" * 1000)
        for _ in range(MOST_SPANS + 5):
            with tracing.span("statement"):
                pass
    flush(tracer)
    assert len(collector.spans) == 1 + MOST_SPANS
    (entry_told,) = (span for span in collector.spans if span.name == "process")
    assert entry_told.attributes["cafe_ai.spans_dropped"] == 5
    assert entry_told.attributes["http.route"] == "x" * 200


def test_a_thread_that_is_waited_for_is_within(make_tracer: MakeTracer, collector: Collector) -> None:
    def work() -> str | None:
        with tracing.span("within"):
            return threading.current_thread().name

    tracer = make_tracer()
    with tracing.entry(tracer, "process", Kind.CONSUMER):
        assert call_within(5, work) == "call-within"
    flush(tracer)
    assert collector.tree().split("\n") == ["process", "  within"]
