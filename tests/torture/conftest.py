"""A real SQS, and a world of businesses and queues, for tests that kill."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.postgres import TestDatabase
from tests.support.sqs import Sqs, running_sqs
from tests.torture.run import World, open_world


@pytest.fixture(scope="session")
def sqs() -> Iterator[Sqs]:
    """One server for this test process."""
    with running_sqs() as server:
        yield server


@pytest.fixture
def world(database: TestDatabase, sqs: Sqs) -> Iterator[World]:
    """Businesses, their members and empty queues, with times that a test can wait for."""
    with open_world(database, sqs, visibility_seconds=3, lease_seconds=2.0) as opened:
        yield opened
