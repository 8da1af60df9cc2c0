"""Horizontal bars with a name each: products, categories, segments."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cafe_ai.reports.charts.frame import KeyEntry, key
from cafe_ai.reports.charts.letters import fit, text_width
from cafe_ai.reports.charts.marks import Anchor, Bar, Drawing, Ink, Label, Mark, Rule, Size
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


@dataclass(frozen=True, slots=True)
class Ranking:
    """What is drawn, from top to bottom. signed: bars to the right are rises, to the left falls."""

    title: str
    description: str
    bars: tuple[Ranked, ...]
    key: tuple[KeyEntry, ...] = ()
    signed: bool = False


def draw_ranking(chart: Ranking, size: Size) -> Drawing:
    """The chart, as wide as size says. Where it is narrow, a name stands above its bar."""
    keyed, top = key(chart.key, 0.0, size)
    narrow = size.width < size.text * 42
    longest = max((text_width(each.name, size.text) for each in chart.bars), default=0.0)
    names = 0.0 if narrow else min(longest + size.gap * 2, size.width * 0.34)
    asides = max((text_width(each.aside, size.text) for each in chart.bars), default=0.0)
    values = max((text_width(each.words, size.text, bold=True) for each in chart.bars), default=0.0) + size.gap * 2
    right = size.width - (asides + size.gap * 2 if asides else 0.0)
    low, high = extent(value for each in chart.bars for value in (each.value, each.before))
    if low == high:
        high = Decimal(1)
    scale = Scale(low, high, names + (values if low < 0 else 0.0), right - (values if high > 0 else 0.0))
    pitch, thick = size.text * (2.9 if narrow else 2.0), size.text * (1.0 if narrow else 1.2)
    marks: list[Mark] = [*keyed]
    for number, each in enumerate(chart.bars):
        middle = top + pitch * (number + 0.5) + (size.text * 0.6 if narrow else 0.0)
        baseline = middle + size.text * 0.34
        if narrow:
            room = size.width - 2.0
            marks.append(Label(0.0, middle - size.text * 0.95, fit(each.name, size.text, room), size.text))
        else:
            marks.append(Label(0.0, baseline, fit(each.name, size.text, names - size.gap * 2), size.text))
        marks += _bar(each, scale, middle, thick, size, signed=chart.signed)
        if each.aside:
            marks.append(Label(size.width - 1.0, baseline, each.aside, size.text, each.aside_ink, "end", bold=True))
    bottom = top + pitch * len(chart.bars) + size.gap
    base = scale(Decimal(0))
    marks.append(Rule((base, top), (base, bottom - size.gap), "axis"))
    return Drawing(size.width, bottom, tuple(marks), chart.title, chart.description)


def _bar(each: Ranked, scale: Scale, middle: float, thick: float, size: Size, *, signed: bool) -> list[Mark]:
    base, end = scale(Decimal(0)), scale(each.value)
    ink: Ink = ("rise" if each.value >= 0 else "fall") if signed else ("accent" if each.value >= 0 else "fall")
    left, right = min(base, end), max(base, end)
    marks: list[Mark] = [Bar(left, middle - thick / 2, right - left, thick, ink, f"{each.name}: {each.words}")]
    if each.before is not None:
        x = scale(each.before)
        marks.append(Rule((x, middle - thick * 0.75), (x, middle + thick * 0.75), "ink", 1.5))
        left, right = min(left, x), max(right, x)
    negative = each.value < 0
    x = left - size.gap if negative else right + size.gap
    anchor: Anchor = "end" if negative else "start"
    marks.append(Label(x, middle + size.text * 0.34, each.words, size.text, "ink", anchor, bold=True))
    return marks
