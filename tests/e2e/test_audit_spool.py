"""What could not be audited while the database was away comes by the audit queue, and is written once."""

import time
from datetime import UTC, datetime
from uuid import UUID

import pytest

from cafe_ai.audit import message
from cafe_ai.audit.model import Inference
from cafe_ai.platform.ids import uuid7
from infra.local import emulator
from infra.local.state import load
from tests.support.local_stack import Stack

pytestmark = pytest.mark.e2e

WAIT_SECONDS = 20


def spooled(stack: Stack, identity: UUID) -> Inference:
    return Inference(
        id=identity,
        user_id=UUID(stack.state.owner_id),
        business_id=UUID(stack.state.business_id),
        model_name="rules",
        prompt="¿Ventas de ayer?",
        response="Ayer se vendieron 100,00 €.",
        endpoint="/api/v1/ai/query",
        status="success",
        response_time_ms=12,
        timestamp=datetime.now(UTC),
    )


def test_a_spooled_inference_is_written_once(stack: Stack) -> None:
    identity, last = uuid7(), uuid7()
    queue = emulator.client("sqs", load(stack.layout).ports["emulator"])
    for each in (identity, identity, last):  # the same message twice, as SQS may deliver it
        body = message.encode(spooled(stack, each), None)
        queue.send_message(QueueUrl=stack.state.audit_queue_url, MessageBody=body)

    deadline = time.monotonic() + WAIT_SECONDS
    while not stack.rows("SELECT FROM ai_audit_logs WHERE id = %s", last):
        assert time.monotonic() < deadline, "the audit queue was not worked off"
        time.sleep(0.1)
    written = stack.rows("SELECT prompt, response FROM ai_audit_logs WHERE id = %s", identity)
    assert written == [("¿Ventas de ayer?", "Ayer se vendieron 100,00 €.")]
