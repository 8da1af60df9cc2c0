"""Horizontal bars with a name each: products, categories, segments."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cafe_ai.reports.charts.frame import KeyEntry, key
from cafe_ai.reports.charts.letters import fit, text_width
from cafe_ai.reports.charts.marks import Bar, Drawing, Ink, Label, Mark, Rule, Size
from cafe_ai.reports.charts.scales import Scale, extent


@dataclass(frozen=True, slots=True)
class Ranked:
    """A bar: its name, its value and the value in words; `before` is the previous period's, drawn as a thin mark;
    aside stands at the right, in its ink."""

    name: str
    value: Decimal
    words: str
    before: Decimal | None = None
    aside: str = ""
    aside_ink: Ink = "muted"
    aside_bold: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """What is drawn, from top to bottom. signed: bars to the right are rises, to the left falls."""

    title: str
    description: str
    bars: tuple[Ranked, ...]
    key: tuple[KeyEntry, ...] = ()
    signed: bool = False


def draw_ranking(chart: Ranking, size: Size) -> Drawing:
    """The chart, as wide as size says. Where it is narrow, each bar has its name and figures on a line above it."""
    keyed, top = key(chart.key, 0.0, size)
    narrow = is_narrow(size)
    scale, names = _scale(chart, size, narrow=narrow)
    pitch, thick = size.text * (2.9 if narrow else 2.0), size.text * (0.8 if narrow else 1.2)
    marks: list[Mark] = [*keyed]
    for number, each in enumerate(chart.bars):
        middle = top + pitch * (number + 0.5) + (size.text * 0.75 if narrow else 0.0)
        marks += _bar(each, scale, middle, thick, signed=chart.signed)
        marks += (
            _above(each, middle, _aside_room(chart, size), size)
            if narrow
            else _beside(each, scale, middle, names, size)
        )
    bottom = top + pitch * len(chart.bars) + size.gap
    if not narrow:
        base = scale(Decimal(0))
        marks.append(Rule((base, top), (base, bottom - size.gap), "axis"))
    return Drawing(size.width, bottom, tuple(marks), chart.title, chart.description)


def is_narrow(size: Size) -> bool:
    """Whether a bar has too little room beside its name."""
    return size.width < size.text * 42


def _scale(chart: Ranking, size: Size, *, narrow: bool) -> tuple[Scale, float]:
    """Where values lie, and the room of the names at the left."""
    low, high = extent(value for each in chart.bars for value in (each.value, each.before))
    if low == high:
        high = Decimal(1)
    if narrow:
        return Scale(low, high, 1.0, size.width - 2.0), 0.0
    longest = max((text_width(each.name, size.text) for each in chart.bars), default=0.0)
    names = min(longest + size.gap * 2, size.width * 0.34)
    asides = _aside_room(chart, size)
    values = max((text_width(each.words, size.text, bold=True) for each in chart.bars), default=0.0) + size.gap * 2
    right = size.width - (asides + size.gap * 2 if asides else 0.0)
    return Scale(low, high, names + (values if low < 0 else 0.0), right - (values if high > 0 else 0.0)), names


def _bar(each: Ranked, scale: Scale, middle: float, thick: float, *, signed: bool) -> list[Mark]:
    base, end = scale(Decimal(0)), scale(each.value)
    ink: Ink = ("rise" if each.value >= 0 else "fall") if signed else ("accent" if each.value >= 0 else "fall")
    left, right = min(base, end), max(base, end)
    marks: list[Mark] = [Bar(left, middle - thick / 2, right - left, thick, ink, f"{each.name}: {each.words}")]
    if each.before is not None:
        x = scale(each.before)
        marks.append(Rule((x, middle - thick * 0.75), (x, middle + thick * 0.75), "ink", 1.5))
    return marks


def _beside(each: Ranked, scale: Scale, middle: float, names: float, size: Size) -> list[Mark]:
    """The name at the left, the value at the bar's end, what else is said at the right."""
    baseline = middle + size.text * 0.34
    marks: list[Mark] = [Label(0.0, baseline, fit(each.name, size.text, names - size.gap * 2), size.text)]
    ends = [scale(Decimal(0)), scale(each.value), *([] if each.before is None else [scale(each.before)])]
    negative = each.value < 0
    x = min(ends) - size.gap if negative else max(ends) + size.gap
    marks.append(Label(x, baseline, each.words, size.text, "ink", "end" if negative else "start", bold=True))
    if each.aside:
        x = size.width - 1.0
        marks.append(Label(x, baseline, each.aside, size.text, each.aside_ink, "end", bold=each.aside_bold))
    return marks


def _above(each: Ranked, middle: float, asides: float, size: Size) -> list[Mark]:
    """The name at the left, at the right the value and what else is said, each in a column of its own."""
    baseline, x = middle - size.text * 0.85, size.width - 1.0
    marks: list[Mark] = []
    if each.aside:
        aside = fit(each.aside, size.text, asides)
        marks.append(Label(x, baseline, aside, size.text, each.aside_ink, "end", bold=each.aside_bold))
    x -= asides + size.gap if asides else 0.0
    marks.append(Label(x, baseline, each.words, size.text, "ink", "end", bold=True))
    room = x - text_width(each.words, size.text, bold=True) - size.gap * 2
    return [Label(0.0, baseline, fit(each.name, size.text, room), size.text), *marks]


def _aside_room(chart: Ranking, size: Size) -> float:
    """The width of the column at the right."""
    longest = max((text_width(each.aside, size.text, bold=each.aside_bold) for each in chart.bars), default=0.0)
    return min(longest, size.width * 0.4)
