"""What is kept is what is used, byte for byte."""

from __future__ import annotations

import json

import pytest

from cafe_ai.errors import DependencyDown, ModelCorrupt
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import observed
from ml.serving import registry
from ml.serving.model import ModelVersion
from tests.integration.ml.serving.conftest import BUCKET, Workshop
from tests.support.small_model import SmallModel


def used(workshop: Workshop) -> ModelVersion:
    made = registry.in_use(workshop.runtime, workshop.business.id, "demand", Deadline.after(20))
    assert made is not None
    return made


def load(workshop: Workshop) -> SmallModel:
    model = registry.load(workshop.runtime, used(workshop), workshop.teacher.recipe)
    assert isinstance(model, SmallModel)
    return model


def test_model_is_read_once_per_environment(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.train()
    registry.forget_loaded()
    first = load(workshop)
    monkeypatch.setattr(workshop.runtime.models, "get", lambda key: pytest.fail("it is read again"))
    assert load(workshop) is first


def test_environment_holds_a_few_models(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "LOADED_AT_ONCE", 1)
    workshop.train()
    load(workshop)
    workshop.teacher.code_version = "2"
    workshop.rows("UPDATE ml_models SET trained_until = trained_until - 10")
    workshop.train()
    load(workshop)
    assert len(registry._loaded) == 1


@pytest.mark.parametrize("what", ["changed", "cut short", "one byte more", "gone"])
def test_file_that_is_not_what_was_kept_is_not_used(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    workshop.train()
    registry.forget_loaded()
    key = workshop.file("weights.txt")
    body = workshop.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    if what == "gone":
        workshop.s3.delete_object(Bucket=BUCKET, Key=key)
    else:
        other = {"changed": b"T" + body[1:], "cut short": body[:-1], "one byte more": body + b"\n"}[what]
        workshop.s3.put_object(Bucket=BUCKET, Key=key, Body=other)
    with observed("CafeAI"), pytest.raises(ModelCorrupt) as caught:
        load(workshop)
    assert caught.value.file == "weights.txt"
    *_, failure, emitted = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (failure["message"], failure["file"]) == ("A model is not what was kept", "weights.txt")
    assert emitted["ModelsCorrupt"] == 1


def test_training_replaces_a_model_that_is_not_what_was_kept(workshop: Workshop) -> None:
    first = workshop.train()
    workshop.s3.delete_object(Bucket=BUCKET, Key=workshop.file("model.json"))
    told = workshop.train()
    assert told.trial is not None
    assert (told.what, told.promoted, told.trial.opponent) == ("trained", True, "fallback")
    assert told.version != first.version
    assert [row["status"] for row in workshop.versions()] == ["retired", "promoted"]
    load(workshop)


def test_model_that_was_taught_with_other_features_is_not_used(workshop: Workshop) -> None:
    workshop.train()
    workshop.rows("UPDATE ml_models SET features = '{level}'")
    registry.forget_loaded()
    with pytest.raises(ValueError, match="other features"):
        load(workshop)
    told = workshop.train()
    assert told.trial is not None
    assert (told.promoted, told.trial.opponent) == (True, "fallback")


def test_store_that_is_away_is_not_a_model_that_is_corrupt(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.train()
    registry.forget_loaded()

    def down(_: str) -> bytes:
        raise DependencyDown("storage")

    monkeypatch.setattr(workshop.runtime.models, "get", down)
    with pytest.raises(DependencyDown):
        load(workshop)


def test_other_business_sees_no_version(workshop: Workshop) -> None:
    workshop.train()
    (other,) = workshop.rows("SELECT id FROM businesses WHERE id <> %s", workshop.business.id)
    assert registry.in_use(workshop.runtime, other["id"], "demand", Deadline.after(20)) is None


def test_what_is_learnt_goes_with_its_business_and_a_forecast_with_its_product(workshop: Workshop) -> None:
    workshop.train()
    before = len(workshop.forecasts())
    with workshop.superuser.transaction(force_rollback=True):
        workshop.rows("DELETE FROM order_lines WHERE business_id = %s", workshop.business.id)
        workshop.rows("DELETE FROM products WHERE business_id = %s AND name = 'Pan'", workshop.business.id)
        assert len(workshop.forecasts()) == before - 1
        workshop.rows("DELETE FROM businesses WHERE id = %s", workshop.business.id)
        assert workshop.forecasts() == workshop.versions() == []
