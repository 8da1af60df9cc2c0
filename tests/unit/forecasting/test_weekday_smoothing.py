"""The forecaster: closed days, ordered intervals, an honest backtest, and when seasonal naive takes its place."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cafe_ai.forecasting.model import Ask, History, Prediction
from cafe_ai.forecasting.weekday_smoothing import LEAST_HISTORY, METHOD, NAIVE, ORIGINS, STEP_DAYS, WeekdaySmoothing
from tests.unit.forecasting.histories import START, WEEK, a_history


def forecast(history: History, days: int = 28, spans: tuple[int, ...] = ()) -> Prediction:
    return WeekdaySmoothing().forecast([Ask(history, days, spans)])[0]


def test_a_launch_nobody_saw_coming_does_not_widen_what_is_expected_to_be_large() -> None:
    """Cakes sold at a hundred a day in two seasons and hardly at all between: what the seasons' starts missed, when next to
    nothing was expected, is no error of a total in the season."""
    first = START - timedelta(days=500)
    values = tuple(100.0 if n % 200 >= 150 else float(n % 9 == 0) for n in range(500))
    (prediction,) = WeekdaySmoothing().forecast([Ask(History(first, (*values[:400], *values[150:200] * 2)), 28, (9,))])
    span = prediction.spans[9]
    assert span.expected > 500
    assert span.enough < 4 * span.expected


def test_the_weeks_pattern_is_found_and_closed_days_are_zero() -> None:
    prediction = forecast(a_history())
    assert (prediction.method, prediction.notes) == (METHOD, ())
    assert [day.day for day in prediction.days] == [START + timedelta(days=n) for n in range(28)]
    for day in prediction.days:
        assert day.expected == pytest.approx(WEEK[day.day.weekday()], rel=0.15, abs=1e-9)
    sundays = [day for day in prediction.days if day.day.weekday() == 6]
    assert all((d.expected, d.low80, d.high80, d.low95, d.high95) == (0, 0, 0, 0, 0) for d in sundays)


def test_forecast_beats_seasonal_naive_on_noise_and_says_by_how_much() -> None:
    history = a_history()
    tested = forecast(history).backtest
    assert tested is not None
    assert tested.origins == min(ORIGINS, (len(history.values) - LEAST_HISTORY) // STEP_DAYS)
    for mine, naive in zip(
        (tested.model.mae, tested.model.rmsse, tested.model.mase),
        (tested.seasonal_naive.mae, tested.seasonal_naive.rmsse, tested.seasonal_naive.mase),
        strict=True,
    ):
        assert mine is not None
        assert naive is not None
        assert mine < 0.9 * naive
    assert tested.mean == pytest.approx(sum(WEEK) / 6, rel=0.1)


def test_backtest_is_what_a_plain_computation_of_seasonal_naive_says() -> None:
    history = a_history(days=140)
    values = history.values
    errors = []
    for number in range(1, 7):
        origin = 140 - 14 * number
        for ahead in range(min(28, 140 - origin)):
            actual, before = values[origin + ahead], values[origin + ahead % 7 - 7]
            if actual is not None and before is not None:
                errors.append(abs(actual - before))
    tested = forecast(history).backtest
    assert tested is not None
    assert tested.origins == 6
    assert tested.seasonal_naive.mae == pytest.approx(sum(errors) / len(errors))


def test_nothing_later_than_the_origin_is_known_to_the_backtest() -> None:
    """Demand that doubles in the last two weeks is missed, in full, by the two forecasts of them that were made before."""
    first = START - timedelta(days=200)
    steady = forecast(History(first, (20.0,) * 200)).backtest
    changed = forecast(History(first, (20.0,) * 186 + (40.0,) * 14)).backtest
    assert steady is not None
    assert changed is not None
    assert steady.model.mae == pytest.approx(0, abs=1e-6)
    forecast_days = 14 + 28 * (changed.origins - 1)
    assert changed.model.mae * forecast_days == pytest.approx(2 * 14 * 20, rel=0.01)
    assert changed.seasonal_naive.mae * forecast_days == pytest.approx(2 * 14 * 20)


def test_where_the_last_week_tells_more_it_is_the_forecast() -> None:
    """A level that jumps every two weeks and then stays: repeating the last week is right, smoothing is late."""
    values = tuple(10.0 * (1 + n // 42) ** 2 for n in range(420))
    prediction = forecast(History(START - timedelta(days=420), values), days=7)
    assert prediction.method == NAIVE
    assert prediction.notes == ("naive_was_better",)
    assert [day.expected for day in prediction.days] == list(values[-7:])


def test_intervals_hold_as_many_days_as_they_say() -> None:
    held = {80: 0, 95: 0}
    total = 0
    for seed in range(40):
        whole = a_history(days=500, seed=seed)
        past = History(whole.first_day, whole.values[:-28], whole.closed_weekdays)
        for day, actual in zip(forecast(past).days, whole.values[-28:], strict=True):
            if actual is not None:
                total += 1
                held[80] += day.low80 <= actual <= day.high80
                held[95] += day.low95 <= actual <= day.high95
    assert 0.75 <= held[80] / total <= 0.86
    assert 0.92 <= held[95] / total <= 0.98


def test_the_total_that_should_suffice_does_so_as_often_as_asked() -> None:
    enough = 0
    for seed in range(60):
        whole = a_history(days=500, seed=100 + seed)
        past = History(whole.first_day, whole.values[:-14], whole.closed_weekdays)
        prediction = forecast(past, spans=(14,))
        enough += sum(value or 0 for value in whole.values[-14:]) <= prediction.spans[14].enough
    assert enough >= 0.88 * 60


def test_what_was_never_sold_is_not_forecast() -> None:
    prediction = forecast(History(START - timedelta(days=90), (0.0,) * 90), spans=(7,))
    assert (prediction.method, prediction.notes, prediction.backtest) == ("none", ("never_sold",), None)
    assert not any(day.high95 for day in prediction.days)
    assert prediction.spans[7].enough == 0


def test_a_new_product_takes_the_scatter_of_the_others() -> None:
    new = a_history(days=10)
    alone, beside = forecast(new), WeekdaySmoothing().forecast([Ask(new, 28), Ask(a_history(noise=0.6), 28)])[0]
    assert alone.notes == beside.notes == ("short_history",)
    assert alone.backtest is None
    assert [day.expected for day in alone.days] == [day.expected for day in beside.days]
    assert beside.days[0].high80 > alone.days[0].high80  # without any others it is Poisson's


series = st.lists(st.one_of(st.none(), st.floats(0, 500)), min_size=1, max_size=200)


@settings(deadline=None)
@given(series, st.sets(st.integers(0, 6), max_size=6), st.integers(1, 90), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_forecasts_of_anything_are_ordered_and_never_negative(
    values: list[float | None], closed: set[int], days: int, first: date
) -> None:
    history = History(first, tuple(values), frozenset(closed))
    prediction = forecast(history, days, spans=(3, 10))
    assert len(prediction.days) == days
    for day in prediction.days:
        assert 0 <= day.low95 <= day.low80 <= day.high80 <= day.high95
        assert day.expected >= 0
        if day.day.weekday() in closed:
            assert day.high95 == 0
    for span in prediction.spans.values():
        assert span.enough >= span.expected >= 0
    if days >= 10:
        first_ten = sum(day.expected for day in prediction.days[:10])
        assert prediction.spans[10].expected == pytest.approx(first_ten)
