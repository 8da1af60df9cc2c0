"""A drawing as one of reportlab's, in points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cafe_ai.reports.charts.marks import Area, Bar, Dot, Drawing, Ink, Label, Line, Mark, Point, Rule
from cafe_ai.reports.pdf.inks import colour
from cafe_ai.reports.pdf.letters import BOLD, REGULAR, Letters

if TYPE_CHECKING:
    from reportlab.graphics.shapes import Drawing as Canvas


def paint(drawing: Drawing, letters: Letters) -> Canvas:
    """The drawing as a flowable of its own size."""
    from reportlab.graphics import shapes

    canvas = shapes.Drawing(drawing.width, drawing.height)
    for mark in drawing.marks:
        canvas.add(_shape(mark, drawing.height, letters))
    return canvas


def _shape(mark: Mark, height: float, letters: Letters) -> Any:
    from reportlab.graphics import shapes

    match mark:
        case Rule():
            (x1, y1), (x2, y2) = mark.start, mark.end
            return shapes.Line(x1, height - y1, x2, height - y2, **_stroke(mark))
        case Line():
            return shapes.PolyLine(_points(mark.points, height), strokeLineJoin=1, strokeLineCap=1, **_stroke(mark))
        case Area():
            return shapes.Polygon(_points(mark.points, height), **_fill(mark.ink))
        case Bar():
            return shapes.Rect(
                mark.x, height - mark.y - mark.height, mark.width, mark.height, **_fill(mark.ink)
            )  # fmt: skip
        case Dot():
            return shapes.Circle(
                mark.x, height - mark.y, mark.radius,
                fillColor=colour(mark.ink), strokeColor=colour("paper"), strokeWidth=0.6,
            )  # fmt: skip
        case Label():
            return shapes.String(
                mark.x, height - mark.y, letters.plain(mark.text), textAnchor=mark.anchor,
                fontName=BOLD if mark.bold else REGULAR, fontSize=mark.size, fillColor=colour(mark.ink),
            )  # fmt: skip


def _stroke(mark: Rule | Line) -> dict[str, Any]:
    """A line's look; widths are given for a screen, and paper takes finer ones."""
    dashes = (3, 2.2) if mark.dashed else None
    return {"strokeColor": colour(mark.ink), "strokeWidth": mark.width * 0.72, "strokeDashArray": dashes}


def _fill(ink: Ink) -> dict[str, Any]:
    return {"fillColor": colour(ink), "strokeColor": None, "strokeWidth": 0}


def _points(points: tuple[Point, ...], height: float) -> list[float]:
    return [coordinate for x, y in points for coordinate in (x, height - y)]
