"""Stock-outs and promotions from files."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID

import pytest

from cafe_ai.intake import service
from cafe_ai.intake.business import new_business
from cafe_ai.intake.model import FileRefused
from cafe_ai.platform.db import Database
from tests.integration.intake.conftest import WriteFile
from tests.support.intake import Ledger

STOCK_OUTS = "date,product,product_id,sold_out_at"
PROMOTIONS = "promotion_id,kind,product,from,to,price,discount_percent,name"


@pytest.fixture
def menu(shops: Database, shop: UUID, write_file: WriteFile) -> UUID:
    """The shop with two products; its id."""
    service.import_catalogue(shops, write_file("P1,Pan", "P2,Tarta", heading="product_id,name", name="menu.csv"), shop)
    return shop


def test_days_without_stock_count_once_however_often_they_are_said(
    shops: Database, menu: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    path = write_file(
        "2026-11-16,Pan,,", "2026-11-16,pan,,18:30", "2026-11-17,,P2,2026-11-17T20:15:00+00:00", heading=STOCK_OUTS
    )
    for _ in range(2):
        done = service.import_stock_outs(shops, path, menu)
    assert ledger.rows(
        """SELECT external_id, business_date, sold_out_at
             FROM stock_outs JOIN products ON products.id = product_id ORDER BY 1"""
    ) == [
        ("P1", date(2026, 11, 16), datetime(2026, 11, 16, 17, 30, tzinfo=UTC)),
        ("P2", date(2026, 11, 17), datetime(2026, 11, 17, 20, 15, tzinfo=UTC)),
    ]
    assert done.counts == {"stock-outs": 2}


def test_bad_stock_outs_are_left_out_with_their_reason(shops: Database, menu: UUID, write_file: WriteFile) -> None:
    done = service.import_stock_outs(
        shops,
        write_file(
            "2026-11-16,Pan,,",
            "16/11/2026,Pan,,",
            ",Pan,,",
            "2026-11-16,,,",
            "2026-11-16,Sopa,,",
            "2026-11-16,Pan,,late",
            "2026-11-16,Pan,,2026-11-18T10:00",
            "0026-11-16,Pan,,",
            heading=STOCK_OUTS,
        ),
        menu,
    )
    assert done.rows_imported == 1
    assert list(done.rejected) == [
        "date is no ISO date",
        "date is empty",
        "product is empty",
        "the catalogue has no such product",
        "sold_out_at is no ISO date and time",
        "sold_out_at is not of that date",
        "date lies before 1900 or after 2199",
    ]
    assert done.rejected_file is not None
    with pytest.raises(FileRefused, match="no column date"):
        service.import_stock_outs(shops, write_file("Pan", heading="product"), menu)


def test_a_time_before_the_closing_hour_is_of_the_night_that_follows(
    shops: Database, ledger: Ledger, write_file: WriteFile
) -> None:
    bar = new_business("Bar", timezone="Europe/Madrid", currency="EUR", locale="es", day_starts="04:00")
    service.ensure_business(shops, bar, {})
    service.import_catalogue(shops, write_file("Ron", heading="name", name="menu.csv"), bar.id)
    service.import_stock_outs(shops, write_file("2026-11-16,Ron,,01:30", heading=STOCK_OUTS), bar.id)
    assert ledger.rows("SELECT business_date, sold_out_at FROM stock_outs") == [
        (date(2026, 11, 16), datetime(2026, 11, 17, 0, 30, tzinfo=UTC))
    ]
    assert bar.day_starts == time(4)


def test_promotions_are_replaced_by_their_id_or_by_what_they_are_about(
    shops: Database, menu: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    def write(*rows: str) -> None:
        service.import_promotions(shops, write_file(*rows, heading=PROMOTIONS), menu)

    write("A1,,Pan,2026-11-16,2026-11-20,\"0,90\",,Otoño", ",,,2026-12-01,2026-12-24,,10%,Adviento",
          ",price,Tarta,2027-01-01,,21.50,,", ",promotion,all,2026-11-27,2026-11-27,,,2x1")  # fmt: skip
    write("A1,,Pan,2026-11-16,2026-11-22,0.85,,Otoño", ",,,2026-12-01,2026-12-26,,15,Adviento")
    assert ledger.rows(
        """SELECT kind, external, starts_on, ends_on, price::float, discount_percent::float, name
             FROM promotions LEFT JOIN (SELECT id, external_id AS external FROM products) AS p ON p.id = product_id
            ORDER BY starts_on"""
    ) == [
        ("promotion", "P1", date(2026, 11, 16), date(2026, 11, 22), 0.85, None, "Otoño"),
        ("promotion", None, date(2026, 11, 27), date(2026, 11, 27), None, None, "2x1"),
        ("promotion", None, date(2026, 12, 1), date(2026, 12, 26), None, 15, "Adviento"),
        ("price", "P2", date(2027, 1, 1), None, 21.5, None, None),
    ]


def test_bad_promotions_are_left_out_with_their_reason(shops: Database, menu: UUID, write_file: WriteFile) -> None:
    done = service.import_promotions(
        shops,
        write_file(
            ",,Pan,2026-11-16,2026-11-20,1,,",
            ",,Pan,2026-11-16,2026-11-15,1,,",
            ",,Pan,2026-11-16,,1,,",
            ",,Pan,2026-11-16,2026-11-20,1,10,",
            ",,Pan,2026-11-16,2026-11-20,-1,,",
            ",,Pan,2026-11-16,2026-11-20,,0,",
            ",,Pan,2026-11-16,2026-11-20,,120,",
            ",price,Pan,2026-11-16,2026-11-20,,10,",
            ",,,2026-11-16,2026-11-20,1,,",
            ",gift,Pan,2026-11-16,2026-11-20,1,,",
            ",,Sopa,2026-11-16,2026-11-20,1,,",
            heading=PROMOTIONS,
        ),
        menu,
    )
    assert done.rows_imported == 1
    assert dict(done.rejected) == {
        "discount_percent is not above 0 and at most 100": 2,
        "to is before from": 1,
        "to is empty": 1,
        "price and discount_percent exclude each other": 1,
        "price is negative": 1,
        "a planned price has no price": 1,
        "a price needs the product it is of": 1,
        "kind is neither promotion nor price": 1,
        "the catalogue has no such product": 1,
    }
