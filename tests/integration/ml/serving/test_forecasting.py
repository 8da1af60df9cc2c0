"""Which model forecasts: the one in use where it has seen nothing of what is asked, one of the spot, or the simple one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cafe_ai.forecasting.model import Ask, InventoryForecast
from cafe_ai.forecasting.service import Wanted, forecast_inventory, sales_forecast
from cafe_ai.forecasting.weekday_smoothing import METHOD as SIMPLE
from cafe_ai.forecasting.weekday_smoothing import NAIVE
from cafe_ai.platform.clock import Deadline
from ml.serving import registry
from ml.serving.forecasting import ServedForecaster
from tests.integration.ml.serving.conftest import BUCKET, DAY, START, Workshop, on
from tests.support.small_model import METHOD, SmallModel, Teacher

SIMPLE_METHODS = {SIMPLE, NAIVE}


def forecast(workshop: Workshop, moment: datetime, **wanted: Any) -> InventoryForecast:
    """What the inventory job would tell, in an environment of its own."""
    registry.forget_loaded()
    served = ServedForecaster(
        workshop.runtime, workshop.business.id, Deadline.after(60), lambda: workshop.teacher.recipe
    )
    return forecast_inventory(
        workshop.runtime, workshop.member(), None, moment, wanted=Wanted(**wanted), forecaster=served
    )


def methods(told: InventoryForecast) -> set[str]:
    return {one.prediction.method for one in told.products}


@pytest.mark.parametrize(("age", "used"), [(1, True), (14, True), (15, True), (16, False), (0, False), (-5, False)])
def test_model_in_use_forecasts_what_it_has_not_seen_and_for_two_weeks(
    workshop: Workshop, age: int, used: bool
) -> None:
    """age: how many days before the day asked about it was taught up to. A model of the day itself has looked ahead."""
    workshop.train(on(START - (age - 1) * DAY))
    workshop.teacher.taught.clear()
    told = forecast(workshop, on(START))
    assert methods(told) == {METHOD}
    assert len(told.products) == 4
    on_the_spot = [max(ask.history.start for ask in asks) for asks in workshop.teacher.taught]
    assert on_the_spot == ([] if used else [START])


def test_question_about_the_past_is_answered_from_what_was_known_then(workshop: Workshop) -> None:
    """The small model refuses to forecast what it has seen, and its teacher keeps what it was given."""
    workshop.train()
    workshop.teacher.taught.clear()
    past = START - 100 * DAY
    told = forecast(workshop, on(past), days=28)
    assert told.start == past
    (taught,) = workshop.teacher.taught
    assert {ask.history.start for ask in taught} == {past}
    assert {len(one.prediction.days) for one in told.products} == {28}


def test_without_a_model_one_is_trained_on_the_spot(workshop: Workshop) -> None:
    assert methods(forecast(workshop, on(START))) == {METHOD}
    assert workshop.versions() == []  # and is not kept


def test_where_the_simple_method_did_better_it_is_used(workshop: Workshop) -> None:
    workshop.teacher = Teacher(scale=1.3)
    assert not workshop.train().promoted
    workshop.teacher.taught.clear()
    assert methods(forecast(workshop, on(START))) <= SIMPLE_METHODS
    assert workshop.teacher.taught == []
    for moment in (START - 3 * DAY, START + 20 * DAY):  # before that was known, and long after
        assert methods(forecast(workshop, on(moment))) == {METHOD}


def test_corrupt_model_is_not_used_and_the_method_says_what_was(workshop: Workshop) -> None:
    workshop.train()
    workshop.s3.delete_object(Bucket=BUCKET, Key=workshop.file("model.json"))

    class Failing(Teacher):
        def train(self, asks: Sequence[Ask]) -> SmallModel:
            raise MemoryError

    workshop.teacher = Failing()
    told = forecast(workshop, on(START))
    assert methods(told) <= SIMPLE_METHODS


def test_tiny_history_is_left_to_the_simple_method(workshop: Workshop) -> None:
    told = forecast(workshop, on(START.replace(year=2025, month=2, day=20)))
    assert told.products
    assert methods(told) <= SIMPLE_METHODS
    assert workshop.teacher.taught == []


def test_model_that_fails_leaves_it_to_the_next(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.train()
    failed = []

    def fails(self: SmallModel, asks: Sequence[Ask]) -> Any:
        failed.append(self)
        raise ValueError("no")

    monkeypatch.setattr(SmallModel, "forecast", fails)
    assert methods(forecast(workshop, on(START))) <= SIMPLE_METHODS
    assert len(failed) == 2  # the one in use, and the one of the spot


def outlook(workshop: Workshop, moment: datetime, days: int = 28) -> Any:
    with workshop.runtime.database.transaction(workshop.business.id, read_only=True) as uow:
        return sales_forecast(uow, workshop.business, moment, days)


def test_report_tells_the_stored_forecast_of_the_whole_shop(workshop: Workshop) -> None:
    workshop.teacher = Teacher(scale=1.0)
    workshop.train()
    told = outlook(workshop, on(START))
    (row,) = [row for row in workshop.forecasts() if row["product_id"] is None]
    assert told.method == METHOD
    assert [day.expected for day in told.days] == [round(Decimal(one), 2) for one in row["expected"][:28]]
    assert told.days[0].day == START
    assert told.error_percent is not None
    assert told.backtest is not None
    assert told.backtest.origins == row["backtest"]["origins"]


@pytest.mark.parametrize(
    ("made_on", "days", "stored"),
    [(0, 28, True), (1, 28, True), (2, 61, True), (2, 62, False), (3, 28, False), (-1, 28, False), (0, 63, True), (0, 64, False)],
)  # fmt: skip
def test_stored_forecast_is_told_while_it_is_fresh_and_covers_the_days(
    workshop: Workshop, made_on: int, days: int, stored: bool
) -> None:
    """made_on: for which day it was made, so many days before the day of asking; one made later is not told either."""
    workshop.train(on(START - made_on * DAY))
    told = outlook(workshop, on(START), days)
    assert (told.method == METHOD) is stored
    assert [day.day for day in told.days] == [START + timedelta(days=n) for n in range(days)]


def test_forecast_of_a_model_that_is_in_use_no_more_is_not_told(workshop: Workshop) -> None:
    workshop.train()
    workshop.rows("UPDATE ml_models SET status = 'retired', retired_at = now()")
    assert outlook(workshop, on(START)).method in SIMPLE_METHODS
