"""platform.db on a real server."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from cafe_ai.errors import DeadlineExceeded, DependencyDown
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from infra.local.postgres import PostgresServer, free_port
from tests.support.postgres import TestDatabase, running_server

SETTINGS = """SELECT current_setting('app.business_id', true), current_setting('app.user_id', true),
    current_setting('statement_timeout'), current_setting('transaction_read_only')"""


@pytest.fixture
def db(module_database: TestDatabase):
    database = Database(module_database.app)
    yield database
    database.close()


def settings(db: Database, **arguments: object) -> tuple[str, ...]:
    with db.transaction(**arguments) as uow:  # type: ignore[arg-type]
        return uow.connection.execute(SETTINGS).fetchone()


def test_transaction_names_the_tenant_and_the_user_and_the_next_one_does_not(db: Database) -> None:
    business, user = uuid4(), uuid4()
    assert settings(db, business_id=business, user_id=user)[:2] == (str(business), str(user))
    assert settings(db) == ("", "", "0", "off")


def test_statements_may_take_what_is_left_of_the_deadline(db: Database) -> None:
    with db.transaction(deadline=Deadline.after(7)) as uow:
        timeout = "SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout'"
        (milliseconds,) = uow.connection.execute(timeout).fetchone()
    assert 0 < milliseconds <= 7000


def test_read_only_transaction_refuses_to_write(db: Database) -> None:
    assert settings(db, read_only=True)[3] == "on"


def test_commit_that_may_be_lost_does_not_wait_for_the_disk_and_the_next_one_does(db: Database) -> None:
    with db.transaction() as uow:
        uow.connection.execute("SET synchronous_commit TO on")  # the tests' server is not durable
    for lost, setting in ((True, "off"), (False, "on")):
        with db.transaction(may_be_lost=lost) as uow:
            assert uow.connection.execute("SHOW synchronous_commit").fetchone() == (setting,)
        assert db.run("SHOW synchronous_commit", {}, may_be_lost=lost) == [{"synchronous_commit": setting}]


def test_commits_on_leaving_and_rolls_back_after_an_exception(db: Database) -> None:
    with db.transaction() as uow:
        uow.connection.execute("CREATE TEMPORARY TABLE kept (number int)")
    with pytest.raises(ZeroDivisionError), db.transaction() as uow:
        uow.connection.execute("INSERT INTO kept VALUES (1)")
        raise ZeroDivisionError
    with db.transaction() as uow:
        uow.connection.execute("INSERT INTO kept VALUES (2)")
    with db.transaction() as uow:
        assert uow.connection.execute("SELECT number FROM kept").fetchall() == [(2,)]


def test_swallowed_error_is_not_taken_for_a_commit(db: Database) -> None:
    with (
        pytest.raises(RuntimeError, match="nothing was written"),
        db.transaction() as uow,
        pytest.raises(psycopg.errors.DivisionByZero),
    ):
        uow.connection.execute("SELECT 1 / 0")


def test_transactions_do_not_nest(db: Database) -> None:
    with db.transaction(business_id=uuid4()), pytest.raises(RuntimeError, match="do not nest"), db.transaction():
        pass


def test_slow_statement_exceeds_the_deadline_and_the_connection_stays_usable(db: Database) -> None:
    settings(db)
    connection = db._connection
    with pytest.raises(DeadlineExceeded), db.transaction(deadline=Deadline.after(0.05)) as uow:
        uow.connection.execute("SELECT pg_sleep(30)")
    assert settings(db)[2] == "0"
    assert db._connection is connection


def test_nothing_is_sent_after_the_deadline(db: Database) -> None:
    with pytest.raises(DeadlineExceeded), db.transaction(deadline=Deadline.after(0)):
        pytest.fail("the transaction was opened")


def test_refused_connection_is_a_dependency_down() -> None:
    db = Database(f"postgresql://someone@127.0.0.1:{free_port()}/nothing")
    with pytest.raises(DependencyDown) as caught, db.transaction():
        pass
    assert caught.value.dependency == "database"


def test_connection_broken_in_a_transaction_is_a_dependency_down(db: Database, module_database: TestDatabase) -> None:
    with pytest.raises(DependencyDown), db.transaction() as uow:
        with psycopg.connect(module_database.superuser, autocommit=True) as superuser:
            superuser.execute("SELECT pg_terminate_backend(%s)", [uow.connection.info.backend_pid])
        uow.connection.execute("SELECT 1")
    assert settings(db)[2] == "0"


@pytest.fixture
def own_server() -> PostgresServer:
    with running_server() as server:
        server.prepare("cafe_ai")
        yield server


def test_reconnects_after_the_server_was_restarted(own_server: PostgresServer) -> None:
    db = Database(own_server.dsn("cafe_ai_app"))
    assert settings(db)
    own_server.stop()
    with pytest.raises(DependencyDown), db.transaction():
        pass
    own_server.start()
    assert settings(db)
    own_server.stop()
    own_server.start()
    assert settings(db), "an idle connection that broke is replaced without the caller noticing"
    db.close()


def test_server_that_hangs_exceeds_the_deadline(db: Database) -> None:
    with db.transaction() as uow:
        backend = uow.connection.info.backend_pid
    os.kill(backend, signal.SIGSTOP)
    try:
        with pytest.raises(DeadlineExceeded), db.transaction(deadline=Deadline.after(0.1)):
            pass
    finally:
        os.kill(backend, signal.SIGCONT)
    assert settings(db)


# A transaction of one statement, on a connection that was in use a moment ago and on one that was not.


@pytest.fixture(params=["fresh", "idle"])
def run(request: pytest.FixtureRequest, db: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    if request.param == "fresh":
        settings(db)
    monkeypatch.setattr("cafe_ai.platform.db.FRESH_SECONDS", 60.0 if request.param == "fresh" else -1.0)
    return db.run


def test_one_statement_has_its_tenant_its_time_and_its_rows(run: Callable[..., list[Any]], db: Database) -> None:
    business, user = uuid4(), uuid4()
    statement = f"SELECT asked.* FROM ({SETTINGS}) AS asked (business, author, timeout, read_only) WHERE 1 = %(one)s"
    deadline = Deadline.after(7)
    [row] = run(statement, {"one": 1}, business, user, deadline)
    assert (row["business"], row["author"]) == (str(business), str(user))
    assert row["timeout"] in ("7s", *(f"{milliseconds}ms" for milliseconds in range(6500, 7000)))
    assert run("SELECT 100 %% 7 AS rest, %(text)s AS text", {"text": "50 % ; 'x' \\"}) == [
        {"rest": 2, "text": "50 % ; 'x' \\"}
    ]
    assert run("SELECT 1 WHERE false", {}) == run("CREATE TEMPORARY TABLE kept (number int)", {}) == []
    assert settings(db)[:2] == ("", "")


def test_one_statement_is_committed_or_undone(run: Callable[..., list[Any]], db: Database) -> None:
    run("CREATE TEMPORARY TABLE kept (number int PRIMARY KEY)", {})
    assert run("INSERT INTO kept VALUES (1), (%(n)s) RETURNING number", {"n": 2}) == [{"number": 1}, {"number": 2}]
    with pytest.raises(psycopg.errors.UniqueViolation):
        run("INSERT INTO kept VALUES (3), (%(n)s)", {"n": 2})
    with db.transaction() as uow:
        assert uow.connection.execute("SELECT number FROM kept ORDER BY 1").fetchall() == [(1,), (2,)]


def test_one_statement_fails_as_a_transaction_does(run: Callable[..., list[Any]], db: Database) -> None:
    with pytest.raises(DeadlineExceeded):
        run("SELECT pg_sleep(5)", {}, deadline=Deadline.after(0.2))
    with pytest.raises(DeadlineExceeded):
        run("SELECT 1", {}, deadline=Deadline.after(0))
    assert run("SELECT 1 AS n", {}) == [{"n": 1}]
    with db.transaction(), pytest.raises(RuntimeError, match="do not nest"):
        run("SELECT 1", {})
    with pytest.raises(DependencyDown):
        run("SELECT pg_terminate_backend(pg_backend_pid())", {})
    assert run("SELECT 1 AS n", {}) == [{"n": 1}]


def test_one_statement_survives_a_connection_that_broke_while_idle(
    db: Database, module_database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    [row] = db.run("SELECT pg_backend_pid() AS pid", {})
    with psycopg.connect(module_database.superuser, autocommit=True) as superuser:
        superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [row["pid"]])
    monkeypatch.setattr("cafe_ai.platform.db.FRESH_SECONDS", 0.0)
    assert db.run("SELECT 1 AS n", {}) == [{"n": 1}]
