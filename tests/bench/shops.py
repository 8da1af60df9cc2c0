"""A shop on a PostgreSQL server of the benchmark's own, with members and an issuer of their tokens."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg

from cafe_ai.intake import service as intake
from cafe_ai.intake.business import new_business
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from cafe_ai.platform.migrations import migrate
from cafe_ai.tenancy.model import Business
from infra.local import sample_business
from infra.local.database import SETTINGS
from infra.local.postgres import APP, OWNER, SAAS, SUPERUSER, PostgresServer, free_port
from tests.bench.fresh import Job
from tests.bench.processes_cpu import parent_of
from tests.bench.questions import ABOUT_THE_CAFE, ABOUT_THE_GIFT_SHOP, Asked
from tests.support.gateway import http_event
from tests.support.issuer import AUDIENCE, Issuer, running_issuer
from tests.support.postgres import MIGRATIONS, STOP_WHEN_WE_ARE_GONE, TestDatabase

PATH = "/api/v1/ai/query"
HANDLER = "functions.api.query.handler:handler"
MEMBERS = 200  # so many that none of them reaches the rate limit of 100 a minute
# As the local stack's, but each commit reaches the disk.
DURABLE = {**SETTINGS, "synchronous_commit": "on", "fsync": "on"}


@dataclass(frozen=True)
class Source:
    """Where a shop's lines come from, the moment at which it is asked about, and what is asked."""

    title: str
    business: Business
    as_of: datetime
    questions: Sequence[Asked]
    csv: Path | None

    def load(self, dsn_saas: str, members: Sequence[UUID]) -> None:
        """Has the shop in a database, with these members."""
        with closing(Database(dsn_saas)) as database:
            if self.csv is not None:
                intake.import_lines(database, self.csv, self.business, members=dict.fromkeys(members, "owner"))
                return
        sample_business.load(dsn_saas, now=self.as_of)
        with closing(Database(dsn_saas)) as database:
            intake.ensure_business(database, self.business, dict.fromkeys(members, "owner"))

    def bodies(self) -> list[dict[str, Any]]:
        """The questions as a probe takes them."""
        return [
            {"name": asked.text, "body": self.body(asked.text), "follows": asked.follows} for asked in self.questions
        ]

    def body(self, text: str) -> dict[str, Any]:
        """A question as the API takes it."""
        as_of = self.as_of.replace(tzinfo=None).isoformat()
        return {"query": text, "business_id": str(self.business.id), "as_of": as_of}


@dataclass(frozen=True)
class Shop:
    """A loaded shop and who may ask about it."""

    source: Source
    database: TestDatabase
    issuer: Issuer
    members: Sequence[UUID]

    @property
    def environ(self) -> dict[str, str]:
        """The query function's environment, without a language model."""
        return {
            "DATABASE_URL": self.database.app,
            "JWT_ISSUER": self.issuer.url,
            "JWT_AUDIENCE": AUDIENCE,
            "PYDANTIC_DISABLE_PLUGINS": "__all__",  # as template.yaml has it
        }

    def job(self, **options: Any) -> Job:
        """A probe of the query function that asks all the questions; `options` as `Job` has them."""
        tokens = [self.issuer.token(user, exp=int(time.time()) + 7200) for user in self.members]
        questions = options.pop("questions", None) or self.source.bodies()
        return Job(
            target=HANDLER,
            first=http_event(PATH, questions[0]["body"], token=tokens[0]),
            environ=self.environ | options.pop("environ", {}),
            questions=questions if options.get("rounds") or options.get("seconds") else (),
            event=json.dumps(http_event(PATH)),
            tokens=options.pop("tokens", None) or tokens,
            business_id=str(self.source.business.id),
            user_id=str(self.members[0]),
            **options,
        )

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What is in the database, as a superuser sees it."""
        with psycopg.connect(self.database.superuser) as connection:
            return connection.execute(sql.encode(), parameters).fetchall()

    def postmaster(self) -> int:
        """The process id of PostgreSQL's first process, whose children serve the connections."""
        with psycopg.connect(self.database.superuser) as connection:
            return parent_of(connection.info.backend_pid)


def choose_source() -> Source:
    """The gift shop of the CSV file that UCI names (shared/questions/uci_to_csv.py makes it), or else Café Central."""
    csv = os.environ.get("UCI")
    if csv:
        business = new_business("Gift shop", timezone="Europe/London", currency="GBP", locale="en", type="gift_shop")
        as_of = datetime(2010, 12, 5, 12, tzinfo=ZoneInfo(business.timezone))
        title = "the gift shop of UCI Online Retail II, 2009–2010"
        return Source(title, business, as_of, ABOUT_THE_GIFT_SHOP, Path(csv).resolve(strict=True))
    business = sample_business.BUSINESS
    as_of = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo(business.timezone))
    return Source("Café Central (generated)", business, as_of, ABOUT_THE_CAFE, None)


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A durable server in a temporary folder; both are gone on leaving, and when we are killed."""
    with tempfile.TemporaryDirectory(prefix="cafe-ai-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the server may run as another user
        passwords = {role: token_urlsafe() for role in (SUPERUSER, OWNER, APP, SAAS)}
        server = PostgresServer(Path(folder) / "server", free_port(), passwords, DURABLE)
        command = ["sh", "-c", STOP_WHEN_WE_ARE_GONE, folder]
        watcher = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        try:
            server.start()
            yield server
        finally:
            server.remove()
            watcher.kill()
            watcher.communicate()


def create_database(server: PostgresServer, name: str) -> TestDatabase:
    """A migrated, empty database."""
    server.prepare(name)
    database = TestDatabase(server, name)
    migrate(database.owner, MIGRATIONS)
    return database


def drop_database(database: TestDatabase) -> None:
    """Removes a database."""
    with psycopg.connect(database.server.dsn(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {database.name} WITH (FORCE)".encode())


@contextmanager
def open_shop(source: Source) -> Iterator[Shop]:
    """The shop loaded and vacuumed, as autovacuum would have it a minute later."""
    with running_server() as server, running_issuer() as issuer:
        database = create_database(server, "shop")
        members = [uuid7() for _ in range(MEMBERS)]
        source.load(database.saas, members)
        with psycopg.connect(database.superuser, autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
        yield Shop(source, database, issuer, members)
