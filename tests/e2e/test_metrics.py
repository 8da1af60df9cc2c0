"""GET /metrics through API Gateway, the same figures from ml/monitoring's script on the machine of who operates it, and those of
CloudWatch: from the functions' log by the bridge, and in the terminal."""

import json
import os
import subprocess
import sys
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from infra.local import bridge, emulator
from infra.local.figures import Figures, read
from infra.local.layout import PROJECT
from infra.local.state import load
from tests.support import observability
from tests.support.local_stack import Stack

pytestmark = pytest.mark.e2e

QUESTIONS = "SELECT count(*) FROM ai_audit_logs WHERE endpoint = '/api/v1/ai/query'"


def requests_by_endpoint(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples if family.name == "ai_requests" else ():
            endpoint = sample.labels["endpoint"]
            found[endpoint] = found.get(endpoint, 0) + int(sample.value)
    return found


def test_operators_read_what_was_asked(stack: Stack) -> None:
    stack.ask("¿Cuáles fueron las ventas del último mes?")
    answer = stack.call("GET", "/metrics", token=stack.token(operator=True))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text.startswith("# HELP ai_requests_total Total AI requests\n")
    ((asked,),) = stack.rows(QUESTIONS)
    assert requests_by_endpoint(answer.text)["/api/v1/ai/query"] == asked > 0


def test_nobody_else_does(stack: Stack) -> None:
    assert stack.call("GET", "/metrics").status_code == 403
    assert stack.client.get("/api/v1/ai/metrics").status_code == 401


def test_the_script_finds_the_running_stack(stack: Stack) -> None:
    environ = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PYTHONPATH")}
    environ["CAFE_AI_HOME"] = str(stack.layout.home)
    command = [sys.executable, "collect_ai_metrics.py", "--json"]
    ran = subprocess.run(
        command, cwd=PROJECT / "ml" / "monitoring", env=environ, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    ((rows,),) = stack.rows("SELECT count(*) FROM ai_audit_logs")
    told = json.loads(ran.stdout)
    assert told["summary"]["total_requests"] == rows
    assert sum(one["total_requests"] for one in told["by_endpoint"].values()) == rows


def figures(stack: Stack) -> Figures:
    cloudwatch = emulator.client("cloudwatch", load(stack.layout).ports["emulator"])
    return read(cloudwatch, "CafeAI", "cafe-ai", 3600)


def test_what_functions_measure_arrives_in_cloudwatch(stack: Stack) -> None:
    before = figures(stack)
    stack.ask("¿Cuáles fueron las ventas del último mes?")
    deadline = time.monotonic() + 8 * bridge.EVERY_SECONDS
    while (now := figures(stack)).api.requests <= before.api.requests and time.monotonic() < deadline:
        time.sleep(0.2)
    assert now.api.requests > before.api.requests
    assert "query" in {each.endpoint for each in now.endpoints}
    assert {"outbox_relay", "indexer"} & {each.endpoint for each in now.background}
    assert len(now.queues) == 20


def test_alarms_and_dashboard_are_deployed(stack: Stack) -> None:
    cloudwatch = emulator.client("cloudwatch", load(stack.layout).ports["emulator"])
    deployed = {each["AlarmName"] for each in cloudwatch.describe_alarms(MaxRecords=100)["MetricAlarms"]}
    conditional = ("DegradedShare", "DatabaseCpu", "DatabaseConnections", "DatabaseStorage", "DatabaseMemory")
    elsewhere = {*conditional, "VectorStoreMemory", "VectorStoreCpu"}  # of what the local stack does not have
    assert {each["AlarmName"] for name, each in observability.alarms().items() if name not in elsewhere} <= deployed
    body = json.loads(cloudwatch.get_dashboard(DashboardName="cafe-ai")["DashboardBody"])
    assert len(body["widgets"]) == len(observability.dashboards()["Dashboard"]["widgets"])
