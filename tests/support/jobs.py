"""A runtime for jobs on a real database, with queues that only keep messages, and messages as SQS hands them on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from cafe_ai import bootstrap
from cafe_ai.bootstrap import Runtime
from cafe_ai.jobs import service
from cafe_ai.jobs.model import Job, JobKind
from cafe_ai.jobs.routing import QUEUE_CLASSES
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.settings import Settings
from tests.support.edge import FakeQueue
from tests.support.factories import Factory
from tests.support.postgres import TestDatabase

FORECAST = JobKind.INVENTORY_FORECAST


@dataclass
class Workshop:
    """What jobs are tested with. `rows` and `execute` see and change everything, as a superuser does."""

    database: TestDatabase
    runtime: Runtime
    queues: dict[str, FakeQueue]
    factory: Factory
    superuser: psycopg.Connection[dict[str, Any]]

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What all queues were sent."""
        return [json.loads(body) for queue in self.queues.values() for body in queue.messages]

    def start(self, business_id: UUID | None, kind: JobKind = FORECAST, **options: Any) -> Job:
        """A job that was started as the API does."""
        params = options.pop("params", {})
        return service.start(self.runtime, kind, business_id, params, deadline=soon(), **options)

    def job(self, job_id: UUID) -> dict[str, Any]:
        """The job's row."""
        found = self.superuser.execute("SELECT * FROM ai_jobs WHERE id = %s", [job_id]).fetchone()
        assert found is not None
        return found

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table."""
        return self.superuser.execute(f"SELECT * FROM {table}".encode()).fetchall()

    def execute(self, statement: str, *values: object) -> None:
        """A change behind everybody's back."""
        self.superuser.execute(statement.encode(), values)

    def lapse(self, job_id: UUID, seconds: float = 1.0) -> None:
        """Has the job's lease run out so long ago."""
        self.execute(
            "UPDATE ai_jobs SET lease_expires_at = clock_timestamp() - make_interval(secs => %s) WHERE id = %s",
            seconds,
            job_id,
        )

    def another_runtime(self) -> Runtime:
        """The same for another process or thread: with a connection of its own."""
        return Runtime.of(
            self.runtime.settings, database=Database(self.database.app, connect_timeout=5), _queues=self.queues
        )


@contextmanager
def serving_workshop(database: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """A workshop whose runtime is that of every function in this process."""
    with open_workshop(database) as opened:
        monkeypatch.setattr(bootstrap, "build", lambda: opened.runtime)
        bootstrap.runtime.cache_clear()
        yield opened
        bootstrap.runtime.cache_clear()


@contextmanager
def open_workshop(database: TestDatabase, **settings: Any) -> Iterator[Workshop]:
    """A workshop on this database; its connections are closed on leaving."""
    queues = {name: FakeQueue() for name in QUEUE_CLASSES}
    runtime = Runtime.of(Settings(**settings), database=Database(database.app, connect_timeout=5), _queues=queues)
    factory = Factory.connected(database)
    with psycopg.connect(database.superuser, autocommit=True, row_factory=dict_row) as superuser:
        try:
            yield Workshop(database, runtime, queues, factory, superuser)
        finally:
            factory.connection.close()
            runtime.database.close()
            if "renewals" in vars(runtime):
                runtime.renewals.close()


def soon(seconds: float = 20.0) -> Deadline:
    """A deadline that leaves time enough."""
    return Deadline.after(seconds)


def sqs_event(bodies: Sequence[str], queue: str = FORECAST.value, age_seconds: float = 0.0) -> dict[str, Any]:
    """A batch as Lambda hands it on; the receipt handle of the message at i is "receipt-i"."""
    sent = int((time.time() - age_seconds) * 1000)
    return {
        "Records": [
            {
                "messageId": str(uuid4()),
                "receiptHandle": f"receipt-{number}",
                "body": body,
                "attributes": {"SentTimestamp": str(sent), "ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:eu-west-1:000000000000:{queue}",
                "awsRegion": "eu-west-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def body_for(job: Job) -> str:
    """The message that tells of the job."""
    return json.dumps({"job_id": str(job.id), "business_id": job.business_id and str(job.business_id)})


def context(seconds: float = 60.0) -> SimpleNamespace:
    """A Lambda invocation that may still take so long."""
    return SimpleNamespace(get_remaining_time_in_millis=lambda: int(seconds * 1000), aws_request_id=str(uuid4()))
