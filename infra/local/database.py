"""The stack's PostgreSQL: its files and its roles' passwords, which outlive a stop."""

import json
import secrets

import psycopg
from psycopg import sql

from infra.local.layout import Layout
from infra.local.postgres import APP, OWNER, SAAS, SUPERUSER, PostgresServer
from infra.local.state import write_private

PASSWORDS = "passwords.json"
SETTINGS = {
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "max_wal_size": "2GB",
    "log_min_duration_statement": "1s",
}


def server(layout: Layout, port: int) -> PostgresServer:
    return PostgresServer(layout.postgres, port, _passwords(layout), SETTINGS)


def prepare(server: PostgresServer) -> None:
    """The roles and the database, where they are missing.

    What the functions commit survives a crash of the server. An import may lose its last moment, which is read from the files
    again, and is a third faster for it.
    """
    server.prepare()
    with psycopg.connect(server.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER ROLE {} SET synchronous_commit = off").format(sql.Identifier(SAAS)))


def _passwords(layout: Layout) -> dict[str, str]:
    path = layout.postgres / PASSWORDS
    try:
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        kept = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APP, SAAS)}
        layout.postgres.mkdir(parents=True, exist_ok=True)
        write_private(path, json.dumps(kept))
    return kept
