"""The nightly training: what it learns from, when its model is put into use, what it stores; and that nothing is half done."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cafe_ai.errors import DependencyDown, PromotionLost
from cafe_ai.platform.clock import Deadline
from ml.serving import registry
from ml.serving.material import FORECAST_DAYS
from ml.serving.model import Status, Verdict
from tests.integration.ml.serving.conftest import BUCKET, DAY, START, Workshop, on
from tests.support.small_model import METHOD, Teacher


def test_first_model_as_good_as_the_simple_method_is_put_into_use(workshop: Workshop) -> None:
    told = workshop.train()
    assert (told.what, told.promoted, told.trained_until) == ("trained", True, START - DAY)
    assert told.trial is not None
    assert (told.trial.opponent, len(told.trial.origins)) == ("fallback", 2)
    assert told.trial.scores["candidate"] == pytest.approx(told.trial.scores["fallback"])
    used = workshop.in_use()
    assert used is not None
    assert (used["version"], used["status"], used["trained_until"]) == (told.version, "promoted", START - DAY)
    assert used["reason"] == told.reason
    assert told.reason.startswith("As good as the simple method, and it has seen more: mean RMSSE ")
    assert used["features"] == ["level", "weekday"]
    assert used["backtest"] == {"method": METHOD, "rmsse": 0.8}
    assert used["trial"]["scores"].keys() == {"candidate", "fallback", "seasonal_naive"}


def test_no_contestant_sees_the_days_of_the_trial(workshop: Workshop) -> None:
    """A small model refuses to forecast what it has seen; its twins were taught up to their origins."""
    told = workshop.train()
    assert told.trial is not None
    whole, *twins = [{ask.history.start for ask in asks} for asks in workshop.teacher.taught]
    assert whole == {START}
    assert {ask.days for asks in workshop.teacher.taught for ask in asks} == {
        28
    }  # the twins learn what the candidate did
    assert [day for (day,) in twins] == list(told.trial.origins)
    assert all(score < 10 for score in told.trial.scores.values())


def test_files_and_manifest_say_what_they_are(workshop: Workshop) -> None:
    told = workshop.train()
    assert {key.rpartition("/")[2] for key in workshop.files()} == {"model.json", "weights.txt", "manifest.json"}
    body = workshop.s3.get_object(Bucket=BUCKET, Key=workshop.file("manifest.json"))["Body"].read()
    manifest, used = json.loads(body), workshop.in_use()
    assert used is not None
    assert manifest["files"] == used["files"]
    assert (manifest["version"], manifest["data_hash"]) == (told.version, used["data_hash"])
    assert manifest["features"] == ["level", "weekday"]
    assert manifest["libraries"]["numpy"]
    assert manifest["libraries"]["no-such-package"] is None
    assert used["files"]["model.json"]["bytes"] > 0


def test_forecasts_of_every_product_and_of_the_shop_are_stored(workshop: Workshop) -> None:
    told = workshop.train()
    stored = workshop.forecasts()
    assert told.forecasts == told.series == len(stored) == 5
    assert [row["product_id"] is None for row in stored].count(True) == 1
    for row in stored:
        assert (row["starts_on"], row["days"], row["method"]) == (START, FORECAST_DAYS, METHOD)
        assert row["model_version"] == told.version
        assert set(row["spans"]) == {"7", "14", "28", "63"}
        assert all(a <= b for a, b in zip(row["low95"], row["high95"], strict=True))


def test_same_data_and_method_are_not_learnt_again(workshop: Workshop) -> None:
    first = workshop.train()
    made = [row["made_at"] for row in workshop.forecasts()]
    again = workshop.train()
    assert (again.what, again.in_use, again.version) == ("unchanged", first.version, None)
    assert len(workshop.versions()) == 1
    assert all(then < row["made_at"] for then, row in zip(made, workshop.forecasts(), strict=True))
    workshop.teacher.code_version = "2"
    assert workshop.train().what == "trained"


def test_candidate_waits_until_there_is_a_week_to_compare_on(workshop: Workshop) -> None:
    first = workshop.train(on(START - 8 * DAY))
    early = workshop.train(on(START - 2 * DAY))
    assert (early.promoted, early.in_use) == (False, first.version)
    assert [row["status"] for row in workshop.versions()] == ["promoted", "candidate"]
    assert "fewer than 7 are left to compare on" in early.reason
    assert {row["model_version"] for row in workshop.forecasts()} == {first.version}  # it forecasts the new day too
    late = workshop.train(on(START - DAY))
    assert late.trial is not None
    assert (late.promoted, late.trial.opponent, late.trial.origins) == (True, "in_use", (START - 8 * DAY,))
    assert [row["status"] for row in workshop.versions()] == ["retired", "candidate", "promoted"]
    assert late.reason.startswith("As good as the model in use, and it has seen more")


def test_worse_candidate_is_rejected_and_the_better_one_stays(workshop: Workshop) -> None:
    first = workshop.train(on(START - 9 * DAY))
    workshop.teacher = Teacher(scale=1.6)
    told = workshop.train()
    assert (told.promoted, told.in_use) == (False, first.version)
    assert told.trial is not None
    assert told.trial.scores["candidate"] > told.trial.scores["in_use"]
    assert [row["status"] for row in workshop.versions()] == ["promoted", "rejected"]
    assert {row["model_version"] for row in workshop.forecasts() if row["starts_on"] == START} == {first.version}


def test_better_candidate_takes_the_place_of_a_worse_one(workshop: Workshop) -> None:
    first = workshop.train(on(START - 9 * DAY))
    workshop.rows("UPDATE ml_models SET files = files")  # (the row is what it was)
    key = workshop.file("model.json")
    body = json.dumps({"seen_until": (START - 10 * DAY).isoformat(), "scale": 1.6}).encode()
    replace_file(workshop, key, body)
    told = workshop.train()
    assert told.promoted
    assert told.reason.startswith("Closer than the model in use")
    assert first.version != told.version


def test_first_model_worse_than_the_simple_method_is_not_used(workshop: Workshop) -> None:
    workshop.teacher = Teacher(scale=1.3)
    told = workshop.train()
    assert (told.promoted, told.in_use, workshop.in_use(), workshop.forecasts()) == (False, None, None, [])
    assert told.reason.startswith(("It is not as good as the simple method", "Repeating the week before is closer"))


def test_model_in_use_for_too_long_is_no_measure(workshop: Workshop) -> None:
    workshop.train(on(START - 16 * DAY))
    told = workshop.train()
    assert told.trial is not None
    assert (told.promoted, told.trial.opponent) == (True, "fallback")
    assert [row["status"] for row in workshop.versions()] == ["retired", "promoted"]


def test_model_is_not_asked_of_days_it_has_seen(workshop: Workshop) -> None:
    """Trained as of today, then as of a month ago: nothing is compared, promoted or foretold with what came later."""
    workshop.train()
    before = workshop.forecasts()
    told = workshop.train(on(START - 30 * DAY))
    assert (told.promoted, told.forecasts) == (False, 0)
    assert workshop.forecasts() == before


def test_shop_without_recent_sales_or_with_few_days_is_not_trained(workshop: Workshop) -> None:
    assert workshop.train(on(START + 60 * DAY)).what == "no_sales"
    short = workshop.train(on(START.replace(year=2025, month=2, day=10)))
    assert short.what == "short_history"
    assert "34 days of history" in short.reason
    assert workshop.versions() == []


STEPS = ["save", "apply", "store_forecasts", "prune"]


@pytest.mark.parametrize("again", [False, True], ids=["first", "later"])
@pytest.mark.parametrize("step", [*STEPS, "put 1", "put 2", "put 3", "progress 40", "progress 80", "progress 85"])
def test_run_that_stops_at_any_step_leaves_nothing_half_done(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, step: str, again: bool
) -> None:
    first = workshop.train(on(START - 8 * DAY)) if again else None

    def die(*_: Any, **__: Any) -> None:
        raise DependencyDown("power")

    def progress(percent: int) -> None:
        if step == f"progress {percent}":
            die()

    with monkeypatch.context() as patched:
        if step in STEPS:
            patched.setattr(registry, step, die)
        elif step.startswith("put"):
            patched.setattr(workshop.runtime.models, "put", dies_at(int(step[4:]), workshop.runtime.models.put))
        with pytest.raises(DependencyDown):
            workshop.train(progress=progress)
    used = workshop.in_use()
    if first is not None:
        assert used is not None
    if used is not None:
        everything_is_there(workshop, used)
    finished = workshop.train()
    assert finished.in_use is not None
    assert finished.forecasts == 5
    now = workshop.in_use()
    assert now is not None
    everything_is_there(workshop, now)
    assert {row["model_version"] for row in workshop.forecasts() if row["starts_on"] == START} == {finished.in_use}
    assert not [row for row in workshop.versions() if row["status"] == "candidate" and row["reason"] is None]


def test_two_candidates_cannot_both_take_the_place_of_one(workshop: Workshop) -> None:
    first = workshop.train(on(START - 8 * DAY))
    recipe, deadline = workshop.teacher.recipe, Deadline.after(20)
    made = [
        registry.save(
            workshop.runtime, workshop.business.id, recipe, workshop.teacher.train(workshop.teacher.taught[0]),
            trained_until=START - DAY, data_hash="0" * 64, deadline=deadline,
        )
        for _ in range(2)
    ]  # fmt: skip
    yes = Verdict(Status.PROMOTED, "It is better.")

    def promote(number: int, instead_of: str | None) -> None:
        registry.apply(workshop.runtime, made[number], yes, None, compared_with=instead_of, deadline=deadline)

    promote(0, first.version)
    for number, instead_of in ((1, first.version), (1, None), (0, made[0].version)):
        with pytest.raises(PromotionLost):
            promote(number, instead_of)
    used = workshop.in_use()
    assert used is not None
    assert used["version"] == made[0].version
    assert [row["status"] for row in workshop.versions()] == ["retired", "promoted", "candidate"]
    with pytest.raises(PromotionLost):
        registry.store_forecasts(workshop.runtime, made[1], START, [], deadline)


def test_files_of_old_versions_are_deleted_and_their_rows_stay(workshop: Workshop) -> None:
    first = workshop.train(on(START - 12 * DAY))
    for back in range(11, 3, -1):
        workshop.train(on(START - back * DAY))
    rows = workshop.versions()
    kept = {row["version"] for row in rows if row["pruned_at"] is None}
    there = {key.split("/")[3] for key in workshop.files()}
    assert len(rows) == 9
    assert there == kept
    assert len(kept) == 6
    used = workshop.in_use()
    assert used is not None
    assert used["version"] in kept
    assert first.version is not None


def test_old_forecasts_go_but_for_mondays(workshop: Workshop) -> None:
    for back in range(7, 0, -1):
        workshop.train(on(START - back * DAY))
    workshop.train()
    assert {(row["starts_on"], row["starts_on"].isoweekday() == 1) for row in workshop.forecasts()} == {
        (START, False),
        (START - 6 * DAY, True),
    }


def everything_is_there(workshop: Workshop, used: dict[str, Any]) -> None:
    """The version in use can be read."""
    registry.forget_loaded()
    made = registry.in_use(workshop.runtime, workshop.business.id, "demand", Deadline.after(20))
    assert made is not None
    assert made.version == used["version"]
    registry.load(workshop.runtime, made, workshop.teacher.recipe)


def dies_at(number: int, put: Any) -> Any:
    count = 0

    def counted(*arguments: Any) -> None:
        nonlocal count
        count += 1
        if count == number:
            raise DependencyDown("storage")
        put(*arguments)

    return counted


def replace_file(workshop: Workshop, key: str, body: bytes) -> None:
    """Another model's file, with its checksum: as if that one had been kept."""
    from hashlib import sha256

    workshop.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    kept = json.dumps({"sha256": sha256(body).hexdigest(), "bytes": len(body)})
    workshop.rows(
        "UPDATE ml_models SET files = jsonb_set(files, '{model.json}', %s::jsonb) WHERE status = 'promoted'", kept
    )
