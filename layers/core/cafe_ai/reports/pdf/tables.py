"""Tables over pages: the header comes again, figures stand in columns as wide as they need, names take the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cafe_ai.reports.document import Cell, Column, Table, TableRow
from cafe_ai.reports.pdf.inks import colour
from cafe_ai.reports.pdf.letters import REGULAR, Letters
from cafe_ai.reports.pdf.styles import WIDTH, style

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

_PADDING = 11.0
_FIRST_AT_LEAST = 110.0


def lay_out_table(table: Table, letters: Letters) -> tuple[Flowable, Flowable]:
    """The caption and the table."""
    from reportlab.platypus import Paragraph
    from reportlab.platypus import Table as Grid

    widths = _widths(table, letters)
    head = [Paragraph(letters.markup(each.title), style("column", right=each.figures)) for each in table.columns]
    body = [_row(row, table.columns, letters) for row in table.rows]
    grid = Grid([head, *body], colWidths=widths, repeatRows=1)
    grid.setStyle(
        [
            ("FONTNAME", (0, 0), (-1, -1), REGULAR),
            ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
            ("VALIGN", (0, 1), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("LEFTPADDING", (1, 0), (-1, -1), _PADDING),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 3.2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3.8),
            ("LINEBELOW", (0, 0), (-1, 0), 0.7, colour("axis")),
            ("LINEBELOW", (0, 1), (-1, -2), 0.4, colour("grid")),
            *[
                ("LINEABOVE", (0, line), (-1, line), 0.7, colour("axis"))
                for line, row in enumerate(table.rows, 1)
                if row.total
            ],
        ]
    )
    return Paragraph(letters.markup(table.caption), style("caption")), grid


def _row(row: TableRow, columns: tuple[Column, ...], letters: Letters) -> list[object]:
    return [_cell(cell, column, letters, total=row.total) for cell, column in zip(row.cells, columns, strict=True)]


def _cell(cell: Cell, column: Column, letters: Letters, *, total: bool) -> list[Flowable]:
    from reportlab.platypus import Paragraph

    name = "total" if total else "cell"
    flowables: list[Flowable] = [Paragraph(letters.markup(cell.text), style(name, cell.tone, right=column.figures))]
    if cell.note:
        tone = cell.tone if cell.tone == "alert" else ""
        flowables.append(Paragraph(letters.markup(cell.note), style("cell_note", tone, right=column.figures)))
    return flowables


def _widths(table: Table, letters: Letters) -> list[float]:
    """A column of figures is as wide as its widest figure; the columns of text share what is left by weight. Where that
    is too little to read, all share the width by weight and figures may break."""
    size, note = style("total").fontSize, style("cell_note").fontSize
    widths: list[float] = []
    for number, column in enumerate(table.columns):
        cells = [row.cells[number] for row in table.rows]
        longest = max((letters.width(cell.text, size, bold=True) for cell in cells), default=0.0)
        longest = max(longest, *(letters.width(cell.note, note) for cell in cells), 0.0) if column.figures else longest
        title = _title_width(column.title, letters)
        widths.append(max(longest, title) + _PADDING + 1.0 if column.figures else 0.0)
    texts = sum(column.weight for column in table.columns if not column.figures)
    left = WIDTH - sum(widths)
    if left < _FIRST_AT_LEAST:
        everything = sum(column.weight for column in table.columns)
        return [WIDTH * column.weight / everything for column in table.columns]
    figures = len([column for column in table.columns if column.figures])
    spare = max(left - WIDTH * 0.7, 0.0) / max(figures, 1)  # figures are not pushed to the far edge of a narrow table
    left -= spare * figures
    return [
        width + spare if column.figures else left * column.weight / texts
        for width, column in zip(widths, table.columns, strict=True)
    ]


def _title_width(title: str, letters: Letters) -> float:
    """A short title stays on one line, a longer one may break between its words."""
    size = style("column").fontSize
    whole = letters.width(title, size)
    return whole if whole <= 50.0 else max(whole * 0.62, *(letters.width(word, size) for word in title.split()))
