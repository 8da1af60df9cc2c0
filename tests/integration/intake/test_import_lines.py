"""Order lines from a file into the shop's tables: all or nothing, and nothing twice."""

from __future__ import annotations

import csv
import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import psycopg
import pytest

from cafe_ai.errors import BusinessNotFound, DependencyDown
from cafe_ai.intake import repository, service
from cafe_ai.intake.business import new_business
from cafe_ai.intake.model import FileRefused, ReadingOptions
from cafe_ai.platform.db import Database
from tests.integration.intake.conftest import WriteFile
from tests.support.intake import Ledger
from tests.support.postgres import TestDatabase

MONDAY = (
    "1,2026-11-16T09:00,Café,2,1.50,P1,Cafés,C1,Centro,tarjeta",
    "1,2026-11-16T09:00,Tostada,1,2.60,P2,Tostadas,C1,Centro,tarjeta",
    "2,2026-11-16T10:00,Café,1,1.50,P1,Cafés,,Retiro,efectivo",
)


def test_a_file_fills_the_shops_tables(shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile) -> None:
    done = service.import_lines(shops, write_file(*MONDAY), shop)

    assert ledger.lines() == [
        ("1", 1, "Café", 2, 1.5),
        ("1", 2, "Tostada", 1, 2.6),
        ("2", 1, "Café", 1, 1.5),
    ]
    assert ledger.rows(
        """SELECT orders.external_id, business_date, local_hour, store, payment_method, is_sale, customers.external_id
             FROM orders LEFT JOIN customers ON customers.id = customer_id ORDER BY 1"""
    ) == [
        ("1", date(2026, 11, 16), 9, "Centro", "tarjeta", True, "C1"),
        ("2", date(2026, 11, 16), 10, "Retiro", "efectivo", True, None),
    ]
    assert ledger.rows("SELECT external_id, name, category FROM products ORDER BY 1") == [
        ("P1", "Café", "Cafés"),
        ("P2", "Tostada", "Tostadas"),
    ]
    assert ledger.sales_by_day() == {"2026-11-16": 7.1}
    assert (done.rows_read, done.rows_imported, dict(done.counts)) == (
        3,
        3,
        {"orders": 2, "products": 2, "customers": 1},
    )
    assert done.period == (date(2026, 11, 16), date(2026, 11, 16))
    assert done.rejected_file is None


def test_importing_again_counts_nothing_twice(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    path = write_file(*MONDAY)
    service.import_lines(shops, path, shop)
    before = ledger.lines()
    ids = ledger.column("SELECT id FROM orders ORDER BY external_id")
    service.import_lines(shops, path, shop)

    assert ledger.lines() == before
    assert ledger.column("SELECT id FROM orders ORDER BY external_id") == ids
    assert ledger.sales_by_day() == {"2026-11-16": 7.1}
    assert ledger.rollup_differences(shop) == []


def test_an_order_is_replaced_whole_and_others_stay(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    service.import_lines(shops, write_file(*MONDAY), shop)
    service.import_lines(shops, write_file("1,2026-11-16T09:30,Té,1,2.00,P3,Tés,,,"), shop)

    assert ledger.lines() == [("1", 1, "Té", 1, 2.0), ("2", 1, "Café", 1, 1.5)]
    assert ledger.rows("SELECT store, payment_method, customer_id FROM orders WHERE external_id = '1'") == [
        (None, None, None)
    ]
    assert ledger.sales_by_day() == {"2026-11-16": 3.5}
    assert ledger.rollup_differences(shop) == []


def test_lines_that_are_stored_already_are_not_written_again(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    def versions() -> dict[str, list[str]]:
        return dict(
            ledger.rows(
                """SELECT external_id, array_agg(order_lines.xmin::text ORDER BY line_number)
                     FROM order_lines JOIN orders ON orders.id = order_id GROUP BY 1"""
            )
        )

    service.import_lines(shops, write_file(*MONDAY), shop)
    before = versions()
    service.import_lines(shops, write_file(*MONDAY[:2], MONDAY[2].replace("1.50", "1.60")), shop)
    assert versions()["1"] == before["1"]
    assert versions()["2"] != before["2"]
    assert ledger.lines()[2] == ("2", 1, "Café", 1, 1.6)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_imported_again_the_tables_are_what_the_files_say(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile, seed: int
) -> None:
    """Orders appear, grow, shrink, move to other days and stores, are taken back, and come again unchanged."""
    random = Random(seed)
    expected: dict[str, list[tuple[str, int, str]]] = {}
    rows: dict[str, list[str]] = {}
    for _ in range(8):
        orders = random.sample(range(6), k=random.randint(1, 6))
        for order in map(str, orders):
            if order in rows and random.random() < 0.4:
                continue  # unchanged
            day, store = random.randint(1, 4), random.choice(["Centro", "Retiro", ""])
            lines = [
                (random.choice("AB"), random.choice([-1, 1, 2]), random.choice(["1.00", "2.50"]))
                for _ in range(random.randint(1, 4))
            ]
            expected[order] = lines
            rows[order] = [f"{order},2026-11-{day:02}T09:00,{p},{q},{u},,,,{store}," for p, q, u in lines]
        service.import_lines(shops, write_file(*(row for order in orders for row in rows[str(order)])), shop)
        assert ledger.lines() == [
            (order, number, product, quantity, float(price))
            for order in sorted(expected)
            for number, (product, quantity, price) in enumerate(expected[order], 1)
        ]
        assert ledger.rollup_differences(shop) == []


def test_an_order_that_moves_to_another_day_leaves_its_old_one(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    service.import_lines(shops, write_file(*MONDAY), shop)
    service.import_lines(
        shops, write_file(*(line.replace("11-16", "11-18") for line in MONDAY if line[0] == "1")), shop
    )

    assert ledger.sales_by_day() == {"2026-11-16": 1.5, "2026-11-18": 5.6}
    assert ledger.rollup_differences(shop) == []


def test_an_order_that_turns_into_a_return_is_no_sale_any_more(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    service.import_lines(shops, write_file(*MONDAY), shop)
    service.import_lines(shops, write_file("2,2026-11-16T10:00,Café,-1,1.50,P1,Cafés,,Retiro,efectivo"), shop)

    assert ledger.rows("SELECT external_id, is_sale FROM orders ORDER BY 1") == [("1", True), ("2", False)]
    assert ledger.sales_by_day() == {"2026-11-16": 4.1}
    assert ledger.rollup_differences(shop) == []


def test_equal_lines_within_an_order_are_all_kept(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    service.import_lines(shops, write_file(MONDAY[0], MONDAY[2], MONDAY[0], MONDAY[0]), shop)
    assert ledger.lines() == [
        ("1", 1, "Café", 2, 1.5),
        ("1", 2, "Café", 2, 1.5),
        ("1", 3, "Café", 2, 1.5),
        ("2", 1, "Café", 1, 1.5),
    ]


def test_an_order_counts_at_its_first_line_and_for_whom_is_named_first(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    done = service.import_lines(
        shops,
        write_file(
            "1,2026-11-16T23:59,Café,1,1.50,P1,,,,",
            "1,2026-11-17T00:01,Té,1,2.00,P3,,C1,Centro,",
            "1,2026-11-17T00:01,Té,1,2.00,P3,,C2,Retiro,bizum",
        ),
        shop,
    )
    assert ledger.rows(
        """SELECT business_date, customers.external_id, store, payment_method
             FROM orders JOIN customers ON customers.id = customer_id"""
    ) == [(date(2026, 11, 16), "C1", "Centro", "bizum")]
    assert ledger.sales_by_day() == {"2026-11-16": 5.5}
    assert len(done.notes) == 2


def test_of_several_names_the_latest_stands_across_files_in_any_order(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    def names() -> list[tuple[str, str]]:
        return ledger.rows("SELECT name, category FROM products")

    service.import_lines(
        shops,
        write_file(
            "2,2026-11-17T09:00,Espresso,1,1.50,P1,Cafés,,,",
            "1,2026-11-16T09:00,Café solo,1,1.50,P1,Bebidas,,,",
        ),
        shop,
    )
    assert names() == [("Espresso", "Cafés")]
    service.import_lines(shops, write_file("0,2025-01-01T09:00,Café viejo,1,1.50,P1,Viejo,,,"), shop)
    assert names() == [("Espresso", "Cafés")]
    service.import_lines(shops, write_file("3,2026-11-18T09:00,Ristretto,1,1.50,P1,,,,"), shop)
    assert names() == [("Ristretto", "Cafés")]


def test_a_new_name_is_told_to_those_who_cache_names(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    def version() -> int:
        return int(ledger.column("SELECT names_version FROM businesses")[0])

    service.import_lines(shops, write_file(*MONDAY), shop)
    first = version()
    service.import_lines(shops, write_file(*MONDAY), shop)
    assert version() == first
    service.import_lines(shops, write_file("9,2026-11-20T09:00,Espresso,1,1.50,P1,Cafés,,Centro,tarjeta"), shop)
    assert version() > first


def test_a_name_without_an_id_finds_the_product_of_the_catalogue(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    service.import_catalogue(shops, write_file("CAF-01,Café", heading="product_id,name", name="menu.csv"), shop)
    service.import_lines(shops, write_file("1,2026-11-16T09:00,Café,1,1.50,,,,,"), shop)
    assert ledger.column("SELECT external_id FROM products") == ["CAF-01"]


def test_local_times_offsets_and_daylight_saving(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    service.import_lines(
        shops,
        write_file(
            "local,2026-07-01T00:30,Café,1,1,,,,,",
            "offset,2026-07-01T00:30:00+00:00,Café,1,1,,,,,",
            "twice,2026-10-25T02:30,Café,1,1,,,,,",
            "never,2026-03-29T02:30,Café,1,1,,,,,",
            "date,2026-07-02,Café,1,1,,,,,",
        ),
        shop,
    )
    placed = ledger.rows("SELECT external_id, ordered_at, business_date::text, local_hour FROM orders ORDER BY 1")
    assert placed == [
        ("date", datetime(2026, 7, 1, 22, 0, tzinfo=UTC), "2026-07-02", 0),
        ("local", datetime(2026, 6, 30, 22, 30, tzinfo=UTC), "2026-07-01", 0),
        ("never", datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "2026-03-29", 3),
        ("offset", datetime(2026, 7, 1, 0, 30, tzinfo=UTC), "2026-07-01", 2),
        ("twice", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-25", 2),
    ]


def test_the_closing_hour_decides_the_business_day(shops: Database, ledger: Ledger, write_file: WriteFile) -> None:
    bar = new_business("Bar", timezone="Europe/Madrid", currency="EUR", locale="es", day_starts="04:00")
    service.import_lines(
        shops,
        write_file(
            "1,2026-11-16T03:59,Caña,1,2,,,,,", "2,2026-11-16T04:00,Caña,1,2,,,,,", "3,2026-11-16,Caña,1,2,,,,,"
        ),
        bar,
    )
    assert ledger.column("SELECT business_date::text FROM orders ORDER BY external_id") == [
        "2026-11-15",
        "2026-11-16",
        "2026-11-16",
    ]


def test_bad_rows_are_left_out_and_written_beside_the_file_with_their_reason(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile, tmp_path: Path
) -> None:
    path = write_file(
        MONDAY[0],
        "3,,Café,1,1.50,P1,,,,",
        "4,2026-11-16T09:00,Café,one,1.50,P1,,,,",
        "5,2026-11-16T09:00,Café,1,-1.50,P1,,,,",
        "6,2026-11-16T09:00,Café",
        MONDAY[2],
        '7,2026-11-16T09:00,"Café, con\nleche",NaN,1.50,P1,,,,',
    )
    done = service.import_lines(shops, path, shop)

    assert [line[0] for line in ledger.lines()] == ["1", "2"]
    assert done.rejected_file == tmp_path / "lines.rejected.csv"
    with done.rejected_file.open(encoding="utf-8", newline="") as file:
        heading, *rejected = csv.reader(file)
    assert heading == [
        "rejected_line",
        "rejected_reason",
        *path.read_text(encoding="utf-8").splitlines()[0].split(","),
    ]
    assert [(row[0], row[1], row[2]) for row in rejected] == [
        ("3", "ordered_at is empty", "3"),
        ("4", "quantity is no number", "4"),
        ("5", "unit_price is negative", "5"),
        ("6", "the row does not have the 10 columns of the heading", "6"),
        ("8", "quantity is no number", "7"),
    ]
    assert rejected[-1][4] == "Café, con\nleche"
    assert dict(done.rejected)["quantity is no number"] == 2
    assert (done.rows_read, done.rows_imported) == (7, 2)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((), "no rows below its first line"),
        (("1,2026-11-16T09:00,Café,x,1,,,,,",) * 3, "none of its 3 rows .*quantity is no number: 3, first in line 2"),
        (("1,2026-11-16T09:00,Café,1.500,1,,,,,", '2,2026-11-16T09:00,Café,1,"2,50",,,,,'), "--decimal-mark"),
    ],
)
def test_a_useless_file_writes_nothing(
    shops: Database, ledger: Ledger, write_file: WriteFile, tmp_path: Path, rows: tuple[str, ...], said: str
) -> None:
    business = new_business("Tienda", timezone="Europe/Madrid", currency="EUR", locale="es")
    with pytest.raises(FileRefused, match=said):
        service.import_lines(shops, write_file(*rows), business)
    assert ledger.count("businesses") == 0
    assert [path.name for path in tmp_path.iterdir()] == ["lines.csv"]


@pytest.mark.parametrize("broken", ["insert_lines", "reading", "commit"])
def test_an_import_that_breaks_leaves_nothing_behind(
    shops: Database,
    shop: UUID,
    ledger: Ledger,
    write_file: WriteFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
) -> None:
    service.import_lines(shops, write_file(*MONDAY, name="first.csv"), shop)
    before = (ledger.lines(), ledger.sales_by_day(), ledger.count("products"))
    bad = "9,2026-11-16T09:00,Té,x,1,P9,,,,"
    path = write_file("1,2026-11-20T09:00,Té,1,1,P9,,,,", bad)

    if broken == "insert_lines":
        monkeypatch.setattr(repository, "INSERT_NEW_ORDERS_AND_LINES", "SELECT 1 / 0")
        expected: type[BaseException] = psycopg.errors.DivisionByZero
    elif broken == "reading":

        def interrupt(step: str, _: float | None) -> None:
            if step == "writing orders":
                raise KeyboardInterrupt

        expected = KeyboardInterrupt
    else:
        monkeypatch.setattr(repository, "SELECT_LINES_SUMMARY", "SELECT pg_terminate_backend(pg_backend_pid())")
        expected = DependencyDown
    with pytest.raises(expected):
        service.import_lines(shops, path, shop, progress=interrupt if broken == "reading" else None)

    assert (ledger.lines(), ledger.sales_by_day(), ledger.count("products")) == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["first.csv", "lines.csv"]
    monkeypatch.undo()
    service.import_lines(shops, path, shop)
    assert ("1", 1, "Té", 1, 1.0) in ledger.lines()


def test_two_imports_at_once_take_turns(
    database: TestDatabase, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    paths = [write_file(*MONDAY, name=f"{number}.csv") for number in range(4)]
    results: list[int] = []

    def run(path: Path) -> None:
        mine = Database(database.saas)
        results.append(service.import_lines(mine, path, shop).rows_imported)
        mine.close()

    threads = [threading.Thread(target=run, args=[path]) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [3] * 4
    assert len(ledger.lines()) == 3
    assert ledger.rollup_differences(shop) == []


def test_a_folder_that_cannot_be_written_stops_the_import(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_file(MONDAY[0], "2,,,,,,,,,")
    opened = Path.open

    def refuse(self: Path, mode: str = "r", *rest: object, **options: object) -> object:
        if "w" in mode:
            raise PermissionError(13, "Permission denied")
        return opened(self, mode, *rest, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(FileRefused, match=r"lines.rejected.csv cannot be written: Permission denied"):
        service.import_lines(shops, path, shop)
    assert ledger.count("orders") == 0


def test_a_new_business_is_made_with_the_file_and_its_members(
    shops: Database, ledger: Ledger, write_file: WriteFile
) -> None:
    owner = uuid4()
    business = new_business("Tienda", timezone="Europe/London", currency="GBP", locale="en", type="gift_shop")
    done = service.import_lines(shops, write_file(*MONDAY), business, members={owner: "owner"})

    assert done.business_id == business.id
    assert ledger.rows("SELECT id, name, type, timezone, currency, locale FROM businesses") == [
        (business.id, "Tienda", "gift_shop", "Europe/London", "GBP", "en")
    ]
    assert ledger.rows("SELECT business_id, user_id, role FROM memberships") == [(business.id, owner, "owner")]


def test_an_unknown_business_is_not_made(shops: Database, ledger: Ledger, write_file: WriteFile) -> None:
    with pytest.raises(BusinessNotFound):
        service.import_lines(shops, write_file(*MONDAY), uuid4())
    assert ledger.count("businesses") == ledger.count("orders") == 0


def test_another_shops_orders_products_and_customers_stay_as_they_are(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    other = new_business("Otra", timezone="Europe/Madrid", currency="EUR", locale="es")
    service.import_lines(shops, write_file(*MONDAY), other)
    service.import_lines(shops, write_file("1,2026-11-17T09:00,Renombrado,5,9,P1,Otros,C1,,"), shop)

    mine = "SELECT count(*) FROM order_lines WHERE business_id = %s"
    assert ledger.column(mine, other.id) == [3]
    assert ledger.column(mine, shop) == [1]
    assert ledger.column("SELECT name FROM products WHERE business_id = %s AND external_id = 'P1'", other.id) == [
        "Café"
    ]
    assert ledger.rollup_differences(other.id) == ledger.rollup_differences(shop) == []


def test_row_level_security_binds_the_importer(
    shops: Database, database: TestDatabase, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    """A transaction that names one business cannot write into another, whatever its statements say."""
    other = new_business("Otra", timezone="Europe/Madrid", currency="EUR", locale="es")
    service.import_lines(shops, write_file(*MONDAY), other)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), shops.transaction(shop) as work:
        repository.insert_business(
            work.connection, new_business("Tercera", timezone="Europe/Madrid", currency="EUR", locale="es")
        )
    with pytest.raises(BusinessNotFound), shops.transaction(shop) as work:
        repository.lock_business(work.connection, other.id)
    with shops.transaction(shop) as work:
        work.connection.execute("DELETE FROM order_lines")
        work.connection.execute("UPDATE products SET name = 'robado'")
    assert ledger.column("SELECT count(*) FROM order_lines WHERE business_id = %s", other.id) == [3]
    assert ledger.column("SELECT count(*) FROM products WHERE name = 'robado'") == [0]


def test_a_file_without_prices_is_imported_when_that_is_meant(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    path = write_file("1,2026-11-16T09:00,Café,2", heading="order_id,ordered_at,product,quantity")
    with pytest.raises(FileRefused, match="--no-prices"):
        service.import_lines(shops, path, shop)
    service.import_lines(shops, path, shop, options=ReadingOptions(without_prices=True))
    assert ledger.lines() == [("1", 1, "Café", 2, None)]
    assert ledger.rollup_differences(shop) == []


def test_amounts_arrive_to_the_last_digit(shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile) -> None:
    path = write_file(
        '1,2026-11-16T09:00,Café,"-1,5",9999999999.9999,0.0001,12.34',
        heading="order_id,ordered_at,product,quantity,unit_price,discount,unit_cost",
    )
    service.import_lines(shops, path, shop)
    assert ledger.rows("SELECT quantity, unit_price, discount, unit_cost FROM order_lines") == [
        (Decimal("-1.500"), Decimal("9999999999.9999"), Decimal("0.0001"), Decimal("12.3400"))
    ]


def test_customers_keep_the_name_they_have_when_a_file_has_none(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    heading = "order_id,ordered_at,product,quantity,unit_price,customer_id,customer_name"
    service.import_lines(shops, write_file("1,2026-11-16T09:00,Café,1,1,C1,Ana", heading=heading), shop)
    service.import_lines(shops, write_file("2,2026-11-17T09:00,Café,1,1,C1,", heading=heading), shop)
    assert ledger.rows("SELECT external_id, name FROM customers") == [("C1", "Ana")]


def test_a_file_of_many_chunks_arrives_whole_and_tells_how_far_it_is(
    shops: Database, shop: UUID, ledger: Ledger, write_file: WriteFile
) -> None:
    rows = [f"{n // 3},2026-11-{n % 28 + 1:02}T09:00,Producto {n % 7},1,1.25,,,,," for n in range(12_345)]
    told: list[tuple[str, float | None]] = []
    done = service.import_lines(shops, write_file(*rows), shop, progress=lambda *step: told.append(step))
    assert done.rows_imported == ledger.count("order_lines") == 12_345
    assert sum(ledger.sales_by_day().values()) == pytest.approx(12_345 * 1.25)
    fractions = [fraction for step, fraction in told if fraction is not None]
    assert fractions == sorted(fractions)
    assert 0 < fractions[0] <= fractions[-1] <= 1
