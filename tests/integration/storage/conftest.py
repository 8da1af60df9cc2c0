"""What the tests of the tables share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.support.factories import Factory
from tests.support.postgres import TestDatabase


@pytest.fixture
def superuser(database: TestDatabase) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.superuser, autocommit=True) as connection:
        yield connection


@pytest.fixture
def shop(database: TestDatabase) -> Iterator[Factory]:
    factory = Factory.connected(database)
    yield factory
    factory.connection.close()
