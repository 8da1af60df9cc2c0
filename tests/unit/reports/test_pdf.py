"""The PDF, read back: its words, fonts, pages and what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pypdfium2
import pytest

from cafe_ai.reports.content.compose import compose
from cafe_ai.reports.document import Tiles
from cafe_ai.reports.legible import LOST
from cafe_ai.reports.model import SalesReport
from cafe_ai.reports.pdf.pages import write_pdf
from tests.support import reports

PAGES = {"cafe": (4, 7), "gift_shop": (3, 5), "bare": (1, 1), "hostile": (6, 9), "peso": (2, 4), "unpriced": (1, 2)}


@pytest.fixture(params=sorted(reports.ALL))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def pdf_of(report: SalesReport) -> bytes:
    return write_pdf(compose(report))


def pages_of(file: bytes) -> Iterator[str]:
    """Each page's text, its lines joined."""
    pdf = pypdfium2.PdfDocument(file)
    try:
        for page in pdf:
            text = page.get_textpage()
            yield re.sub(r"\s+", " ", text.get_text_range())
            text.close()
            page.close()
    finally:
        pdf.close()


def words_of(file: bytes) -> str:
    return " ".join(pages_of(file))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_every_headline_figure_is_read_as_it_is_written(name: str) -> None:
    report = reports.ALL[name]()
    document = compose(report)
    words = words_of(write_pdf(document))
    tiles = [tile for block in document.opening if isinstance(block, Tiles) for tile in block.tiles]
    known = [figure for figure in report.analysis.headline if figure.value is not None]
    assert len(tiles) == len(known)
    for tile in tiles:
        assert plain(tile.value) in words
        for change in tile.changes:
            assert plain(change.text) in words
            assert plain(change.beside) in words


def test_the_pages_are_numbered_and_neither_few_nor_many(name: str) -> None:
    pages = list(pages_of(pdf_of(reports.ALL[name]())))
    least, most = PAGES[name]
    assert least <= len(pages) <= most
    form = "Page {} of {}" if name == "gift_shop" else "Página {} de {}"
    for number, text in enumerate(pages, 1):
        assert form.format(number, len(pages)) in text


def test_the_fonts_are_inside(name: str) -> None:
    file = pdf_of(reports.ALL[name]())
    fonts = set(re.findall(rb"/BaseFont /(?:[A-Z]{6}\+)?([A-Za-z0-9+-]+)", file))
    assert fonts == {b"SourceSans3-Regular", b"SourceSans3-Bold"}
    assert len(re.findall(rb"/FontFile2 ", file)) == 2


def test_what_the_file_says_of_itself() -> None:
    file = pdf_of(reports.cafe_report())
    pdf = pypdfium2.PdfDocument(file)
    told = pdf.get_metadata_dict()
    outline = [entry.get_title() for entry in pdf.get_toc()]
    pdf.close()
    assert told["Title"] == "Informe de ventas · Café Central · Noviembre de 2026"
    assert told["Author"] == "Café Central"
    assert told["Subject"] == "Informe de ventas: Noviembre de 2026"
    assert told["CreationDate"] == "D:20261201051500+00'00'"
    assert b"/Lang (es)" in file
    assert outline[:3] == ["Lo más importante", "Qué hacer ahora", "Productos para promocionar"]
    assert outline[-1] == "Notas"


def test_the_file_is_the_same_each_time(name: str) -> None:
    report = reports.ALL[name]()
    assert pdf_of(report) == pdf_of(report)


def test_letters_that_the_fonts_lack_are_marked_and_told() -> None:
    words = words_of(pdf_of(reports.hostile_report()))
    assert f"Bar <b>O'Higgins</b> & Hijos {LOST}" in words
    assert "<script>alert('hola')</script>" in words
    assert f"aparecen como {LOST}; la página web los muestra" in words
    assert "no se pueden mostrar" not in words_of(pdf_of(reports.cafe_report()))


def test_a_long_table_has_its_header_on_every_page() -> None:
    report = reports.cafe_report()
    lines = tuple(replace(report.stock[0], product=f"Producto {number}") for number in range(120))
    pages = [
        page for page in pages_of(pdf_of(replace(report, stock=lines))) if "Producto 4" in page or "Producto 9" in page
    ]
    assert len(pages) >= 3
    assert all("Plazo de" in page and "Existencias" in page for page in pages)


def test_a_heading_is_never_alone_at_the_foot_of_a_page() -> None:
    """Whatever comes before: lists of every length push each section's heading down a page."""
    report = reports.cafe_report()
    headings = [section.heading for section in compose(report).sections]
    for length in range(1, 40, 3):
        promotions = tuple(replace(report.promotions[0], reason=f"Motivo {number}") for number in range(length))
        for page in pages_of(pdf_of(replace(report, promotions=promotions))):
            body, numbered, _ = page.partition(" Página ")
            assert numbered
            assert not body.endswith(tuple(headings)), length


def test_colours_are_not_all_that_tells_a_rise_from_a_fall() -> None:
    words = words_of(pdf_of(reports.cafe_report()))
    assert "▼ -0,6 %" in words
    assert "▲ +43,7 %" in words
