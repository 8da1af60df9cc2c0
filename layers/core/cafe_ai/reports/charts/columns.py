"""Columns side by side: a value by weekday or by hour."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cafe_ai.reports.charts.frame import AxisWords, gutter, time_labels, value_axis
from cafe_ai.reports.charts.marks import Bar, Drawing, Ink, Mark, Plot, Size
from cafe_ai.reports.charts.scales import Scale, extent, ticks


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its label below, its value, and its figures in words."""

    label: str
    value: Decimal
    tip: str


@dataclass(frozen=True, slots=True)
class Columns:
    """What is drawn; the greatest column stands out."""

    title: str
    description: str
    columns: tuple[Column, ...]
    axis_words: AxisWords
    whole: bool = False


def draw_columns(chart: Columns, size: Size) -> Drawing:
    """The chart, as wide as size says; its columns stand on zero."""
    low, high = extent(each.value for each in chart.columns)
    marked = ticks(low, high, whole=chart.whole)
    words = chart.axis_words(marked)
    top = size.text * 0.8
    height = max(min(size.width * 0.42, size.text * 14), size.text * 10)
    plot = Plot(gutter(words, size), top, size.width - 1.0, top + height)
    scale = Scale(marked[0], marked[-1], plot.bottom, plot.top)
    step = plot.width / max(len(chart.columns), 1)
    centres = [plot.left + step * (number + 0.5) for number in range(len(chart.columns))]
    width, base = min(step * 0.7, size.text * 4), scale(Decimal(0))
    marks: list[Mark] = value_axis(plot, scale, marked, words, size)
    for each, x in zip(chart.columns, centres, strict=True):
        y = scale(each.value)
        ink: Ink = "accent" if each.value == high and high > 0 else "faint"
        marks.append(Bar(x - width / 2, min(y, base), width, abs(base - y), ink, each.tip))
    marks += time_labels(centres, [each.label for each in chart.columns], plot, size)
    return Drawing(size.width, plot.bottom + size.text * 2.0, tuple(marks), chart.title, chart.description)
