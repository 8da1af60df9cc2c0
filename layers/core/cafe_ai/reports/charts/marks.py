"""The small vocabulary every chart is drawn in. Standard library only.

Coordinates are in the drawing's own units (pixels in the page, points in the PDF), the origin at the top left, y down.
Colours are names ("inks"); each painter has its own table of what they look like, so that a page can be dark and a
print light. Fill and letters of one ink are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Ink = Literal["ink", "muted", "grid", "axis", "accent", "band", "faint", "rise", "fall", "alert", "paper"]
Anchor = Literal["start", "middle", "end"]
Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Size:
    """What a chart is laid out for: its width, and the size of its letters, in the drawing's units."""

    width: float
    text: float

    @property
    def gap(self) -> float:
        """The space between things that belong together."""
        return self.text * 0.5


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line from one point to another."""

    start: Point
    end: Point
    ink: Ink
    width: float = 1.0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points."""

    points: tuple[Point, ...]
    ink: Ink
    width: float = 1.5
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """A filled outline."""

    points: tuple[Point, ...]
    ink: Ink


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle; tip is what a reader who points at it is told. width and height are not negative."""

    x: float
    y: float
    width: float
    height: float
    ink: Ink
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle, set off from what lies below it by a thin edge of paper."""

    x: float
    y: float
    radius: float
    ink: Ink


@dataclass(frozen=True, slots=True)
class Hover:
    """A part of the plot that tells its figures to a reader who points at it, where the format can; nothing is seen."""

    x: float
    y: float
    width: float
    height: float
    tip: str


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text; y is its baseline."""

    x: float
    y: float
    text: str
    size: float
    ink: Ink = "ink"
    anchor: Anchor = "start"
    bold: bool = False


Mark: TypeAlias = Rule | Line | Area | Bar | Dot | Hover | Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart ready to be painted. title and description say in words what it shows, for who cannot see it."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Plot:
    """The rectangle of a drawing that the data is drawn in."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top
