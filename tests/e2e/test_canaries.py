"""What passes through the stack in words, and where it must not be: logs, metrics, the machine's history, S3's keys."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.support import local_jobs as jobs
from tests.support.local_stack import Stack

pytestmark = pytest.mark.e2e

LOGGED_SECONDS = 30


def canary() -> str:
    """A word that nobody else has."""
    return f"canario{uuid.uuid4().hex[:12]}"


def pages(client: Any, operation: str, members: str, **arguments: Any) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[members]


def everything_logged(stack: Stack, requests: Sequence[str]) -> str:
    """What all functions have logged, once these requests are in it: the emulator writes a little later than it answers."""
    logs = jobs.client(stack, "logs")
    groups = [group["logGroupName"] for group in pages(logs, "describe_log_groups", "logGroups")]
    deadline = time.monotonic() + LOGGED_SECONDS
    while True:
        events = (event for group in groups for event in pages(logs, "filter_log_events", "events", logGroupName=group))
        told = "\n".join(event["message"] for event in events)
        if all(request in told for request in requests) or time.monotonic() > deadline:
            return told
        time.sleep(1)


def everything_measured(stack: Stack) -> str:
    return json.dumps(list(pages(jobs.client(stack, "cloudwatch"), "list_metrics", "Metrics")))


def everything_executed(stack: Stack) -> str:
    machines = jobs.client(stack, "stepfunctions")
    told = []
    for machine in pages(machines, "list_state_machines", "stateMachines"):
        arn = machine["stateMachineArn"]
        for execution in pages(machines, "list_executions", "executions", stateMachineArn=arn):
            history = machines.get_execution_history(executionArn=execution["executionArn"])
            told.append(json.dumps(history["events"], default=str))
    return "\n".join(told)


def everything_named_in_s3(stack: Stack) -> str:
    s3 = jobs.client(stack, "s3")
    buckets = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    found = (s3.list_objects_v2(Bucket=bucket).get("Contents", ()) for bucket in buckets)
    return "\n".join(item["Key"] for items in found for item in items)


def test_words_and_tokens_stay_where_they_belong(stack: Stack) -> None:
    business = stack.state.business_id
    words = {
        name: canary() for name in ("question", "title", "content", "searched", "recommended", "job", "reason", "key")
    }
    token = stack.token()
    asked = stack.post({"query": f"¿Cuánto vendimos de {words['question']} ayer?", "business_id": business})
    document = f"e2e-{uuid.uuid4().hex[:8]}"
    answers = [
        asked,
        stack.post({"query": f"¿Qué dice la ficha de {words['content']}?", "business_id": business}),
        stack.call(
            "PUT",
            f"/documents/{document}",
            params={"business_id": business},
            json={"title": words["title"], "content": f"Receta de {words['content']}", "metadata": {}},
        ),
        stack.call("GET", "/documents", params={"business_id": business, "q": words["searched"]}),
        stack.call("POST", "/recommend", params={"business_id": business, "query_text": words["recommended"]}),
        stack.call("POST", "/jobs", json={"business_id": business, "kind": words["job"], "params": {}}),
        stack.call(
            "POST",
            f"/conversations/{asked.json()['conversation_id']}/feedback",
            json={"rating": "down", "comment": words["reason"]},
        ),
    ]
    report = stack.call(
        "POST",
        "/sales-analysis",
        params={"business_id": business, "period": "monthly", "async_mode": "true"},
        headers={"Idempotency-Key": words["key"]},
        token=token,
    )
    jobs.await_completed(stack, report.json()["job_id"])
    stack.call("DELETE", f"/documents/{document}", params={"business_id": business})

    requests = [answer.headers["x-request-id"] for answer in (*answers, report)]
    places = {
        "the logs": everything_logged(stack, requests),
        "the metrics": everything_measured(stack),
        "the machine's history": everything_executed(stack),
        "S3's keys": everything_named_in_s3(stack),
    }
    for request in requests:
        assert request in places["the logs"], "not all that was logged has been looked through"
    assert report.json()["job_id"] in places["the machine's history"]
    assert "CafeAI" in places["the metrics"]
    assert business in places["S3's keys"]
    for place, told in places.items():
        for name, word in {**words, "token": token, "signature": token.rpartition(".")[2]}.items():
            assert word not in told, f"{place} tell the {name}"
