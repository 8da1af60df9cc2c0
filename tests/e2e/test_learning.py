"""What is learnt of a shop, through API Gateway: a model is trained and used, and customers are known by a model too."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from infra.local.tokens import make_token
from tests.support import local_jobs as jobs
from tests.support.local_stack import Stack, run_stack

pytestmark = pytest.mark.e2e

TRAINING_SECONDS = 240
SIMPLE = {"weekday_profile_exponential_smoothing", "seasonal_naive"}
Json = dict[str, Any]


@pytest.fixture(scope="module")
def trained(stack: Stack) -> Json:
    """The sample business's training, started by an operator who belongs to no business."""
    operator = make_token(stack.state, uuid4(), operator=True)
    body = {"business_id": stack.state.business_id, "kind": "train_demand_models", "params": {}}
    assert stack.call("POST", "/jobs", json=body).status_code == 403
    accepted = stack.call("POST", "/jobs", json=body, token=operator)
    assert accepted.status_code == 202, accepted.text
    job_id = accepted.json()["job_id"]
    jobs.await_that(lambda: jobs.has_ended(stack, job_id), "the training does not end", TRAINING_SECONDS)
    ((status, error, result),) = stack.rows("SELECT status, error, result FROM ai_jobs WHERE id = %s", job_id)
    assert (status, error) == ("completed", None)
    outcome: Json = result
    return outcome


@pytest.fixture(scope="module")
def forecast(stack: Stack, trained: Json) -> Json:
    """The inventory forecast after the training."""
    job = jobs.await_completed(stack, jobs.start(stack, "generate_inventory_forecast"))
    result: Json = job["result"]
    return result


def log_of(stack: Stack, function: str, message: str) -> Iterator[Json]:
    """What a function of the template logged with that message."""
    for line in stack.layout.log("functions").read_text(encoding="utf-8").splitlines():
        name, _, written = line.partition(" ")
        if function in name and f'"{message}"' in written:
            yield json.loads(written)


def test_a_training_is_kept_in_use_with_its_forecasts(stack: Stack, trained: Json) -> None:
    kept = "SELECT status, files, backtest FROM ml_models WHERE business_id = %s AND version = %s"
    ((status, files, backtest),) = stack.rows(kept, stack.state.business_id, trained["in_use"])
    assert status == "promoted"
    assert all(file["sha256"] for file in files.values())
    assert backtest["method"] not in SIMPLE
    stored = "SELECT count(*), count(*) FILTER (WHERE product_id IS NULL) FROM ml_forecasts WHERE model_version = %s"
    ((forecasts, of_shop),) = stack.rows(stored, trained["in_use"])
    assert forecasts > of_shop == 1


def test_the_files_are_whole_in_the_bucket(stack: Stack, trained: Json) -> None:
    storage = jobs.client(stack, "s3")
    buckets = [bucket["Name"] for bucket in storage.list_buckets()["Buckets"] if "models" in bucket["Name"].lower()]
    prefix = f"models/{stack.state.business_id}/demand/{trained['in_use']}/"
    found = {
        entry["Key"].removeprefix(prefix): entry["Size"]
        for bucket in buckets
        for entry in storage.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    }
    ((files,),) = stack.rows("SELECT files FROM ml_models WHERE version = %s", trained["in_use"])
    assert found.pop("manifest.json") > 0
    assert found == {name: file["bytes"] for name, file in files.items()}
    assert any(name.endswith(".txt") for name in found)  # LightGBM's own format


def test_the_forecast_is_the_trained_models(stack: Stack, forecast: Json) -> None:
    assert [*log_of(stack, "InventoryForecast", "Demand was forecast")][-1]["forecaster"] == "in_use"
    assert [*log_of(stack, "InventoryForecast", "A forecaster failed; a simpler one is taken")] == []
    assert {product["method"] for product in forecast["products"]}.isdisjoint(SIMPLE)


def test_its_figures_are_ordered_and_stand_beside_seasonal_naive(forecast: Json) -> None:
    assert forecast["products"]
    for product in forecast["products"]:
        assert len(product["daily_demand"]) == forecast["days"]
        for day in product["daily_demand"]:
            assert 0 <= day["low95"] <= day["low80"] <= day["expected"] <= day["high80"] <= day["high95"]
        assert product["expected_units"] == pytest.approx(
            sum(day["expected"] for day in product["daily_demand"]), abs=0.5
        )
        tested = product["backtest"]
        if tested is not None:
            assert tested["origins"] >= 1
            assert {"mae", "rmsse", "mase"} <= tested.keys() & tested["seasonal_naive"].keys()
    better = [product["backtest"] for product in forecast["products"] if product["backtest"]]
    assert sum(one["rmsse"] <= one["seasonal_naive"]["rmsse"] for one in better) > len(better) / 2


def test_what_to_order_covers_what_is_expected(forecast: Json) -> None:
    supplied = [product for product in forecast["products"] if product["order_quantity"] is not None]
    assert supplied
    for product in supplied:
        assert product["safety_stock"] >= 0
        assert product["reorder_point"] >= product["safety_stock"]
        assert product["order_now"] == (product["order_quantity"] > 0)


def test_customers_are_known_by_a_model_that_was_tested(stack: Stack) -> None:
    job = jobs.await_completed(stack, jobs.start(stack, "analyze_customer_behavior"))
    expected = job["result"]["expected"]
    assert expected["reason"] is None
    assert {"r", "alpha", "a", "b", "p", "q", "gamma"} <= expected["parameters"].keys()
    tested = expected["backtest"]
    assert tested["mean_absolute_error"] < tested["mean_absolute_error_by_own_rate"]
    assert tested["customers_buying_expected"] == pytest.approx(tested["customers_buying"], rel=0.25)


def test_a_training_from_the_terminal_says_what_is_in_use(stack: Stack, trained: Json) -> None:
    printed = run_stack(stack.layout, "train", module="infra.local.cli")
    assert "Nothing new to learn." in printed  # of equal sales
    assert f"In use: {trained['in_use']}." in printed
