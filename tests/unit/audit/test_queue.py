"""SQS, against moto."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from cafe_ai.errors import DependencyDown
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.queue import Message, MessageQueue
from cafe_ai.platform.secrets import read_secret
from cafe_ai.platform.telemetry import correlated
from infra.local.postgres import free_port


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield


def test_a_message_arrives_with_the_id_of_the_request_it_comes_from() -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="audit")["QueueUrl"]
    with correlated("request-1"):
        MessageQueue(url).send('{"text": "\\u00f1"}', Deadline.after(5))
    [message] = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert message["Body"] == '{"text": "\\u00f1"}'
    assert message["MessageAttributes"]["correlation_id"]["StringValue"] == "request-1"


def test_messages_of_a_batch_arrive_each_with_the_id_of_its_own_request() -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    sent = [Message(str(number), f"request-{number}") for number in range(9)] + [Message("9")]
    assert MessageQueue(url).send_batch(sent, Deadline.after(5)) == [True] * 10
    came = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10)["Messages"]
    origins = {
        message["Body"]: message.get("MessageAttributes", {}).get("correlation_id", {}).get("StringValue")
        for message in came
    }
    assert origins == {message.body: message.correlation_id for message in sent}


def test_of_a_batch_one_is_told_what_was_taken() -> None:
    """A queue may refuse some of them; moto refuses none."""
    queue = MessageQueue("https://queue.example")
    answer = {"Successful": [{"Id": "0"}, {"Id": "2"}], "Failed": [{"Id": "1", "Code": "Throttled"}]}
    vars(queue)["_client"] = SimpleNamespace(send_message_batch=lambda **_: answer)
    assert queue.send_batch([Message("a"), Message("b"), Message("c")], Deadline.after(5)) == [True, False, True]


def test_a_batch_for_a_queue_that_is_not_there_is_a_dependency_down() -> None:
    queue = MessageQueue("https://sqs.eu-central-1.amazonaws.com/123456789012/none")
    with pytest.raises(DependencyDown):
        queue.send_batch([Message("{}")], Deadline.after(5))
    with pytest.raises(DependencyDown):
        queue.hide("receipt", 5)


def test_a_hidden_message_comes_again_when_it_was_said() -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="jobs", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    queue = MessageQueue(url)
    for body in ("soon", "late"):
        queue.send(body, Deadline.after(5))
    first = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    receipts = {message["Body"]: message["ReceiptHandle"] for message in first}
    queue.hide(receipts["late"], 1e9)  # more than a queue allows
    queue.hide(receipts["soon"], -1.0)
    again = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    assert [message["Body"] for message in again] == ["soon"]


def test_a_queue_that_is_not_there_is_a_dependency_down() -> None:
    with pytest.raises(DependencyDown):
        MessageQueue("https://sqs.eu-central-1.amazonaws.com/123456789012/none").send("{}", Deadline.after(5))


def test_a_queue_is_found_there_or_not() -> None:
    url = boto3.client("sqs").create_queue(QueueName="index")["QueueUrl"]
    MessageQueue(url).check()
    with pytest.raises(DependencyDown):
        MessageQueue(url + "-gone").check()


def test_an_expired_deadline_allows_one_short_attempt_only(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    started = time.monotonic()
    with pytest.raises(DependencyDown):
        MessageQueue(f"http://127.0.0.1:{port}/1/audit").send("{}", Deadline.after(0))
    assert time.monotonic() - started < 4


def test_secrets_are_read_and_a_missing_one_is_a_dependency_down() -> None:
    arn = boto3.client("secretsmanager").create_secret(Name="key", SecretString="sk-1")["ARN"]
    assert read_secret(arn) == "sk-1"
    with pytest.raises(DependencyDown):
        read_secret("none")
