"""S3 and Step Functions as moto plays them: what is kept once, and started once."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from cafe_ai.errors import DependencyDown, NotFound
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.state_machine import StateMachine
from cafe_ai.platform.storage import ObjectStore

pytestmark = pytest.mark.usefixtures("aws")

DEFINITION = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
ROLE = "arn:aws:iam::123456789012:role/machine"


@pytest.fixture
def store() -> ObjectStore:
    boto3.client("s3").create_bucket(Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return ObjectStore("reports")


@pytest.fixture
def machine() -> StateMachine:
    made = boto3.client("stepfunctions").create_state_machine(
        name="report", definition=json.dumps(DEFINITION), roleArn=ROLE
    )
    return StateMachine(made["stateMachineArn"])


def executions() -> list[Any]:
    client = boto3.client("stepfunctions")
    arn = client.list_state_machines()["stateMachines"][0]["stateMachineArn"]
    return client.list_executions(stateMachineArn=arn)["executions"]


def test_object_is_kept_replaced_and_read(store: ObjectStore) -> None:
    store.put("work/a", b"1", "text/plain")
    store.put("work/a", b"2", "text/plain")
    assert store.get("work/a") == b"2"
    with pytest.raises(NotFound):
        store.get("work/b")


def test_of_those_who_put_a_new_object_one_is_told_so(store: ObjectStore) -> None:
    assert [store.put_new("work/mark", body, "text/plain") for body in (b"1", b"2", b"3")] == [True, False, False]
    assert store.get("work/mark") == b"1"


def test_bucket_that_is_not_there_is_a_dependency_away() -> None:
    for use in (lambda: ObjectStore("none").put_new("a", b"", "text/plain"), lambda: ObjectStore("none").get("a")):
        with pytest.raises(DependencyDown):
            use()


def test_execution_is_started_once_under_its_name(machine: StateMachine) -> None:
    assert machine.start("job-1", {"job_id": "1"}, Deadline.after(20))
    assert not machine.start("job-1", {"job_id": "other"}, Deadline.after(20))
    assert machine.start("job-2", {"job_id": "2"}, Deadline.after(20))
    assert sorted(one["name"] for one in executions()) == ["job-1", "job-2"]


def test_machine_that_is_not_there_is_a_dependency_away(machine: StateMachine) -> None:
    gone = StateMachine("arn:aws:states:eu-west-1:123456789012:stateMachine:gone")
    with pytest.raises(DependencyDown):
        gone.start("job-1", {}, Deadline.after(20))
