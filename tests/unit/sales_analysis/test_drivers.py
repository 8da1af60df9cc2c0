"""The change in net sales, split: each formula as SPEC has it, and parts that add up to the cent."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cafe_ai.sales_analysis.drivers import DRIVER_NAMES, Sold, split_change, tell_drivers
from cafe_ai.sales_analysis.model import Drivers

CENT, WHOLE = Decimal("0.01"), Decimal(1)
AMOUNTS = st.decimals(-50_000, 50_000, allow_nan=False, allow_infinity=False, places=4)
UNITS = st.one_of(
    st.decimals(-50, 3_000, allow_nan=False, allow_infinity=False, places=3),
    st.sampled_from([Decimal(0), Decimal(1), Decimal(-1), Decimal("0.333")]),
)
SOLD = st.builds(
    lambda net, units, priced: Sold(Fraction(net) if priced else Fraction(0), Fraction(units), is_priced=priced),
    AMOUNTS,
    UNITS,
    st.sampled_from([True] * 9 + [False]),
)
SHOPS = st.dictionaries(st.integers(0, 12), SOLD, max_size=9)


def told(before: dict[int, Sold], after: dict[int, Sold], currency: str = "EUR") -> Drivers:
    names: dict[object, str] = {key: f"P{key}" for key in (*before, *after)}
    return tell_drivers(split_change(before, after), names, currency)


def plain(before: dict[int, Sold], after: dict[int, Sold]) -> dict[str, Fraction]:
    """The formulas of SPEC, each written out by itself."""
    both = [k for k in before if k in after and all(s.is_priced and s.units > 0 for s in (before[k], after[k]))]
    units = [sum((shop[k].units for k in both), Fraction(0)) for shop in (before, after)]
    net = sum((before[k].net for k in both), Fraction(0))
    p0 = {k: before[k].net / before[k].units for k in both}
    p1 = {k: after[k].net / after[k].units for k in both}
    parts = dict.fromkeys(DRIVER_NAMES, Fraction(0))
    for k in both:
        parts["price"] += (p1[k] - p0[k]) * after[k].units
        parts["mix"] += p0[k] * (after[k].units - before[k].units * units[1] / units[0])
    if both:
        parts["volume"] = (units[1] - units[0]) * net / units[0]
    for k in set(before) | set(after):
        if k in both:
            continue
        if k not in before and after[k].is_priced and after[k].units > 0:
            parts["new_products"] += after[k].net
        elif k not in after and before[k].is_priced and before[k].units > 0:
            parts["vanished_products"] -= before[k].net
        else:
            parts["rest"] += (after[k].net if k in after else 0) - (before[k].net if k in before else 0)
    return {str(name): amount for name, amount in parts.items()}


@settings(max_examples=1_000, deadline=None)
@given(SHOPS, SHOPS, st.sampled_from(["EUR", "GBP", "JPY", "COP"]))
def test_each_part_is_its_formula_and_they_add_up_exactly_and_rounded(
    before: dict[int, Sold], after: dict[int, Sold], currency: str
) -> None:
    step = WHOLE if currency in ("JPY", "COP") else CENT
    exact, drivers = split_change(before, after), told(before, after, currency)
    assert exact.parts == plain(before, after)
    assert exact.change == sum((s.net for s in after.values()), Fraction(0)) - sum(
        (s.net for s in before.values()), Fraction(0)
    )
    assert sum(part.amount for part in drivers.parts) == drivers.change
    assert abs(Fraction(drivers.change) - exact.change) * 2 <= Fraction(step)
    assert [part.name for part in drivers.parts] == list(DRIVER_NAMES)
    for part in drivers.parts:
        assert part.amount.as_tuple().exponent == step.as_tuple().exponent
        assert abs(Fraction(part.amount) - exact.parts[part.name]) < Fraction(step)


@settings(max_examples=100, deadline=None)
@given(SHOPS, SHOPS)
def test_products_add_up_to_the_parts(before: dict[int, Sold], after: dict[int, Sold]) -> None:
    split = split_change(before, after)
    for name in DRIVER_NAMES:
        of_products = (split.of_product(key).get(name, Fraction(0)) for key in {*before, *after})
        assert sum(of_products, Fraction(0)) == split.parts[name]


def test_a_change_that_needs_no_rounding_is_split_by_the_book() -> None:
    before = {
        1: Sold(Fraction(100), Fraction(50)),
        2: Sold(Fraction(90), Fraction(30)),
        3: Sold(Fraction(8), Fraction(4)),
    }
    after = {
        1: Sold(Fraction(150), Fraction(60)),
        2: Sold(Fraction(60), Fraction(20)),
        4: Sold(Fraction(7), Fraction(1)),
    }
    parts = {part.name: part.amount for part in told(before, after).parts}
    # Q0 = Q1 = 80: no volume. Price: (2.50 - 2.00) x 60. Mix: 2 x (60 - 50) + 3 x (20 - 30).
    assert parts == {
        "price": Decimal("30.00"),
        "volume": Decimal("0.00"),
        "mix": Decimal("-10.00"),
        "new_products": Decimal("7.00"),
        "vanished_products": Decimal("-8.00"),
        "rest": Decimal("0.00"),
    }


@pytest.mark.parametrize("units", [Fraction(0), Fraction(-3)])
def test_what_was_only_returned_is_the_rest(units: Fraction) -> None:
    before = {1: Sold(Fraction(10), Fraction(5)), 2: Sold(Fraction(-9), units)}
    parts = {part.name: part.amount for part in told(before, {2: Sold(Fraction(20), Fraction(4))}).parts}
    assert parts["rest"] == Decimal("29.00")
    assert parts["vanished_products"] == Decimal("-10.00")
    assert parts["new_products"] == 0


def test_what_has_no_price_is_the_rest_and_moves_nothing() -> None:
    unpriced = Sold(Fraction(0), Fraction(5), is_priced=False)
    assert all(part.amount == 0 for part in told({1: unpriced}, {1: unpriced, 2: unpriced}).parts)


def test_nothing_sold_in_both_has_no_price_volume_or_mix() -> None:
    drivers = told({1: Sold(Fraction(10), Fraction(5))}, {2: Sold(Fraction(30), Fraction(5))})
    assert {part.name: part.amount for part in drivers.parts if part.amount} == {
        "new_products": Decimal("30.00"),
        "vanished_products": Decimal("-10.00"),
    }
    assert told({}, {}).change == 0


def test_the_largest_contributions_come_first_with_what_moved_them() -> None:
    before = {n: Sold(Fraction(100), Fraction(10)) for n in range(30)}
    after = {n: Sold(Fraction(100 + n), Fraction(10)) for n in range(30)}
    contributions = told(before, after).contributions
    assert [each.product for each in contributions[:2]] == ["P29", "P28"]
    assert {each.driver for each in contributions} == {"price"}
    assert contributions[0].amount == Decimal("29.00")
    assert len(contributions) == 20


@given(AMOUNTS)
def test_the_change_is_rounded_half_up(net: Decimal) -> None:
    drivers = told({}, {1: Sold(Fraction(net), Fraction(1))})
    assert drivers.change == net.quantize(CENT, ROUND_HALF_UP)
