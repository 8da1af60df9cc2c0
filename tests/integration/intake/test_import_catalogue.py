"""Products and reviews from files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from cafe_ai.errors import BusinessNotFound
from cafe_ai.intake import service
from cafe_ai.intake.model import FileRefused
from cafe_ai.platform.db import Database
from tests.integration.intake.conftest import WriteFile
from tests.support.intake import Ledger

MENU = "product_id,name,description,category,price,cost,stock,lead_time_days,allergens,diets,on_order,shelf_life_days"
REVIEWS = "review_id,date,rating,product,text"


def menu_of(write_file: WriteFile, *rows: str, heading: str = MENU) -> Path:
    return write_file(*rows, heading=heading, name="menu.csv")


def test_a_catalogue_fills_every_column(shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile) -> None:
    done = service.import_catalogue(
        shops,
        menu_of(
            write_file,
            'P1,Croissant,"Mantequilla, 24 horas",Bollería,"1,90",0.55,12.5,2,gluten;Lácteos|huevo,vegetariano,6,1',
            "P2,Café,,,,,,,ninguno,,,",
        ),
        shop,
    )
    assert ledger.rows(
        """SELECT external_id, name, description, category, price::float, cost::float, stock::float, lead_time_days,
                  allergens, diets, listed, on_order::float, shelf_life_days FROM products ORDER BY 1"""
    ) == [
        ("P1", "Croissant", "Mantequilla, 24 horas", "Bollería", 1.9, 0.55, 12.5, 2,
         ["gluten", "lácteos", "huevo"], ["vegetariano"], True, 6, 1),
        ("P2", "Café", None, None, None, None, None, None, [], None, True, None, None),
    ]  # fmt: skip
    assert done.counts == {"products": 2}


def test_importing_again_updates_by_id_or_name_and_leaves_the_rest(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    service.import_catalogue(
        shops,
        menu_of(write_file, "P1,Croissant,Tierno,Bollería,1.90,0.55,12,2,gluten,,,3", "P2,Café,,,1.50,,,,,,,"),
        shop,
    )
    service.import_catalogue(shops, menu_of(write_file, "croissant,2.10", "Té,2.00", heading="name,price"), shop)
    assert ledger.rows(
        "SELECT external_id, name, price::float, description, shelf_life_days FROM products ORDER BY 1"
    ) == [
        ("P1", "croissant", 2.1, "Tierno", 3),
        ("P2", "Café", 1.5, None, None),
        ("Té", "Té", 2.0, None, None),
    ]


def test_a_cost_that_changes_changes_the_margins_of_what_was_sold(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    service.import_lines(shops, write_file("1,2026-11-16T09:00,Café,2,1.50,P1,,,,"), shop)
    service.import_catalogue(shops, menu_of(write_file, "P1,Café,0.40", heading="product_id,name,cost"), shop)
    assert ledger.column("SELECT cost::float FROM rollup_products") == [0.8]
    assert ledger.rollup_differences(shop) == []


def test_an_older_order_does_not_rename_what_the_catalogue_names(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    service.import_catalogue(shops, menu_of(write_file, "P1,Café", heading="product_id,name"), shop)
    service.import_lines(shops, write_file("1,2025-11-16T09:00,CAFE SOLO,2,1.50,P1,Bebidas,,,"), shop)
    assert ledger.rows("SELECT name, category FROM products") == [("Café", "Bebidas")]


def test_a_bad_product_is_left_out_and_a_name_that_several_have_needs_an_id(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile, tmp_path: Path
) -> None:
    heading = "product_id,name,price,lead_time_days,stock,shelf_life_days"
    service.import_catalogue(shops, menu_of(write_file, "P1,Café,1,,,", "P2,Café,2,,,", heading=heading), shop)
    done = service.import_catalogue(
        shops,
        menu_of(
            write_file,
            ",Café,3,,,",
            "P3,Té,-1,,,",
            "P4,Zumo,2,soon,,",
            "P5,,2,,,",
            "P6,Agua,1,0,0,3650",
            "P7,Pan,1,-2,,",
            "P8,Pan,1,,-4,",
            "P9,Pan,1,,,0",
            "P0,Pan,1,,,-1",
            heading=heading,
        ),
        shop,
    )
    assert list(done.rejected) == [
        "several products have this name: product_id must say which",
        "price is negative",
        "lead_time_days is no whole number of days up to 3650",
        "name is empty",
        "lead_time_days is negative",
        "stock is negative",
        "shelf_life_days is no whole number of days from 1 to 3650",
        "shelf_life_days is negative",
    ]
    assert done.rejected_file == tmp_path / "menu.rejected.csv"
    assert ledger.column("SELECT external_id FROM products ORDER BY 1") == ["P1", "P2", "P6"]


def test_reviews_are_about_products_and_counted_once(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    service.import_catalogue(shops, menu_of(write_file, "P1,Café", heading="product_id,name"), shop)
    path = write_file(
        "R1,2026-11-16T10:00,5,café,Muy bueno",
        ',2026-11-17,,,"Sin más,\nla verdad"',
        ',2026-11-17,,,"Sin más,\nla verdad"',
        "R2,2026-11-18,6,,Fuera de escala",
        "R3,2026-11-18,4,Paella,No la tienen",
        heading=REVIEWS,
        name="reviews.csv",
    )
    for _ in range(2):
        done = service.import_reviews(shops, path, shop)
    assert ledger.rows(
        """SELECT reviewed_at, rating, products.external_id, text
             FROM reviews LEFT JOIN products ON products.id = product_id ORDER BY 1"""
    ) == [
        (datetime(2026, 11, 16, 9, 0, tzinfo=UTC), 5, "P1", "Muy bueno"),
        (datetime(2026, 11, 16, 23, 0, tzinfo=UTC), None, None, "Sin más,\nla verdad"),
    ]
    assert done.counts == {"reviews": 2}
    assert dict(done.rejected) == {
        "rating is no whole number from 1 to 5": 1,
        "the catalogue has no such product": 1,
    }


def test_a_review_with_its_id_is_replaced(shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile) -> None:
    for text in ("Bueno", "Malo"):
        service.import_reviews(shops, write_file(f"R1,2026-11-16,1,,{text}", heading=REVIEWS), shop)
    assert ledger.column("SELECT text FROM reviews") == ["Malo"]


def test_what_is_unknown_or_useless_is_refused(shops: Database, shop: UUID, write_file: WriteFile) -> None:
    with pytest.raises(BusinessNotFound):
        service.import_catalogue(shops, menu_of(write_file, "P1,Café", heading="product_id,name"), uuid4())
    with pytest.raises(FileRefused, match="no column name"):
        service.import_catalogue(shops, menu_of(write_file, "P1", heading="product_id"), shop)
    with pytest.raises(FileRefused, match="no column text and no column date"):
        service.import_reviews(shops, write_file("5", heading="rating"), shop)
