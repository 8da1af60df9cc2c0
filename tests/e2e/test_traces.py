"""A trace and a request id through the whole stack: gateway, functions, database, queues and the state machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import local_jobs as jobs
from tests.support.local_stack import Stack
from tests.support.otlp_receiver import Collector, ReceivedSpan

pytestmark = pytest.mark.e2e

STEPS = ("narrate", "check", "render", "store", "finish")
REPORTING = (
    "SalesAnalysisFunction",
    "SalesReportJobFunction",
    *(f"Report{step.title()}Function" for step in ("gather", *STEPS)),
)


def of_request(collector: Collector, request_id: str) -> list[ReceivedSpan]:
    """The spans of the trace that a request began."""
    spans = collector.spans
    roots = [each for each in spans if each.attributes.get("cafe_ai.request_id") == request_id and not each.parent_id]
    return [span for span in spans if [span.trace_id] == [root.trace_id for root in roots]]


def entries(spans: list[ReceivedSpan]) -> list[str]:
    """The names of the first spans of each function that had a part."""
    return [span.name for span in sorted(spans, key=lambda span: span.started) if span.kind in ("SERVER", "CONSUMER")]


def logged(stack: Stack, function: str) -> Iterator[dict[str, Any]]:
    """What a function has logged, without its metrics."""
    logs, functions = jobs.client(stack, "logs"), jobs.client(stack, "lambda")
    name = jobs.function_name(stack, function)
    group = functions.get_function_configuration(FunctionName=name)["LoggingConfig"]["LogGroup"]
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
        for event in page["events"]:
            for line in filter(lambda line: line.startswith("{"), event["message"].splitlines()):
                document = json.loads(line)
                if "_aws" not in document:
                    yield document


def test_a_question_is_one_trace(stack: Stack, collector: Collector) -> None:
    body = {"query": "¿Cuánto vendimos ayer?", "business_id": stack.state.business_id}
    answered = stack.post(body)
    assert answered.status_code == 200
    request_id = answered.headers["x-request-id"]
    collector.wait_for(lambda each: bool(of_request(each, request_id)))
    spans = of_request(collector, request_id)
    assert entries(spans) == ["POST /api/v1/ai/query"]
    assert {"admission", "plan by rules", "facts", "words", "write"} <= {span.name for span in spans}
    assert {span.resource["faas.name"] for span in spans} == {jobs.function_name(stack, "QueryFunction")}
    assert stack.state.business_id not in str(spans)


def test_a_report_is_one_trace_and_one_request_id_over_all_its_functions(stack: Stack, collector: Collector) -> None:
    params: dict[str, Any] = {"business_id": stack.state.business_id, "period": "monthly", "async_mode": "true"}
    accepted = stack.call("POST", "/sales-analysis", params=params)
    request_id = accepted.headers["x-request-id"]
    jobs.await_completed(stack, accepted.json()["job_id"])
    collector.wait_for(lambda each: "report_finish" in entries(of_request(each, request_id)))
    spans = of_request(collector, request_id)
    assert entries(spans)[0] == "POST /api/v1/ai/sales-analysis"
    assert entries(spans)[1].startswith("process ")
    steps = [name for name in entries(spans) if name.startswith("report_")]
    assert steps == ["report_gather"] * 5 + [f"report_{step}" for step in STEPS]
    told = {span.attributes["cafe_ai.request_id"] for span in spans if "cafe_ai.request_id" in span.attributes}
    assert told == {request_id}
    assert len({span.resource["faas.name"] for span in spans}) == len(REPORTING)
    for function in REPORTING:
        lines = [line for line in logged(stack, function) if line["correlation_id"] == request_id]
        assert lines, f"{function} logged nothing of the request"
        assert {line["trace_id"] for line in lines} == {spans[0].trace_id}
