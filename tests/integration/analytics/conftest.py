"""A generated shop on a real database, and its neighbour."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime

import pytest

from cafe_ai.analytics.model import FactSheet, Period, Plan
from cafe_ai.analytics.service import gather
from cafe_ai.platform.db import Database
from cafe_ai.tenancy.model import Business
from tests.support.factories import Factory
from tests.support.generated_shop import MADRID, GeneratedShop, generate_shop
from tests.support.postgres import TestDatabase

Gather = Callable[..., FactSheet]


@pytest.fixture(scope="module")
def shop(factory: Factory, module_database: TestDatabase) -> GeneratedShop:
    """The shop that is asked about; another one, with other orders of the same products, stands beside it."""
    generate_shop(factory, module_database, seed=8, orders=60)
    return generate_shop(factory, module_database)


@pytest.fixture(scope="module")
def app(module_database: TestDatabase) -> Iterator[Database]:
    """The database as the functions see it, bound by row-level security."""
    with closing(Database(module_database.app)) as database:
        yield database


@pytest.fixture(scope="module")
def ask(app: Database) -> Gather:
    """The facts of a plan about a business as of a moment of the shop's clock."""

    def ask(
        plan: Plan,
        business: Business,
        as_of: datetime | str,
        *,
        anchor: Period | None = None,
        from_lines: bool = False,
    ) -> FactSheet:
        moment = datetime.fromisoformat(as_of).replace(tzinfo=MADRID) if isinstance(as_of, str) else as_of
        with app.transaction(business.id, read_only=True) as uow:
            return gather(uow, plan, business, moment, anchor, from_lines=from_lines)

    return ask
