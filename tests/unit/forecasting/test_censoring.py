"""Days on which something ran out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cafe_ai.forecasting.censoring import without_censored
from cafe_ai.forecasting.model import Ask, Circumstances, History
from cafe_ai.forecasting.weekday_smoothing import WeekdaySmoothing
from tests.unit.forecasting.histories import START, a_history

DAY = timedelta(days=1)


def ran_out(history: History, places: set[int], share: float) -> tuple[History, Circumstances]:
    """The history as it was sold where stock was short on some days, and the record of these."""
    values = tuple(
        value * share if value is not None and place in places else value for place, value in enumerate(history.values)
    )
    return replace(history, values=values), Circumstances(
        sold_out=frozenset(history.first_day + place * DAY for place in places)
    )


def test_a_day_that_ran_out_below_the_usual_is_unknown_and_a_better_one_stays() -> None:
    history = History(START - 28 * DAY, (10.0,) * 28)
    values = [*history.values]
    values[20], values[21] = 4.0, 15.0
    told = without_censored(
        replace(history, values=tuple(values)), {START - 8 * DAY, START - 7 * DAY, START - 100 * DAY, START + DAY}
    )
    assert (told.values[20], told.values[21]) == (None, 15.0)
    assert [value for value in told.values if value is not None] == [10.0] * 20 + [15.0] + [10.0] * 6


def test_what_came_later_is_not_looked_at() -> None:
    rising = History(START - 35 * DAY, (1.0,) * 28 + (50.0,) * 7)
    values = [*rising.values]
    values[27] = 2.0  # more than was usual then, less than later
    assert without_censored(replace(rising, values=tuple(values)), {rising.first_day + 27 * DAY}).values[27] == 2.0


def test_a_shop_that_runs_out_every_week_is_forecast_what_it_could_have_sold() -> None:
    week = (20.0, 22.0, 18.0, 25.0, 40.0, 60.0, 30.0)
    demand = a_history(week=week, noise=0.1)
    saturdays = {n for n in range(200, 400) if (demand.first_day + n * DAY).weekday() == 5 and n % 2}
    sold, known = ran_out(demand, saturdays, 0.4)
    blind, told, ideal = WeekdaySmoothing().forecast(
        [Ask(sold, 28), Ask(sold, 28, circumstances=known), Ask(demand, 28)]
    )

    def saturday(days: object) -> float:
        return sum(day.expected for day in days if day.day.weekday() == 5)  # type: ignore[attr-defined]

    best = saturday(ideal.days)
    assert abs(saturday(told.days) - best) < 0.1 * best
    assert saturday(blind.days) < 0.85 * best
