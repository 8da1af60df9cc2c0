"""How far a total's upper end is believed."""

from __future__ import annotations

from datetime import timedelta

from cafe_ai.forecasting.model import Ask, History, Prediction, SpanDemand
from cafe_ai.forecasting.plausible import believed, usual_most
from tests.unit.forecasting.histories import START

DAY = timedelta(days=1)


def enough(history: History, expected: float, said: float, days: int = 9) -> float:
    prediction = Prediction("m", (), {days: SpanDemand(days, expected, said)}, None)
    return believed(Ask(history, 28, (days,)), prediction).spans[days].enough


def test_one_bulk_order_is_not_stocked_for_ever_after() -> None:
    bulk = History(START - 290 * DAY, (*(2.0,) * 100, 7000.0, *(2.0,) * 189))
    assert enough(bulk, 18, 26_000) == 2.5 * 18
    assert enough(bulk, 18, 30) == 30


def test_what_the_record_shows_often_enough_is_believed() -> None:
    lumpy = History(START - 300 * DAY, tuple(500.0 if n % 30 == 0 else 1.0 for n in range(300)))
    assert enough(lumpy, 60, 505) == 505
    assert enough(lumpy, 60, 5000) == usual_most(lumpy, 9, 0.95) == 508


def test_a_slow_sellers_chance_is_left_to_it() -> None:
    slow = History(START - 200 * DAY, (0.0,) * 200)
    assert enough(slow, 0.25, 1.8) == 1.8


def test_too_short_a_history_says_nothing_of_totals() -> None:
    assert usual_most(History(START - 3 * DAY, (4.0, 5.0, 6.0)), 9, 0.95) == 0
    assert usual_most(History(START - 3 * DAY, (4.0, None, 6.0)), 3, 0.95) == 10
