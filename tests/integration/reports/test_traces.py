"""A report asked for through the API is one trace, and one correlation id, over every function that has a part in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from cafe_ai.jobs import recovery
from cafe_ai.jobs.model import JobKind
from cafe_ai.outbox import service as outbox
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import correlated
from functions.workers.sales_report.handler import handler as starter
from tests.integration.edge.test_traces import root_of, use_tracer
from tests.integration.reports.conftest import Desk
from tests.support.otlp_receiver import Collector, running_collector
from tests.support.report_flow import CONTEXT, gathered, run

REQUEST = "request-of-the-owner"


@pytest.fixture
def collector(desk: Desk) -> Iterator[Collector]:
    with running_collector() as running:
        tracer = use_tracer(desk.runtime, running)
        yield running
        tracer.close()


def ask(desk: Desk, **asked: Any) -> str:
    """A report's job, as a request starts it; the id."""
    tracer = desk.runtime.tracer
    entry = tracing.entry(tracer, "POST /api/v1/ai/sales-analysis", tracing.Kind.SERVER)
    with correlated(REQUEST), tracing.flushed(tracer, Deadline.after(20)), entry:
        return str(desk.ask(**asked).id)


def hand_on(desk: Desk) -> None:
    """What the queue has comes to its function, with the attributes it was sent with."""
    queue = desk.queue
    while queue.messages:
        body, origin, traced = queue.messages.pop(0), queue.origins.pop(0), queue.traceparents.pop(0)
        said = {"correlation_id": origin, tracing.TRACE_ATTRIBUTE: traced}
        record = {
            "messageId": "m-1",
            "receiptHandle": "r-1",
            "body": body,
            "attributes": {"SentTimestamp": "1"},
            "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:generate_sales_report",
            "messageAttributes": {
                name: {"stringValue": value, "dataType": "String"} for name, value in said.items() if value
            },
        }
        assert starter({"Records": [record]}, CONTEXT) == {"batchItemFailures": []}


def test_a_report_is_one_trace_over_all_functions(desk: Desk, collector: Collector) -> None:
    job = ask(desk)
    hand_on(desk)
    run(desk.machine.started[job])
    assert len(collector.traces()) == 1
    names = collector.tree().split("\n")
    assert names[0] == "POST /api/v1/ai/sales-analysis"
    assert [name for name in names if name.startswith("  ") and not name.startswith("   ")][-1].strip() == (
        "process generate_sales_report"
    )
    steps = [name.strip() for name in names if "report_" in name]
    assert steps == [
        *["report_gather"] * 5,
        *(f"report_{step}" for step in ("narrate", "check", "render", "store", "finish")),
    ]
    asked = [span for span in collector.spans if span.parent_id == root_of(collector).span_id]
    assert [span.attributes.get("db.operation.name") for span in asked if span.name == "STATEMENT"] == [None, "SELECT"]
    for span in collector.spans:
        if span.name.startswith("report_"):
            assert span.attributes["cafe_ai.request_id"] == REQUEST


def test_what_a_report_is_about_is_not_in_its_trace(desk: Desk, collector: Collector) -> None:
    job = ask(desk)
    hand_on(desk)
    run(desk.machine.started[job])
    sent = b"".join(collector.bodies).decode()
    for secret in (job, str(desk.shop.business_id), str(desk.shop.user_id), "Café Central", "Cruasán", "INSERT INTO"):
        assert secret not in sent


def test_a_state_that_chooses_its_input_goes_on_with_the_trace(desk: Desk, collector: Collector) -> None:
    job = ask(desk)
    hand_on(desk)
    gathered(desk.machine.started[job])
    parents = {span.parent_id for span in collector.spans if span.name == "report_gather"}
    (starting,) = (span for span in collector.spans if span.name == "process generate_sales_report")
    assert parents == {starting.span_id}


def test_a_report_that_was_not_drawn_is_recorded_by_none_of_them(desk: Desk, collector: Collector) -> None:
    tracer = use_tracer(desk.runtime, collector, ratio=0.0)
    job = ask(desk)
    another = use_tracer(desk.runtime, collector)
    hand_on(desk)
    run(desk.machine.started[job])
    for each in (tracer, another):
        each.close()
    assert collector.bodies == []


def test_a_message_that_is_sent_later_belongs_to_the_trace_that_wrote_it(desk: Desk, collector: Collector) -> None:
    desk.queue.down = True
    job = ask(desk)
    desk.queue.down = False
    desk.execute("UPDATE ai_outbox SET available_at = now() WHERE body ->> 'job_id' = %s", {"job_id": job})
    tracer = desk.runtime.tracer
    entry = tracing.entry(tracer, "outbox_relay", tracing.Kind.SERVER)
    with correlated("the-relay"), tracing.flushed(tracer, Deadline.after(20)), entry:
        assert outbox.relay(desk.runtime, Deadline.after(20)) == 1
    assert desk.queue.origins == [REQUEST]
    hand_on(desk)
    traces = {spans[0].trace_id: {span.name for span in spans} for spans in collector.traces().values()}
    with_starter = [names for names in traces.values() if "process generate_sales_report" in names]
    assert len(traces) == 2
    assert ["POST /api/v1/ai/sales-analysis" in names for names in with_starter] == [True]


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if "_aws" not in line]


def test_every_line_of_every_function_has_the_requests_id(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    job = ask(desk)
    hand_on(desk)
    state = desk.machine.started[job]
    assert state["correlation_id"] == REQUEST
    run(state)
    lines = logged(capsys)
    steps = ("gather", "narrate", "check", "render", "store", "finish")
    assert {line["endpoint"] for line in lines if line["message"] == "done"} == {
        "generate_sales_report",
        *(f"report_{step}" for step in steps),
    }
    assert {line["correlation_id"] for line in lines} == {REQUEST}
    told = [row["request_id"] for row in desk.rows("ai_audit_logs")]
    assert set(told) == {REQUEST}


@pytest.mark.parametrize("seen_to_by", ["sweep", "dead letter", "redrive"])
def test_who_sees_to_a_job_later_sends_it_under_its_own_id(desk: Desk, seen_to_by: str) -> None:
    job = ask(desk)
    desk.queue.messages.clear()
    desk.queue.origins.clear()
    given = {"job_id": job}
    if seen_to_by == "redrive":
        desk.execute(
            "UPDATE ai_jobs SET status = 'failed', gave_up = true, finished_at = now(), attempts = 3 WHERE id = %s",
            given,
        )
    else:
        desk.execute("UPDATE ai_jobs SET queued_at = now() - interval '1 day' WHERE id = %s", given)
    with correlated("the-sweeper"):
        if seen_to_by == "sweep":
            recovery.sweep(desk.runtime, Deadline.after(20))
        elif seen_to_by == "dead letter":
            recovery.see_to_dead_letter(desk.runtime, UUID(job), desk.shop.business_id, Deadline.after(20))
        else:
            recovery.redrive(desk.runtime, Deadline.after(20), kind=JobKind.SALES_REPORT)
    assert desk.queue.origins == [REQUEST]
