"""`cafe-ai dashboard`: what the functions wrote, carried over by the bridge and read back from CloudWatch."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cafe_ai.platform import telemetry
from infra.local import bridge, emulator
from infra.local.commands.dashboard import drawn
from infra.local.figures import Figures, read
from tests.support.sqs import Sqs, running_sqs

STACK = "shop"


@pytest.fixture(scope="module")
def server() -> Iterator[Sqs]:
    with running_sqs("cloudwatch,sqs,sns") as running:
        yield running


Carry = Callable[[], None]


@pytest.fixture(scope="module")
def cloudwatch(server: Sqs) -> Any:
    return emulator.client("cloudwatch", server.port)


def question(milliseconds: float, *, failed: bool = False, model: str = "gpt-6-luna") -> None:
    with telemetry.observed("CafeAI", "query") as measured:
        measured.count("Requests")
        measured.count("Errors", int(failed))
        measured.count("RateLimited", 0)
        measured.count("Latency", milliseconds)
        if not failed:
            measured.inference(model, 400, 0.0002, degraded=model == "rules")


def background(endpoint: str, **counted: float) -> None:
    with telemetry.observed("CafeAI", endpoint, background=True) as measured:
        for name, number in {"Requests": 1, "Errors": 0, **counted}.items():
            measured.count(name, number)


@pytest.fixture(scope="module")
def figures(cloudwatch: Any, server: Sqs, tmp_path_factory: pytest.TempPathFactory) -> Figures:
    log = tmp_path_factory.mktemp("dashboard") / "functions.log"
    _write(log)
    bridge.Bridge(bridge.Tail(log), cloudwatch).carry()
    for number, name in enumerate((f"{STACK}-IndexQueue-1", f"{STACK}-AuditQueue-2", "another-Queue-3")):
        for metric, value in (
            ("ApproximateNumberOfMessagesVisible", number),
            ("ApproximateAgeOfOldestMessage", 2000 * number),
        ):
            datum = {"MetricName": metric, "Dimensions": [{"Name": "QueueName", "Value": name}], "Value": value}
            cloudwatch.put_metric_data(Namespace="AWS/SQS", MetricData=[{**datum, "Timestamp": datetime.now(UTC)}])
    alarm = {"Namespace": "CafeAI", "Statistic": "Maximum", "Period": 300, "EvaluationPeriods": 1, "Threshold": 0}
    for name, metric in (("error-rate", "Errors"), ("audit-lost", "AuditLost")):
        cloudwatch.put_metric_alarm(
            AlarmName=f"{STACK}-{name}",
            AlarmDescription=f"Something. Runbook: docs/runbooks/{name}.md",
            MetricName=metric,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=["arn:aws:sns:eu-west-1:000000000000:alarms"],
            **alarm,
        )
    return read(cloudwatch, "CafeAI", STACK, 3600)


def _write(log: Path) -> None:
    """A quarter of an hour: ten questions of which one failed, one answered by rules; a job, a run and a look around."""
    with pytest.MonkeyPatch.context() as patch:
        output = io.StringIO()
        patch.setattr("sys.stdout", output)
        for number in range(8):
            question(100 + number)
        question(5000, failed=True)
        question(100, model="rules")
        background("generate_sales_report", JobsCompleted=1, JobSeconds=12)
        background("indexer")
        background("watch", DatabaseUp=1, DatabaseLatency=3, VectorStoreUp=0, VectorStoreLatency=2000)
    log.write_text("".join(f"Function {line}\n" for line in output.getvalue().splitlines()), encoding="utf-8")


def test_each_request_counts_once(figures: Figures) -> None:
    assert figures.api.requests == 10
    assert figures.api.failed == pytest.approx(0.1)
    assert figures.budget_left == pytest.approx(1 - 0.1 / 0.02)
    assert figures.cost_today == pytest.approx(9 * 0.0002)


def test_traffic_is_told_by_endpoint_and_apart_from_what_nobody_waits_for(figures: Figures) -> None:
    [query] = figures.endpoints
    assert (query.endpoint, query.requests) == ("query", 10)
    p50, p95, p99 = query.latencies
    assert p50 is not None and 100 <= p50 <= 108
    assert p99 is not None and p95 is not None and p95 <= p99 <= 5000
    assert {each.endpoint for each in figures.background} == {"generate_sales_report", "indexer", "watch"}


def test_models_jobs_stores_and_queues_are_told(figures: Figures) -> None:
    assert {each.model: (each.answers, each.tokens, each.degraded) for each in figures.models} == {
        "gpt-6-luna": (8, 3200, 0),
        "rules": (1, 400, 1),
    }
    [job] = figures.jobs
    assert (job.kind, job.completed, job.failed, job.seconds) == ("generate_sales_report", 1, 0, 12)
    assert [(store.name, store.up) for store in figures.stores] == [("database", 1), ("vectors", 0)]
    assert [(queue.name, queue.waiting, queue.oldest) for queue in figures.queues] == [
        ("AuditQueue", 1, 2000),
        ("IndexQueue", 0, 0),
    ]


def test_alarms_that_ring_are_told_with_their_runbook(figures: Figures) -> None:
    assert figures.alarms == 2
    assert [(alarm.name, alarm.page) for alarm in figures.ringing] == [("error-rate", "docs/runbooks/error-rate.md")]


def test_the_page_fits_80_columns(figures: Figures) -> None:
    console = Console(width=80, file=io.StringIO(), color_system=None)
    console.print(drawn(figures, "the local stack"))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, shown.splitlines())) <= 80
    for part in (
        "10 requests",
        "10.0% failed",
        "vectors down",
        "docs/runbooks/error-rate.md",
        "generate_sales_report",
        "33 min",
    ):
        assert part in shown


def test_a_stack_that_has_done_nothing_has_a_page_too(cloudwatch: Any) -> None:
    figures = read(cloudwatch, "Nothing", "nothing", 3600)
    console = Console(width=80, file=io.StringIO(), color_system=None)
    console.print(drawn(figures, "the local stack"))
    assert "no requests yet" in console.file.getvalue()  # type: ignore[attr-defined]
    assert json.dumps(figures.budget_left) == "null"
