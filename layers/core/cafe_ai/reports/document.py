"""A report as it is read, before it has a format: sections of blocks whose texts are final. Standard library only.

`contents` makes it of a `SalesReport`, `html` and `pdf` paint it, so that both say the same. A text is plain: nothing in
it is markup.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from cafe_ai.language.formats import Language
from cafe_ai.reports.charts.marks import Drawing, Size

Tone = Literal["plain", "good", "bad", "muted", "alert"]


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure differs from another period's: "▲ +12,4 %", and beside it what it is compared with."""

    text: str
    tone: Tone
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that is to be seen first."""

    label: str
    value: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Tiles:
    """Figures side by side; leading: the first is larger than the rest."""

    tiles: tuple[Tile, ...]
    leading: bool = False

    @property
    def split(self) -> tuple[Tile | None, tuple[Tile, ...]]:
        """The leading tile, where there is one, and the others."""
        return (self.tiles[0], self.tiles[1:]) if self.leading else (None, self.tiles)


def tiles_in_row(count: int) -> int:
    """How many columns so many tiles stand in: three, unless they fill a row otherwise."""
    return max(count, 1) if count <= 4 else 3


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text: the report's summary (lead), plain, or a remark in small letters (note)."""

    text: str
    kind: Literal["lead", "plain", "note"] = "plain"


@dataclass(frozen=True, slots=True)
class Item:
    """One point of a list, with what it is worth or about in a few words, and what explains it."""

    text: str
    aside: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list of points; numbered where their order is that of their weight."""

    items: tuple[Item, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title; figures are set to the right. weight is its share of the width beside the other columns'.
    secondary: it may be left out where there is little room."""

    title: str
    figures: bool = True
    weight: float = 1.0
    secondary: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text; note is what explains it, in small letters below."""

    text: str
    tone: Tone = "plain"
    note: str = ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row; a total is set off from those above it."""

    cells: tuple[Cell, ...]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under titles. The first cell of a row is its heading. caption says what it holds."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its heading and, below it, what it shows in one line; draw lays it out for a size."""

    heading: str
    subtitle: str
    draw: Callable[[Size], Drawing]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two charts, side by side where there is room."""

    left: Figure
    right: Figure


Block: TypeAlias = Tiles | Paragraph | Items | Table | Figure | Pair


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; key is its name in links, the same in every language."""

    key: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report. The opening stands before the sections, without a heading of its own."""

    language: Language
    kind: str  # "Informe de ventas"
    business: str
    period: str  # "Noviembre de 2026"
    comparison: str  # with what it is compared; "" for nothing
    made: str  # when, in words
    created_at: datetime
    opening: tuple[Block, ...]
    sections: tuple[Section, ...]
    footer: str
    page_words: str  # "Página {page} de {pages}"
    lost_letters: str  # what a format says that cannot show some letters ({mark} stands for them)

    @property
    def title(self) -> str:
        """The report's name: what, of whom, of when."""
        return f"{self.kind} · {self.business} · {self.period}"
