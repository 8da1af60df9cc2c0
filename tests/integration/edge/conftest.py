"""The HTTP edge on a real database, with a token issuer on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.edge import Edge, running_edge
from tests.support.issuer import Issuer, running_issuer
from tests.support.postgres import TestDatabase


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer of this test alone: it may rotate its keys or go down."""
    with running_issuer() as running:
        yield running


@pytest.fixture
def edge(module_database: TestDatabase, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edge]:
    """The edge as the function under test sees it."""
    with running_edge(module_database, issuer, monkeypatch) as built:
        yield built


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Everything written since the last call, logs and metrics, as the documents they are."""

    def read() -> list[dict[str, Any]]:
        captured = capsys.readouterr()
        assert captured.err == ""
        return [json.loads(line) for line in captured.out.splitlines()]

    return read
