"""Why net sales changed: the exact split into price, volume, mix, new and vanished products, and a rest.

SPEC, section 1, from period 0 to 1, with R net sales, q net units and p = R/q of a product; Q and R without an index are the
sums over the products sold in both periods:

    price  = sum (p1 - p0) q1        volume = (Q1 - Q0) R0/Q0        mix = sum p0 (q1 - q0 Q1/Q0)
    new products = + R1              vanished products = - R0

Products whose net units are not positive in a period they appear in, or that have no price there, have no p: their whole
change is the rest. All is computed in fractions, so that the six parts add up to the change exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import get_args

from cafe_ai.analytics.metrics import PLACES, WITHOUT_MINOR_UNIT
from cafe_ai.sales_analysis.model import Contribution, Driver, DriverName, Drivers

DRIVER_NAMES: tuple[DriverName, ...] = get_args(DriverName)
CONTRIBUTIONS_TOLD = 20
ZERO = Fraction(0)

Parts = dict[DriverName, Fraction]


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold of a product in a period, returns counted negative. is_priced: one of its lines has a price."""

    net: Fraction
    units: Fraction
    is_priced: bool = True

    @property
    def has_price(self) -> bool:
        """Whether a price per unit can be told of it."""
        return self.is_priced and self.units > 0

    @property
    def price(self) -> Fraction:
        """Net sales per unit, where it has one."""
        return self.net / self.units


@dataclass(frozen=True, slots=True)
class Split:
    """The exact parts of a change."""

    before: Mapping[object, Sold]
    after: Mapping[object, Sold]
    growth: Fraction  # Q1/Q0
    parts: Parts

    @property
    def change(self) -> Fraction:
        """What the parts add up to."""
        return sum(self.parts.values(), ZERO)

    def of_product(self, key: object) -> Parts:
        """The parts of one product's change; summed over the products they are the parts of the whole."""
        then, now = self.before.get(key), self.after.get(key)
        if then is not None and now is not None and then.has_price and now.has_price:
            as_before = then.units * self.growth
            return {
                "price": (now.price - then.price) * now.units,
                "volume": then.price * (as_before - then.units),
                "mix": then.price * (now.units - as_before),
            }
        if then is None and now is not None and now.has_price:
            return {"new_products": now.net}
        if now is None and then is not None and then.has_price:
            return {"vanished_products": -then.net}
        return {"rest": (now.net if now else ZERO) - (then.net if then else ZERO)}


def split_change(before: Mapping[object, Sold], after: Mapping[object, Sold]) -> Split:
    """The parts of the change from `before` to `after`, which hold each product that has a line in the period.

    With C = sum of p0 q1, the sum of the formulas is taken once: price = R1 - C, mix = C - R0 Q1/Q0.
    """
    both = [key for key in before if key in after and before[key].has_price and after[key].has_price]
    pairs = [(before[key], after[key]) for key in both]
    total = sum((then.units for then, _ in pairs), ZERO)
    net = sum((then.net for then, _ in pairs), ZERO)
    growth = sum((now.units for _, now in pairs), ZERO) / total if pairs else ZERO
    carried = sum((then.net * now.units / then.units for then, now in pairs), ZERO)
    parts: Parts = dict.fromkeys(DRIVER_NAMES, ZERO)
    parts["price"] = sum((now.net for _, now in pairs), ZERO) - carried
    parts["volume"] = (growth - 1) * net if pairs else ZERO
    parts["mix"] = carried - net * growth
    split = Split(before, after, growth, parts)
    told = set(both)
    for key in (*before, *(key for key in after if key not in before)):
        if key not in told:
            for name, amount in split.of_product(key).items():
                parts[name] += amount
    return split


def tell_drivers(split: Split, names: Mapping[object, str], currency: str, told: int = CONTRIBUTIONS_TOLD) -> Drivers:
    """The split rounded to the currency's minor unit: the parts add up to the rounded change.

    The change is rounded half up; each part is rounded down or up to the minor unit, up for those with the largest
    remainders, as many as it takes (so none is further than a minor unit from its exact value). The contributions are those
    of the products that moved the most, each told with the driver that moved it the most.
    """
    step = Fraction(Decimal(1) if currency in WITHOUT_MINOR_UNIT else PLACES["money"])
    change, parts = round_parts(split.parts, step)
    nothing = Sold(ZERO, ZERO)
    moved = {
        key: split.after.get(key, nothing).net - split.before.get(key, nothing).net
        for key in (*split.before, *split.after)
    }
    largest = sorted(moved, key=lambda key: (-abs(float(moved[key])), names[key]))[:told]
    contributions = [
        Contribution(names[key], _largest(split.of_product(key)), _as_decimal(_nearest(moved[key], step), step))
        for key in largest
        if moved[key]
    ]
    return Drivers(
        change=_as_decimal(change, step),
        parts=tuple(Driver(name, _as_decimal(parts[name], step)) for name in DRIVER_NAMES),
        contributions=tuple(contributions),
    )


def round_parts(parts: Parts, step: Fraction) -> tuple[int, dict[DriverName, int]]:
    """The sum of the parts and each of them in whole steps, which add up (the method of the largest remainder)."""
    total = _nearest(sum(parts.values(), ZERO), step)
    rounded = {name: amount // step for name, amount in parts.items()}
    missing = total - sum(rounded.values())
    by_remainder = sorted(parts, key=lambda name: -((parts[name] / step) % 1))
    for name in by_remainder[:missing]:
        rounded[name] += 1
    return total, rounded


def _largest(parts: Parts) -> DriverName:
    return max(parts, key=lambda name: abs(parts[name]))


def _nearest(amount: Fraction, step: Fraction) -> int:
    """The amount in whole steps, halves away from zero."""
    steps = int(abs(amount) / step + Fraction(1, 2))
    return steps if amount >= 0 else -steps


def _as_decimal(steps: int, step: Fraction) -> Decimal:
    return (Decimal(steps) * Decimal(step.numerator) / Decimal(step.denominator)).quantize(
        Decimal(1) if step == 1 else PLACES["money"]
    )
