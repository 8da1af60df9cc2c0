"""What the runbooks tell an operator to ask the database, asked: as the role that they say, and rolled back as they say."""

from __future__ import annotations

import re

import psycopg
import pytest

from tests.support.observability import RUNBOOKS
from tests.support.postgres import TestDatabase

SQL = re.compile(r"^```sql\n(.+?)^```", re.MULTILINE | re.DOTALL)
QUERIES = [
    pytest.param(page.stem, query, id=f"{page.stem}-{number}")
    for page in sorted(RUNBOOKS.glob("*-*.md"))
    for number, query in enumerate(SQL.findall(page.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize(("page", "query"), QUERIES)
def test_a_runbooks_query_can_be_asked(module_database: TestDatabase, page: str, query: str) -> None:
    of_a_shop = "app.business_id" in query
    with psycopg.connect(module_database.app if of_a_shop else module_database.owner) as connection:
        for statement in query.split(";"):
            if statement.strip():
                connection.execute(statement)  # type: ignore[arg-type]
        connection.rollback()


def test_kept_dead_letters_can_be_read_by_the_owner_alone(module_database: TestDatabase) -> None:
    [query] = [query.values[1] for query in QUERIES if query.values[0] == "dead-letters"]
    with psycopg.connect(module_database.superuser, autocommit=True) as superuser:
        superuser.execute("INSERT INTO ai_dead_letters (queue, message_id, body) VALUES ('q', '1', 'unreadable')")
    with psycopg.connect(module_database.owner) as owner:
        change, select = (part for part in str(query).split(";") if part.strip())
        assert owner.execute(select).fetchall() == []  # type: ignore[call-overload]
        owner.execute(change)  # type: ignore[call-overload]
        assert [row[3] for row in owner.execute(select)] == ["unreadable"]  # type: ignore[call-overload]
        owner.rollback()
