"""A café with eight weeks of orders, and the functions that recommend, called as Lambda calls them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from cafe_ai.bootstrap import Runtime
from cafe_ai.llm.models import find_model
from cafe_ai.llm.openai_adapter import OpenAILanguageModel
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from cafe_ai.recommendations import service
from cafe_ai.recommendations.baskets import repository
from cafe_ai.recommendations.model import Recommendation, Request
from cafe_ai.settings import Settings
from cafe_ai.tenancy.model import Business, Member, Role
from tests.support.edge import FakeQueue
from tests.support.factories import Factory, Line
from tests.support.generated_shop import MADRID
from tests.support.openai_server import OpenAIServer
from tests.support.postgres import TestDatabase
from tests.support.search import FakeSearch

AS_OF = datetime(2026, 5, 31, 9, tzinfo=MADRID)
DAYS = 56
MENU: dict[str, dict[str, Any]] = {
    "Café con leche": {"category": "Cafés", "price": "1.75", "cost": "0.42", "stock": 900, "diets": ["vegetariano"]},
    "Cruasán": {"category": "Bollería", "price": "1.95", "cost": "1.50", "stock": 60, "allergens": ["gluten"]},
    "Zumo de naranja": {"category": "Zumos", "price": "3.20", "cost": "1.10", "stock": 30, "diets": ["vegano"]},
    "Tarta de queso": {"category": "Tartas", "price": "4.50", "cost": "1.50", "stock": 0, "allergens": ["gluten"]},
    "Tarta de chocolate": {"category": "Tartas", "price": "4.20", "cost": "1.40", "stock": 25, "allergens": ["gluten"]},
    "Bizcocho de chocolate sin gluten": {
        "category": "Bizcochos", "price": "3.10", "cost": "0.90", "stock": 12, "allergens": [], "diets": ["sin gluten"],
    },
    "Taza de recuerdo": {"category": "Regalos", "price": "9.00", "cost": "4.00", "stock": 200},
    "Frappé de café": {"category": "Cafés", "price": "3.50", "cost": "0.80"},
}  # fmt: skip


@dataclass
class Cafe:
    """The café, its products by name, and who asks."""

    business: Business
    database: TestDatabase
    runtime: Runtime
    products: dict[str, UUID]
    search: FakeSearch = field(default_factory=FakeSearch)

    def member(self, role: Role = Role.OWNER, **more: Any) -> Member:
        return Member(uuid7(), role, self.business, more.get("budget_left_usd"), "req-1", Deadline.after(20))

    def recommend(
        self, text: str | None = None, role: Role = Role.OWNER, member: Member | None = None, **request: Any
    ) -> Recommendation:
        """As of nine in the morning of 31 May 2026, through a search in memory."""
        asked = Request(self.business.id, text, **({"as_of": AS_OF} | request))
        return service.recommend(self.runtime, member or self.member(role), asked, self.search)

    def rows(self, table: str) -> list[dict[str, Any]]:
        with closing(psycopg.connect(self.database.superuser, row_factory=psycopg.rows.dict_row)) as connection:
            statement = f"SELECT * FROM {table} WHERE business_id = %s ORDER BY 1, 2".encode()
            return connection.execute(statement, [self.business.id]).fetchall()


def names(recommendation: Recommendation) -> list[str]:
    """The recommended products."""
    return [worded.item.product.name for worded in recommendation.items]


def open_cafe(factory: Factory, app: Database, database: TestDatabase, name: str = "Café Central") -> Cafe:
    """The café with its orders: on every day coffee and croissant thrice, coffee and juice, cake and coffee, a mug on Sundays."""
    business_id = factory.insert_business(name)
    products = {product: factory.insert_product(business_id, product, **columns) for product, columns in MENU.items()}
    baskets_of_a_day = [
        (9, ["Café con leche", "Cruasán"]),
        (10, ["Café con leche", "Cruasán"]),
        (11, ["Café con leche", "Cruasán"]),
        (10, ["Café con leche", "Zumo de naranja"]),
        (17, ["Tarta de chocolate", "Frappé de café"]),
        (18, ["Tarta de chocolate"]),
        (19, ["Frappé de café"]),
    ]
    for n in range(DAYS):
        day = AS_OF.date() - timedelta(days=n + 1)
        for hour, sold in baskets_of_a_day:
            if n >= DAYS // 2 and sold == ["Frappé de café"]:
                continue  # it was not asked for alone in April
            moment = datetime(day.year, day.month, day.day, hour, tzinfo=MADRID)
            lines = [Line(products[product], 1, MENU[product]["price"]) for product in sold]
            factory.insert_order(business_id, lines, ordered_at=moment)
    business = Business(business_id, name, "cafeteria", MADRID.key, "EUR", "es")
    runtime = Runtime.of(Settings(), database=app, audit_queue=FakeQueue(), language_model=None)
    return Cafe(business, database, runtime, products)


def compute(cafe: Cafe) -> None:
    """What the nightly job would have done in the night before the café is asked."""
    with cafe.runtime.database.transaction(cafe.business.id) as uow:
        repository.recompute(uow, cafe.business.id, AS_OF.date() - timedelta(days=1))


@pytest.fixture(scope="module")
def app(module_database: TestDatabase) -> Iterator[Database]:
    with closing(Database(module_database.app, connect_timeout=2)) as database:
        yield database


@pytest.fixture(scope="module")
def opened(factory: Factory, app: Database, module_database: TestDatabase) -> Cafe:
    cafe = open_cafe(factory, app, module_database)
    compute(cafe)
    return cafe


@pytest.fixture
def cafe(opened: Cafe) -> Cafe:
    """The café after a night of computing, with a search of its own."""
    return replace(opened, search=FakeSearch())


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as started:
        yield started


@pytest.fixture
def talking(cafe: Cafe, server: OpenAIServer) -> Iterator[Cafe]:
    """The café with the scripted language model."""
    model = OpenAILanguageModel(
        find_model("gpt-6-luna", date(2026, 11, 22)), api_key="test-key", base_url=server.url, sleep=lambda _: None
    )
    runtime = Runtime.of(
        cafe.runtime.settings, database=cafe.runtime.database, audit_queue=FakeQueue(), language_model=model
    )
    yield replace(cafe, runtime=runtime)
    model.close()
