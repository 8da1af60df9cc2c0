"""Shops to analyse on a real database, and who asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cafe_ai.bootstrap import Runtime
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from cafe_ai.sales_analysis import service
from cafe_ai.sales_analysis.model import Analysis, Span
from cafe_ai.settings import Settings
from cafe_ai.tenancy.model import Business, Member, Role
from tests.support.edge import FakeQueue
from tests.support.factories import Factory, Line
from tests.support.generated_shop import GeneratedShop, generate_shop
from tests.support.postgres import TestDatabase

AS_OF = "2026-05-12T12:00:00"


@dataclass
class Analyst:
    """Analyses a business as its owner, without a language model."""

    business: Business
    runtime: Runtime
    factory: Factory

    def member(self, role: Role = Role.OWNER) -> Member:
        return Member(uuid7(), role, self.business, None, "req-1", Deadline.after(60))

    def analyse(
        self,
        preset: Any = "monthly",
        locale: Any = None,
        role: Role = Role.OWNER,
        as_of: str | None = AS_OF,
        **days: Any,
    ) -> Analysis:
        """As of noon on 12 May 2026 unless said otherwise, on the shop's clock."""
        moment = datetime.fromisoformat(as_of) if as_of else None
        return service.analyse(
            self.runtime, self.member(role), Span(None if days else preset, as_of=moment, **days), locale
        )


@dataclass
class Till:
    """Writes orders of a shop, a few lines each."""

    factory: Factory
    business: Business
    products: dict[str, Any] = field(default_factory=dict)

    def product(self, name: str, **columns: Any) -> None:
        self.products[name] = self.factory.insert_product(self.business.id, name, **columns)

    def sell(self, at: datetime, *sold: tuple[str, int, str | None], customer: Any = None) -> None:
        """An order at a moment of the shop's clock: name, quantity, price."""
        lines = [
            Line(self.products[name], quantity, Decimal(price) if price is not None else None)
            for name, quantity, price in sold
        ]
        moment = at.replace(tzinfo=ZoneInfo(self.business.timezone))
        self.factory.insert_order(self.business.id, lines, ordered_at=moment, customer_id=customer)

    def sell_daily(self, first: datetime, days: int, *sold: tuple[str, int, str | None]) -> None:
        """The same order on each of so many days."""
        for n in range(days):
            self.sell(first + timedelta(days=n), *sold)


@pytest.fixture(scope="module")
def runtime(module_database: TestDatabase) -> Iterator[Runtime]:
    with closing(Database(module_database.app, connect_timeout=2)) as database:
        yield Runtime.of(Settings(), database=database, audit_queue=FakeQueue(), language_model=None)


@pytest.fixture(scope="module")
def shop(factory: Factory, module_database: TestDatabase) -> GeneratedShop:
    """The shop that is analysed; another one, with other orders of the same products, stands beside it."""
    generate_shop(factory, module_database, seed=8, orders=60)
    return generate_shop(factory, module_database)


@pytest.fixture(scope="module")
def analyst(shop: GeneratedShop, runtime: Runtime, factory: Factory) -> Analyst:
    return Analyst(shop.business, runtime, factory)


@pytest.fixture
def open_till(factory: Factory, runtime: Runtime) -> Any:
    """Opens a shop of its own: (its analyst, its till)."""

    def open_till(**columns: Any) -> tuple[Analyst, Till]:
        clock = {"timezone": "Europe/Madrid", "currency": "EUR", "locale": "es", "day_starts": time(0), **columns}
        business_id = factory.insert_business("Café Prueba", **clock)
        business = Business(business_id, "Café Prueba", "cafeteria", **clock)
        return Analyst(business, runtime, factory), Till(factory, business)

    return open_till
