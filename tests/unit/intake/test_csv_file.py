"""CSV files of all kinds, and what cannot be read as one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cafe_ai.intake.csv_file import Layout, RejectedRows, open_csv
from cafe_ai.intake.model import FileRefused, RowRejected

LAYOUT = Layout(required=("order_id", "product", "unit_price"), optional=("store",), aliases={"shop": "store"})

cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


def read_all(path: Path, encoding: str = "utf-8") -> list[list[str]]:
    with open_csv(path, LAYOUT, encoding) as csv_file:
        return [record.fields for record in csv_file.records()]


@given(
    rows=st.lists(st.tuples(cells, cells, cells), max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["utf-8", "utf-8-sig"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_spreadsheet_writes_is_read_back(
    tmp_path: Path, rows: list[tuple[str, str, str]], delimiter: str, line_end: str, mark: str
) -> None:
    path = tmp_path / "lines.csv"
    with path.open("w", encoding=mark, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
        writer.writerow(["order_id", "product", "unit_price"])
        writer.writerows(rows)
    assert read_all(path) == [list(row) for row in rows]


def test_records_know_the_line_they_start_in(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_bytes(b'order_id,product,unit_price\r\n1,"two\nlines",3\r\n\r\n2,b,4\r\n')
    with open_csv(path, LAYOUT, "utf-8") as csv_file:
        assert [(record.line, record.fields[0]) for record in csv_file.records()] == [(2, "1"), (5, "2")]


def test_headings_are_found_in_any_order_case_and_by_their_aliases(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("Shop;Unit Price;till;PRODUCT;order-id\n", encoding="utf-8")
    with open_csv(path, LAYOUT, "utf-8") as csv_file:
        assert csv_file.positions == {"store": 0, "unit_price": 1, "product": 3, "order_id": 4}
        assert csv_file.ignored == ("till",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"PK\x03\x04rest", "Excel workbook"),
        ("order_id,product,unit_price\n".encode("utf-16"), "UTF-16"),
        (b"\x00\x01\x02\x03\n", "cannot be read as text"),
        (b"pedido\xe9,producto\n", "cannot be read as text"),
        (b"order_id,product\n1,a\n", r"no column unit_price \(its first line reads: order_id, product\).*--no-prices"),
        (b"hello world\n", "no column order_id and no column product and no column unit_price"),
        (b"rejected_line,rejected_reason,order_id,product,unit_price\n", "correct them in the original"),
    ],
)
def test_a_file_that_is_no_such_csv_is_refused_saying_why(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "lines.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=said):
        read_all(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="No such file"):
        read_all(tmp_path / "missing.csv")
    with pytest.raises(FileRefused, match="directory"):
        read_all(tmp_path)


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="no encoding 'klingon'"):
        read_all(tmp_path / "lines.csv", "klingon")


@pytest.mark.parametrize("rows_after", [300, 30_000])
def test_a_quotation_mark_left_open_does_not_swallow_the_file(tmp_path: Path, rows_after: int) -> None:
    path = tmp_path / "lines.csv"
    path.write_text('order_id,product,unit_price\n1,a,1\n2,"b,1\n' + "3,c,1\n" * rows_after, encoding="utf-8")
    with pytest.raises(FileRefused, match="line 3: a quotation mark opens"):
        read_all(path)


def test_windows_files_are_read_when_their_encoding_is_said(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_bytes("order_id;product;unit_price\n1;Café;2,50 €\n".encode("cp1252"))
    assert read_all(path, "cp1252") == [["1", "Café", "2,50 €"]]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"1,a", "3 columns"),
        (b"1,a,2,3", "3 columns"),
        (b"1,Caf\xe9,2", "not text in the file's encoding"),
        (b"1,a\x00b,2", "NUL"),
    ],
)
def test_damaged_rows_are_rejected_and_kept_byte_for_byte(tmp_path: Path, row: bytes, reason: str) -> None:
    path = tmp_path / "lines.csv"
    path.write_bytes(b"order_id,product,unit_price\n" + row + b"\n")
    with open_csv(path, LAYOUT, "utf-8") as csv_file:
        rejected = RejectedRows(path, csv_file)
        for record in csv_file.records():
            with pytest.raises(RowRejected, match=reason) as fault:
                csv_file.check(record.fields)
            rejected.add(record, str(fault.value))
        rejected.stage()
        written = rejected.publish()
        rejected.close()
    assert written == tmp_path / "lines.rejected.csv"
    assert written.read_bytes().splitlines()[1].endswith(b"," + row)


def test_an_earlier_runs_rejected_file_goes_when_nothing_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("order_id,product,unit_price\n", encoding="utf-8")
    (tmp_path / "lines.rejected.csv").write_text("old", encoding="utf-8")
    with open_csv(path, LAYOUT, "utf-8") as csv_file:
        rejected = RejectedRows(path, csv_file)
        rejected.stage()
        assert rejected.publish() is None
        rejected.close()
    assert [entry.name for entry in tmp_path.iterdir()] == ["lines.csv"]
