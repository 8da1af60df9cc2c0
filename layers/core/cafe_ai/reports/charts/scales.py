"""From values to places on paper, and the round values at which an axis is marked. Standard library only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

_BEST, _COST_OF_A_MARK = 5, Decimal("0.04")
_STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps [low, high] linearly onto [start, end]. low < high; start may lie after end (a y axis does)."""

    low: Decimal
    high: Decimal
    start: float
    end: float

    def __call__(self, value: Decimal) -> float:
        """The place of a value; one outside the scale lands on its nearer end."""
        share = float((value - self.low) / (self.high - self.low))
        return self.start + (self.end - self.start) * min(max(share, 0.0), 1.0)


def nice_step(span: Decimal, count: int) -> Decimal:
    """The smallest of 1, 2 and 5 times a power of ten that divides the span into at most `count` parts. span > 0."""
    rough = span / count
    power = Decimal(1).scaleb(rough.adjusted())
    return next(factor * power for factor in _STEPS if factor * power >= rough)


def ticks(low: Decimal, high: Decimal, *, whole: bool = False) -> tuple[Decimal, ...]:
    """Round values, evenly apart, the first at or below low and the last at or above high: at least two, at most nine.

    Of the steps that come in question, the one that leaves little of the axis empty with about five marks. whole: none between
    whole numbers (for what is counted). Where all that is shown is one value, the axis reaches from there to zero.
    """
    if low > high:
        low, high = high, low
    if low == high:
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
    if low == high:
        return (Decimal(0), Decimal(1))
    steps = {nice_step(high - low, count) for count in (3, 4, 5, 6)}
    if whole:
        steps = {max(step, Decimal(1)) for step in steps}
    axes = [_marks(low, high, step) for step in sorted(steps, reverse=True)]
    return min(
        axes, key=lambda marks: (marks[-1] - marks[0]) / (high - low) + _COST_OF_A_MARK * abs(len(marks) - _BEST)
    )


def _marks(low: Decimal, high: Decimal, step: Decimal) -> tuple[Decimal, ...]:
    first = (low / step).to_integral_value(rounding=ROUND_FLOOR)
    last = (high / step).to_integral_value(rounding=ROUND_CEILING)
    return tuple((first + number) * step for number in range(int(last - first) + 1))


def extent(values: Iterable[Decimal | None], *, zero: bool = True) -> tuple[Decimal, Decimal]:
    """The least and the greatest of the values that are known, and of zero where the axis must hold it."""
    known = [value for value in values if value is not None]
    if zero or not known:
        known.append(Decimal(0))
    return min(known), max(known)
