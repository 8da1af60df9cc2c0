"""Jobs on a real database; each test has one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from cafe_ai.jobs import ending
from cafe_ai.jobs.model import Job
from tests.support.jobs import Workshop, serving_workshop
from tests.support.postgres import TestDatabase


@pytest.fixture
def workshop(database: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """The workshop, with its runtime as that of every function in this process."""
    with serving_workshop(database, monkeypatch) as opened:
        yield opened


@pytest.fixture
def business(workshop: Workshop) -> UUID:
    """A business."""
    return workshop.factory.insert_business()


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs whose end was announced, as they were announced (also where the transaction was rolled back after it)."""
    told: list[Job] = []

    def announce(_: Any, job: Job) -> list[UUID]:
        told.append(job)
        return []

    monkeypatch.setattr(ending.notifications, "announce", announce)
    return told
