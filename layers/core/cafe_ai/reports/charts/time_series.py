"""A value by day or week: a line (few points: bars) with what was expected, and the unusual ones marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cafe_ai.reports.charts.frame import (
    AxisWords,
    Box,
    KeyEntry,
    apart,
    gutter,
    key,
    time_labels,
    value_axis,
)
from cafe_ai.reports.charts.letters import text_width
from cafe_ai.reports.charts.marks import (
    Anchor,
    Area,
    Bar,
    Dot,
    Drawing,
    Hover,
    Ink,
    Label,
    Line,
    Mark,
    Plot,
    Point,
    Rule,
    Size,
)
from cafe_ai.reports.charts.scales import Scale, extent, ticks

BARS_UP_TO, DOTS_UP_TO = 10, 45


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the series. axis is its label below the plot ("" for none), tip its figures in words, note the label
    of an unusual one ("" for a usual one). running: it is not over (the last point alone may be so)."""

    value: Decimal | None
    axis: str
    tip: str
    expected: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    note: str = ""
    running: bool = False


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """What is drawn. A value of None is a point that is only expected (a forecast). reference is a level to compare
    with, drawn faint across the plot. whole: the axis marks whole numbers only."""

    title: str
    description: str
    moments: tuple[Moment, ...]
    axis_words: AxisWords
    key: tuple[KeyEntry, ...] = ()
    reference: Decimal | None = None
    whole: bool = False


def draw_time_series(series: TimeSeries, size: Size) -> Drawing:
    """The chart, as wide as size says."""
    moments = series.moments
    low, high = extent(
        [value for each in moments for value in (each.value, each.expected, each.low, each.high)] + [series.reference]
    )
    marked = ticks(low, high, whole=series.whole)
    words = series.axis_words(marked)
    keyed, top = key(series.key, 0.0, size)
    height = max(min(size.width * 0.34, size.text * 19), size.text * 14)
    plot = Plot(gutter(words, size), top + size.text * 1.4, size.width - 1.0, top + size.text * 1.4 + height)
    scale = Scale(marked[0], marked[-1], plot.bottom, plot.top)
    bars = len(moments) <= BARS_UP_TO and any(each.value is not None for each in moments)
    centres = _centres(len(moments), plot, edges=not bars)
    marks: list[Mark] = [*keyed]
    marks += [] if bars else _band(moments, centres, scale)
    marks += value_axis(plot, scale, marked, words, size)
    if series.reference is not None:
        y = scale(series.reference)
        marks.append(Rule((plot.left, y), (plot.right, y), "faint", 1.5))
    marks += _bars(moments, centres, scale, plot) if bars else _lines(moments, centres, scale, size)
    marks += _notes(moments, centres, scale, plot, size, dotted=not bars)
    marks += time_labels(centres, [each.axis for each in moments], plot, size)
    marks += _hovers(moments, centres, plot)
    return Drawing(size.width, plot.bottom + size.text * 2.0, tuple(marks), series.title, series.description)


def _centres(count: int, plot: Plot, *, edges: bool) -> list[float]:
    if edges and count > 1:
        inset = plot.width * 0.012
        step = (plot.width - 2 * inset) / (count - 1)
        return [plot.left + inset + step * number for number in range(count)]
    step = plot.width / max(count, 1)
    return [plot.left + step * (number + 0.5) for number in range(count)]


def _band(moments: Sequence[Moment], centres: Sequence[float], scale: Scale) -> list[Mark]:
    marks: list[Mark] = []
    for run in _runs([each.low is not None and each.high is not None for each in moments]):
        upper = [(centres[number], scale(moments[number].high or Decimal(0))) for number in run]
        lower = [(centres[number], scale(moments[number].low or Decimal(0))) for number in run]
        if len(run) > 1:
            marks.append(Area((*upper, *reversed(lower)), "band"))
    return marks


def _runs(held: Sequence[bool]) -> list[list[int]]:
    """The positions that are held, those beside each other together."""
    runs: list[list[int]] = []
    for number, holds in enumerate(held):
        if not holds:
            continue
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _path(values: Sequence[Decimal | None], centres: Sequence[float], scale: Scale) -> list[tuple[Point, ...]]:
    points = [(x, scale(value)) if value is not None else None for x, value in zip(centres, values, strict=True)]
    return [
        tuple(point for number in run if (point := points[number])) for run in _runs([p is not None for p in points])
    ]


def _lines(moments: Sequence[Moment], centres: Sequence[float], scale: Scale, size: Size) -> list[Mark]:
    """What was (a point that is still running: faint), with what was expected; where that is all there is, that."""
    actual = any(each.value is not None for each in moments)
    marks: list[Mark] = [
        Line(points, "muted" if actual else "accent", 1.1 if actual else 2.0, dashed=actual)
        for points in _path([each.expected for each in moments], centres, scale)
    ]
    running = [_path([each.value for each in moments[-2:]], centres[-2:], scale)] if moments[-1].running else []
    marks += [Line(points, "faint", 2.0, dashed=True) for paths in running for points in paths]
    whole = [None if each.running else each.value for each in moments]
    marks += [Line(points, "accent", 2.0) for points in _path(whole, centres, scale)]
    if len(moments) > DOTS_UP_TO:
        return marks
    for each, x in zip(moments, centres, strict=True):
        shown = each.value if each.value is not None else each.expected
        if shown is not None and not each.note:
            marks.append(Dot(x, scale(shown), size.text * 0.2, "faint" if each.running else "accent"))
    return marks


def _hovers(moments: Sequence[Moment], centres: Sequence[float], plot: Plot) -> list[Mark]:
    width = plot.width / max(len(moments), 1)
    return [
        Hover(left, plot.top, min(x + width / 2, plot.right) - left, plot.height, each.tip)
        for each, x in zip(moments, centres, strict=True)
        if (left := max(x - width / 2, plot.left)) < plot.right
    ]


def _bars(moments: Sequence[Moment], centres: Sequence[float], scale: Scale, plot: Plot) -> list[Mark]:
    step = plot.width / max(len(moments), 1)
    width = min(step * 0.62, plot.width * 0.16)
    base = scale(Decimal(0))
    marks: list[Mark] = []
    for each, x in zip(moments, centres, strict=True):
        if each.low is not None and each.high is not None:
            top, bottom = scale(each.high), scale(each.low)
            marks.append(Bar(x - width * 0.68, top, width * 1.36, bottom - top, "band"))
    for each, x in zip(moments, centres, strict=True):
        if each.value is not None:
            y = scale(each.value)
            ink: Ink = "alert" if each.note else "faint" if each.running else "accent"
            marks.append(Bar(x - width / 2, min(y, base), width, abs(base - y), ink))
        if each.expected is not None:
            y = scale(each.expected)
            marks.append(Rule((x - width * 0.68, y), (x + width * 0.68, y), "ink", 1.25))
    return marks


def _notes(
    moments: Sequence[Moment], centres: Sequence[float], scale: Scale, plot: Plot, size: Size, *, dotted: bool
) -> list[Mark]:
    """The unusual points, each with its label above (a low one: below) where no other label is in the way."""
    unusual = [(each, x) for each, x in zip(moments, centres, strict=True) if each.note and each.value is not None]
    unusual.sort(key=lambda pair: abs((pair[0].value or Decimal(0)) - (pair[0].expected or Decimal(0))), reverse=True)
    dots: list[Mark] = []
    labels: list[Label] = []
    for each, x in unusual:
        value = each.value or Decimal(0)
        y = scale(value)
        if dotted:
            dots.append(Dot(x, y, size.text * 0.36, "alert"))
        else:
            y = min(y, *(scale(limit) for limit in (each.high, each.expected) if limit is not None), scale(Decimal(0)))
        below = dotted and each.expected is not None and value < each.expected
        room = y + size.text * 1.9 < plot.bottom
        baseline = y + size.text * 1.45 if below and room else y - size.text * 0.75
        anchor = _anchor(x, text_width(each.note, size.text, bold=True), plot)
        labels.append(Label(x, max(baseline, size.text), each.note, size.text, "alert", anchor, bold=True))
    boxes = [_around(mark) for mark in dots if isinstance(mark, Dot)]
    return [*dots, *apart(labels, boxes)]


def _around(dot: Dot) -> Box:
    return Box(dot.x - dot.radius, dot.y - dot.radius, dot.x + dot.radius, dot.y + dot.radius)


def _anchor(x: float, width: float, plot: Plot) -> Anchor:
    """How a label so wide stands at its point: inwards near the plot's ends."""
    least = max(plot.width * 0.12, width / 2)
    if x < plot.left + least:
        return "start"
    return "end" if x > plot.right - least else "middle"
