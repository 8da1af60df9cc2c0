"""From one period's total to the next: the parts that the change is made of, one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from cafe_ai.reports.charts.letters import fit, text_width
from cafe_ai.reports.charts.marks import Bar, Drawing, Ink, Label, Mark, Rule, Size
from cafe_ai.reports.charts.ranking import is_narrow
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
    narrow = is_narrow(size)
    scale, names = _scale(chart, rows, size, narrow=narrow)
    pitch, thick = size.text * (2.9 if narrow else 2.15), size.text * (0.85 if narrow else 1.3)
    height = pitch * len(rows)
    marks: list[Mark] = []
    if chart.from_zero:
        base = scale(Decimal(0))
        marks.append(Rule((base, 0.0), (base, height), "axis"))
    level = chart.start.amount
    for number, each in enumerate(rows):
        total = number in (0, len(rows) - 1)
        middle = pitch * (number + 0.5) + (size.text * 0.75 if narrow else 0.0)
        first = (Decimal(0) if chart.from_zero else each.amount) if total else level
        level = each.amount if total else level + each.amount
        bar = _bar(each, (scale(first), scale(level)), middle, thick, total=total)
        marks.append(bar)
        marks += _words(each, bar, middle, names, total=total, narrow=narrow, size=size)
        if number < len(rows) - 1 and not narrow:
            x = scale(level)
            marks.append(Rule((x, middle + thick / 2), (x, middle + pitch - thick / 2), "axis", 0.75))
    return Drawing(size.width, height + size.gap, tuple(marks), chart.title, chart.description)


def _scale(chart: Waterfall, rows: Sequence[Step], size: Size, *, narrow: bool) -> tuple[Scale, float]:
    """Where levels lie, and the room of the names at the left. Amounts stand to the right of their bars."""
    low, high = extent(chart.levels, zero=chart.from_zero)
    if low == high:
        low, high = low - 1, high + 1
    if narrow:
        return Scale(low, high, 2.0, size.width - 2.0), 0.0
    longest = max(text_width(each.name, size.text, bold=True) for each in rows)
    names = min(longest + size.gap * 2, size.width * 0.36)
    values = max(text_width(each.words, size.text, bold=True) for each in rows) + size.gap * 2
    return Scale(low, high, names + size.gap, size.width - values), names


def _bar(each: Step, ends: tuple[float, float], middle: float, thick: float, *, total: bool) -> Bar:
    """The row's bar; a total that is only marked, and a part too small to be seen, are two units wide."""
    left, right = min(ends), max(ends)
    if right - left < 2.0:
        left, right = (left + right) / 2 - 1.0, (left + right) / 2 + 1.0
    ink: Ink = "accent" if total else "rise" if each.amount >= 0 else "fall"
    return Bar(left, middle - thick / 2, right - left, thick, ink, f"{each.name}: {each.words}")


def _words(each: Step, bar: Bar, middle: float, names: float, *, total: bool, narrow: bool, size: Size) -> list[Mark]:
    """The row's name and amount: beside the bar, or where that is narrow, above it."""
    baseline = middle - size.text * 0.85 if narrow else middle + size.text * 0.34
    amount_room = text_width(each.words, size.text, bold=True) + size.gap * 2
    room = size.width - amount_room if narrow else names - size.gap
    x = size.width - 1.0 if narrow else bar.x + bar.width + size.gap
    return [
        Label(0.0, baseline, fit(each.name, size.text, room), size.text, bold=total),
        Label(x, baseline, each.words, size.text, "ink", "end" if narrow else "start", bold=True),
    ]
