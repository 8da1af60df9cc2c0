"""Whether a figure as written is a fact's value: unit, rounding, bounds."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from cafe_ai.analytics.model import Fact
from cafe_ai.assistants.checker.model import Figure


def has_unit(figure: Figure, fact: Fact, suffix: str, currency: str) -> bool:
    """Whether a figure is written in the fact's unit: its currency, per cent for a change or share, points for a
    difference of percentages, nothing for a count."""
    points = fact.unit == "percent" and suffix == "difference"
    match figure.kind:
        case "money":
            return fact.unit == "money" and (fact.currency or currency) in figure.currencies
        case "percent":
            return fact.unit == "percent" and not points
        case "points":
            return points
        case "fraction":
            return fact.unit == "percent" and not points
        case "multiple":
            return suffix == "change"
        case _:
            return fact.unit in ("count", "days") or (fact.unit == "money" and not figure.in_words)


def has_value(figure: Figure, fact: Fact) -> bool:
    """Whether the fact's value, rounded half up to the digits shown, is the figure.

    A step up or down is compared without its sign; its direction is words. Counts must be exact; other figures may drop
    decimals down to three significant digits (two for percentages, and where a scale or "about" says so). A bound is right
    where it is the fact cut off ("more than") or rounded up ("less than") at one of its digits.
    """
    value, shown = abs(fact.value), abs(figure.value)
    if not _has_sign(figure, fact) or _shows_parts_of_a_count(figure, fact):
        return False
    if shown == value:
        return figure.bound is None or figure.inclusive
    if figure.bound:
        return _is_bound(figure, shown, value)
    if figure.kind == "fraction":
        return value == shown.quantize(Decimal("0.1"), ROUND_HALF_UP)
    if figure.kind == "multiple":
        return figure.about and abs(value - shown) <= 5
    if fact.unit in ("count", "days") and not (figure.scaled or figure.about):
        return figure.step < 1 and figure.digits >= 2 and _rounds(value, shown, figure.step)
    return _rounds_enough(figure, fact, value, shown)


def _has_sign(figure: Figure, fact: Fact) -> bool:
    """Whether a level has its sign, and a multiple its direction: a fall by 100 % is no doubling."""
    if figure.kind == "multiple":
        return figure.value * fact.value >= 0
    return _is_delta(fact) or (figure.value < 0) == (fact.value < 0)


def _shows_parts_of_a_count(figure: Figure, fact: Fact) -> bool:
    whole = fact.unit == "count" and fact.value == fact.value.to_integral_value()
    return whole and figure.step < 1 and not figure.scaled


def _is_delta(fact: Fact) -> bool:
    return fact.metric.endswith(("_change", "_difference"))


def _rounds_enough(figure: Figure, fact: Fact, value: Decimal, shown: Decimal) -> bool:
    step, digits = figure.step, figure.digits
    if figure.about and step >= 1:
        plain = f"{abs(shown.to_integral_value()):f}"
        zeros = len(plain) - len(plain.rstrip("0"))
        zeros = min(zeros, max(len(plain) - 2, 0))
        step, digits = max(step, Decimal(1).scaleb(zeros)), len(plain) - zeros
    enough = 2 if figure.about or figure.scaled or fact.unit == "percent" else 3
    if fact.unit == "money" and step == Decimal("0.1") and not figure.about:
        return False
    return digits >= enough and _rounds(value, shown, step)


def _rounds(value: Decimal, shown: Decimal, step: Decimal) -> bool:
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step == shown


def _is_bound(figure: Figure, shown: Decimal, value: Decimal) -> bool:
    if figure.kind == "fraction" and shown == 50:
        return 50 < value <= 100 if figure.bound == "more" else 47 <= value < 50
    if figure.kind in ("fraction", "multiple"):
        return (shown < value <= shown + 3) if figure.bound == "more" else (shown - 3 <= value < shown)
    if not value or (shown < value) != (figure.bound == "more"):
        return False
    size = value.adjusted()
    rounding = ROUND_FLOOR if figure.bound == "more" else ROUND_CEILING
    cuts = [Decimal(1).scaleb(place) for place in range(size, size - 6, -1)]
    return any(
        (value / cut).quantize(Decimal(1), rounding) * cut == shown and (cut != cuts[0] or not figure.close)
        for cut in cuts
    )
