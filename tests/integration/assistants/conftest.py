"""A shop on a real database, asked as a member through the assistants, with and without a scripted language model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row

from cafe_ai.assistants import service
from cafe_ai.assistants.model import Answer, Question
from cafe_ai.bootstrap import Runtime
from cafe_ai.catalogue.port import Search
from cafe_ai.llm.models import find_model
from cafe_ai.llm.openai_adapter import OpenAILanguageModel
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from cafe_ai.settings import Settings
from cafe_ai.tenancy.model import Business, Member, Role
from tests.support.edge import FakeQueue
from tests.support.factories import Factory, Line
from tests.support.generated_shop import MADRID
from tests.support.openai_server import OpenAIServer
from tests.support.postgres import TestDatabase

AS_OF = datetime(2026, 5, 13, 12, tzinfo=MADRID)


@dataclass
class Shop:
    """A business that its members ask."""

    business: Business
    database: TestDatabase
    runtime: Runtime
    users: dict[Role, UUID] = field(default_factory=dict)
    search: Search | None = None

    def member(self, role: Role = Role.OWNER, *, seconds: float = 20, **more: Any) -> Member:
        user_id = self.users.setdefault(role, uuid7())
        budget = more.pop("budget_left_usd", None)
        return Member(user_id, role, self.business, budget, "req-1", Deadline.after(seconds), **more)

    def ask(self, text: str, member: Member | None = None, **question: Any) -> Answer:
        """The answer as of noon on 13 May 2026."""
        asked = Question(text, self.business.id, **({"as_of": AS_OF} | question))
        return service.answer(self.runtime, member or self.member(), asked, self.search)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """The rows of this business in a table, oldest first."""
        with closing(psycopg.connect(self.database.superuser, row_factory=dict_row)) as connection:
            statement = f"SELECT * FROM {table} WHERE business_id = %s ORDER BY 1".encode()
            return connection.execute(statement, [self.business.id]).fetchall()


@pytest.fixture(scope="module")
def app(module_database: TestDatabase) -> Iterator[Database]:
    with closing(Database(module_database.app, connect_timeout=2)) as database:
        yield database


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as started:
        yield started


@pytest.fixture
def shop(factory: Factory, app: Database, module_database: TestDatabase) -> Shop:
    """Café Central without a language model: 1,000.25 € in March, 1,234.50 € in April, 70 € in May."""
    return open_shop(factory, app, module_database, "Café Central", "Croissant")


@pytest.fixture
def neighbour(factory: Factory, app: Database, module_database: TestDatabase) -> Shop:
    """Another business, with ten times the sales, a product, a store and a customer of its own."""
    return open_shop(factory, app, module_database, "Bar Ajeno", "Secreto ibérico", times=10, customer="8888")


@pytest.fixture
def talking(shop: Shop, server: OpenAIServer) -> Iterator[Shop]:
    """Café Central with the scripted language model."""
    model = OpenAILanguageModel(
        find_model("gpt-6-luna", date(2026, 11, 22)), api_key="test-key", base_url=server.url, sleep=lambda _: None
    )
    runtime = Runtime.of(
        shop.runtime.settings,
        database=shop.runtime.database,
        audit_queue=shop.runtime.audit_queue,
        language_model=model,
    )
    yield replace(shop, runtime=runtime)
    model.close()


def open_shop(
    factory: Factory,
    app: Database,
    database: TestDatabase,
    name: str,
    product: str,
    *,
    times: int = 1,
    customer: str = "14646",
) -> Shop:
    business_id = factory.insert_business(name)
    columns = {"category": "Bollería", "price": Decimal("2.50") * times, "stock": 7 * times}
    pastry = factory.insert_product(business_id, product, **columns)
    coffee = factory.insert_product(business_id, "Café solo", category="Cafés", price=Decimal("1.30"))
    ana = factory.insert_customer(business_id, customer, f"Ana de {name}")
    for when, amount in (("03-10", "1000.25"), ("04-10", "1234.50"), ("05-05", "70")):
        moment = datetime.fromisoformat(f"2026-{when}T10:00").replace(tzinfo=MADRID)
        lines = [Line(pastry, 2, Decimal(amount) * times / 4), Line(coffee, 1, Decimal(amount) * times / 2)]
        factory.insert_order(business_id, lines, ordered_at=moment, customer_id=ana, store=f"Local {name}")
    business = Business(business_id, name, "cafeteria", MADRID.key, "EUR", "es", names_version=1)
    runtime = Runtime.of(Settings(), database=app, audit_queue=FakeQueue(), language_model=None)
    return Shop(business, database, runtime)
