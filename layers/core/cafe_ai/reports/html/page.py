"""The whole page."""

from __future__ import annotations

from cafe_ai.reports.document import Document, Section
from cafe_ai.reports.html.blocks import BlockWriter
from cafe_ai.reports.html.elements import Markup, h, own
from cafe_ai.reports.html.style import style_sheet

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'"


def write_page(document: Document) -> bytes:
    """The document as a web page that fetches nothing and runs nothing, UTF-8."""
    writer = BlockWriter()
    head = h(
        "head",
        h("meta", charset="utf-8"),
        h("meta", name="viewport", content="width=device-width, initial-scale=1"),
        h("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        h("meta", name="referrer", content="no-referrer"),
        h("title", document.title),
        h("style", Markup(style_sheet())),
    )
    main = h(
        "main",
        _header(document),
        [writer.write(block) for block in document.opening],
        [_section(section, writer) for section in document.sections],
        h("footer", h("p", document.footer, " ", document.made)),
    )
    page = h("html", head, h("body", main), lang=document.language)
    return f"<!DOCTYPE html>\n{page}\n".encode()


def _header(document: Document) -> Markup:
    return h(
        "header",
        h("p", document.kind, class_="kind"),
        h("h1", own(document.business)),
        h("p", document.period, class_="period"),
        h("p", f"{document.comparison}. {document.made}.", class_="made"),
    )


def _section(section: Section, writer: BlockWriter) -> Markup:
    heading = f"{section.key}-heading"
    return h(
        "section",
        h("h2", section.heading, id=heading),
        [writer.write(block) for block in section.blocks],
        id=section.key,
        aria_labelledby=heading,
    )
