"""Each block of a document as reportlab's flowables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cafe_ai.reports.charts import pdf as charts
from cafe_ai.reports.charts.marks import Size
from cafe_ai.reports.document import (
    Block,
    Change,
    Figure,
    Item,
    Items,
    Pair,
    Paragraph,
    Table,
    Tile,
    Tiles,
    tiles_in_row,
)
from cafe_ai.reports.pdf.inks import INKS, colour
from cafe_ai.reports.pdf.letters import BOLD, REGULAR, Letters
from cafe_ai.reports.pdf.styles import WIDTH, style
from cafe_ai.reports.pdf.tables import lay_out_table

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

_TEXT = 8.4
_GAP, _ASIDE = 22.0, 120.0
KEPT, TABLE_BEGINS = 250.0, 110.0
"""A table up to so high stays on one page; a higher one begins where there is room for so much of it."""
WIDE, HALF = Size(WIDTH, _TEXT), Size((WIDTH - _GAP) / 2, _TEXT)


@dataclass(frozen=True, slots=True)
class Laid:
    """A block's flowables, the room that must be left on a page for it to begin there, and whether it is running text
    that leads to the next block."""

    flowables: list[Flowable]
    needs: float
    leads: bool = False


def flow(block: Block, letters: Letters) -> Laid:
    """The block as flowables."""
    match block:
        case Tiles():
            return _whole([_tiles(block, letters)], 12)
        case Paragraph():
            name = {"lead": "lead", "note": "note", "plain": "body"}[block.kind]
            laid = [paragraph(block.text, name, letters)]
            return Laid(laid, min(_height(laid), 60.0), leads=block.kind == "plain")
        case Items():
            items = _items(block, letters)
            return Laid([*items, _space(6)], _height(items[:1]))
        case Table():
            caption, grid = lay_out_table(block, letters)
            height = _height([caption, grid])
            return Laid([caption, grid, _space(14)], height if height <= KEPT else TABLE_BEGINS)
        case Figure():
            return _whole(_figure(block, WIDE, letters), 10)
        case Pair():
            return _whole([_pair(block, letters)], 10)


def _whole(flowables: list[Flowable], after: float) -> Laid:
    return Laid([*flowables, _space(after)], _height(flowables))


def _height(flowables: Sequence[Flowable]) -> float:
    return sum(each.wrap(WIDTH, 10_000)[1] + each.getSpaceBefore() + each.getSpaceAfter() for each in flowables)


def paragraph(text: str, name: str, letters: Letters, tone: str = "", *, right: bool = False) -> Flowable:
    """A paragraph of plain text."""
    from reportlab.platypus import Paragraph as Flowing

    return Flowing(letters.markup(text), style(name, tone, right=right))


def _space(height: float) -> Flowable:
    from reportlab.platypus import Spacer

    return Spacer(1, height)


def _figure(figure: Figure, size: Size, letters: Letters) -> list[Flowable]:
    flowables = [paragraph(figure.heading, "subheading", letters)]
    flowables.append(paragraph(figure.subtitle, "subtitle", letters) if figure.subtitle else _space(5))
    flowables.append(charts.paint(figure.draw(size), letters))
    if figure.note:
        flowables.append(paragraph(figure.note, "note", letters))
    return flowables


def _pair(pair: Pair, letters: Letters) -> Flowable:
    from reportlab.platypus import Table as Grid

    cells = [_figure(each, HALF, letters) for each in (pair.left, pair.right)]
    grid = Grid([[cells[0], "", cells[1]]], colWidths=[HALF.width, _GAP, HALF.width])
    grid.setStyle([*_NO_PADDING, ("VALIGN", (0, 0), (-1, -1), "TOP")])
    return grid


_NO_PADDING: list[Any] = [
    ("FONTNAME", (0, 0), (-1, -1), REGULAR),
    *((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
]


def _items(block: Items, letters: Letters) -> list[Flowable]:
    return [_item(each, number if block.numbered else None, letters) for number, each in enumerate(block.items, 1)]


def _item(item: Item, number: int | None, letters: Letters) -> Flowable:
    from reportlab.platypus import Table as Grid

    text = [paragraph(item.text, "strong_item" if item.detail else "item", letters)]
    text += [paragraph(item.detail, "aside", letters)] if item.detail else []
    mark = paragraph("•" if number is None else str(number), "number", letters)
    aside = paragraph(item.aside, "aside", letters, right=True) if item.aside else ""
    grid = Grid(
        [[mark, text, aside]], colWidths=[18, WIDTH - 18 - _ASIDE, _ASIDE] if item.aside else [18, WIDTH - 18, 0]
    )
    grid.setStyle(
        [
            *_NO_PADDING,
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, colour("grid")),
        ]
    )
    return grid


def _tiles(block: Tiles, letters: Letters) -> Flowable:
    """A grid: a leading tile over the whole width, the others in rows below it."""
    from reportlab.platypus import Table as Grid

    leading, others = block.split
    columns = tiles_in_row(len(others))
    width = WIDTH / columns
    rows: list[list[object]] = []
    commands: list[Any] = []
    if leading is not None:
        rows.append([_leading_tile(leading, letters), *[""] * (columns - 1)])
        commands += [("SPAN", (0, 0), (-1, 0)), ("BACKGROUND", (0, 0), (-1, 0), colour("wash"))]
    for start in range(0, len(others), columns):
        row: list[object] = [
            _tile(each, letters, width - 20, stacked=columns > 3) for each in others[start : start + columns]
        ]
        if len(row) < columns:
            commands.append(("SPAN", (len(row) - 1, len(rows)), (-1, len(rows))))
        rows.append([*row, *[""] * (columns - len(row))])
    grid = Grid(rows, colWidths=[width] * columns)
    grid.setStyle(
        [
            *commands,
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("FONTNAME", (0, 0), (-1, -1), REGULAR),
            ("LEFTPADDING", (0, 0), (-1, -1), 10),
            ("RIGHTPADDING", (0, 0), (-1, -1), 10),
            ("TOPPADDING", (0, 0), (-1, -1), 8),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
            ("BOX", (0, 0), (-1, -1), 0.6, colour("rule")),
            ("INNERGRID", (0, 0), (-1, -1), 0.6, colour("rule")),
        ]
    )
    return grid


def _leading_tile(tile: Tile, letters: Letters) -> Flowable:
    """The figure at the left, its changes at the right on the same line."""
    from reportlab.platypus import Table as Grid

    width = WIDTH - 20
    figure = [paragraph(tile.label, "tile_label", letters), _fitting(tile.value, "tile_first", width * 0.5, letters)]
    changes = [_change(each, letters, "tile_first_change") for each in tile.changes]
    size = style("tile_first_change").fontSize
    longest = max((letters.width(f"{each.text}  {each.beside}", size, bold=True) for each in tile.changes), default=0.0)
    aside = min(longest + 4, width * 0.5)
    grid = Grid([[figure, changes]], colWidths=[width - aside, aside])
    grid.setStyle([*_NO_PADDING, ("VALIGN", (0, 0), (-1, -1), "BOTTOM"), ("BOTTOMPADDING", (1, 0), (1, 0), 4)])
    return grid


def _tile(tile: Tile, letters: Letters, width: float, *, stacked: bool) -> list[Flowable]:
    return [
        paragraph(tile.label, "tile_label", letters),
        _fitting(tile.value, "tile_value", width, letters),
        *(_change(each, letters, stacked=stacked) for each in tile.changes),
    ]


def _fitting(text: str, name: str, width: float, letters: Letters) -> Flowable:
    """A figure on one line, in smaller letters where it would be wider than its tile."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph as Flowing

    usual = style(name)
    needed = letters.width(text, usual.fontSize, bold=True)
    if needed <= width:
        return paragraph(text, name, letters)
    smaller = ParagraphStyle(f"{name}-smaller", parent=usual, fontSize=usual.fontSize * width / needed * 0.98)
    return Flowing(letters.markup(text), smaller)


def _change(change: Change, letters: Letters, name: str = "tile_change", *, stacked: bool = False) -> Flowable:
    from reportlab.platypus import Paragraph as Flowing

    said = ""
    if change.text:
        ink = INKS.get(change.tone, INKS["ink"])
        between = "<br/>" if stacked else " &nbsp;"
        said = f'<font name="{BOLD}" color="{ink}">{letters.markup(change.text)}</font>{between}'
    return Flowing(said + letters.markup(change.beside), style(name))


def room_for_start(blocks: Sequence[Laid]) -> float:
    """How much room a section's beginning needs below its heading: running text does not stand there alone."""
    needed = 0.0
    for block in blocks:
        needed += block.needs
        if not block.leads:
            break
    return needed
