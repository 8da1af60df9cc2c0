"""What tests of several features stand on: a hand that writes rows as the SaaS does, and the real HTTP edge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.edge import Edge, running_edge
from tests.support.factories import Factory
from tests.support.issuer import Issuer, running_issuer
from tests.support.postgres import TestDatabase


@pytest.fixture(scope="module")
def factory(module_database: TestDatabase) -> Iterator[Factory]:
    """Writes the module's rows."""
    made = Factory.connected(module_database)
    yield made
    made.connection.close()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """An issuer of this test alone: it may rotate its keys or go down."""
    with running_issuer() as running:
        yield running


@pytest.fixture
def edge(module_database: TestDatabase, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edge]:
    """The real HTTP edge, as the functions under test see it."""
    with running_edge(module_database, issuer, monkeypatch) as built:
        yield built
