"""A crash of the database's server undoes a claim that was not on its disk yet, and no start, no end of a job and no audit."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest

from cafe_ai.audit import service as audit
from cafe_ai.errors import DependencyDown, LeaseLost
from cafe_ai.jobs import service
from cafe_ai.jobs.model import JobStatus
from cafe_ai.platform.ids import uuid7
from infra.local.postgres import PostgresServer
from tests.support.inferences import an_inference
from tests.support.jobs import open_workshop, soon
from tests.support.postgres import TestDatabase, create_template, running_server

# What was committed without waiting for the disk stays in memory for long enough to be lost.
LOSES_MUCH = {"synchronous_commit": "on", "fsync": "off", "wal_writer_delay": "10s", "autovacuum": "off"}


@pytest.fixture
def fragile() -> Iterator[TestDatabase]:
    """A migrated database on a server of its own, which the test crashes."""
    with running_server(LOSES_MUCH) as server:
        yield create_template(server)


def crash(server: PostgresServer) -> None:
    """As a machine that loses its power, but for the disk's cache; and it comes up again."""
    postmaster = int((server.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    os.kill(postmaster, signal.SIGQUIT)
    while server.is_running():
        time.sleep(0.02)
    server.start()


def test_crash_of_the_server_undoes_claims_alone(fragile: TestDatabase) -> None:
    with open_workshop(fragile) as workshop:
        runtime, business = workshop.runtime, workshop.factory.insert_business()
        job = workshop.start(business)
        undone = service.claim(runtime, job.id, business, soon())
        assert undone is not None
        assert service.get(runtime, job.id, business, soon()).status is JobStatus.PROCESSING

        crash(fragile.server)
        with suppress(DependencyDown):
            service.get(runtime, job.id, business, soon())
        assert service.get(runtime, job.id, business, soon()).status is JobStatus.PENDING, (
            "its claim waited for the disk"
        )
        lease = service.claim(runtime, job.id, business, soon())
        assert lease is not None
        with pytest.raises(LeaseLost):
            service.finish(runtime, undone, {"by": "who had it before"}, soon())
        service.finish(runtime, lease, {"by": "who has it now"}, soon())

        crash(fragile.server)
        with suppress(DependencyDown):
            service.get(runtime, job.id, business, soon())
        done = service.get(runtime, job.id, business, soon())
        assert done.status is JobStatus.COMPLETED
        assert done.result is not None and done.result["by"] == "who has it now"
        assert service.claim(runtime, job.id, business, soon()) is None


def test_crash_of_the_server_undoes_no_audit(fragile: TestDatabase) -> None:
    with open_workshop(fragile) as workshop:
        inference = an_inference(uuid7(), workshop.factory.insert_business())
        audit.record(workshop.runtime, inference)
        crash(fragile.server)
        with psycopg.connect(fragile.superuser) as connection:
            assert connection.execute("SELECT id FROM ai_audit_logs").fetchall() == [(inference.id,)]
