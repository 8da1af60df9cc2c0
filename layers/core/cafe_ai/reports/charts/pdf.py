"""A drawing on a page of the PDF, in points."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from cafe_ai.reports.charts.marks import Area, Bar, Dot, Drawing, Hover, Label, Line, Mark, Point, Rule
from cafe_ai.reports.pdf.inks import colour
from cafe_ai.reports.pdf.letters import BOLD, REGULAR, Letters

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Flowable

_FINER = 0.72  # widths of lines are given for a screen, and paper takes finer ones
_EDGE = 0.6


def paint(drawing: Drawing, letters: Letters) -> Flowable:
    """The drawing as a flowable of its own size."""
    texts = {mark.text: letters.plain(mark.text) for mark in drawing.marks if isinstance(mark, Label)}
    flowable: Flowable = _chart()(drawing, texts)
    return flowable


@cache
def _chart() -> Any:
    from reportlab.platypus import Flowable

    class Chart(Flowable):
        def __init__(self, drawing: Drawing, texts: dict[str, str]) -> None:
            super().__init__()
            self.drawing, self.texts = drawing, texts
            self.width, self.height = drawing.width, drawing.height

        def draw(self) -> None:
            for mark in self.drawing.marks:
                _paint_mark(self.canv, mark, self.drawing.height, self.texts)

    return Chart


def _paint_mark(canvas: Canvas, mark: Mark, height: float, texts: dict[str, str]) -> None:
    """The mark on a canvas whose y goes up."""
    match mark:
        case Rule():
            _stroke(canvas, (mark.start, mark.end), mark, height)
        case Line():
            _stroke(canvas, mark.points, mark, height)
        case Area():
            canvas.setFillColor(colour(mark.ink))
            canvas.drawPath(_path(canvas, mark.points, height), stroke=0, fill=1)
        case Bar():
            canvas.setFillColor(colour(mark.ink))
            canvas.rect(mark.x, height - mark.y - mark.height, mark.width, mark.height, stroke=0, fill=1)
        case Dot():
            canvas.setFillColor(colour(mark.ink))
            canvas.setStrokeColor(colour("paper"))
            canvas.setLineWidth(_EDGE)
            canvas.circle(mark.x, height - mark.y, mark.radius, stroke=1, fill=1)
        case Label():
            canvas.setFillColor(colour(mark.ink))
            canvas.setFont(BOLD if mark.bold else REGULAR, mark.size)
            draw = {"start": canvas.drawString, "middle": canvas.drawCentredString, "end": canvas.drawRightString}
            draw[mark.anchor](mark.x, height - mark.y, texts[mark.text])
        case Hover():
            pass


def _stroke(canvas: Canvas, points: tuple[Point, ...], mark: Rule | Line, height: float) -> None:
    canvas.setStrokeColor(colour(mark.ink))
    canvas.setLineWidth(mark.width * _FINER)
    canvas.setDash([3.0, 2.2] if mark.dashed else [])
    canvas.setLineJoin(1)
    canvas.setLineCap(1 if isinstance(mark, Line) and not mark.dashed else 0)
    canvas.drawPath(_path(canvas, points, height), stroke=1, fill=0)
    canvas.setDash([])


def _path(canvas: Canvas, points: tuple[Point, ...], height: float) -> Any:
    path = canvas.beginPath()
    (x, y), *others = points
    path.moveTo(x, height - y)
    for x, y in others:
        path.lineTo(x, height - y)
    return path
