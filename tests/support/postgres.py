"""A real PostgreSQL for tests: one server a test process, one migrated template, a clone for each test that asks."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from secrets import token_urlsafe

import psycopg

from cafe_ai.platform.migrations import migrate
from infra.local.postgres import APP, OWNER, SAAS, SUPERUSER, PostgresServer, free_port

MIGRATIONS = Path(__file__).parents[2] / "infra" / "migrations"
TEMPLATE = "template_cafe_ai"
SETTINGS = {  # nothing here outlives the tests, so nothing need reach the disk
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "350",
}

# Reads from a pipe that closes when this process ends, be it killed.
STOP_WHEN_WE_ARE_GONE = """
cat > /dev/null
kill -QUIT "$(head -n 1 "$0/server/data/postmaster.pid")"
sleep 1
rm -rf "$0"
"""

_numbers = count(1)


@dataclass(frozen=True)
class TestDatabase:
    """One migrated database, empty at first, and the URLs with which each role connects to it."""

    __test__ = False

    server: PostgresServer
    name: str

    @property
    def owner(self) -> str:
        """Runs migrations and owns the tables (and is bound by row-level security all the same)."""
        return self.server.dsn(OWNER, self.name)

    @property
    def app(self) -> str:
        """The functions' role."""
        return self.server.dsn(APP, self.name)

    @property
    def saas(self) -> str:
        """The role that writes the shops' tables."""
        return self.server.dsn(SAAS, self.name)

    @property
    def superuser(self) -> str:
        """Sees every row: for looking at what a test left."""
        return self.server.dsn(SUPERUSER, self.name)


@contextmanager
def running_server(settings: Mapping[str, str] = SETTINGS) -> Iterator[PostgresServer]:
    """A new server on a free loopback port, in a temporary folder; both are gone on leaving, and when we are killed."""
    with tempfile.TemporaryDirectory(prefix="cafe-ai-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the server may run as another user
        passwords = {role: token_urlsafe() for role in (SUPERUSER, OWNER, APP, SAAS)}
        server = PostgresServer(Path(folder) / "server", free_port(), passwords, settings)
        watcher = subprocess.Popen(
            ["sh", "-c", STOP_WHEN_WE_ARE_GONE, folder], stdin=subprocess.PIPE, start_new_session=True
        )
        try:
            server.start()
            yield server
        finally:
            server.remove()
            watcher.kill()
            watcher.communicate()


def create_template(server: PostgresServer) -> TestDatabase:
    """The migrated database that clones are made of."""
    server.prepare(TEMPLATE)
    template = TestDatabase(server, TEMPLATE)
    migrate(template.owner, MIGRATIONS)
    return template


@contextmanager
def cloned(template: TestDatabase) -> Iterator[TestDatabase]:
    """A database of its own, equal to the template; gone on leaving, open connections or not."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(template.server.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template.name} OWNER {OWNER} STRATEGY FILE_COPY".encode())
        try:
            yield TestDatabase(template.server, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
