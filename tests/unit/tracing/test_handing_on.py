"""A trace goes on in whatever is called: a queue's messages, a state machine's input; stores keep their keys to themselves."""

from __future__ import annotations

import json

import boto3
import pytest

from cafe_ai.errors import NotFound
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.otlp import Tracer
from cafe_ai.platform.queue import Message, MessageQueue
from cafe_ai.platform.state_machine import StateMachine
from cafe_ai.platform.storage import ObjectStore
from cafe_ai.platform.tracing import Kind
from tests.support.otlp_receiver import Collector, ReceivedSpan
from tests.unit.tracing.conftest import MakeTracer

pytestmark = pytest.mark.usefixtures("aws")

ELSEWHERE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
ROLE = "arn:aws:iam::123456789012:role/machine"
DEFINITION = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})


@pytest.fixture
def queue_url() -> str:
    url: str = boto3.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    return url


def received(url: str) -> dict[str, str | None]:
    """The traceparents of the queue's messages, by their bodies."""
    sqs = boto3.client("sqs")
    messages = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10)["Messages"]
    return {
        each["Body"]: each.get("MessageAttributes", {}).get("traceparent", {}).get("StringValue") for each in messages
    }


def sent(tracer: Tracer, collector: Collector, name: str) -> ReceivedSpan:
    """The one span of that name, once all are sent."""
    tracer.flush(Deadline.after(5))
    (found,) = (span for span in collector.spans if span.name == name)
    return found


def test_a_message_is_a_child_of_its_sending(make_tracer: MakeTracer, collector: Collector, queue_url: str) -> None:
    tracer = make_tracer()
    with tracing.entry(tracer, "POST", Kind.SERVER):
        MessageQueue(queue_url).send("a", Deadline.after(5))
    sending = sent(tracer, collector, "send jobs")
    assert sending.kind == "PRODUCER"
    assert sending.attributes["messaging.destination.name"] == "jobs"
    assert received(queue_url) == {"a": f"00-{sending.trace_id}-{sending.span_id}-01"}


def test_messages_of_a_batch_keep_their_own_traces_to_which_the_sending_is_linked(
    make_tracer: MakeTracer, collector: Collector, queue_url: str
) -> None:
    tracer = make_tracer()
    with tracing.entry(tracer, "outbox_relay", Kind.SERVER):
        messages = [Message("a", "request-1", ELSEWHERE), Message("b")]
        assert MessageQueue(queue_url).send_batch(messages, Deadline.after(5)) == [True, True]
    sending = sent(tracer, collector, "send jobs")
    assert received(queue_url) == {"a": ELSEWHERE, "b": None}
    assert [f"00-{trace}-{span}-01" for trace, span in sending.links] == [ELSEWHERE]
    assert sending.attributes["messaging.batch.message_count"] == 2


def test_outside_of_a_trace_messages_and_inputs_are_as_they_were(queue_url: str) -> None:
    MessageQueue(queue_url).send("a", Deadline.after(5))
    assert received(queue_url) == {"a": None}
    assert started({"job_id": "1"}) == {"job_id": "1"}


def started(given: dict[str, str]) -> dict[str, str]:
    """The input of an execution that was given this."""
    client = boto3.client("stepfunctions")
    arn = client.create_state_machine(name="report", definition=DEFINITION, roleArn=ROLE)["stateMachineArn"]
    assert StateMachine(arn).start("one", given, Deadline.after(5))
    (execution,) = client.list_executions(stateMachineArn=arn)["executions"]
    told: dict[str, str] = json.loads(client.describe_execution(executionArn=execution["executionArn"])["input"])
    return told


def test_an_execution_begins_with_the_trace(make_tracer: MakeTracer, collector: Collector) -> None:
    tracer = make_tracer()
    with tracing.entry(tracer, "process", Kind.CONSUMER):
        told = started({"job_id": "1"})
    starting = sent(tracer, collector, "start execution")
    assert told == {"job_id": "1", "traceparent": f"00-{starting.trace_id}-{starting.span_id}-01"}


def test_a_file_is_told_by_what_was_done_with_it(make_tracer: MakeTracer, collector: Collector) -> None:
    boto3.client("s3").create_bucket(Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    store, tracer = ObjectStore("reports"), make_tracer()
    with tracing.entry(tracer, "report_store", Kind.SERVER):
        store.put("CANARY", b"1", "text/plain")
        with pytest.raises(NotFound):
            store.get("CANARY-2")
    missing = sent(tracer, collector, "S3/GetObject")
    assert (missing.failed, missing.attributes["error.type"]) == (False, "NotFound")
    assert not sent(tracer, collector, "S3/PutObject").failed
    assert "CANARY" not in str(collector.bodies)
