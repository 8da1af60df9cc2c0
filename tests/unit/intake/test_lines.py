"""One order line, from its row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time
from pathlib import Path

import pytest

from cafe_ai.intake.csv_file import Layout, open_csv
from cafe_ai.intake.fields import MomentReader, NumberReader
from cafe_ai.intake.lines import LAYOUT, LAYOUT_WITHOUT_PRICES, LineReader
from cafe_ai.intake.model import Clock, FileRefused, RowRejected

COLUMNS = (
    "order_id", "ordered_at", "product", "quantity", "unit_price", "product_id", "category", "customer_id",
    "customer_name", "store", "payment_method", "discount", "unit_cost",
)  # fmt: skip
ROW = ("7", "2026-11-15T09:30", "Café", "2", "1.50", "P1", "Cafés", "C1", "Ana", "Centro", "tarjeta", "0.30", "0.4")


@contextmanager
def reader_of(
    folder: Path, columns: tuple[str, ...] = COLUMNS, layout: Layout = LAYOUT, names: dict[str, str] | None = None
) -> Iterator[LineReader]:
    path = folder / "lines.csv"
    path.write_text(",".join(columns) + "\n", encoding="utf-8")
    with open_csv(path, layout, "utf-8") as csv_file:
        yield LineReader(csv_file, NumberReader(), MomentReader(Clock("Europe/Madrid", time(0))), names or {})


def changed(**cells: str) -> list[str]:
    return [cells.get(column, value) for column, value in zip(COLUMNS, ROW, strict=True)]


def test_a_whole_row_is_read(tmp_path: Path) -> None:
    with reader_of(tmp_path) as reader:
        assert reader.read(list(ROW)) == (
            "7", "2026-11-15T08:30:00+00:00", "P1", "Café", "Cafés", "C1", "Ana", "Centro", "tarjeta", "2", "1.50",
            "0.30", "0.4",
        )  # fmt: skip


def test_what_is_left_out_is_not_known(tmp_path: Path) -> None:
    with reader_of(tmp_path, COLUMNS[:5]) as reader:
        line = reader.read(list(ROW[:5]))
    assert line == (
        "7", "2026-11-15T08:30:00+00:00", "Café", "Café", None, None, None, None, None, "2", "1.50", "0", None
    )  # fmt: skip


def test_without_an_id_the_name_identifies_the_product_and_finds_one_there_is(tmp_path: Path) -> None:
    with reader_of(tmp_path, names={"Café": "CAF-01"}) as reader:
        assert reader.read(changed(product_id=""))[2] == "CAF-01"
        assert reader.read(changed(product_id="", product="Té"))[2] == "Té"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"order_id": " "}, "order_id is empty"),
        ({"order_id": "9" * 201}, "order_id is longer than 200 characters"),
        ({"ordered_at": ""}, "ordered_at is empty"),
        ({"ordered_at": "15/11/2026"}, "ordered_at is no ISO date and time"),
        ({"product": ""}, "product is empty"),
        ({"quantity": ""}, "quantity is empty"),
        ({"quantity": "two"}, "quantity is no number"),
        ({"unit_price": ""}, "unit_price is empty"),
        ({"unit_price": "-1"}, "unit_price is negative"),
        ({"unit_price": "nan"}, "unit_price is no number"),
        ({"unit_cost": "-1"}, "unit_cost is negative"),
        ({"discount": "-1"}, "discount is negative"),
        ({"discount": "ten"}, "discount is no number"),
    ],
)
def test_a_bad_cell_rejects_the_row_and_is_named(tmp_path: Path, cells: dict[str, str], reason: str) -> None:
    with reader_of(tmp_path) as reader, pytest.raises(RowRejected) as fault:
        reader.read(changed(**cells))
    assert str(fault.value) == reason


def test_a_return_takes_its_discount_back(tmp_path: Path) -> None:
    with reader_of(tmp_path) as reader:
        assert reader.read(changed(quantity="-2", discount="-0.30"))[9:12] == ("-2", "1.50", "-0.30")


def test_a_price_of_zero_is_a_price(tmp_path: Path) -> None:
    with reader_of(tmp_path) as reader:
        assert reader.read(changed(unit_price="0"))[10] == "0"


def test_a_file_without_prices_needs_to_be_meant(tmp_path: Path) -> None:
    without = COLUMNS[:4]
    with pytest.raises(FileRefused, match="no column unit_price"), reader_of(tmp_path, without):
        pass
    with reader_of(tmp_path, without, LAYOUT_WITHOUT_PRICES) as reader:
        assert reader.read(list(ROW[:4]))[10] is None
