"""Sums of amounts that are exact, so that they do not depend on order, on batches, or on who adds: Python or PostgreSQL.

A quantity with at most 3 decimals and a price, discount, cost or amount with at most 4 (what the database keeps) are whole
numbers of thousandths and ten-thousandths; their products are whole numbers of 10⁻⁷, which integers add without error. Where a
number has more decimals, all the sums it is part of are floating point, added in the order given.

A float x is the double nearest to r / 10ᵏ for r = round(x · 10ᵏ) just where r / 10ᵏ == x, for IEEE division rounds correctly.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ml.pipelines.model import Line

THOUSANDTHS, TEN_THOUSANDTHS, SCALE = 1_000, 10_000, 10_000_000
LARGEST = 1e11
"""Above it (numeric(14, 3) ends there) a double does not tell ten-thousandths apart for certain."""
NAMES = ("net", "gross", "returned", "discounts", "units", "cost", "costed")


def whole(value: float, parts: int) -> int | None:
    """The value as a whole number of so-many-ths; None where it is not one."""
    if not -LARGEST <= value <= LARGEST:
        return None
    scaled = round(value * parts)
    return scaled if scaled / parts == value else None


@dataclass(slots=True)
class Sums:
    """Sums over lines: each as a float, and as whole numbers of 10⁻⁷ (units: 10⁻³) while `exact`.

    net: of the lines with an amount. gross: the same over positive quantities. returned: gross − net. units: Σ quantity.
    discounts: of all lines. priced_lines: with a price or an amount that is not zero. cost, costed: cost and net of the lines
    whose cost and amount are known.
    """

    exact: bool = True
    floats: dict[str, float] = field(default_factory=lambda: dict.fromkeys(NAMES, 0.0))
    wholes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))
    lines: int = 0
    sale_lines: int = 0
    priced_lines: int = 0
    costed_lines: int = 0

    def add_line(self, line: Line) -> None:
        """Adds a line's amounts."""
        self.lines += 1
        is_sale = line.quantity > 0
        self.sale_lines += is_sale
        units = whole(line.quantity, THOUSANDTHS)
        discount = _amount(line.discount)
        self._add("units", line.quantity, units)
        self._add("discounts", line.discount, discount)
        if not line.known:
            return
        value, exact = _net(line, units, discount)
        self.priced_lines += bool(line.price or line.amount)
        self._add("net", value, exact)
        if is_sale:
            self._add("gross", value, exact)
        else:
            self._add("returned", -value, None if exact is None else -exact)
        if line.cost is not None:
            self.costed_lines += 1
            cost = whole(line.cost, TEN_THOUSANDTHS)
            product = None if units is None or cost is None else units * cost
            self._add("cost", line.quantity * line.cost, product)
            self._add("costed", value, exact)

    def add_total(self, total: float) -> None:
        """Adds what was charged for an order of which no more is known."""
        exact = _amount(total)
        self._add("net", total, exact)
        self._add("gross", max(total, 0.0), None if exact is None else max(exact, 0))
        self._add("returned", max(-total, 0.0), None if exact is None else max(-exact, 0))
        self.priced_lines += 1

    def replace_net(self, total: float) -> None:
        """What was charged for an order, instead of what its lines come to."""
        self.floats["net"], self.wholes["net"] = 0.0, 0
        self._add("net", total, _amount(total))

    def add(self, other: Sums) -> None:
        """Adds the sums of others."""
        for name in NAMES:
            self._add(name, other.value(name), other.wholes[name] if other.exact else None)
        self.lines += other.lines
        self.sale_lines += other.sale_lines
        self.priced_lines += other.priced_lines
        self.costed_lines += other.costed_lines

    def value(self, name: str) -> float:
        """A sum as the nearest float."""
        if not self.exact:
            return self.floats[name]
        return self.wholes[name] / (THOUSANDTHS if name == "units" else SCALE)

    def _add(self, name: str, value: float, exact: int | None) -> None:
        self.floats[name] += value
        if exact is None:
            self.exact = False
        else:
            self.wholes[name] += exact


def _amount(value: float) -> int | None:
    exact = whole(value, TEN_THOUSANDTHS)
    return None if exact is None else exact * THOUSANDTHS


def _net(line: Line, units: int | None, discount: int | None) -> tuple[float, int | None]:
    if line.amount is not None:
        return line.amount, _amount(line.amount)
    unit_price = line.price or 0.0
    price = whole(unit_price, TEN_THOUSANDTHS)
    exact = None if units is None or price is None or discount is None else units * price - discount
    return line.quantity * unit_price - line.discount, exact
