"""Fixtures for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local.postgres import PostgresServer
from tests.support.postgres import TestDatabase, cloned, create_template, running_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for this test process (with pytest-xdist: for each worker)."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def database_template(postgres_server: PostgresServer) -> TestDatabase:
    """The migrated database that `database` and `module_database` are cloned from; write nothing to it."""
    return create_template(postgres_server)


@pytest.fixture
def database(database_template: TestDatabase) -> Iterator[TestDatabase]:
    """An empty migrated database for one test."""
    with cloned(database_template) as clone:
        yield clone


@pytest.fixture(scope="module")
def module_database(database_template: TestDatabase) -> Iterator[TestDatabase]:
    """An empty migrated database that a module's tests share."""
    with cloned(database_template) as clone:
        yield clone
