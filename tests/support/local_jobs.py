"""Jobs of a running local stack: started and awaited as clients do, and what happens to the processes that work on them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from infra.local import database, emulator, processes
from infra.local.deploy import STACK
from infra.local.postgres import SUPERUSER
from infra.local.state import load
from tests.support.local_stack import Stack

JOB_SECONDS = 90
LOOK_SECONDS = 0.05


def client(stack: Stack, service: str) -> Any:
    """A boto3 client of the stack's emulator."""
    return emulator.client(service, load(stack.layout).ports["emulator"])


def superuser(stack: Stack) -> str:
    """A way into the stack's database past its row-level security."""
    return database.server(stack.layout, load(stack.layout).ports["postgres"]).dsn(SUPERUSER)


def outputs(stack: Stack) -> dict[str, str]:
    """What the deployed template says of itself."""
    (deployed,) = client(stack, "cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in deployed["Outputs"]}


def function_name(stack: Stack, logical_id: str) -> str:
    """What the template's function is called in the emulator."""
    found = client(stack, "cloudformation").describe_stack_resource(StackName=STACK, LogicalResourceId=logical_id)
    name: str = found["StackResourceDetail"]["PhysicalResourceId"]
    return name


def queue_urls(stack: Stack) -> dict[str, str]:
    """The queues of jobs and notifications by name."""
    return dict(pair.split("=", 1) for pair in outputs(stack)["QueueUrls"].split())


def dead_letters_url(stack: Stack, queue: str) -> str:
    """Where that queue's messages go that came too often."""
    queues = client(stack, "sqs")
    asked = queues.get_queue_attributes(QueueUrl=queue_urls(stack)[queue], AttributeNames=["RedrivePolicy"])
    arn = json.loads(asked["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"]
    url: str = queues.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
    return url


def invoke(stack: Stack, output: str, event: dict[str, Any] | None = None) -> Any:
    """Call the function whose name is that output of the template; what it answers."""
    answer = client(stack, "lambda").invoke(
        FunctionName=outputs(stack)[output], Payload=json.dumps(event or {}).encode()
    )
    payload = answer["Payload"].read()
    assert "FunctionError" not in answer, payload
    return json.loads(payload or b"null")


def await_that(happened: Callable[[], Any], what: str, seconds: float = JOB_SECONDS) -> None:
    """Wait until it has happened; otherwise fail with what has not."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, what
        time.sleep(LOOK_SECONDS)


def start(stack: Stack, kind: str, *, key: str | None = None, **params: Any) -> str:
    """Start a job of the sample business through API Gateway; its id."""
    body = {"business_id": stack.state.business_id, "kind": kind, "params": params}
    response = stack.call("POST", "/jobs", json=body, headers={"Idempotency-Key": key} if key else {})
    assert response.status_code == 202, response.text
    job_id: str = response.json()["job_id"]
    return job_id


def look(stack: Stack, job_id: str) -> dict[str, Any]:
    """The job as it stands, as its owner sees it."""
    job: dict[str, Any] = stack.read("GET", f"/jobs/{job_id}")
    return job


def has_ended(stack: Stack, job_id: str) -> bool:
    """Asked of the database: its owner may not ask as often."""
    return bool(stack.rows("SELECT FROM ai_jobs WHERE id = %s AND finished_at IS NOT NULL", job_id))


def await_end(stack: Stack, job_id: str, seconds: float = JOB_SECONDS) -> dict[str, Any]:
    """The job once it has ended, as its owner sees it."""
    await_that(lambda: has_ended(stack, job_id), "the job does not end", seconds)
    return look(stack, job_id)


def await_completed(stack: Stack, job_id: str, seconds: float = JOB_SECONDS) -> dict[str, Any]:
    """The job once it is completed; fails with the functions' log where it failed."""
    job = await_end(stack, job_id, seconds)
    assert job["status"] == "completed", (job, stack.layout.log("functions").read_text(encoding="utf-8")[-5000:])
    return job


def relay_now(stack: Stack) -> None:
    """What waits to be sent is sent: as the schedule does each minute, and as if its writer's time were over."""
    with psycopg.connect(superuser(stack)) as connection:
        connection.execute("UPDATE ai_outbox SET available_at = now()")
    invoke(stack, "OutboxRelayFunctionName")


def delete_work(stack: Stack, job_id: str) -> None:
    """The objects that a report's states have kept for the next ones are gone."""
    storage = client(stack, "s3")
    bucket = outputs(stack)["ReportsBucketName"]
    for found in storage.list_objects_v2(Bucket=bucket, Prefix=f"work/{job_id}/").get("Contents", []):
        storage.delete_object(Bucket=bucket, Key=found["Key"])


def workers(stack: Stack, function: str) -> list[int]:
    """The processes that run that function of the template."""
    name = f"AWS_LAMBDA_FUNCTION_NAME={STACK}-{function}-".encode()
    return [pid for pid in processes.left_over(stack.layout.home) if any(v.startswith(name) for v in _environ(pid))]


def _environ(pid: int) -> list[bytes]:
    try:
        return (processes.PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:  # it has just ended
        return []


def events(stack: Stack, job_id: str) -> Iterator[tuple[str, str]]:
    """What happened so far in the job's executions, as pairs of the event's type and the state or resource it is about."""
    machines = client(stack, "stepfunctions")
    machine = outputs(stack)["SalesReportMachineArn"]
    found = machines.list_executions(stateMachineArn=machine, maxResults=1000)["executions"]
    for execution in found:
        if execution["name"].startswith(job_id):
            history = machines.get_execution_history(executionArn=execution["executionArn"], maxResults=1000)
            for event in history["events"]:
                yield event["type"], _about(event)


def _about(event: dict[str, Any]) -> str:
    details: dict[str, Any] = next((value for key, value in event.items() if key.endswith("EventDetails")), {})
    about: str = details.get("name") or details.get("resource") or details.get("error") or ""
    return about


def signal_all(pids: list[int], number: int) -> None:
    """Send a signal to processes, of which some may have ended."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
