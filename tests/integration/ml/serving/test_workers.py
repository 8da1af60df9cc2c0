"""The demand model from the queue to the answer: trained by one function, used by the other, its learners on a model server."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import datetime, time
from decimal import Decimal
from typing import Any

import pytest

from cafe_ai import bootstrap
from cafe_ai.bootstrap import Runtime
from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.model import JobKind, JobStatus
from cafe_ai.jobs.routing import QUEUE_CLASSES
from cafe_ai.settings import Settings
from cafe_ai.tenancy.model import Business
from functions.workers.inventory_forecast.handler import handler as inventory_forecast
from functions.workers.train_models.handler import handler as train_models
from infra.local.commands.training import lines
from ml.serving import registry
from tests.integration.ml.serving.conftest import AS_OF, BUCKET, DAY, START, Workshop
from tests.support import regulars
from tests.support.edge import FakeQueue
from tests.support.jobs import body_for, context, soon, sqs_event
from tests.support.model_server import ModelServer, booster
from tests.support.postgres import TestDatabase
from tests.support.regulars import PRODUCTS, Row

WORKERS = {JobKind.TRAIN_MODELS: train_models, JobKind.INVENTORY_FORECAST: inventory_forecast}
AT = {"as_of": AS_OF.isoformat()}


def sales_of_paydays() -> list[Row]:
    """Four products; in the first days of a month twice as much of each is sold."""
    chance = random.Random(3)
    rows = []
    for n in range(700):
        day = START - (700 - n) * DAY
        at = datetime.combine(day, time(10), AS_OF.tzinfo)
        for product, price in PRODUCTS.items():
            mean = 10 * (1 + 0.1 * day.weekday()) * (2.2 if day.day <= 8 else 1)
            quantity = max(1, round(chance.gauss(mean, mean / 10)))
            rows.append(Row(f"o{n}", at, product, quantity, price, None, Decimal(0)))
    return rows


@pytest.fixture(scope="module")
def paydays(module_database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Business:
    """A shop of which there is something to learn that no profile of weekdays holds."""
    return regulars.write(module_database, tmp_path_factory.mktemp("paydays"), sales_of_paydays())


@pytest.fixture
def running(workshop: Workshop, paydays: Business, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """The workshop's runtime is that of the functions."""
    workshop.business = paydays
    vars(workshop.runtime)["_queues"] = {name: FakeQueue() for name in QUEUE_CLASSES}
    monkeypatch.setattr(bootstrap, "build", lambda: workshop.runtime)
    bootstrap.runtime.cache_clear()
    yield workshop
    bootstrap.runtime.cache_clear()
    if "renewals" in vars(workshop.runtime):
        workshop.runtime.renewals.close()


def run(workshop: Workshop, business: Business, kind: JobKind, **params: Any) -> dict[str, Any]:
    """What the job's function found, in an environment of its own."""
    registry.forget_loaded()
    job = jobs.start(workshop.runtime, kind, business.id, {**AT, **params}, deadline=soon())
    assert WORKERS[kind](sqs_event([body_for(job)], kind.value), context(300)) == {"batchItemFailures": []}
    done = jobs.get(workshop.runtime, job.id, business.id, soon())
    assert (done.status, done.error) == (JobStatus.COMPLETED, None)
    assert done.result is not None
    return dict(done.result)


def test_model_is_trained_told_of_and_used(running: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    business = running.business
    told = run(running, business, JobKind.TRAIN_MODELS)
    assert (told["what"], told["promoted"], told["forecasts"]) == ("trained", True, 5), told["reason"]
    assert told["trial"]["scores"]["candidate"] < 0.8 * told["trial"]["scores"]["fallback"]
    assert set(told["trial"]["scores"]) == {"candidate", "fallback", "seasonal_naive"}
    assert running.rows("SELECT * FROM notification_deliveries") == []
    said = "\n".join(lines(told))
    assert f"Version {told['version']}, trained on 5 series up to 2026-05-30." in said
    assert "Put into use. Closer than the simple method: mean RMSSE " in said
    assert "seasonal_naive" in said
    assert run(running, business, JobKind.TRAIN_MODELS)["what"] == "unchanged"

    asked = {"product_ids": ["Pan", "Tarta"], "horizon_days": 14}
    here = run(running, business, JobKind.INVENTORY_FORECAST, **asked)
    stored = {str(row["product_id"]): row for row in running.forecasts()}
    for one in here["products"]:
        row = stored[one["product"]["id"]]
        assert one["method"] == row["method"]
        expected = [day["expected"] for day in one["daily_demand"]]
        assert expected == pytest.approx(row["expected"][:14], abs=0.01)

    signatures = {}
    for key in running.files():
        name = key.rpartition("/")[2]
        if name.startswith("lightgbm"):
            text = running.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
            signatures[name.removesuffix(".txt")] = booster(text)
    with ModelServer(signatures, f"shop-{business.id}", told["version"]) as server:
        settings = Settings(models_bucket=BUCKET, model_server_url=server.url, model_server_name="shop-{business_id}")
        served = Runtime.of(
            settings, **{name: one for name, one in vars(running.runtime).items() if name != "settings"}
        )
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(bootstrap, "build", lambda: served)
            bootstrap.runtime.cache_clear()
            capsys.readouterr()
            there = run(running, business, JobKind.INVENTORY_FORECAST, **asked)
            counted = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
            server.behaviour = "error"
            alone = run(running, business, JobKind.INVENTORY_FORECAST, **asked)
    bootstrap.runtime.cache_clear()
    assert signatures
    assert {one["signature_name"] for one in server.requests} == set(signatures)
    assert sum(line.get("ModelServerRows", 0) for line in counted) > 0
    assert there["products"] == here["products"] == alone["products"]
