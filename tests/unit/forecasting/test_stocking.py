"""From forecast to order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cafe_ai.forecasting.model import DayDemand, Product, SpanDemand, Supply
from cafe_ai.forecasting.reading import closed_weekdays
from cafe_ai.forecasting.stocking import lead_time_of, plan_supply, spans_of
from cafe_ai.platform.ids import uuid7
from tests.unit.forecasting.histories import START

checked = settings(deadline=None)  # a busy machine is no fault


def product(stock: Decimal | int | None, lead: int | None = 3, price: Decimal | int | None = 2, **more: Any) -> Product:
    known = None if stock is None else Decimal(stock)
    return Product(uuid7(), "p", "Pan", known, lead, None if price is None else Decimal(price), START, **more)


def a_week(daily: float, spread: float) -> list[DayDemand]:
    """Four weeks of equal days, symmetric about what is expected: `spread` is what 80 % lie within."""
    low, high = max(0.0, daily - spread), daily + spread
    return [DayDemand(START + timedelta(days=n), daily, low, high, low, high) for n in range(28)]


def supply(
    of: Product, daily: float = 10.0, safety: float = 0.2, spread: float = 0.0, review: int = 7
) -> Supply | None:
    spans = {n: SpanDemand(n, n * daily, n * daily * (1 + safety)) for n in spans_of(of, review)}
    return plan_supply(of, a_week(daily, spread), spans, review)


def planned(of: Product, **options: Any) -> Supply:
    found = supply(of, **options)
    assert found is not None
    return found


def test_reorder_point_covers_the_lead_time_and_the_order_also_the_review_period() -> None:
    told = planned(product(30, unit_cost=Decimal("0.5")))
    assert (told.lead_time_days, told.review_days, told.days_to_stockout) == (3, 7, 3)
    assert (told.reorder_point, told.safety_stock) == (36, 6)
    assert (told.order_quantity, told.order_now) == (120 - 30, True)
    assert told.at_risk == pytest.approx(Decimal(2 * (100 - 30)))
    assert told.margin_at_risk == pytest.approx(Decimal("1.5") * (100 - 30))
    assert (told.stock_value, told.order_value) == (15, 45)
    assert (told.expiring_units, told.kept_down, told.daily, told.critical_ratio) == (None, False, (), None)


def test_what_would_not_last_until_the_next_reviews_goods_is_ordered_now() -> None:
    """It is more than the reorder point, but next week it would be too late."""
    told = planned(product(100))
    assert told.reorder_point < 100
    assert (told.order_now, told.order_quantity) == (True, 20)


def test_enough_stock_needs_no_order_now() -> None:
    told = planned(product(500))
    assert (told.order_now, told.order_quantity, told.at_risk) == (False, 0, 0)
    assert told.days_to_stockout == 50  # beyond the horizon the last week goes on


def test_what_is_on_its_way_is_not_ordered_again() -> None:
    assert planned(product(30, on_order=Decimal(50))).order_quantity == 40
    assert planned(product(30, on_order=Decimal(50))).days_to_stockout == 3


@pytest.mark.parametrize(("stock", "lead"), [(0, 3), (-5, 3), (0, None)])
def test_no_stock_is_gone_today_and_ordered(stock: int, lead: int | None) -> None:
    told = planned(product(stock, lead))
    assert (told.days_to_stockout, told.days_to_stockout_early, told.order_now) == (0, 0, True)
    assert told.lead_time_days == (3 if lead else 7)


def test_without_a_lead_time_goods_are_there_before_the_first_sale() -> None:
    told = planned(product(20, 0))
    assert (told.lead_time_days, told.reorder_point, told.order_quantity) == (0, 12, 84 - 20)


def test_without_a_known_stock_nothing_is_ordered() -> None:
    assert supply(product(None)) is None


def test_without_price_or_cost_no_money_is_named() -> None:
    told = planned(product(30, price=None))
    assert (told.at_risk, told.margin_at_risk, told.stock_value, told.order_value) == (None, None, None, None)
    assert planned(product(30)).margin_at_risk is None


def test_stock_in_fractions_is_ordered_in_fractions() -> None:
    told = planned(product(Decimal("2.5")), daily=1.111)
    assert told.reorder_point == Decimal("4.000")
    assert told.order_quantity == Decimal("13.332") - Decimal("2.5")


def test_what_hardly_sells_lasts() -> None:
    assert planned(product(5), daily=0.001).days_to_stockout is None
    assert planned(product(5), daily=0.0).days_to_stockout is None


def test_at_high_demand_stock_runs_out_sooner() -> None:
    told = planned(product(95), spread=6.0)
    assert (told.days_to_stockout, told.days_to_stockout_early) == (9, 8)


# -- goods that do not keep


def test_bread_is_baked_for_each_day_by_the_critical_ratio() -> None:
    """Price 2, cost 0.4: nine of ten days shall have enough, the upper end of the 80 % interval."""
    bread = product(0, 0, unit_cost=Decimal("0.2"), shelf_life_days=1)
    told = planned(bread, spread=4.0)
    assert told.critical_ratio == pytest.approx(0.9)
    assert (told.review_days, told.order_quantity) == (1, 14)
    assert [each.units for each in told.daily] == [14] * 7
    assert [each.day for each in told.daily] == [START + timedelta(days=n) for n in range(7)]


def test_a_thin_margin_bakes_less_than_is_expected_and_without_a_cost_the_service_level_decides() -> None:
    thin = product(0, 0, unit_cost=Decimal("1.8"), shelf_life_days=1)
    assert planned(thin, spread=4.0).order_quantity == 6
    assert planned(product(0, 0, shelf_life_days=1), spread=4.0).order_quantity == 12


def test_bread_for_the_day_after_tomorrow_counts_nothing_that_is_there_now() -> None:
    told = planned(product(50, 2, unit_cost=Decimal("0.2"), shelf_life_days=1), spread=4.0)
    assert told.order_quantity == 14
    assert told.daily[0].day == START + timedelta(days=2)


def test_no_more_is_ordered_than_sells_before_its_date() -> None:
    """Lead time 3 and review 7 ask for 120; of what keeps 8 days, 80 are expected to be sold in time."""
    told = planned(product(30, shelf_life_days=8))
    assert (told.order_quantity, told.kept_down) == (80, True)
    assert (planned(product(30, shelf_life_days=30)).order_quantity, planned(product(30)).order_quantity) == (90, 90)
    assert planned(product(60, shelf_life_days=8)).order_quantity == 80 - 30  # of 60, 30 are left when they come


def test_what_the_stock_does_not_sell_by_its_date_is_told_with_its_cost() -> None:
    told = planned(product(50, unit_cost=Decimal("0.5"), shelf_life_days=3))
    assert told.expiring_units == pytest.approx(20)
    assert told.expiring_value == pytest.approx(Decimal(10))
    assert told.days_to_stockout == 3  # what is left then is thrown away
    assert planned(product(20, shelf_life_days=3)).expiring_units == pytest.approx(0)


def test_what_is_expected_to_expire_takes_chance_into_account() -> None:
    told = planned(product(30, shelf_life_days=3), spread=5.0)
    assert told.expiring_units is not None
    assert 0.5 < told.expiring_units < 8


def test_sales_that_expired_goods_cannot_serve_are_at_risk() -> None:
    assert planned(product(500, shelf_life_days=3)).at_risk == pytest.approx(Decimal(2 * 10))  # day 3 of 0 to 3


def test_goods_that_keep_shorter_than_the_usual_lead_time_come_sooner() -> None:
    assert lead_time_of(product(5, None, shelf_life_days=1)) == 0
    assert lead_time_of(product(5, None, shelf_life_days=5)) == 4
    assert lead_time_of(product(5, None)) == 7
    assert lead_time_of(product(5, 9, shelf_life_days=5)) == 9


@checked
@given(
    st.integers(0, 300),
    st.integers(0, 10),
    st.integers(1, 14),
    st.one_of(st.none(), st.integers(1, 40)),
    st.one_of(st.none(), st.decimals(0, 3, places=2)),
    st.floats(0, 30),
    st.floats(0, 20),
    st.floats(0, 1),
)
def test_no_figure_is_absurd(
    stock: int,
    lead: int,
    review: int,
    keeps: int | None,
    cost: Decimal | None,
    daily: float,
    spread: float,
    safety: float,
) -> None:
    of = product(stock, lead, unit_cost=cost, shelf_life_days=keeps)
    told = planned(of, daily=daily, spread=spread, safety=safety, review=review)
    keeping = planned(replace(of, shelf_life_days=None), daily=daily, spread=spread, safety=safety, review=review)
    assert told.order_quantity >= 0
    assert told.order_now is (told.order_quantity > 0)
    assert told.at_risk is not None
    assert told.at_risk >= 0
    if keeps is not None:
        assert 0 <= (told.expiring_units or 0) <= stock
        assert told.kept_down or keeps <= lead + review or told.order_quantity <= keeping.order_quantity
    assert all(each.units >= 0 for each in told.daily)
    assert len(told.daily) == (review if keeps is not None and keeps < review else 0)
    early, usual = told.days_to_stockout_early, told.days_to_stockout
    assert usual is None or (early is not None and early <= usual)


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
