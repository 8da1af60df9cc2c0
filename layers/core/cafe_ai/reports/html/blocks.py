"""Each block of a document as HTML."""

from __future__ import annotations

from itertools import count

from cafe_ai.reports.charts import svg
from cafe_ai.reports.charts.marks import Size
from cafe_ai.reports.document import (
    Block,
    Cell,
    Change,
    Column,
    Figure,
    Item,
    Items,
    Pair,
    Paragraph,
    Table,
    TableRow,
    Tile,
    Tiles,
    tiles_in_row,
)
from cafe_ai.reports.html.elements import Content, Markup, h, own

WIDE, HALF, NARROW = Size(720.0, 13.0), Size(342.0, 12.5), Size(340.0, 12.5)
"""A chart is laid out for a wide page (or half of it) and again for a phone; the style sheet shows the one that fits."""


_SHORT = 10  # rows that a print keeps on one page


class BlockWriter:
    """Writes blocks; each chart in the page gets a name of its own."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def write(self, block: Block) -> Markup:
        """The block as HTML."""
        match block:
            case Tiles():
                return _tiles(block)
            case Paragraph():
                return h("p", own(block.text), class_={"lead": "lead", "note": "note", "plain": None}[block.kind])
            case Items():
                return h("ol" if block.numbered else "ul", [_item(each) for each in block.items])
            case Table():
                return _table(block)
            case Figure():
                return self._figure(block, WIDE)
            case Pair():
                return h("div", self._figure(block.left, HALF), self._figure(block.right, HALF), class_="pair")

    def _figure(self, figure: Figure, wide: Size) -> Markup:
        key = f"chart-{next(self._numbers)}"
        return h(
            "figure",
            h(
                "figcaption",
                h("h3", figure.heading),
                h("p", own(figure.subtitle), class_="sub") if figure.subtitle else None,
            ),
            svg.paint(figure.draw(wide), key, "wide"),
            svg.paint(figure.draw(NARROW), f"{key}-narrow", "narrow"),
            h("p", figure.note, class_="after") if figure.note else None,
        )


def _tiles(block: Tiles) -> Markup:
    leading, others = block.split
    columns = tiles_in_row(len(others))
    tiles = [_tile(leading, "tile first")] if leading is not None else []
    for number, each in enumerate(others):
        last = number == len(others) - 1
        hole = (columns - len(others) % columns) % columns if last else 0
        tiles.append(_tile(each, "tile" + f" and{hole}" * bool(hole) + " odd" * (last and len(others) % 2 == 1)))
    return h("dl", tiles, class_=f"tiles of{columns}")


def _tile(tile: Tile, class_: str) -> Markup:
    return h(
        "div",
        h("dt", tile.label),
        h("dd", tile.value, class_="value"),
        h("dd", [_change(each) for each in tile.changes], class_="changes"),
        class_=class_,
    )


def _change(change: Change) -> Markup:
    text = h("b", change.text, class_=f"t-{change.tone}") if change.text else None
    return h("div", text, " " if text else None, h("span", change.beside) if change.beside else None, class_="change")


def _item(item: Item) -> Markup:
    text: Content = h("strong", own(item.text)) if item.detail else own(item.text)
    return h(
        "li",
        h("div", text, h("span", own(item.detail), class_="detail") if item.detail else None),
        h("span", item.aside, class_="aside") if item.aside else None,
    )


def _table(table: Table) -> Markup:
    head = h("tr", [h("th", column.title, scope="col", class_=_class(column)) for column in table.columns])
    body = [_row(row, table.columns) for row in table.rows]
    caption = h("caption", table.caption)
    return h(
        "div",
        h("table", caption, h("thead", head), h("tbody", body)),
        class_="scroll short" if len(table.rows) <= _SHORT else "scroll",
    )


def _row(row: TableRow, columns: tuple[Column, ...]) -> Markup:
    cells = [
        h("th", _cell(cell), scope="row") if number == 0 else h("td", _cell(cell), class_=_class(column, cell))
        for number, (cell, column) in enumerate(zip(row.cells, columns, strict=True))
    ]
    return h("tr", cells, class_="total" if row.total else None)


def _cell(cell: Cell) -> Content:
    return (own(cell.text), h("small", own(cell.note)) if cell.note else None)


def _class(column: Column, cell: Cell | None = None) -> str | None:
    names = [
        "" if column.figures else "text",
        "secondary" if column.secondary else "",
        f"t-{cell.tone}" if cell and cell.tone != "plain" else "",
    ]
    return " ".join(filter(None, names)) or None
