"""The forecaster as its callers see it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from cafe_ai.forecasting.model import Ask, Prediction
from ml.models.demand.forecaster import DemandForecaster
from tests.unit.ml.demand.shops import a_shop, an_ask


@pytest.fixture(scope="module")
def shop() -> list[Ask]:
    return a_shop(closed=frozenset({6}))


@pytest.fixture(scope="module")
def trained(shop: list[Ask]) -> DemandForecaster:
    return DemandForecaster.train(shop)


def _is_sound(ask: Ask, prediction: Prediction) -> None:
    assert len(prediction.days) == ask.days
    for day in prediction.days:
        bounds = (0, day.low95, day.low80, day.expected, day.high80, day.high95)
        assert list(bounds) == sorted(bounds), day
        if day.day.weekday() in ask.history.closed_weekdays:
            assert not any(bounds)
    assert set(prediction.spans) == set(ask.spans)
    for span in prediction.spans.values():
        assert 0 <= span.expected <= span.enough < np.inf


def test_intervals_are_ordered_nothing_is_negative_and_closed_weekdays_are_zero(
    shop: list[Ask], trained: DemandForecaster
) -> None:
    for ask, prediction in zip(shop, trained.forecast(shop), strict=True):
        _is_sound(ask, prediction)


def test_the_level_of_each_product_is_found(shop: list[Ask], trained: DemandForecaster) -> None:
    for ask, prediction in zip(shop, trained.forecast(shop), strict=True):
        usual = np.mean([value for value in ask.history.values if value is not None])
        expected = np.mean([day.expected for day in prediction.days if day.expected > 0])
        assert expected == pytest.approx(usual, rel=0.15)


def test_each_product_is_shown_beside_seasonal_naive_with_the_parts(shop: list[Ask], trained: DemandForecaster) -> None:
    tested = trained.forecast(shop)[0].backtest
    assert tested is not None
    assert tested.model.mae < tested.seasonal_naive.mae
    assert {"lightgbm_l1", "lightgbm_tweedie", "seasonal_naive"} <= set(tested.parts)
    assert tested.bias_percent is not None
    assert tested.covered80 is not None and tested.covered95 is not None
    assert 0.6 < tested.covered80 < 0.95 < tested.covered95 + 0.1


def test_the_files_give_the_same_forecasts_to_the_bit(shop: list[Ask], trained: DemandForecaster) -> None:
    files = trained.to_files()
    assert {name.rpartition(".")[2] for name in files} == {"json", "txt"}
    again = DemandForecaster.from_files(files)
    assert again.forecast(shop) == trained.forecast(shop)
    assert again.summary == trained.summary
    assert again.to_files() == files


def test_files_of_another_version_are_refused(trained: DemandForecaster) -> None:
    files = trained.to_files()
    content = json.loads(files["demand.json"])
    with pytest.raises(ValueError, match="version"):
        DemandForecaster.from_files({**files, "demand.json": json.dumps({**content, "features": ["x"]}).encode()})
    with pytest.raises(ValueError, match=r"lightgbm_l1\.txt"):
        DemandForecaster.from_files({"demand.json": files["demand.json"]})


def test_training_again_gives_the_same(shop: list[Ask], trained: DemandForecaster) -> None:
    assert DemandForecaster.train(shop).to_files() == trained.to_files()


def test_the_summary_is_json(trained: DemandForecaster) -> None:
    told = json.loads(json.dumps(asdict(trained.summary)))
    assert told["method"] == "lightgbm_blend"
    assert told["origins"] >= 3
    assert told["methods"]["lightgbm_blend"]["rmsse"] < told["methods"]["seasonal_naive"]["rmsse"]


def test_another_learner_can_take_the_place_of_the_booster(shop: list[Ask], trained: DemandForecaster) -> None:
    asked: list[int] = []

    class Remote:
        def __init__(self, method: str) -> None:
            self.own = trained.learners[method]

        def predict(self, rows: np.ndarray) -> np.ndarray:
            asked.append(rows.shape[1])
            return self.own.predict(rows)

    replaced = trained.with_learners({method: Remote(method) for method in trained.learners})
    assert replaced.forecast(shop) == trained.forecast(shop)
    assert asked == [len(trained.features)] * len(trained.learners)


def test_one_product_asked_for_alone_is_expected_to_sell_as_among_the_others(
    shop: list[Ask], trained: DemandForecaster
) -> None:
    together, alone = trained.forecast(shop)[3], trained.forecast(shop[3:4])[0]
    assert [day.expected for day in alone.days] == pytest.approx([day.expected for day in together.days], rel=1e-6)


def test_a_history_may_go_on_beyond_that_of_training(shop: list[Ask], trained: DemandForecaster) -> None:
    longer = [
        replace(ask, history=replace(ask.history, values=(*ask.history.values, *ask.history.values[-7:])))
        for ask in shop
    ]
    for ask, prediction in zip(longer, trained.forecast(longer), strict=True):
        _is_sound(ask, prediction)
        assert prediction.days[0].day == ask.history.start


@pytest.mark.parametrize("length", [0, 1, 3, 10, 30, 60])
@pytest.mark.parametrize("series", [1, 3])
def test_a_tiny_shop_gets_a_forecast_all_the_same(length: int, series: int) -> None:
    chance = np.random.default_rng(length)
    asks = [an_ask(chance.poisson(4.0, length), f"p{n}") for n in range(series)]
    for ask, prediction in zip(asks, DemandForecaster.train(asks).forecast(asks), strict=True):
        _is_sound(ask, prediction)


def test_nothing_sold_is_nothing_expected() -> None:
    asks = [an_ask(np.zeros(200), "a"), an_ask(np.full(100, np.nan), "b")]
    for prediction in DemandForecaster.train(asks).forecast(asks):
        assert prediction.method == "none"
        assert prediction.notes == ("never_sold",)
        assert not any(day.high95 for day in prediction.days)
    assert DemandForecaster.train([]).forecast([]) == []


def test_weeks_that_wander_are_best_repeated() -> None:
    chance = np.random.default_rng(3)
    week = np.array([10.0, 30.0, 5.0, 60.0, 80.0, 20.0, 40.0])
    days = []
    for _ in range(52):
        week = np.maximum(1.0, week + chance.normal(0, 8, 7))
        days.extend(week)
    asks = [an_ask(days)]
    trained = DemandForecaster.train(asks)
    (prediction,) = trained.forecast(asks)
    assert "naive_was_better" in prediction.notes
    assert prediction.method == "seasonal_naive"
    assert [day.expected for day in prediction.days[:7]] == pytest.approx(days[-7:])
