"""A drawing as SVG inside a page, whose style sheet knows the inks by class."""

from __future__ import annotations

from cafe_ai.reports.charts.marks import Area, Bar, Dot, Drawing, Hover, Label, Line, Mark, Point, Rule
from cafe_ai.reports.html.elements import Markup, h, number


def paint(drawing: Drawing, key: str, class_: str) -> Markup:
    """The drawing as an image with a name and a description; key is unique in the page."""
    title, description = f"{key}-title", f"{key}-description"
    return h(
        "svg",
        h("title", drawing.title, id=title),
        h("desc", drawing.description, id=description) if drawing.description else None,
        [_paint_mark(mark) for mark in drawing.marks],
        class_=class_,
        role="img",
        viewBox=f"0 0 {number(drawing.width)} {number(drawing.height)}",
        width=drawing.width,
        height=drawing.height,
        aria_labelledby=title,
        aria_describedby=description if drawing.description else None,
    )


def _paint_mark(mark: Mark) -> Markup:
    match mark:
        case Rule():
            (x1, y1), (x2, y2) = mark.start, mark.end
            return h(
                "line", class_=f"s-{mark.ink}", x1=x1, y1=y1, x2=x2, y2=y2,
                stroke_width=mark.width, stroke_dasharray=_dashes(mark.dashed),
            )  # fmt: skip
        case Line():
            return h(
                "polyline", class_=f"line s-{mark.ink}", points=_points(mark.points),
                stroke_width=mark.width, stroke_dasharray=_dashes(mark.dashed),
            )  # fmt: skip
        case Area():
            return h("polygon", class_=f"f-{mark.ink}", points=_points(mark.points))
        case Bar():
            return _told(
                h("rect", class_=f"f-{mark.ink}", x=mark.x, y=mark.y, width=mark.width, height=mark.height), mark.tip
            )
        case Dot():
            return h("circle", class_=f"dot f-{mark.ink}", cx=mark.x, cy=mark.y, r=mark.radius)
        case Hover():
            return _told(h("rect", class_="hover", x=mark.x, y=mark.y, width=mark.width, height=mark.height), mark.tip)
        case Label():
            anchor = None if mark.anchor == "start" else mark.anchor
            weight = "700" if mark.bold else None
            return h(
                "text", mark.text, class_=f"f-{mark.ink}", x=mark.x, y=mark.y, font_size=mark.size,
                text_anchor=anchor, font_weight=weight,
            )  # fmt: skip


def _told(shape: Markup, tip: str) -> Markup:
    return h("g", h("title", tip), shape) if tip else shape


def _dashes(dashed: bool) -> str | None:
    return "4 3" if dashed else None


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)
