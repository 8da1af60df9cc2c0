"""The CSV and JSON files: exact figures that read back, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.reports.csv_file import COLUMNS, guarded, plain_number, write_csv
from cafe_ai.reports.json_file import write_json
from cafe_ai.reports.model import SalesReport
from tests.support import reports


@pytest.fixture(params=sorted(reports.ALL))
def report(request: pytest.FixtureRequest) -> SalesReport:
    made: SalesReport = reports.ALL[request.param]()
    return made


def rows_of(report: SalesReport) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(write_csv(report).decode("utf-8-sig"), newline="")))


def test_the_csv_opens_right_in_a_spreadsheet() -> None:
    file = write_csv(reports.cafe_report())
    assert file.startswith(b"\xef\xbb\xbfsection,name,metric,value,unit,currency,start,end,text\r\n")
    assert file.count(b"\n") == file.count(b"\r\n")
    assert "Café con leche" in file.decode("utf-8-sig")


def test_headline_figures_read_back_as_they_are(report: SalesReport) -> None:
    rows = [row for row in rows_of(report) if row["section"] == "headline" and row["name"] == ""]
    read = {row["metric"]: Decimal(row["value"]) for row in rows}
    assert read == {figure.metric: figure.value for figure in report.analysis.headline if figure.value is not None}
    for row in rows:
        assert row["currency"] == (report.currency if row["unit"] == "money" else "")
        assert date.fromisoformat(row["start"]) == report.analysis.period.start
        assert date.fromisoformat(row["end"]) < report.analysis.period.end


def test_days_read_back_as_they_are(report: SalesReport) -> None:
    rows = [row for row in rows_of(report) if row["section"] == "day" and row["metric"] == "net_sales"]
    assert {row["name"]: Decimal(row["value"]) for row in rows} == {
        point.day.isoformat(): point.net_sales for point in report.analysis.days
    }


def test_drivers_add_up_in_the_csv(report: SalesReport) -> None:
    rows = {row["name"]: Decimal(row["value"]) for row in rows_of(report) if row["section"] == "driver"}
    if report.analysis.drivers is None:
        assert rows == {}
    else:
        change = rows.pop("change")
        assert sum(rows.values()) == change


def test_every_line_has_all_fields_and_every_value_is_a_number(report: SalesReport) -> None:
    for row in csv.reader(io.StringIO(write_csv(report).decode("utf-8-sig"), newline="")):
        assert len(row) == len(COLUMNS)
        if row[3] not in ("", "value"):
            assert Decimal(row[3]).is_finite()


def test_no_text_is_a_formula() -> None:
    for row in rows_of(reports.hostile_report()):
        for column in ("name", "text"):
            assert not row[column].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert any(row["name"] == '\'=HYPERLINK("http://evil.example","clic")' for row in rows_of(reports.hostile_report()))


@given(st.text())
def test_a_guarded_text_never_starts_as_a_formula(text: str) -> None:
    written = guarded(text)
    assert not written.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_it_is(value: Decimal) -> None:
    written = plain_number(value)
    assert "E" not in written.upper()
    assert Decimal(written) == value


def test_the_json_holds_the_analysis_with_what_stands_beside_it() -> None:
    report = reports.cafe_report()
    body: dict[str, Any] = json.loads(write_json(report))
    assert body["business"] == {
        "name": "Café Central", "type": "cafeteria", "locale": "es", "currency": "EUR", "timezone": "Europe/Madrid"
    }  # fmt: skip
    assert body["analysis"]["revenue"]["value"] == float(report.analysis.headline[0].value or 0)
    assert len(body["analysis"]["series"]) == 30
    assert body["insights"] == [finding.text for finding in report.analysis.insights]
    assert body["segments"][0]["customers"] == 96
    assert body["stock"][0]["days_left"] == 3.5
    assert body["forecast"]["days"][0]["day"] == "2026-12-01"
    assert body["created_at"] == "2026-12-01T05:15:00+00:00"


def test_the_json_is_whole_for_every_report(report: SalesReport) -> None:
    body = json.loads(write_json(report))
    assert body["missing"] == list(report.missing)
    assert body["summary"] == report.summary
    drivers = body["analysis"]["drivers"]
    if drivers is not None:
        parts = [
            Decimal(str(drivers[name]))
            for name in ("price", "volume", "mix", "new_products", "vanished_products", "rest")
        ]
        assert sum(parts) == Decimal(str(drivers["change"]))
