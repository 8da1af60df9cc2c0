"""From one period's total to the next: the parts that the change is made of, one after another."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from cafe_ai.reports.charts.letters import fit, text_width
from cafe_ai.reports.charts.marks import Bar, Drawing, Ink, Label, Mark, Rule, Size
from cafe_ai.reports.charts.scales import Scale, extent

FROM_ZERO = Decimal("0.3")
"""Totals are drawn from zero where the parts move at least this share of the larger of them; where they move less they
could not be seen beside it, and the chart shows the parts alone, each total as a mark at its end."""


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the change: its name, its amount, and the amount in words with its sign."""

    name: str
    amount: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class Waterfall:
    """What is drawn: start + the sum of the steps = end."""

    title: str
    description: str
    start: Step
    steps: tuple[Step, ...]
    end: Step

    @property
    def levels(self) -> tuple[Decimal, ...]:
        """The total before the first step, and after each."""
        return tuple(accumulate((each.amount for each in self.steps), initial=self.start.amount))

    @property
    def from_zero(self) -> bool:
        """Whether the totals are drawn as bars that start at zero."""
        low, high = min(self.levels), max(self.levels)
        largest = max(abs(low), abs(high))
        return low <= 0 or high - low >= largest * FROM_ZERO


def draw_waterfall(chart: Waterfall, size: Size) -> Drawing:
    """The chart, as wide as size says: a row for each total and each step, from top to bottom."""
    rows = (chart.start, *chart.steps, chart.end)
    narrow = size.width < size.text * 42
    longest = max(text_width(each.name, size.text, bold=True) for each in rows)
    names = 0.0 if narrow else min(longest + size.gap * 2, size.width * 0.36)
    values = max(text_width(each.words, size.text, bold=True) for each in rows) + size.gap
    low, high = extent(chart.levels, zero=chart.from_zero)
    if low == high:
        low, high = low - 1, high + 1
    margin = size.text if not chart.from_zero else 0.0
    left = names + margin + (values if low < 0 or (narrow is False and low < 0) else 0.0)
    scale = Scale(low, high, left, size.width - values - size.gap - margin)
    pitch, thick = size.text * (2.9 if narrow else 2.15), size.text * (1.05 if narrow else 1.3)
    marks: list[Mark] = []
    level = chart.start.amount
    for number, each in enumerate(rows):
        total = number in (0, len(rows) - 1)
        middle = pitch * (number + 0.5) + (size.text * 0.6 if narrow else 0.0)
        first, last = (
            (Decimal(0) if chart.from_zero else each.amount, each.amount) if total else (level, level + each.amount)
        )
        level = last
        marks += _row(each, (scale(first), scale(last)), middle, thick, total=total, size=size)
        marks.append(_name(each, middle, names, total=total, narrow=narrow, size=size))
        if number < len(rows) - 1:
            x = scale(level)
            marks.append(Rule((x, middle + thick / 2), (x, middle + pitch - thick / 2), "axis", 0.75))
    if chart.from_zero:
        base = scale(Decimal(0))
        marks.append(Rule((base, 0.0), (base, pitch * len(rows)), "axis"))
    return Drawing(size.width, pitch * len(rows) + size.gap, tuple(marks), chart.title, chart.description)


def _name(each: Step, middle: float, names: float, *, total: bool, narrow: bool, size: Size) -> Label:
    y = middle - size.text * 0.95 if narrow else middle + size.text * 0.34
    room = size.width if narrow else names - size.gap
    return Label(0.0, y, fit(each.name, size.text, room), size.text, bold=total)


def _row(each: Step, ends: tuple[float, float], middle: float, thick: float, *, total: bool, size: Size) -> list[Mark]:
    left, right = min(ends), max(ends)
    tip = f"{each.name}: {each.words}"
    ink: Ink = "accent" if total else "rise" if each.amount >= 0 else "fall"
    width = right - left
    if width < 2.0:  # a total that is only marked, or a part too small to be seen
        left, width = (left + right) / 2 - 1.0, 2.0
    marks: list[Mark] = [Bar(left, middle - thick / 2, width, thick, ink, tip)]
    baseline = middle + size.text * 0.34
    marks.append(Label(left + width + size.gap, baseline, each.words, size.text, "ink", "start", bold=True))
    return marks
