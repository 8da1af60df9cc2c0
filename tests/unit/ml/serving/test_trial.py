"""A fair trial: whom a candidate has to be as good as, on which days, and what is said of it; versions and hashes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.forecasting.model import Ask, Circumstances, History, Prediction
from ml.serving import registry, trial
from ml.serving.material import Material, Series, as_of
from ml.serving.model import Status, Trial
from ml.serving.recipe import demand_recipe, source_version
from tests.support.small_model import SmallModel, Teacher
from tests.unit.forecasting.histories import START, a_history

DAY = timedelta(days=1)


def asks(count: int = 2, days: int = 300, **options: Any) -> list[Ask]:
    return [
        Ask(a_history(days, seed=n, **options), 63, (7,), circumstances=Circumstances(key=str(n))) for n in range(count)
    ]


def held(scores: dict[str, float], opponent: Any = "fallback") -> Trial:
    return Trial((START - 28 * DAY,), scores, 2, 56, opponent)


@pytest.mark.parametrize(
    ("candidate", "opponent", "naive", "status", "said"),
    [
        (0.7, 0.8, 0.9, Status.PROMOTED, "Closer than the model in use"),
        (0.8, 0.8, 0.9, Status.PROMOTED, "As good as the model in use, and it has seen more"),
        (0.81, 0.8, 0.9, Status.REJECTED, "It is not as good as the model in use"),
        (0.95, 0.99, 0.9, Status.REJECTED, "Repeating the week before is closer"),
        (float("inf"), 0.8, 0.9, Status.REJECTED, "Repeating the week before is closer"),
    ],
)
def test_candidate_is_used_when_it_is_as_good_as_what_is_in_use_and_as_the_naive(
    candidate: float, opponent: float, naive: float, status: Status, said: str
) -> None:
    scores = {"candidate": candidate, "in_use": opponent, "fallback": 0.1, "seasonal_naive": naive}
    verdict = trial.judge(held(scores, "in_use"), START - 9 * DAY)
    assert verdict.status is status
    assert verdict.reason.startswith(said)
    assert f"{opponent:.3f} of the model in use and {naive:.3f} of repeating the week before" in verdict.reason
    assert "over 56 days of 2 series, from 2026-05-04 on" in verdict.reason


def test_where_nothing_can_be_compared_it_waits_or_is_left() -> None:
    assert trial.judge(None, START - 3 * DAY).status is Status.CANDIDATE
    assert trial.judge(None, None).status is Status.REJECTED


@pytest.mark.parametrize(("seen", "origin"), [(1, None), (7, None), (8, 7), (10, 9), (14, 13), (29, 28), (40, 28)])
def test_model_in_use_is_tried_on_the_days_it_has_not_seen(seen: int, origin: int | None) -> None:
    """seen: how many days before the start it was taught up to."""
    used = SmallModel(START - seen * DAY)
    teacher = Teacher()
    found = trial.hold(asks(), START, teacher.recipe, used, used.seen_until)
    assert (found and found.origins) == (None if origin is None else (START - origin * DAY,))
    if found is not None:
        assert found.opponent == "in_use"
        assert found.scores["candidate"] == pytest.approx(found.scores["in_use"])
        assert {ask.history.start for ask in teacher.taught[0]} == set(found.origins)


@pytest.mark.parametrize(
    ("days", "back"), [(300, [56, 28]), (112, [56, 28]), (111, [28]), (84, [28]), (83, [7]), (62, [])]
)
def test_without_one_in_use_the_simple_method_is_the_measure(days: int, back: list[int]) -> None:
    found = trial.hold(asks(days=days), START, Teacher().recipe, None, None)
    assert list(found.origins if found else ()) == [START - n * DAY for n in back]
    if found is not None:
        assert (found.opponent, found.series) == ("fallback", 2)
        assert found.scores["candidate"] == pytest.approx(found.scores["fallback"])


def test_worse_contestant_has_the_worse_score_and_one_that_fails_the_worst() -> None:
    class Failing(Teacher):
        def train(self, asks: Sequence[Ask]) -> SmallModel:
            raise ValueError

    used = SmallModel(START - 20 * DAY)
    worse = trial.hold(asks(), START, Teacher(scale=1.5).recipe, used, used.seen_until)
    assert worse is not None
    assert worse.scores["candidate"] > worse.scores["in_use"]
    failed = trial.hold(asks(), START, Failing().recipe, used, used.seen_until)
    assert failed is not None
    assert failed.scores["candidate"] == float("inf")
    assert trial.judge(failed, used.seen_until).status is Status.REJECTED


def test_rmsse_is_that_of_its_definition() -> None:
    """Errors of the days ahead, scaled by the differences from a week before of the days behind."""
    values = [float(n % 7 + n // 7) for n in range(70)]
    ask = Ask(History(START - 70 * DAY, tuple(values)), 7)
    one = trial.hold([ask], START, Teacher(scale=0.0).recipe, None, None)
    assert one is not None
    assert one.origins == (START - 7 * DAY,)
    zero_forecast = (sum(value**2 for value in values[-7:]) / 7) ** 0.5
    assert one.scores["candidate"] == pytest.approx(
        zero_forecast
    )  # each week is one more than the last: the scale is 1
    assert one.scores["seasonal_naive"] == pytest.approx(1.0)


def test_what_is_known_on_an_earlier_day_is_the_past_and_the_plans() -> None:
    first = START - 300 * DAY
    known = Circumstances(
        "a", prices=tuple(map(float, range(300))), promoted=frozenset({first, START + DAY}),
        sold_out=frozenset({START - 40 * DAY, START - 2 * DAY}), planned_prices={START + DAY: 2.0},
    )  # fmt: skip
    whole = [replace(asks(1)[0], circumstances=known), Ask(a_history(20), 63)]
    origin = START - 28 * DAY
    (cut,) = as_of(whole, origin, 28)
    assert (cut.history.start, cut.days, cut.spans) == (origin, 28, ())
    assert cut.history.values == whole[0].history.values[:272]
    assert cut.circumstances.prices == known.prices[:272]
    assert cut.circumstances.sold_out == {START - 40 * DAY}
    assert cut.circumstances.promoted == known.promoted
    assert cut.history.closed_weekdays == {6}


@pytest.mark.parametrize(
    "change",
    [
        {"history": a_history(300, seed=5)},
        {"circumstances": Circumstances("0", promoted=frozenset({START}))},
        {"circumstances": Circumstances("0", planned_prices={START: 2.0})},
        {"circumstances": Circumstances("0", category="bread")},
        {"circumstances": Circumstances("0", country="ES")},
    ],
)
def test_hash_is_that_of_the_data(change: dict[str, Any]) -> None:
    one, same = (Material(START, tuple(Series(UUID(int=1), ask) for ask in asks())) for _ in range(2))
    other = Material(START, (Series(UUID(int=1), replace(one.series[0].ask, **change)), one.series[1]))
    assert one.data_hash == same.data_hash != other.data_hash
    assert len(one.data_hash) == 64


def test_method_has_another_version_when_its_source_changes(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1")
    first = source_version(tmp_path)
    (tmp_path / "notes.txt").write_text("no matter")
    assert source_version(tmp_path) == first
    (tmp_path / "a.py").write_text("x = 2")
    assert source_version(tmp_path) != first
    assert len(demand_recipe().code_version) == 16


@given(st.datetimes(datetime(2026, 1, 1), datetime(2099, 1, 1)), st.integers(2, 10_000_000))  # noqa: DTZ001
def test_versions_are_numbers_that_grow(moment: datetime, later_by: int) -> None:
    first = registry.new_version(moment.replace(tzinfo=UTC))
    later = registry.new_version(moment.replace(tzinfo=UTC) + timedelta(milliseconds=later_by))
    assert len(first) == len(later) == 19
    assert first < later
    assert int(later) < 2**63  # as TensorFlow Serving wants them


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.dates() | st.text() | st.frozensets(st.integers()),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.dates(), inner),
    )
)
def test_what_is_written_is_json(value: Any) -> None:
    json.dumps(registry.plain(value), allow_nan=False)


def test_age_that_a_model_may_have() -> None:
    until = date(2026, 5, 10)
    usable = [n for n in range(-3, 30) if trial.is_usable(until, until + n * DAY)]
    assert usable == list(range(1, 16))


def test_model_with_learners_is_told_apart() -> None:
    from ml.serving.recipe import HasLearners

    model = demand_recipe().train(asks(2, 120))
    assert isinstance(model, HasLearners)
    assert not isinstance(SmallModel(START), HasLearners)
    told: list[Prediction] = model.forecast(asks(2, 120))
    assert len(told) == 2
