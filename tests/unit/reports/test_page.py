"""The web page: well-formed, self-contained, and safe with any name a shop may have."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.reports.content.compose import compose
from cafe_ai.reports.html.elements import Markup, h, join
from cafe_ai.reports.html.page import write_page
from cafe_ai.reports.legible import without_controls
from cafe_ai.reports.model import SalesReport
from tests.support import reports

VOID = {"meta", "line", "rect", "circle", "polygon", "polyline"}


class Reader(HTMLParser):
    """Reads a page: its tags in balance, its texts by tag, and all its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.unbalanced: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.append((self.open[-1], data))

    @property
    def text(self) -> str:
        """What is read, the style sheet left out, each text apart."""
        return "\n".join(text for tag, text in self.texts if tag != "style")


def page_of(report: SalesReport) -> str:
    return write_page(compose(report)).decode()


@pytest.fixture(params=sorted(reports.ALL))
def report(request: pytest.FixtureRequest) -> SalesReport:
    made: SalesReport = reports.ALL[request.param]()
    return made


def test_the_page_is_well_formed_and_in_its_language(report: SalesReport) -> None:
    page = page_of(report)
    read = Reader(page)
    assert page.startswith("<!DOCTYPE html>")
    assert (read.open, read.unbalanced) == ([], [])
    assert read.tags[0] == ("html", {"lang": report.locale})
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in read.tags:
        for name in ("aria-labelledby", "aria-describedby"):
            assert attributes.get(name) in (None, *ids)


def test_the_page_fetches_and_runs_nothing(report: SalesReport) -> None:
    read = Reader(page_of(report))
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "a", "base", "image", "use"} & {
        tag for tag, _ in read.tags
    }
    for tag, attributes in read.tags:
        assert not {"src", "href", "style", "xlink:href"} & attributes.keys(), tag
        assert not [name for name in attributes if name.startswith("on")]
    style = "".join(text for tag, text in read.texts if tag == "style")
    assert set(re.findall(r"url\((.{0,22})", style)) == {"data:font/woff2;base64"}
    assert "@import" not in style


def test_every_figure_and_sentence_is_there() -> None:
    text = Reader(page_of(reports.cafe_report())).text
    for expected in (
        "Café Central", "Noviembre de 2026", "Comparado con octubre de 2026 y noviembre de 2025",
        "Hecho el 1 de diciembre de 2026, 06:15 (Europe/Madrid)", "412,30\u00a0€", "64,2\u00a0%", "antes: 13,73\u00a0€",
        "hace un año: 22.126,10\u00a0€", "▲ +43,7\u00a0%", "▼ -0,6\u00a0%", "▲ +0,5\u00a0puntos", "390,00\u00a0€ en juego",
        "Se vendieron más o menos unidades en total.", "pedir ya", "no se vende",
    ):  # fmt: skip
        assert expected in text


def test_a_rise_in_returns_is_not_good_news() -> None:
    page = page_of(reports.cafe_report())
    assert '<b class="t-bad">▲ +43,7\u00a0%</b>' in page
    assert '<b class="t-good">▲ +16,1\u00a0%</b>' in page


def test_names_of_the_shop_are_text_whatever_they_hold() -> None:
    page = page_of(reports.hostile_report())
    read = Reader(page)
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>O" not in page
    for name in reports.HOSTILE_NAMES[:8]:
        assert name.strip() in read.text
    assert "\u202e" not in page
    assert "\x07" not in page


@given(st.text(max_size=40), st.text(max_size=40))
def test_what_is_put_into_an_element_comes_out_as_text(text: str, attribute: str) -> None:
    read = Reader(h("p", text, title=attribute))
    assert read.tags == [("p", {"title": without_controls(attribute)})]
    assert read.unbalanced == []
    assert h("p", Markup("<b>x</b>"), None, ["<"]) == "<p><b>x</b>&lt;</p>"
    assert join("a", "&") == "a&amp;"


def test_charts_are_there_for_a_wide_page_and_a_phone() -> None:
    tags = Reader(page_of(reports.cafe_report())).tags
    charts = [attributes for tag, attributes in tags if tag == "svg"]
    assert [each["class"] for each in charts] == ["wide", "narrow"] * (len(charts) // 2)
    assert len(charts) >= 16
    assert all(each["role"] == "img" for each in charts)


def test_tables_say_what_their_headings_head() -> None:
    read = Reader(page_of(reports.cafe_report()))
    headings = [attributes.get("scope") for tag, attributes in read.tags if tag == "th"]
    tables = [tag for tag, _ in read.tags if tag == "table"]
    assert set(headings) == {"col", "row"}
    assert len(tables) == len([tag for tag, _ in read.tags if tag == "caption"]) == 7


def test_a_shop_without_anything_says_so_and_no_more() -> None:
    read = Reader(page_of(reports.bare_report("en")))
    assert "The shop has no orders on record yet." in read.text
    assert "There is no forecast yet." in read.text
    assert [tag for tag, _ in read.tags if tag in ("svg", "table", "dl")] == []


def test_a_shop_without_prices_tells_units() -> None:
    text = Reader(page_of(reports.unpriced_report())).text
    assert "Domingo 1 de noviembre de 2026: 97 unidades, 41 pedidos." in text
    assert "€" not in text


def test_the_page_is_the_same_each_time(report: SalesReport) -> None:
    assert page_of(report) == page_of(report)
