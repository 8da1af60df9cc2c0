"""A shop with regulars on a real database, shared by a module's tests, and who asks about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from cafe_ai.bootstrap import Runtime
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from cafe_ai.settings import Settings
from cafe_ai.tenancy.model import Business, Member, Role
from tests.support import regulars
from tests.support.postgres import TestDatabase
from tests.support.regulars import Row


@dataclass
class Shop:
    """The shop, its rows, and another one beside it of which nothing may ever be seen."""

    business: Business
    other: Business
    rows: list[Row]
    database: TestDatabase
    runtime: Runtime

    @property
    def seen(self) -> list[Row]:
        """The rows before the moment of asking."""
        return [row for row in self.rows if row.at < regulars.AS_OF]

    def member(self, role: Role = Role.OWNER, business: Business | None = None) -> Member:
        """Who asks."""
        return Member(uuid7(), role, business or self.business, None, "request", Deadline.after(30))

    def execute(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """A statement of somebody who sees and may do everything."""
        with psycopg.connect(self.database.superuser, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def shop(module_database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The shop on the module's database."""
    folder = tmp_path_factory.mktemp("regulars")
    rows = regulars.generate()
    business = regulars.write(module_database, folder, rows)
    other = regulars.write(module_database, folder, regulars.generate(30, seed=8), name="Otra", locale="en")
    runtime = Runtime.of(Settings(), database=Database(module_database.app, connect_timeout=5))
    yield Shop(business, other, rows, module_database, runtime)
    runtime.database.close()
