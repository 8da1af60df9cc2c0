"""The stack's PostgreSQL: its files and its roles' passwords, which outlive a stop."""

import json
import secrets

from infra.local.layout import Layout
from infra.local.postgres import APP, OWNER, SAAS, SUPERUSER, PostgresServer
from infra.local.state import write_private

PASSWORDS = "passwords.json"
# A crash of the machine may lose the last moment's writes, never corrupt; a bulk import is a third faster.
SETTINGS = {
    "synchronous_commit": "off",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "max_wal_size": "2GB",
    "log_min_duration_statement": "1s",
}


def server(layout: Layout, port: int) -> PostgresServer:
    return PostgresServer(layout.postgres, port, _passwords(layout), SETTINGS)


def _passwords(layout: Layout) -> dict[str, str]:
    path = layout.postgres / PASSWORDS
    try:
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        kept = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APP, SAAS)}
        layout.postgres.mkdir(parents=True, exist_ok=True)
        write_private(path, json.dumps(kept))
    return kept
