"""What schedules would do in a minute or at night is done at once for a stack that starts."""

import time
from typing import Any

import psycopg

from infra.local import emulator
from infra.local.problems import StackError

PATIENCE_SECONDS = 15  # without any progress
PAUSE_SECONDS = 0.3
# What waits to be indexed, a row a change.
COUNT_WAITING = "SELECT count(*) FROM index_outbox"
# The emulator's queues and executions end with it. What they held is written anew, for the relay; whoever worked, works no more.
RELEASE_JOBS = "UPDATE ai_jobs SET lease_expires_at = now() WHERE status = 'processing'"
QUEUE_JOBS = """
INSERT INTO ai_outbox (id, business_id, queue, body, correlation_id, available_at)
SELECT gen_random_uuid(), business_id, kind, jsonb_build_object('job_id', id, 'business_id', business_id), correlation_id, now()
  FROM ai_jobs WHERE finished_at IS NULL"""
RELEASE_DELIVERIES = "UPDATE notification_deliveries SET claimed_until = NULL WHERE status = 'pending'"
QUEUE_DELIVERIES = """
INSERT INTO ai_outbox (id, business_id, queue, body, available_at)
SELECT gen_random_uuid(), business_id, 'notifications',
       jsonb_build_object('delivery_id', id, 'business_id', business_id), now()
  FROM notification_deliveries WHERE status = 'pending'"""


def index_all(dsn: str, function: str, port: int) -> int:
    """Call the indexer until nothing waits; `dsn` is a superuser's, who sees all businesses.

    Returns how many changes still wait because for a while none was indexed, as where an API of embeddings does not answer:
    search goes on without them, and the indexer tries again each minute. Raises StackError where it fails.
    """
    functions = emulator.client("lambda", port)
    least: int | None = None
    last_progress = time.monotonic()
    while True:
        _call(functions, function)
        waiting = _waiting(dsn)
        if least is None or waiting < least:
            least, last_progress = waiting, time.monotonic()
        if waiting == 0 or time.monotonic() - last_progress > PATIENCE_SECONDS:
            return waiting
        time.sleep(PAUSE_SECONDS)


def count_baskets(function: str, port: int) -> None:
    """Call the nightly job that learns what is bought together. Raises StackError where it fails."""
    _call(emulator.client("lambda", port), function)


def queue_unfinished_work(dsn: str) -> int:
    """Have the relay send anew what a stopped emulator had in its queues; `dsn` is a superuser's. How many messages."""
    with psycopg.connect(dsn) as connection:
        connection.execute(RELEASE_JOBS)
        connection.execute(RELEASE_DELIVERIES)
        return sum(connection.execute(statement).rowcount for statement in (QUEUE_JOBS, QUEUE_DELIVERIES))


def send_messages(function: str, port: int) -> None:
    """Call the outbox relay. Raises StackError where it fails."""
    _call(emulator.client("lambda", port), function)


def _call(functions: Any, function: str) -> None:
    answer = functions.invoke(FunctionName=function, Payload=b"{}")
    if "FunctionError" in answer:
        raise StackError(f"{function} failed: {answer['Payload'].read().decode()[:500]}")


def _waiting(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(COUNT_WAITING).fetchone()
    return int(row[0]) if row else 0
