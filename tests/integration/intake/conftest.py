"""An empty shop in Madrid, and files to import into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from cafe_ai.intake import service
from cafe_ai.intake.business import new_business
from cafe_ai.platform.db import Database
from tests.support.intake import HEADING, Ledger
from tests.support.postgres import TestDatabase

WriteFile = Callable[..., Path]


@pytest.fixture
def shops(database: TestDatabase) -> Iterator[Database]:
    """The database as the importer reaches it."""
    opened = Database(database.saas)
    yield opened
    opened.close()


@pytest.fixture
def shop(shops: Database) -> UUID:
    business = new_business("Tienda", timezone="Europe/Madrid", currency="EUR", locale="es")
    service.ensure_business(shops, business, {})
    return business.id


@pytest.fixture
def ledger(database: TestDatabase) -> Iterator[Ledger]:
    """What is in the tables, whoever's it is."""
    with Ledger(database.superuser) as opened:
        yield opened


@pytest.fixture
def write_file(tmp_path: Path) -> WriteFile:
    def write(*rows: str, heading: str = HEADING, name: str = "lines.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8", newline="")
        return path

    return write
