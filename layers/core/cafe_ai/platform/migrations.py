"""Brings a database to the schema of the numbered SQL files: each once, in order, in a transaction of its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.sign_in import Address, connection_string

FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
ADVISORY_LOCK = 7_421_903_311  # any number of our own: two runs at once wait for one another

CREATE_SCHEMA_MIGRATIONS = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    name       text PRIMARY KEY,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)"""
SELECT_APPLIED = "SELECT name, checksum FROM schema_migrations"
SET_TIMEOUT = "SELECT set_config('statement_timeout', %s, false)"
QUOTE_DATA = ("22", "23", "P0")  # SQLSTATE's classes whose errors do: data, integrity, and what a function raises
INSERT_APPLIED = "INSERT INTO schema_migrations (name, checksum) VALUES (%s, %s)"


class MigrationError(RuntimeError):
    """The database cannot be brought to this schema; the message names the file and the reason."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file. Its checksum is of its text, so that an edit after it was applied is noticed."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read_migrations(folder: Path) -> tuple[Migration, ...]:
    """The migrations of a folder in the order to apply them.

    Raises MigrationError where there are none, a file is misnamed, or two have the same number.
    """
    names = sorted(path.name for path in folder.glob("*.sql"))
    if not names:
        raise MigrationError(f"There are no migrations in {folder}.")
    numbers: dict[str, str] = {}
    for name in names:
        matched = FILE_NAME.fullmatch(name)
        if matched is None:
            raise MigrationError(f"{name} is not named like 0001_what_it_does.sql.")
        other = numbers.setdefault(matched[1], name)
        if other != name:
            raise MigrationError(f"{other} and {name} have the same number.")
    return tuple(Migration(name, (folder / name).read_text(encoding="utf-8")) for name in names)


def migrate(address: Address, folder: Path, deadline: Deadline | None = None) -> tuple[str, ...]:
    """Applies what is missing, as the database's owner, and returns the names of what it applied.

    Those applied before a failing one stay. A second run at the same moment waits and finds nothing to do.
    Raises MigrationError where the database is away, an applied file was edited or has gone, or one fails or takes
    longer than the deadline allows.
    """
    migrations = read_migrations(folder)
    try:
        with psycopg.connect(connection_string(address), autocommit=True, connect_timeout=10) as connection:
            _set_timeout(connection, deadline)
            connection.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
            connection.execute(CREATE_SCHEMA_MIGRATIONS)
            missing = _missing(migrations, dict(connection.execute(SELECT_APPLIED).fetchall()))
            for migration in missing:
                _set_timeout(connection, deadline)
                _apply(connection, migration)
    except psycopg.Error as error:
        raise MigrationError(f"The database cannot be migrated: {error}") from error
    return tuple(migration.name for migration in missing)


def _set_timeout(connection: psycopg.Connection, deadline: Deadline | None) -> None:
    if deadline is not None:
        connection.execute(SET_TIMEOUT, [str(max(1, int(deadline.remaining() * 1000)))])


def _missing(migrations: Sequence[Migration], applied: dict[str, str]) -> list[Migration]:
    gone = sorted(applied.keys() - {migration.name for migration in migrations})
    if gone:
        raise MigrationError(f"The database is newer than these files: {', '.join(gone)} was applied and is not here.")
    missing = [migration for migration in migrations if migration.name not in applied]
    for migration in migrations:
        if applied.get(migration.name, migration.checksum) != migration.checksum:
            raise MigrationError(f"{migration.name} was edited after it was applied: undo that and write a new one.")
        if missing and migration.name in applied and migration.name > missing[0].name:
            raise MigrationError(f"{missing[0].name} is missing, but {migration.name}, which follows it, was applied.")
    return missing


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    try:
        with connection.transaction():
            connection.execute(migration.sql.encode())
            connection.execute(INSERT_APPLIED, [migration.name, migration.checksum])
    except psycopg.Error as error:
        raise MigrationError(f"{migration.name} failed: {_said(error)}") from error


def _said(error: psycopg.Error) -> str:
    """What PostgreSQL says, unless that quotes data."""
    if (error.sqlstate or "").startswith(QUOTE_DATA):
        return f"{type(error).__name__} ({error.sqlstate})"
    return str(error)
