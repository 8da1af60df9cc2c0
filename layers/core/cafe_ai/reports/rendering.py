"""A report's files, made of one document: the web page and the PDF say the same, CSV and JSON hold the exact figures."""

from __future__ import annotations

from cafe_ai.reports.content.compose import compose
from cafe_ai.reports.csv_file import write_csv
from cafe_ai.reports.html.page import write_page
from cafe_ai.reports.json_file import write_json
from cafe_ai.reports.model import Rendered, SalesReport
from cafe_ai.reports.pdf.pages import write_pdf


def render(report: SalesReport) -> Rendered:
    """The report as a web page, a PDF, a CSV and a JSON file; the same bytes for the same report."""
    document = compose(report)
    return Rendered(
        {"html": write_page(document), "pdf": write_pdf(document), "csv": write_csv(report), "json": write_json(report)}
    )
