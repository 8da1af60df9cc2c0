"""What charts share: the value axis with its grid, labels that keep apart, and the key above the plot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal, TypeAlias

from cafe_ai.reports.charts.letters import text_width
from cafe_ai.reports.charts.marks import Area, Bar, Dot, Ink, Label, Line, Mark, Plot, Rule, Size
from cafe_ai.reports.charts.scales import Scale

AxisWords: TypeAlias = Callable[[Sequence[Decimal]], tuple[str, ...]]
"""The labels of an axis's ticks, all in one unit ("0 €", "500 €", "1.000 €")."""


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """What one look means: a swatch and its words."""

    swatch: Literal["line", "dashed", "bar", "band", "dot", "tick"]
    ink: Ink
    text: str


def value_axis(plot: Plot, scale: Scale, marked: Sequence[Decimal], words: Sequence[str], size: Size) -> list[Mark]:
    """Horizontal grid lines with their values to the left; the one at zero is drawn as the base line."""
    marks: list[Mark] = []
    for value, text in zip(marked, words, strict=True):
        y = scale(value)
        marks.append(
            Rule((plot.left, y), (plot.right, y), "axis" if value == 0 else "grid", 1.0 if value == 0 else 0.75)
        )
        marks.append(Label(plot.left - size.gap, y + size.text * 0.34, text, size.text, "muted", "end"))
    return marks


def gutter(words: Sequence[str], size: Size) -> float:
    """The room that an axis's labels take beside the plot."""
    return max((text_width(text, size.text) for text in words), default=0.0) + size.gap * 1.5


def time_labels(centres: Sequence[float], texts: Sequence[str], plot: Plot, size: Size) -> list[Mark]:
    """The labels below a plot, every one that has a text or evenly fewer, so that none touches the next."""
    places = [(x, text) for x, text in zip(centres, texts, strict=True) if text]
    for stride in range(1, max(len(places), 1) + 1):
        shown = [_within(x, text, plot, size) for x, text in places[::stride]]
        if not _touching(shown, size):
            break
    y = plot.bottom + size.text * 1.45
    return [Label(x, y, text, size.text, "muted", "middle") for x, text in shown] if places else []


def _within(x: float, text: str, plot: Plot, size: Size) -> tuple[float, str]:
    half = text_width(text, size.text) / 2
    if half * 2 >= plot.right:
        return x, text
    return min(max(x, half), plot.right - half), text


def _touching(shown: Sequence[tuple[float, str]], size: Size) -> bool:
    ends = [(x - text_width(text, size.text) / 2, x + text_width(text, size.text) / 2) for x, text in shown]
    return any(later[0] - earlier[1] < size.gap for earlier, later in pairwise(ends))


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle that something takes up."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two have a place in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def label_box(label: Label) -> Box:
    """What a label takes up, by the estimate of `letters`."""
    width = text_width(label.text, label.size, bold=label.bold)
    left = label.x - {"start": 0.0, "middle": width / 2, "end": width}[label.anchor]
    return Box(left, label.y - label.size * 0.9, left + width, label.y + label.size * 0.28)


def apart(labels: Iterable[Label], taken: Iterable[Box] = ()) -> list[Label]:
    """Those of the labels, the first first, that do not cover one before them or what is taken."""
    kept: list[Label] = []
    boxes = list(taken)
    for label in labels:
        box = label_box(label)
        if not any(box.meets(other) for other in boxes):
            kept.append(label)
            boxes.append(box)
    return kept


def key(entries: Sequence[KeyEntry], top: float, size: Size) -> tuple[list[Mark], float]:
    """The key's marks, in as many lines as they need, and where what stands below it may begin."""
    if not entries:
        return [], top
    marks: list[Mark] = []
    swatch, line = size.text * 1.5, size.text * 1.65
    x, y = 0.0, top + size.text
    for entry in entries:
        width = swatch + size.gap + text_width(entry.text, size.text)
        if x > 0 and x + width > size.width:
            x, y = 0.0, y + line
        marks += _swatch(entry, x, y - size.text * 0.34, swatch, size)
        marks.append(Label(x + swatch + size.gap, y, entry.text, size.text, "muted"))
        x += width + size.text * 1.6
    return marks, y + size.text * 1.1


def _swatch(entry: KeyEntry, x: float, middle: float, width: float, size: Size) -> list[Mark]:
    match entry.swatch:
        case "line" | "dashed":
            points = ((x, middle), (x + width, middle))
            return [Line(points, entry.ink, 1.75, dashed=entry.swatch == "dashed")]
        case "tick":
            x = x + width / 2
            return [Rule((x, middle - size.text * 0.55), (x, middle + size.text * 0.55), entry.ink, 1.5)]
        case "dot":
            return [Dot(x + width / 2, middle, size.text * 0.3, entry.ink)]
        case "band":
            half = size.text * 0.42
            return [
                Area(
                    ((x, middle - half), (x + width, middle - half), (x + width, middle + half), (x, middle + half)),
                    entry.ink,
                )
            ]
        case "bar":
            side = size.text * 0.8
            return [Bar(x + width - side, middle - side / 2, side, side, entry.ink)]
