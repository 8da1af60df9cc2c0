"""What promotions and planned prices mean for a series."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cafe_ai.forecasting.circumstances import PLANNED_DAYS, aligned, planned_prices, promoted_days
from cafe_ai.forecasting.model import History, Product, Promotion
from cafe_ai.platform.ids import uuid7
from tests.unit.forecasting.histories import START

DAY = timedelta(days=1)
BREAD = Product(uuid7(), "p", "Pan", None, None, Decimal(3), START)
HISTORY = History(START - 5 * DAY, (1.0,) * 5)
PAID = (2.0, None, 1.5, 2.5, None)

checked = settings(deadline=None)  # a busy machine is no fault


def offer(first: int, last: int | None, *, for_all: bool = False, **columns: Any) -> Promotion:
    """A promotion of days counted from the forecast's first."""
    ends = None if last is None else START + last * DAY
    kind = {"is_promotion": True, **columns}
    return Promotion(product_id=None if for_all else BREAD.id, first_day=START + first * DAY, last_day=ends, **kind)


def test_a_planned_price_holds_from_its_day_on() -> None:
    rise = offer(3, None, is_promotion=False, price=Decimal("2.8"))
    planned = planned_prices(BREAD, [rise], HISTORY, PAID)
    assert min(planned) == START + 3 * DAY
    assert set(planned.values()) == {2.8}
    assert len(planned) == PLANNED_DAYS - 3


def test_a_discount_is_off_the_last_usual_price() -> None:
    before = offer(-2, -2, discount_percent=Decimal(40))  # 2.5 was paid in a promotion, 1.5 before it
    planned = planned_prices(BREAD, [before, offer(1, 2, for_all=True, discount_percent=Decimal(20))], HISTORY, PAID)
    assert planned == {START + DAY: pytest.approx(1.2), START + 2 * DAY: pytest.approx(1.2)}


def test_a_discount_is_off_the_price_planned_for_that_day_and_the_best_offer_counts() -> None:
    plans = [
        offer(0, 9, is_promotion=False, price=Decimal(4)),
        offer(0, 0, discount_percent=Decimal(50)),
        offer(0, 0, price=Decimal("3.50")),
    ]
    planned = planned_prices(BREAD, plans, HISTORY, PAID)
    assert (planned[START], planned[START + DAY]) == (2.0, 4.0)


def test_a_promotion_without_a_price_plans_none_but_its_days_are_known() -> None:
    two_for_one = offer(-3, 1)
    assert planned_prices(BREAD, [two_for_one], HISTORY, PAID) == {}
    assert promoted_days([two_for_one], HISTORY.first_day, START + 30 * DAY) == {START + n * DAY for n in range(-3, 2)}


def test_a_planned_price_is_no_promotion() -> None:
    rise = offer(-3, None, is_promotion=False, price=Decimal(3))
    assert promoted_days([rise], HISTORY.first_day, START + 30 * DAY) == frozenset()


def test_without_a_price_on_record_the_list_price_counts() -> None:
    half = [offer(0, 0, discount_percent=Decimal(50))]
    assert planned_prices(BREAD, half, HISTORY, (None,) * 5) == {START: 1.5}


@checked
@given(st.integers(-20, 40), st.integers(0, 40), st.integers(-10, 10), st.integers(0, 30))
def test_promoted_days_are_those_of_the_promotion_within_the_window(
    first: int, length: int, since: int, window: int
) -> None:
    begin, end = START + since * DAY, START + (since + window) * DAY
    days = promoted_days([offer(first, first + length)], begin, end)
    own = {START + n * DAY for n in range(first, first + length + 1)}
    assert days == {day for day in own if begin <= day < end}


def test_values_stand_at_their_days() -> None:
    assert aligned(HISTORY, {date(2026, 5, 28): 2.0, START: 9.0}) == (None, 2.0, None, None, None)
