"""Loading Café Central: at once, again, and day after day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from infra.local.dev_users import DEV_USERS
from infra.local.sample_business import BUSINESS, load, load_documents
from infra.local.sample_business.documents import documents
from infra.local.sample_business.orders import COLUMNS, lines_on, out_of_stock_on
from tests.support.intake import Ledger
from tests.support.postgres import TestDatabase

SINCE = date(2026, 11, 2)
SATURDAY_NOON = datetime(2026, 11, 14, 11, 0, tzinfo=UTC)  # 12:00 in Madrid


@pytest.fixture
def ledger(database: TestDatabase) -> Iterator[Ledger]:
    with Ledger(database.superuser) as opened:
        yield opened


def expected_lines(until: str) -> list[tuple[str, str, int]]:
    days = [SINCE + timedelta(days=number) for number in range(30)]
    lines = [dict(zip(COLUMNS, line, strict=True)) for day in days for line in lines_on(day)]
    return sorted(
        (str(line["order_id"]), str(line["product_id"]), int(str(line["quantity"])))
        for line in lines
        if str(line["ordered_at"]) <= until
    )


def loaded_lines(ledger: Ledger) -> list[tuple[str, str, int]]:
    return sorted(
        ledger.rows(
            """SELECT orders.external_id, products.external_id, quantity::int
                 FROM order_lines JOIN orders ON orders.id = order_id JOIN products ON products.id = product_id"""
        )
    )


def test_it_is_loaded_once_and_topped_up_later(database: TestDatabase, ledger: Ledger) -> None:
    assert load(database.saas, now=SATURDAY_NOON, since=SINCE) == BUSINESS.id
    assert loaded_lines(ledger) == expected_lines("2026-11-14T12:00:00")

    load(database.saas, now=SATURDAY_NOON)
    assert loaded_lines(ledger) == expected_lines("2026-11-14T12:00:00")

    load(database.saas, now=SATURDAY_NOON + timedelta(days=3, hours=2))
    assert loaded_lines(ledger) == expected_lines("2026-11-17T14:00:00")
    assert ledger.rollup_differences(BUSINESS.id) == []


def test_it_comes_with_its_menu_its_people_and_its_reviews(database: TestDatabase, ledger: Ledger) -> None:
    load(database.saas, now=SATURDAY_NOON, since=SINCE)
    assert ledger.rows("SELECT name, type, timezone, currency, locale FROM businesses") == [
        ("Café Central", "cafeteria", "Europe/Madrid", "EUR", "es")
    ]
    assert dict(ledger.rows("SELECT role, user_id FROM memberships")) == DEV_USERS
    ((products, priced, stocked),) = ledger.rows(
        "SELECT count(*), count(*) FILTER (WHERE price > cost), count(stock) FROM products WHERE allergens IS NOT NULL"
    )
    assert products == priced == stocked == 42
    assert ledger.column(
        "SELECT shelf_life_days FROM products WHERE external_id IN ('BOL-01', 'CAF-01') ORDER BY 1"
    ) == [
        1,
        None,
    ]
    days = [SINCE + timedelta(days=number) for number in range(13)]
    assert ledger.rows(
        """SELECT business_date, external_id FROM stock_outs JOIN products ON products.id = product_id ORDER BY 1, 2"""
    ) == [(day, product) for day in days for product in sorted(out_of_stock_on(day))]
    assert ledger.column("SELECT name FROM customers WHERE external_id = 'CL-0001'") == []
    assert ledger.column("SELECT count(*) FROM customers WHERE name IS NULL") == [0]
    assert ledger.count("reviews") > 0
    assert set(ledger.column("SELECT DISTINCT store FROM orders")) == {"Centro", "Retiro"}


def test_a_clock_that_was_set_back_does_no_harm(database: TestDatabase, ledger: Ledger) -> None:
    load(database.saas, now=SATURDAY_NOON, since=SINCE)
    before = loaded_lines(ledger)
    load(database.saas, now=SATURDAY_NOON - timedelta(days=4, hours=8))  # before opening
    assert loaded_lines(ledger) == before


def test_documents_that_are_missing_are_added_and_others_stay(database: TestDatabase, ledger: Ledger) -> None:
    load(database.saas, now=SATURDAY_NOON, since=SATURDAY_NOON.date())
    load_documents(database.app)
    kinds = "SELECT id, title FROM documents WHERE kind = 'document' ORDER BY id"
    loaded = ledger.rows(kinds)
    assert [tuple(row) for row in loaded] == [(one.id, one.title) for one in documents()]
    assert "8:00" in {one.id: one.content for one in documents()}["horario"]

    ledger.rows("UPDATE documents SET title = 'Horario de verano' WHERE id = 'horario' RETURNING id")
    ledger.rows("DELETE FROM documents WHERE id = 'wifi' RETURNING id")
    load_documents(database.app)
    assert [title for _, title in ledger.rows(kinds)] == [
        "Horario de verano" if title == "Horario" else title for _, title in loaded
    ]
