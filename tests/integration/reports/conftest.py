"""A café with two months of orders whose reports are made in this process, by the real functions on a real database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row

from cafe_ai import bootstrap
from cafe_ai.bootstrap import Runtime
from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.model import Job, JobKind
from cafe_ai.llm.port import Completion, Message
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.settings import Settings
from functions.workers.sales_report.handler import handler as starter
from tests.support.edge import FakeQueue
from tests.support.factories import Factory, Line
from tests.support.generated_shop import MADRID
from tests.support.postgres import TestDatabase
from tests.support.report_flow import CONTEXT, FakeMachine, MemoryStore, State

FIRST, LAST = date(2026, 4, 1), date(2026, 5, 31)
AS_OF = "2026-06-01T09:00"
MENU: dict[str, dict[str, Any]] = {
    "Café con leche": {"category": "Cafés", "price": "1.75", "cost": "0.42", "stock": 90, "lead_time_days": 3},
    "Cruasán": {"category": "Bollería", "price": "1.95", "cost": "1.50", "stock": 60},
    "Tarta de chocolate": {"category": "Tartas", "price": "4.20", "cost": "1.40", "stock": 25},
    "Taza de recuerdo": {"category": "Regalos", "price": "9.00", "cost": "4.00", "stock": 200},
}


@dataclass(frozen=True)
class Shop:
    """The café, and a member of it."""

    business_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class Desk:
    """Where reports are asked for, made, and looked at."""

    shop: Shop
    database: TestDatabase
    runtime: Runtime
    store: MemoryStore
    machine: FakeMachine
    queue: FakeQueue
    announced: list[Job] = field(default_factory=list)

    def ask(self, *, by_user: bool = True, business_id: UUID | None = None, **params: Any) -> Job:
        """A report's job, pending: of May 2026 unless params say otherwise."""
        user = self.shop.user_id if by_user else None
        business = business_id or self.shop.business_id
        asked = {"as_of": AS_OF, **params}
        asked = {name: value for name, value in asked.items() if value is not None}
        return jobs.start(
            self.runtime, JobKind.SALES_REPORT, business, asked, user_id=user, deadline=Deadline.after(20)
        )

    def deliver(self, job: Job) -> list[str]:
        """The job's message comes to the queue's function; the ids of the messages that are to come again."""
        body = json.dumps({"job_id": str(job.id), "business_id": str(job.business_id)})
        record = {"messageId": "m-1", "receiptHandle": "r-1", "body": body, "attributes": {"SentTimestamp": "1"}}
        answer = starter({"Records": [{**record, "messageAttributes": {}}]}, CONTEXT)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def begun(self, **asked: Any) -> State:
        """What the execution of a new job begins with."""
        job = self.ask(**asked)
        assert self.deliver(job) == []
        return self.machine.started[str(job.id)]

    def job(self, state: State) -> Job:
        """The execution's job as it stands."""
        return jobs.get(self.runtime, UUID(state["job_id"]), UUID(state["business_id"]), Deadline.after(20))

    def take_over(self, state: State) -> None:
        """Another has the job from now on."""
        self.execute("UPDATE ai_jobs SET lease_token = gen_random_uuid(), attempts = attempts + 1 WHERE id = %s", state)

    def let_lapse(self, state: State) -> None:
        """The lease runs out."""
        self.execute("UPDATE ai_jobs SET lease_expires_at = now() - interval '1 second' WHERE id = %s", state)

    def execute(self, statement: str, state: State) -> None:
        with psycopg.connect(self.database.superuser, autocommit=True) as connection:
            connection.execute(statement.encode(), [state["job_id"]])

    def rows(self, table: str) -> list[dict[str, Any]]:
        with closing(psycopg.connect(self.database.superuser, row_factory=dict_row)) as connection:
            return connection.execute(f"SELECT * FROM {table}".encode()).fetchall()

    def forget(self) -> None:
        """Leaves no job, turn or inference of an earlier test."""
        with psycopg.connect(self.database.superuser, autocommit=True) as connection:
            connection.execute("TRUNCATE ai_jobs, ai_outbox, ai_audit_logs, ai_conversations CASCADE")


def open_shop(factory: Factory, name: str = "Café Central", **business: Any) -> Shop:
    """The café: each day coffees and croissants, more of them in May; cake at weekends; two customers who come back."""
    business_id = factory.insert_business(name, **business)
    products = {product: factory.insert_product(business_id, product, **columns) for product, columns in MENU.items()}
    customers = [factory.insert_customer(business_id, f"C-{number}") for number in range(6)]
    with factory.connection.transaction():
        for n in range((LAST - FIRST).days + 1):
            day = FIRST + timedelta(days=n)
            baskets = [(9, ["Café con leche", "Cruasán"])] * (3 + (day.month == 5)) + [(10, ["Café con leche"])]
            baskets += [(17, ["Tarta de chocolate"])] * (3 if day.weekday() > 4 else 1)
            for number, (hour, sold) in enumerate(baskets):
                moment = datetime(day.year, day.month, day.day, hour, number, tzinfo=MADRID)
                lines = [Line(products[product], 1, MENU[product]["price"]) for product in sold]
                customer = customers[(n + number) % 6] if number < 2 else None
                factory.insert_order(business_id, lines, ordered_at=moment, customer_id=customer)
    return Shop(business_id, factory.insert_membership(business_id))


@pytest.fixture(scope="module")
def shop(factory: Factory) -> Shop:
    return open_shop(factory)


@pytest.fixture(scope="module")
def app(module_database: TestDatabase) -> Iterator[Database]:
    with closing(Database(module_database.app, connect_timeout=2)) as database:
        yield database


@pytest.fixture
def desk(shop: Shop, module_database: TestDatabase, app: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Without a language model."""
    store, machine, queue = MemoryStore(), FakeMachine(), FakeQueue()
    runtime = Runtime.of(
        Settings(), database=app, audit_queue=FakeQueue(), language_model=None, reports=store, report_machine=machine,
        _queues={JobKind.SALES_REPORT: queue},
    )  # fmt: skip
    made = Desk(shop, module_database, runtime, store, machine, queue)
    announce = jobs.ending.announce

    def note(uow: Any, job: Job) -> list[UUID]:
        made.announced.append(job)
        return announce(uow, job)

    monkeypatch.setattr(jobs.ending, "announce", note)
    use(runtime, monkeypatch)
    made.forget()
    yield made
    bootstrap.runtime.cache_clear()


def use(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes it the runtime of every function in this process."""
    monkeypatch.setattr(bootstrap, "build", lambda: runtime)
    bootstrap.runtime.cache_clear()


@dataclass
class FakeModel:
    """A language model that repeats the first points that it is told; `lie` is put in the place of each of its texts."""

    asked: int = 0
    lie: str | None = None
    name: str = "gpt-6-luna"

    def complete(self, messages: Sequence[Message], **_: Any) -> Completion:
        self.asked += 1
        points = json.loads(messages[-1].content)["points"]
        return Completion(self.lie or " ".join(points[:2]), None, 300, 0, 80, Decimal("0.00007"), self.name)

    def cost_at_most(self, messages: Sequence[Message], **_: Any) -> Decimal:
        return Decimal("0.0003")


@pytest.fixture
def model() -> FakeModel:
    return FakeModel()


@pytest.fixture
def talking(desk: Desk, model: FakeModel, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk with a language model."""
    members = {name: member for name, member in vars(desk.runtime).items() if name != "settings"}
    runtime = Runtime.of(desk.runtime.settings, **{**members, "language_model": model})
    use(runtime, monkeypatch)
    return replace(desk, runtime=runtime)
