"""What a shop knows beside its sales: closed days, stock-outs, prices, promotions, categories, holidays."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from cafe_ai.forecasting.model import Ask, Circumstances, History
from ml.models.demand.calendar import Calendar
from ml.models.demand.censoring import uncensored
from ml.models.demand.features import NAMES, Features
from ml.models.demand.forecaster import DemandForecaster
from ml.models.demand.panel import Panel
from tests.unit.ml.demand.shops import END, a_shop, an_ask, weekday_of


def test_a_weekday_without_sales_is_known_as_closed_though_it_is_recorded_as_zero() -> None:
    asks = [
        an_ask([v or 0.0 for v in ask.history.values], ask.circumstances.key)
        for ask in a_shop(6, 200, closed=frozenset({0}))
    ]
    for prediction in DemandForecaster.train(asks).forecast(asks):
        for day in prediction.days:
            assert (day.high95 == 0) == (day.day.weekday() == 0)


def test_a_fortnight_shut_does_not_lower_what_is_expected() -> None:
    asks = a_shop(6, 200)
    shut = [
        an_ask([*ask.history.values[:180], *[0.0] * 20], ask.circumstances.key)  # recorded as zero
        for ask in asks
    ]
    usual = [np.mean(ask.history.values[:180]) for ask in asks]
    for level, prediction in zip(usual, DemandForecaster.train(shut).forecast(shut), strict=True):
        assert np.mean([day.expected for day in prediction.days]) == pytest.approx(level, rel=0.2)


def test_one_product_without_sales_is_not_a_closed_shop() -> None:
    asks = [*a_shop(5, 200), an_ask([*[5.0] * 140, *[0.0] * 60], "gone")]
    gone = DemandForecaster.train(asks).forecast(asks)[-1]
    assert max(day.expected for day in gone.days) < 0.5


def test_demand_on_sold_out_days_is_more_than_what_was_sold() -> None:
    chance = np.random.default_rng(4)
    demand = chance.poisson(20.0, (4, 300)).astype(np.float64)
    stock = chance.integers(14, 26, demand.shape)
    sold, sold_out = np.minimum(demand, stock), demand >= stock
    estimate = uncensored(sold, sold_out)
    assert (estimate >= sold).all()
    np.testing.assert_array_equal(estimate[~sold_out], sold[~sold_out])
    naive_bias, bias = sold.mean() - 20, estimate[:, 60:].mean() - 20
    assert naive_bias < -1.5
    assert abs(bias) < abs(naive_bias) / 2


def test_the_forecast_is_less_biased_where_the_stock_outs_are_known() -> None:
    chance = np.random.default_rng(5)
    first = END - timedelta(days=200)
    known, unknown = [], []
    for number in range(5):
        demand = chance.poisson(20.0, 200)
        stock = chance.integers(14, 26, 200)
        sold = np.minimum(demand, stock)
        days = frozenset(first + timedelta(days=int(at)) for at in np.flatnonzero(demand >= stock))
        known.append(an_ask(sold, f"p{number}", sold_out=days))
        unknown.append(an_ask(sold, f"p{number}"))

    def mean(asks: list[Ask]) -> float:
        predictions = DemandForecaster.train(asks).forecast(asks)
        return float(np.mean([day.expected for each in predictions for day in each.days]))

    with_them, without = mean(known), mean(unknown)
    assert without < 18.8
    assert abs(with_them - 20) < abs(without - 20) / 2


def test_a_promotion_to_come_raises_what_is_expected() -> None:
    chance = np.random.default_rng(6)
    length, asks = 300, []
    first = END - timedelta(days=length)
    for number in range(8):
        promoted = chance.random(length + 28) < 0.15
        demand = chance.poisson((6 + number) * np.where(promoted[:length], 2.5, 1.0))
        days = frozenset(first + timedelta(days=int(at)) for at in np.flatnonzero(promoted[: length + 1]))
        planned = days | {END + timedelta(days=3)}
        asks.append(an_ask(demand, f"p{number}", promoted=frozenset(planned - {END, END + timedelta(days=4)})))
    ratios = [
        prediction.days[3].expected / prediction.days[4].expected
        for prediction in DemandForecaster.train(asks).forecast(asks)
    ]
    assert np.median(ratios) > 1.6


def test_a_planned_price_cut_raises_what_is_expected() -> None:
    chance = np.random.default_rng(7)
    length, asks = 300, []
    for number in range(8):
        cheap = chance.random(length) < 0.2
        demand = chance.poisson((6 + number) * np.where(cheap, 2.5, 1.0))
        prices = tuple(np.where(cheap, 1.0, 2.0).tolist())
        planned = {END + timedelta(days=n): 1.0 if n == 3 else 2.0 for n in range(28)}
        asks.append(an_ask(demand, f"p{number}", prices=prices, planned_prices=planned))
    ratios = [
        prediction.days[3].expected / prediction.days[4].expected
        for prediction in DemandForecaster.train(asks).forecast(asks)
    ]
    assert np.median(ratios) > 1.4


def test_a_new_product_starts_as_others_of_its_category_did() -> None:
    chance = np.random.default_rng(8)
    asks = [an_ask(chance.poisson(10.0, 300), f"old{n}", category="bread") for n in range(4)]
    asks += [an_ask(chance.poisson(30.0, 150 - n), f"cake{n}", category="cake") for n in range(4)]
    asks += [an_ask(chance.poisson(3.0, 150 - n), f"tea{n}", category="tea") for n in range(4)]
    trained = DemandForecaster.train(asks)
    new = [
        *asks,
        an_ask([], "new cake", category="cake"),
        an_ask([], "new tea", category="tea"),
        an_ask([2.0], "n", category="cake"),
    ]
    cake, tea, begun = trained.forecast(new)[-3:]
    mean = [np.mean([day.expected for day in each.days]) for each in (cake, tea, begun)]
    assert mean[0] > 3 * mean[1] > 0
    assert mean[1] < mean[2] < mean[0] + 1
    assert "short_history" in cake.notes


def test_holidays_are_those_of_the_country() -> None:
    spain = Calendar.of(date(2026, 10, 1), 31, "ES")
    assert [n + 1 for n in np.flatnonzero(spain.holiday)] == [12]
    assert spain.until[0] == 11 and spain.since[15] == 4
    assert not Calendar.of(date(2026, 10, 1), 31, None).holiday.any()
    assert not Calendar.of(date(2026, 10, 1), 31, "XX").holiday.any()


def test_a_panel_keeps_what_is_closed_apart_from_what_is_zero() -> None:
    asks = a_shop(5, 60, closed=frozenset({6}))
    panel = Panel.of(asks, 28)
    sundays = np.array([weekday_of(place, 60) == 6 for place in range(60)])
    assert np.isnan(panel.values[:, sundays]).all()
    assert not np.isnan(panel.values[:, ~sundays]).any()
    assert panel.closed[:, 6].all() and not panel.closed[:, :6].any()


def test_a_shop_that_shuts_on_holidays_is_expected_to_shut_on_the_next() -> None:
    end = date(2026, 10, 1)
    length = 500
    first = end - timedelta(days=length)
    shut = Calendar.of(first, length, "ES").holiday > 0
    chance = np.random.default_rng(9)
    closing, open_all_year = [], []
    for number in range(5):
        values = chance.poisson(8.0, length)
        for asks, own in ((closing, np.where(shut, 0, values)), (open_all_year, values)):
            history = History(first, tuple(float(value) for value in own))
            asks.append(Ask(history, 28, (), 0.95, Circumstances(key=f"p{number}", country="ES")))
    feast = (date(2026, 10, 12) - end).days
    (day,) = {each.days[feast].high95 for each in DemandForecaster.train(closing).forecast(closing)}
    assert day == 0
    assert min(each.days[feast].expected for each in DemandForecaster.train(open_all_year).forecast(open_all_year)) > 4


def test_a_price_paid_on_the_day_itself_is_not_told_where_no_prices_are_planned() -> None:
    prices = (*[2.0] * 150, *[1.0] * 50)
    asks = [an_ask(np.full(200, 5.0), "a", prices=prices), an_ask(np.full(200, 3.0), "b")]
    rows = Features(Panel.of(asks, 28)).rows(np.array([0, 0]), np.array([145, 190]), np.array([10, 5]))
    assert rows.matrix[:, NAMES.index("price")] == pytest.approx([1.0, 1.0], abs=0.5)
    assert rows.matrix[0, NAMES.index("price")] == 1.0
    assert (rows.matrix[:, NAMES.index("price_change")] == 1.0).all()
