"""What the document says: drivers that add up as shown, figures in the reader's way, names made legible."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.reports.charts.marks import Label, Line, Size
from cafe_ai.reports.content.compose import compose
from cafe_ai.reports.content.drivers import shares_of
from cafe_ai.reports.document import Document, Figure, Items, Paragraph, Section, Table
from cafe_ai.reports.legible import LOST, in_letters_of, legible
from cafe_ai.reports.model import SalesReport
from cafe_ai.reports.rendering import render
from cafe_ai.reports.voice import Voice
from cafe_ai.reports.wording import words_of
from tests.support import reports

EUROS = Voice("es", "EUR", words_of("es"))
POUNDS = Voice("en", "GBP", words_of("en"))
PESOS = Voice("es", "CLP", words_of("es"))


def section(document: Document, key: str) -> Section:
    return next(each for each in document.sections if each.key == key)


def keys(report: SalesReport) -> list[str]:
    return [each.key for each in compose(report).sections]


def amount(text: str) -> Decimal:
    """An amount in the report's Spanish or English, read back."""
    digits = re.sub(r"[^\d.,+-]", "", text)
    spanish = "€" in text or "CLP" in text
    return Decimal(digits.replace(".", "").replace(",", ".") if spanish else digits.replace(",", ""))


@pytest.mark.parametrize("name", ["cafe", "gift_shop", "peso"])
def test_the_drivers_add_up_as_they_are_shown(name: str) -> None:
    found = section(compose(reports.ALL[name]()), "drivers")
    (table,) = [block for block in found.blocks if isinstance(block, Table)]
    *parts, total = [amount(row.cells[1].text) for row in table.rows]
    assert sum(parts) == total
    chart = next(block for block in found.blocks if isinstance(block, Figure)).draw(Size(720, 13))
    shown = [amount(mark.text) for mark in chart.marks if isinstance(mark, Label) and mark.bold and mark.anchor == "start"
             and re.search(r"[€£]|CLP", mark.text)]  # fmt: skip
    before, *steps, after = shown
    assert before + sum(steps) == after


@given(st.lists(st.decimals(-10_000, 10_000, places=4), min_size=1, max_size=6), st.sampled_from((0, 2)))
def test_shares_add_up_and_stay_by_their_amounts(amounts: list[Decimal], places: int) -> None:
    unit = Decimal(1).scaleb(-places)
    total = (sum(amounts, Decimal(0)) / unit).to_integral_value() * unit
    shares = shares_of(total, amounts, places)
    assert sum(shares) == total
    assert all(abs(share - exact) < unit for share, exact in zip(shares, amounts, strict=True))


def test_amounts_that_do_not_add_up_are_told_as_they_are() -> None:
    assert shares_of(Decimal(100), [Decimal("10.004"), Decimal(20)], 2) == [Decimal("10.00"), Decimal("20.00")]


def test_sections_come_in_the_order_they_are_read() -> None:
    assert keys(reports.cafe_report()) == [
        "insights", "recommendations", "promotions", "days", "drivers", "products", "categories", "times", "customers",
        "stock", "forecast", "anomalies", "notes",
    ]  # fmt: skip
    assert keys(reports.bare_report()) == ["insights", "notes"]


def test_the_document_is_in_one_language() -> None:
    english = compose(replace(reports.gift_shop_report(), forecast=reports.cafe_report().forecast))
    texts = " ".join(
        f"{each.heading} {[block for block in each.blocks if not isinstance(block, Figure)]}"
        for each in english.sections
    )
    assert not re.search(r"\b(Ventas|ventas|Pedidos|Producto|Clientes|día|semana|Notas)\b", texts)


def test_money_is_written_in_the_readers_way() -> None:
    assert EUROS.money(Decimal("1234.5")) == "1.234,50\u00a0€"
    assert EUROS.money(Decimal("1234.5"), signed=True) == "+1.234,50\u00a0€"
    assert POUNDS.money(Decimal("-12.5")) == "-£12.50"
    assert POUNDS.money(Decimal("0.001"), signed=True) == "£0.00"
    assert PESOS.money(Decimal("1234.5")) == "1.235\u00a0CLP"


@pytest.mark.parametrize(
    ("voice", "ticks", "expected"),
    [
        (EUROS, (0, 500, 1000), ("0 €", "500 €", "1.000 €")),
        (EUROS, (0, 10000, 20000), ("0 €", "10 mil €", "20 mil €")),
        (EUROS, (0, 500000, 1500000), ("0 €", "0,5 M€", "1,5 M€")),
        (POUNDS, (-10000, 0, 10000), ("-£10k", "£0", "£10k")),
        (PESOS, (0, 200000), ("0 CLP", "200 mil CLP")),
        (PESOS, (0, 2000000), ("0 CLP", "2 M CLP")),
    ],
)
def test_axes_are_labelled_in_one_unit(voice: Voice, ticks: tuple[int, ...], expected: tuple[str, ...]) -> None:
    words = voice.money_axis([Decimal(tick) for tick in ticks])
    assert tuple(text.replace("\u00a0", " ") for text in words) == expected


def test_both_languages_say_everything() -> None:
    spanish, english = words_of("es"), words_of("en")
    for mapping in ("metrics", "drivers", "gaps", "missing"):
        assert getattr(spanish, mapping).keys() == getattr(english, mapping).keys()
    for group in ("headings", "table", "chart"):
        one, other = getattr(spanish, group), getattr(english, group)
        for name in type(one).__slots__:
            placeholders = [sorted(re.findall(r"{(\w+)}", str(getattr(words, name)))) for words in (one, other)]
            assert placeholders[0] == placeholders[1], name


def test_a_running_period_says_until_when_it_counts() -> None:
    report = reports.cafe_report()
    moment = report.analysis.period.starts_at.replace(day=12, hour=17)
    running = replace(report.analysis.period, end=moment.date().replace(day=13), ends_at=moment)
    document = compose(replace(report, analysis=replace(report.analysis, period=running, as_of=moment)))
    assert document.period == "Lo que va de noviembre de 2026 (hasta las 17:00 del 12 de noviembre)"


def test_a_running_day_is_not_the_slowest() -> None:
    report = reports.cafe_report()
    days = (*report.analysis.days[:-1], replace(report.analysis.days[-1], net_sales=Decimal(9)))
    moment = report.analysis.period.starts_at.replace(day=30, hour=8)
    analysis = replace(report.analysis, days=days, period=replace(report.analysis.period, ends_at=moment), as_of=moment)
    (running,) = section(compose(replace(report, analysis=analysis)), "days").blocks
    (whole,) = section(compose(replace(report, analysis=replace(report.analysis, days=days))), "days").blocks
    assert "el más flojo, el miércoles 25 de noviembre" in running.subtitle  # type: ignore[union-attr]
    assert "el más flojo, el lunes 30 de noviembre" in whole.subtitle  # type: ignore[union-attr]


def test_a_day_of_rest_is_a_gap_and_not_a_fall() -> None:
    report = reports.cafe_report()
    rest = replace(
        report.analysis.days[4], net_sales=Decimal(0), orders=0, units=Decimal(0), expected=None, low=None, high=None
    )
    days = (*report.analysis.days[:4], rest, *report.analysis.days[5:])
    (figure,) = section(compose(replace(report, analysis=replace(report.analysis, days=days))), "days").blocks
    assert isinstance(figure, Figure)
    lines = [mark for mark in figure.draw(Size(720, 13)).marks if isinstance(mark, Line) and mark.ink == "accent"]
    assert [len(line.points) for line in lines if len(line.points) > 2] == [4, 25]


def test_what_is_missing_is_told_in_a_line_each() -> None:
    (notes, definitions) = section(compose(reports.gift_shop_report()), "notes").blocks
    assert [item.text for item in notes.items] == [  # type: ignore[union-attr]
        "The products have no costs: the margin is not known.",
        "The products have no categories.",
        "No stock is kept for the products.",
        "There is no forecast yet.",
    ]
    assert isinstance(definitions, Paragraph)


def test_a_part_of_the_margin_is_told_as_one() -> None:
    report = reports.cafe_report()
    partly = replace(report, analysis=replace(report.analysis, margin_coverage=Decimal("81.4")))
    notes = section(compose(partly), "notes").blocks[0]
    assert "El margen se conoce para el 81,4\u00a0% de las ventas netas" in notes.items[0].text  # type: ignore[union-attr]


def test_a_name_is_made_legible() -> None:
    assert legible("Caf\u202eé\x07 \n doble\u2028 ") == "Café doble"
    has = set("Cafe 1ﬁn").__contains__
    assert in_letters_of("Cafe", has) == "Cafe"
    assert in_letters_of("Cafe ①", has) == "Cafe 1"
    assert in_letters_of("中文 Cafe👨‍👩‍👧", has) == f"{LOST} Cafe{LOST}"


def test_a_report_has_its_four_files() -> None:
    files = render(reports.cafe_report()).files
    assert files.keys() == {"html", "pdf", "csv", "json"}
    assert files["pdf"].startswith(b"%PDF-")
    assert render(reports.cafe_report()).files == files


def test_what_to_order_has_a_column_only_where_a_forecast_has_said_it() -> None:
    report = reports.cafe_report()
    unadvised = replace(report, stock=tuple(replace(line, order_quantity=None) for line in report.stock))
    advised, plain = (
        next(block for block in section(compose(each), "stock").blocks if isinstance(block, Table))
        for each in (report, unadvised)
    )
    assert [column.title for column in advised.columns][-1] == "Pedir"
    assert len(plain.columns) == len(advised.columns) - 1
    assert {len(row.cells) for row in plain.rows} == {len(plain.columns)}


def test_an_insight_that_the_summary_has_told_is_not_told_again() -> None:
    report = reports.cafe_report()
    first, *others = (finding.text for finding in report.analysis.insights)

    def told(summary: str) -> list[str]:
        (block,) = section(compose(replace(report, summary=summary)), "insights").blocks
        assert isinstance(block, Items)
        return [item.text for item in block.items]

    assert told(f"{first} Y más cosas.") == others
    assert told("Otras palabras.") == [first, *others]
    assert told(" ".join([first, *others])) == [first, *others]
