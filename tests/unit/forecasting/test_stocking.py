"""From forecast to order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cafe_ai.forecasting.model import DayDemand, Product, SpanDemand, Supply
from cafe_ai.forecasting.reading import closed_weekdays
from cafe_ai.forecasting.stocking import days_to_stockout, plan_supply, spans_of
from cafe_ai.platform.ids import uuid7
from tests.unit.forecasting.histories import START

checked = settings(deadline=None)  # a busy machine is no fault


def product(stock: Decimal | int | None, lead: int | None = 3, price: Decimal | int | None = 2) -> Product:
    known = None if stock is None else Decimal(stock)
    return Product(uuid7(), "p", "Pan", known, lead, None if price is None else Decimal(price), START)


def supply(of: Product, daily: float = 10.0, safety: float = 0.2, **options: Any) -> Supply | None:
    days = [DayDemand(START + timedelta(days=n), daily, 0, daily, 0, daily) for n in range(28)]
    spans = {n: SpanDemand(n, n * daily, n * daily * (1 + safety)) for n in spans_of(of, 7)}
    return plan_supply(of, days, spans, 7)


def test_reorder_point_covers_the_lead_time_and_the_order_also_the_review_period() -> None:
    planned = supply(product(30))
    assert planned == Supply(
        lead_time_days=3, review_days=7, days_to_stockout=3, reorder_point=Decimal(36), safety_stock=Decimal(6),
        order_quantity=Decimal(120 - 30), order_now=True, at_risk=Decimal(2 * (100 - 30)),
    )  # fmt: skip


def test_enough_stock_needs_no_order_now() -> None:
    planned = supply(product(500))
    assert planned is not None
    assert (planned.order_now, planned.order_quantity, planned.at_risk) == (False, 0, 0)
    assert planned.days_to_stockout == 50  # beyond the horizon the last week goes on


@pytest.mark.parametrize(("stock", "lead"), [(0, 3), (-5, 3), (0, None)])
def test_no_stock_is_gone_today_and_ordered(stock: int, lead: int | None) -> None:
    planned = supply(product(stock, lead))
    assert planned is not None
    assert (planned.days_to_stockout, planned.order_now) == (0, True)
    assert planned.lead_time_days == (3 if lead else 7)


def test_without_a_known_stock_nothing_is_ordered() -> None:
    assert supply(product(None)) is None


def test_stock_in_fractions_is_ordered_in_fractions() -> None:
    planned = supply(product(Decimal("2.5")), daily=1.111)
    assert planned is not None
    assert planned.reorder_point == Decimal("4.000")
    assert planned.order_quantity == Decimal("13.332") - Decimal("2.5")


def test_what_hardly_sells_lasts() -> None:
    assert days_to_stockout(Decimal(5), [0.001] * 28) is None
    assert days_to_stockout(Decimal(5), [0.0] * 28) is None


@checked
@given(st.integers(0, 400), st.lists(st.floats(0, 30), min_size=7, max_size=28))
def test_stock_suffices_until_the_day_it_runs_out(stock: int, daily: list[float]) -> None:
    days = days_to_stockout(Decimal(stock), daily)
    going_on = [*daily, *(daily[-7:] * 60)][:365]
    if days is None:
        assert sum(going_on) <= stock + 1e-6
    elif stock:
        assert sum(going_on[:days]) <= stock + 1e-6 < sum(going_on[: days + 1]) + 2e-6


def test_a_weekday_without_an_open_day_for_weeks_is_closed() -> None:
    weekdays = [START - timedelta(days=n) for n in range(1, 57) if (START - timedelta(days=n)).weekday() != 6]
    assert closed_weekdays(sorted(weekdays), START) == {6}
    one_sunday = START - timedelta(days=50)
    assert one_sunday.weekday() == 6
    assert closed_weekdays(sorted([*weekdays, one_sunday]), START) == frozenset()


def test_a_few_weeks_or_none_tell_nothing_of_closed_days() -> None:
    few = [START - timedelta(days=n) for n in (3, 2, 1)]
    assert closed_weekdays(few, START) == closed_weekdays([], START) == frozenset()
    assert closed_weekdays([START - timedelta(days=400)], START) == frozenset()
