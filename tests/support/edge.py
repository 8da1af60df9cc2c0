"""One endpoint on the real HTTP edge: real tokens, real admission, and an outcome that the test chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row

from cafe_ai import bootstrap
from cafe_ai.assistants.schemas import QueryRequest
from cafe_ai.bootstrap import Runtime
from cafe_ai.errors import DependencyDown
from cafe_ai.http import App, Caller, create_app, declares, lambda_handler
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.platform.queue import BATCH_MESSAGES, Message
from cafe_ai.settings import Settings
from cafe_ai.tenancy.model import Member
from cafe_ai.tenancy.tokens import SigningKeys
from tests.support.factories import Factory
from tests.support.gateway import Answer, Handler, call, http_event
from tests.support.issuer import AUDIENCE, Issuer
from tests.support.postgres import TestDatabase

PATH = "/api/v1/ai/ask"


@dataclass
class FakeQueue:
    """Keeps messages, and for how long which message was hidden; `down` makes it refuse everything, `refused` some."""

    messages: list[str] = field(default_factory=list)
    origins: list[str | None] = field(default_factory=list)
    traceparents: list[str | None] = field(default_factory=list)
    hidden: dict[str, float] = field(default_factory=dict)
    calls: int = 0
    down: bool = False
    refused: Callable[[str], bool] = lambda body: False

    def send(self, body: str, deadline: Deadline) -> None:
        self.check()
        self.calls += 1
        self.messages.append(body)

    def send_batch(self, messages: Sequence[Message], deadline: Deadline) -> list[bool]:
        self.check()
        self.calls += 1
        assert 0 < len(messages) <= BATCH_MESSAGES
        taken = [not self.refused(message.body) for message in messages]
        for message, is_taken in zip(messages, taken, strict=True):
            if is_taken:
                self.messages.append(message.body)
                self.origins.append(message.correlation_id)
                self.traceparents.append(message.traceparent)
        return taken

    def hide(self, receipt_handle: str, seconds: float) -> None:
        self.check()
        self.hidden[receipt_handle] = seconds

    def check(self) -> None:
        if self.down:
            raise DependencyDown("queue")


@dataclass
class Edge:
    """The function under test and what stands around it."""

    issuer: Issuer
    database: TestDatabase
    runtime: Runtime
    queue: FakeQueue
    factory: Factory
    handler: Handler
    app: App
    outcome: list[Callable[[Member], Mapping[str, Any]]]

    def given_member(self, role: str = "owner", **business: Any) -> tuple[UUID, UUID]:
        """A new business and a member of it: (business id, user id)."""
        business_id = self.factory.insert_business(**business)
        return business_id, self.factory.insert_membership(business_id, role=role)

    def ask(
        self, business_id: UUID | str, user_id: UUID, body: Mapping[str, Any] | None = None, **event: Any
    ) -> Answer:
        """What the endpoint answers this user who asks about this business."""
        asked = {"query": "¿Cuánto vendimos?", "business_id": str(business_id), **(body or {})}
        return self.send(asked, **{"token": self.issuer.token(user_id), **event})

    def send(self, body: object = None, **event: Any) -> Answer:
        """What the endpoint answers to any body."""
        return call(self.handler, http_event(event.pop("path", PATH), body, **event))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table, as a superuser sees them."""
        with closing(psycopg.connect(self.database.superuser, autocommit=True, row_factory=dict_row)) as connection:
            return connection.execute(f"SELECT * FROM {table}".encode()).fetchall()

    def spend(self, business_id: UUID, usd: Decimal) -> None:
        """Spends some of this month's budget."""
        with self.runtime.database.transaction(business_id) as uow:
            uow.connection.execute("SELECT budget_spend(%s, %s)", [business_id, usd])


@contextmanager
def running_edge(database: TestDatabase, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edge]:
    """The edge on this database, with its runtime as that of every function in this process."""
    built = build_edge(database, issuer)
    monkeypatch.setattr(bootstrap, "build", lambda: built.runtime)
    bootstrap.runtime.cache_clear()
    yield built
    bootstrap.runtime.cache_clear()
    built.factory.connection.close()
    built.runtime.database.close()


def build_edge(database: TestDatabase, issuer: Issuer, **settings: Any) -> Edge:
    """The function on this database, with an empty audit queue."""
    queue = FakeQueue()
    runtime = Runtime.of(
        Settings(jwt_issuer=issuer.url, jwt_audience=AUDIENCE, **settings),
        database=Database(database.app, connect_timeout=2),
        keys=SigningKeys(issuer.url + "/.well-known/jwks.json"),
        audit_queue=queue,
        language_model=None,
    )
    outcome: list[Callable[[Member], Mapping[str, Any]]] = [lambda member: {"role": member.role}]
    app = create_app()

    @app.post(PATH, responses=declares())
    async def ask(query: QueryRequest, caller: Caller) -> dict[str, Any]:
        member = caller.admit(query.business_id, "ask", prompt=query.query)
        return dict(outcome[0](member))

    return Edge(issuer, database, runtime, queue, Factory.connected(database), lambda_handler(app), app, outcome)
