"""Jobs through API Gateway: started, done, looked at; refused where they must be; and done again after they failed."""

import json
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from cafe_ai.platform.ids import uuid7
from infra.local import emulator
from infra.local.tokens import make_token
from tests.support import local_jobs as jobs
from tests.support.local_jobs import superuser
from tests.support.local_stack import Stack, run_stack

pytestmark = pytest.mark.e2e

POISONED = "analyze_customer_behavior"
SPOILT = '{"as_of": "no moment", "customer_id": "nobody"}'
INSERT_POISONED = "INSERT INTO ai_jobs (id, business_id, kind, params) VALUES (%s, %s, %s, %s)"
EXPECTED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "generate_product_recommendations": ({"business_type": "cafeteria"}, {"recommendations", "suggestions"}),
    "analyze_customer_behavior": ({}, {"segments", "cohorts"}),
    "generate_inventory_forecast": ({}, {"products"}),
}


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_job_is_started_and_done(stack: Stack, kind: str) -> None:
    params, expected = EXPECTED[kind]
    job = jobs.await_completed(stack, jobs.start(stack, kind, **params))
    assert (job["kind"], job["progress"], job.get("error")) == (kind, 100, None)
    assert job["created_at"] <= job["started_at"] <= job["finished_at"]
    assert job["result"].keys() >= expected | {"timestamp"}


def test_the_same_key_starts_it_once(stack: Stack) -> None:
    key = uuid4().hex
    first = jobs.start(stack, "analyze_customer_behavior", key=key)
    assert jobs.start(stack, "analyze_customer_behavior", key=key) == first
    body = {"business_id": stack.state.business_id, "kind": "generate_inventory_forecast", "params": {}}
    refused = stack.call("POST", "/jobs", json=body, headers={"Idempotency-Key": key})
    assert refused.status_code == 422
    assert "Idempotency-Key" in refused.text
    jobs.await_completed(stack, first)


def test_who_is_no_member_finds_no_job(stack: Stack) -> None:
    job_id = jobs.start(stack, "analyze_customer_behavior")
    stranger = make_token(stack.state, uuid4())
    assert stack.call("GET", f"/jobs/{job_id}", token=stranger).status_code == 404
    assert stack.call("GET", f"/jobs/{uuid4()}").status_code == 404
    jobs.await_completed(stack, job_id)


def test_who_may_only_read_starts_nothing(stack: Stack) -> None:
    body = {"business_id": stack.state.business_id, "kind": "analyze_customer_behavior", "params": {}}
    assert stack.call("POST", "/jobs", json=body, token=stack.token("analyst")).status_code == 403
    cleanup = {**body, "kind": "cleanup_old_ai_jobs"}
    assert stack.call("POST", "/jobs", json=cleanup).status_code in (403, 422)


def test_a_job_that_cannot_be_done_fails_with_a_reason_and_is_done_again(stack: Stack) -> None:
    """Its parameters are spoilt in the database, so that each try raises; five tries later its message is dead."""
    job_id = str(uuid7())
    body = {"job_id": job_id, "business_id": stack.state.business_id}
    with psycopg.connect(superuser(stack)) as connection:
        connection.execute(INSERT_POISONED, (job_id, stack.state.business_id, POISONED, SPOILT))
    url = jobs.queue_urls(stack)[POISONED]
    jobs.client(stack, "sqs").send_message(QueueUrl=url, MessageBody=json.dumps(body))
    job = jobs.await_end(stack, job_id)
    assert (job["status"], bool(job["error"])) == ("failed", True)
    assert stack.rows("SELECT attempts FROM ai_jobs WHERE id = %s", job_id) == [(5,)]

    with psycopg.connect(superuser(stack)) as connection:
        connection.execute("UPDATE ai_jobs SET params = '{}' WHERE id = %s", (job_id,))
    printed = run_stack(stack.layout, "redrive", "--job", job_id, module="infra.local.cli")
    assert "1 job" in printed
    assert jobs.await_completed(stack, job_id)["error"] is None


def test_a_dead_message_that_names_no_job_is_kept_for_an_operator(stack: Stack) -> None:
    sent = jobs.client(stack, "sqs").send_message(
        QueueUrl=jobs.dead_letters_url(stack, POISONED), MessageBody="nothing"
    )
    kept = "SELECT body FROM ai_dead_letters WHERE message_id = %s"
    jobs.await_that(lambda: stack.rows(kept, sent["MessageId"]) == [("nothing",)], "it is not kept")


def test_redrive_reaches_a_function_of_aws_by_its_name(stack: Stack) -> None:
    """With AWS's own settings, here of the emulator."""
    aws = {
        "AWS_ENDPOINT_URL": stack.state.emulator_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": emulator.REGION,
    }
    arguments = ("redrive", "--function", stack.state.redrive, "--kind", "generate_inventory_forecast")
    assert "0 jobs" in run_stack(stack.layout, *arguments, settings=aws, module="infra.local.cli")
