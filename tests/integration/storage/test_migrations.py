"""The runner of the migrations, and the function that runs it at a deploy."""

from __future__ import annotations

import importlib.util
import json
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cafe_ai.deployment import migration_handler
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.migrations import MigrationError, migrate, read_migrations
from infra.local.postgres import OWNER, SUPERUSER, PostgresServer, free_port
from tests.support.postgres import MIGRATIONS, running_server

HANDLER = Path(__file__).parents[3] / "functions" / "workers" / "migrate" / "handler.py"


@pytest.fixture
def empty_database(postgres_server: PostgresServer, request: pytest.FixtureRequest) -> Iterator[str]:
    """The owner's URL of a database without any table."""
    name = "empty_for_migrations"
    postgres_server.prepare(name)
    yield postgres_server.dsn(OWNER, name)
    with psycopg.connect(postgres_server.dsn(SUPERUSER, "postgres"), autocommit=True) as superuser:
        superuser.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_cups.sql").write_text("CREATE TABLE cups (number int); INSERT INTO cups VALUES (1);")
    (tmp_path / "0002_plates.sql").write_text("CREATE TABLE plates (number int);")
    return tmp_path


def tables(dsn: str) -> set[str]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {name for (name,) in rows}


def test_applies_in_order_what_is_missing_and_nothing_twice(empty_database: str, folder: Path) -> None:
    assert migrate(empty_database, folder) == ("0001_cups.sql", "0002_plates.sql")
    assert migrate(empty_database, folder) == ()
    (folder / "0003_forks.sql").write_text("INSERT INTO cups VALUES (2)")
    assert migrate(empty_database, folder) == ("0003_forks.sql",)
    assert tables(empty_database) == {"cups", "plates", "schema_migrations"}


def test_failing_migration_leaves_nothing_of_itself_and_all_before_it(empty_database: str, folder: Path) -> None:
    (folder / "0003_forks.sql").write_text("CREATE TABLE forks (number int); SELECT 1 / 0;")
    (folder / "0004_knives.sql").write_text("CREATE TABLE knives (number int)")
    with pytest.raises(MigrationError, match=r"0003_forks\.sql failed: DivisionByZero"):
        migrate(empty_database, folder)
    assert tables(empty_database) == {"cups", "plates", "schema_migrations"}


def test_edited_migration_is_refused(empty_database: str, folder: Path) -> None:
    migrate(empty_database, folder)
    (folder / "0001_cups.sql").write_text("CREATE TABLE cups (number bigint)")
    with pytest.raises(MigrationError, match=r"0001_cups\.sql was edited after it was applied"):
        migrate(empty_database, folder)


def test_database_newer_than_the_files_is_refused(empty_database: str, folder: Path) -> None:
    migrate(empty_database, folder)
    (folder / "0002_plates.sql").unlink()
    with pytest.raises(MigrationError, match=r"0002_plates\.sql was applied and is not here"):
        migrate(empty_database, folder)


def test_migration_slipped_in_before_an_applied_one_is_refused(empty_database: str, folder: Path) -> None:
    late = folder / "0001_cups.sql"
    text = late.read_text()
    late.unlink()
    migrate(empty_database, folder)
    late.write_text(text)
    with pytest.raises(MigrationError, match=r"0001_cups\.sql is missing, but 0002_plates\.sql, which follows it"):
        migrate(empty_database, folder)


def test_runs_at_the_same_moment_apply_each_migration_once(empty_database: str, folder: Path) -> None:
    (folder / "0003_slow.sql").write_text("SELECT pg_sleep(0.2)")
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(lambda _: migrate(empty_database, folder), range(4)))
    assert sorted(map(len, applied)) == [0, 0, 0, 3]


def test_migration_that_outlasts_the_deadline_is_given_up(empty_database: str, folder: Path) -> None:
    (folder / "0003_slow.sql").write_text("SELECT pg_sleep(30)")
    with pytest.raises(MigrationError, match=r"0003_slow\.sql failed: canceling statement due to statement timeout"):
        migrate(empty_database, folder, Deadline.after(0.3))


def test_database_that_is_away_is_told() -> None:
    with pytest.raises(MigrationError, match="cannot be migrated"):
        migrate(f"postgresql://someone@127.0.0.1:{free_port()}/nothing", MIGRATIONS)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([], "no migrations"),
        (["first.sql"], "not named like"),
        (["0001_a.sql", "0001_b.sql"], "same number"),
    ],
)
def test_folder_that_makes_no_order_is_refused(tmp_path: Path, names: list[str], message: str) -> None:
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(MigrationError, match=message):
        read_migrations(tmp_path)


def test_our_migrations_need_no_superuser_and_make_the_roles_that_are_missing() -> None:
    """As on RDS: an owner with CREATEROLE, and no other role there."""
    with running_server() as server:
        with psycopg.connect(server.dsn(SUPERUSER, "postgres"), autocommit=True) as superuser:
            superuser.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD '{server.passwords[OWNER]}'".encode())
            superuser.execute(f"CREATE DATABASE cafe_ai OWNER {OWNER}".encode())
        assert len(migrate(server.dsn(OWNER), MIGRATIONS)) >= 4
        with psycopg.connect(server.dsn(OWNER)) as owner:
            roles = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'cafe\\_ai\\_%' AND NOT rolsuper ORDER BY 1"
            names = [name for (name,) in owner.execute(roles.encode())]
        known = "admission app baskets erasure index owner report rollup saas".split()
        assert {f"cafe_ai_{name}" for name in known} <= set(names)


class Context:
    """What Lambda says of a call."""

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


@pytest.fixture
def cloudformation() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address that waits for the answers, and those that came; the first one is cut off."""
    answers: list[dict[str, Any]] = []

    class Receiver(BaseHTTPRequestHandler):
        refused = False

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if not Receiver.refused:
                Receiver.refused = True
                self.send_error(503)
                return
            assert self.headers["Content-Type"] == ""
            answers.append(json.loads(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/answer", answers
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def event(cloudformation: tuple[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr("cafe_ai.deployment.time.sleep", lambda seconds: None)
    return {
        "RequestType": "Create",
        "ResponseURL": cloudformation[0],
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Migration",
        "ResourceProperties": {"ServiceToken": "token"},
    }


def test_deploy_migrates_and_answers(
    empty_database: str,
    folder: Path,
    event: dict[str, Any],
    cloudformation: tuple[str, list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MIGRATION_DATABASE_URL", empty_database)
    migration_handler(folder)(event, Context())
    assert cloudformation[1] == [
        {
            "Status": "SUCCESS",
            "Reason": "Applied: 0001_cups.sql, 0002_plates.sql.",
            "PhysicalResourceId": "schema",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Migration",
        }
    ]
    assert "cups" in tables(empty_database)


def test_deploy_whose_migration_fails_is_told_so(
    empty_database: str,
    folder: Path,
    event: dict[str, Any],
    cloudformation: tuple[str, list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MIGRATION_DATABASE_URL", empty_database)
    (folder / "0003_wrong.sql").write_text(f"SELECT '{'x' * 9000}' / 0")
    migration_handler(folder)(event | {"RequestType": "Update", "PhysicalResourceId": "kept"}, Context())
    (answer,) = cloudformation[1]
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "kept")
    assert answer["Reason"].startswith("0003_wrong.sql failed")
    assert len(json.dumps(answer)) < 4096


def test_deploy_without_a_database_url_is_told_so(
    folder: Path,
    event: dict[str, Any],
    cloudformation: tuple[str, list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MIGRATION_DATABASE_URL", raising=False)
    migration_handler(folder)(event, Context())
    assert [answer["Status"] for answer in cloudformation[1]] == ["FAILED"]


def test_deleting_the_stack_leaves_the_data(
    folder: Path, event: dict[str, Any], cloudformation: tuple[str, list[dict[str, Any]]]
) -> None:
    migration_handler(folder)(event | {"RequestType": "Delete", "PhysicalResourceId": "schema"}, Context())
    assert [answer["Status"] for answer in cloudformation[1]] == ["SUCCESS"]


def test_built_function_migrates_when_it_is_called(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGRATION_DATABASE_URL", empty_database)
    shutil.copy(HANDLER, tmp_path)
    shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    spec = importlib.util.spec_from_file_location("built_migrate_handler", tmp_path / "handler.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert module.handler({"action": "migrate"}, Context())["applied"][0] == "0001_tables.sql"
    assert module.handler({"action": "migrate"}, Context()) == {"applied": []}
    with pytest.raises(ValueError, match="action"):
        module.handler({}, Context())
