"""A request's trace: one of its own, whose first span says what the gateway would, and that nobody outside decides on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from cafe_ai.bootstrap import Runtime
from cafe_ai.errors import DependencyDown, PermissionDenied
from cafe_ai.platform import tracing
from cafe_ai.platform.otlp import Tracer
from cafe_ai.settings import TraceSettings
from cafe_ai.tenancy.model import Member
from tests.support.edge import PATH, Edge
from tests.support.otlp_receiver import Collector, ReceivedSpan, running_collector

Written = Callable[[], list[dict[str, Any]]]
CLIENT_TRACE, CLIENT_SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def use_tracer(runtime: Runtime, collector: Collector, ratio: float = 1.0) -> Tracer:
    """Has all that this runtime does recorded, or a share of it."""

    def no_secret(arn: str) -> str:
        raise AssertionError(arn)

    tracer = Tracer(TraceSettings(collector.url + "/v1/traces", ratio=ratio), no_secret)
    vars(runtime)["tracer"] = tracer
    return tracer


@pytest.fixture
def collector(edge: Edge) -> Iterator[Collector]:
    with running_collector() as running:
        tracer = use_tracer(edge.runtime, running)
        yield running
        tracer.close()


def root_of(collector: Collector) -> ReceivedSpan:
    (root,) = (span for span in collector.spans if span.parent_id is None)
    return root


def test_a_request_is_a_trace(edge: Edge, collector: Collector, written: Written) -> None:
    business_id, user_id = edge.given_member()

    def outcome(member: Member) -> Mapping[str, Any]:
        with tracing.span("facts"):
            return {}

    edge.outcome[0] = outcome
    assert edge.ask(business_id, user_id, request_id="request-1").status == 200
    root = root_of(collector)
    assert (root.name, root.kind, root.failed) == (f"POST {PATH}", "SERVER", False)
    assert root.attributes == {
        "cafe_ai.request_id": "request-1",
        "faas.coldstart": True,
        "faas.trigger": "http",
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "http.route": PATH,
    }
    assert "facts" in collector.names
    answered = [line for line in written() if line.get("message") == "answered"]
    assert [line["trace_id"] for line in answered] == [root.trace_id]


@pytest.mark.parametrize(
    ("error", "problem", "failed"),
    [
        (PermissionDenied("Ana may not"), "permission_denied", False),
        (DependencyDown("database"), "dependency_down", True),
        (RuntimeError("CANARY"), "internal_error", True),
    ],
)
def test_a_refusal_is_told_by_its_code_and_only_ours_is_a_failure(
    edge: Edge, collector: Collector, error: Exception, problem: str, failed: bool
) -> None:
    business_id, user_id = edge.given_member()

    def fail(member: Member) -> Mapping[str, Any]:
        raise error

    edge.outcome[0] = fail
    answer = edge.ask(business_id, user_id)
    root = root_of(collector)
    assert root.attributes["cafe_ai.problem"] == problem
    assert root.attributes["http.response.status_code"] == answer.status
    assert root.failed is failed
    assert "Ana" not in str(collector.bodies)
    assert "CANARY" not in str(collector.bodies)


def test_what_has_no_route_is_told_without_its_path(edge: Edge, collector: Collector) -> None:
    edge.send(path="/api/v1/ai/CANARY-of-a-path", method="DELETE")
    edge.send(path="/api/v1/ai/CANARY-of-a-path", method="CANARY")
    assert collector.names == ["DELETE", "_OTHER"]
    assert "CANARY" not in str(collector.bodies)


def test_a_client_neither_forces_a_trace_nor_joins_one(edge: Edge, collector: Collector) -> None:
    business_id, user_id = edge.given_member()
    headers = {"traceparent": f"00-{CLIENT_TRACE}-{CLIENT_SPAN}-01", "tracestate": "vendor=CANARY"}
    edge.ask(business_id, user_id, headers=headers)
    root = root_of(collector)
    assert root.trace_id != CLIENT_TRACE
    assert root.links == ((CLIENT_TRACE, CLIENT_SPAN),)
    assert "CANARY" not in str(collector.bodies)
    collector.forget()
    tracer = use_tracer(edge.runtime, collector, ratio=0.0)
    edge.ask(business_id, user_id, headers=headers)
    tracer.close()
    assert collector.bodies == []


def test_a_client_that_says_not_to_record_is_recorded(edge: Edge, collector: Collector) -> None:
    """Or whoever attacks the service would."""
    business_id, user_id = edge.given_member()
    edge.ask(business_id, user_id, headers={"traceparent": f"00-{CLIENT_TRACE}-{CLIENT_SPAN}-00"})
    assert len(collector.traces()) == 1


def test_a_dead_collector_changes_no_answer(edge: Edge, collector: Collector, written: Written) -> None:
    business_id, user_id = edge.given_member()
    collector.respond = 500
    answers = [edge.ask(business_id, user_id) for _ in range(3)]
    assert [answer.status for answer in answers] == [200] * 3
    assert len(collector.bodies) == 1
    told = [line for line in written() if line.get("message") == "Traces are not sent for a while"]
    assert [line["level"] for line in told] == ["WARNING"]


def test_nothing_of_the_request_is_in_its_trace(edge: Edge, collector: Collector) -> None:
    business_id, user_id = edge.given_member(name="CANARY Café")
    token = edge.issuer.token(user_id)
    edge.ask(business_id, user_id, {"query": "CANARY-question"}, token=token)
    edge.ask(business_id, user_id, {"query": 7, "CANARY": "CANARY"}, token=token)
    edge.send({"query": "CANARY"}, token=token + "CANARY")
    told = b"".join(collector.bodies).decode()
    for secret in ("CANARY", str(business_id), str(user_id), token, json.dumps(token)):
        assert secret not in told
