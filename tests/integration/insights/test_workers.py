"""The three jobs from their start to their result: claimed from the queue, done, audited, and read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import openai  # before a deadline runs: on a busy machine importing it takes seconds
import pytest

from cafe_ai import bootstrap
from cafe_ai.bootstrap import Runtime
from cafe_ai.errors import InvalidRequest
from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.model import Job, JobKind, JobStatus
from cafe_ai.jobs.results import present
from cafe_ai.llm.models import find_model
from cafe_ai.llm.openai_adapter import OpenAILanguageModel
from cafe_ai.platform.ids import uuid7
from cafe_ai.tenancy.model import Business
from functions.workers.customer_behavior.handler import handler as customer_behavior
from functions.workers.inventory_forecast.handler import handler as inventory_forecast
from functions.workers.product_recommendations.handler import handler as product_recommendations
from tests.support import regulars
from tests.support.jobs import Workshop, body_for, context, serving_workshop, soon, sqs_event
from tests.support.openai_server import OpenAIServer
from tests.support.postgres import TestDatabase
from tests.support.regulars import AS_OF

WORKERS = {
    JobKind.CUSTOMER_BEHAVIOR: customer_behavior,
    JobKind.INVENTORY_FORECAST: inventory_forecast,
    JobKind.PRODUCT_RECOMMENDATIONS: product_recommendations,
}
AT = {"as_of": AS_OF.isoformat()}


@pytest.fixture
def workshop(module_database: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    with serving_workshop(module_database, monkeypatch) as opened:
        yield opened


@pytest.fixture(scope="module")
def business(module_database: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Business:
    folder: Path = tmp_path_factory.mktemp("workers")
    return regulars.write(module_database, folder, regulars.generate(40), name="Café Sol", type="cafeteria")


def run(workshop: Workshop, business: Business, kind: JobKind, **options: Any) -> Job:
    """The job as it is after its worker got its message, twice."""
    job = workshop.start(business.id, kind, **options)
    for _ in range(2):
        event = sqs_event([body_for(job)], kind.value)
        assert WORKERS[kind](event, context()) == {"batchItemFailures": []}
    return jobs.get(workshop.runtime, job.id, business.id, soon())


def result(workshop: Workshop, job: Job) -> dict[str, Any]:
    assert (job.status, job.error, job.attempts) == (JobStatus.COMPLETED, None, 1)
    shown: dict[str, Any] = json.loads(json.dumps(present(workshop.runtime, job)))["result"]
    return shown


def kept(workshop: Workshop, table: str, business: Business) -> list[dict[str, Any]]:
    return [row for row in workshop.rows(table) if row["business_id"] == business.id]


@pytest.fixture(autouse=True)
def nothing_kept_before(workshop: Workshop) -> None:
    workshop.execute("TRUNCATE ai_audit_logs, ai_conversations CASCADE")


def test_customer_behaviour_of_all(workshop: Workshop, business: Business) -> None:
    told = result(workshop, run(workshop, business, JobKind.CUSTOMER_BEHAVIOR, params=AT))
    assert {"segments", "cohorts", "churn", "changes", "summary", "insights", "facts", "timestamp"} <= set(told)
    assert sum(each["customers"] for each in told["segments"]) == told["customers"]
    assert all(isinstance(each["net_sales"], int | float) for each in told["segments"])
    assert told["conversation_id"] is None


def test_customer_behaviour_of_one(workshop: Workshop, business: Business) -> None:
    params = {**AT, "customer_id": "c1", "locale": "en"}
    told = result(workshop, run(workshop, business, JobKind.CUSTOMER_BEHAVIOR, params=params))
    one = told["customer"]
    assert one["external_id"] == "c1"
    assert {"segment", "churn_risk", "next_purchase", "average_ticket", "favourite_products", "orders"} <= set(one)
    assert told["summary"].startswith("Customer c1 has placed")
    assert {fact["period"]["from"][:10] for fact in told["facts"]} == {one["first_order_on"]}  # all their time


def test_inventory_forecast(workshop: Workshop, business: Business) -> None:
    params = {**AT, "product_ids": ["Pan", "Tarta"], "horizon_days": 7}
    told = result(workshop, run(workshop, business, JobKind.INVENTORY_FORECAST, params=params))
    assert [len(each["daily_demand"]) for each in told["products"]] == [7, 7]
    assert {each["product"]["name"] for each in told["products"]} == {"Pan", "Tarta"}
    assert all("seasonal_naive" in each["backtest"] for each in told["products"])


def test_product_recommendations_with_suggestions_for_the_menu(workshop: Workshop, business: Business) -> None:
    told = result(workshop, run(workshop, business, JobKind.PRODUCT_RECOMMENDATIONS, params={**AT, "limit": 3}))
    assert {"business_id", "query", "recommendations", "similar_products", "response_time_ms"} <= set(told)
    assert 0 < len(told["similar_products"]) <= 3
    assert told["facts"] and all({"from", "to"} <= set(fact["period"]) for fact in told["facts"])
    assert told["suggestions"]
    assert told["business_type"] == "cafetería"
    assert told["suggestions"][0].casefold() in told["explanation"].casefold()
    assert not {"Pan", "Tarta", "Café", "Cruasán"} & set(told["suggestions"])


def test_a_language_model_is_paid_once_and_audited(workshop: Workshop, business: Business) -> None:
    assert openai
    with OpenAIServer() as server:
        model = OpenAILanguageModel(find_model("gpt-6-luna", AS_OF.date()), api_key="test-key", base_url=server.url)
        workshop.runtime = Runtime.of(
            workshop.runtime.settings, database=workshop.runtime.database, _queues=workshop.queues, language_model=model
        )
        bootstrap.runtime.cache_clear()
        told = result(workshop, run(workshop, business, JobKind.PRODUCT_RECOMMENDATIONS, params=AT))
        model.close()
    assert len(server.requests) == 1  # though the message came twice
    assert told["model_name"].startswith("gpt-6-luna")
    assert told["cost_usd"] > 0
    audited = kept(workshop, "ai_audit_logs", business)
    assert sum(float(row["cost_usd"]) for row in audited) == pytest.approx(told["cost_usd"])
    assert {row["user_id"] for row in audited} == {None}


def test_business_type_and_name_stand_for_the_businesss_own(workshop: Workshop, business: Business) -> None:
    other = {**AT, "business_type": "heladeria", "business_name": "Helados Sol"}
    own, said = (
        result(workshop, run(workshop, business, JobKind.PRODUCT_RECOMMENDATIONS, params=params))
        for params in (AT, other)
    )
    assert own["business_type"] != said["business_type"]
    assert own["suggestions"] != said["suggestions"]
    assert own["business_id"] == said["business_id"] == str(business.id)


@pytest.mark.parametrize("kind", list(WORKERS))
def test_what_a_schedule_starts_is_audited_and_is_nobodys_conversation(
    workshop: Workshop, business: Business, kind: JobKind
) -> None:
    told = result(workshop, run(workshop, business, kind, params=AT))
    assert told["conversation_id"] is None
    assert kept(workshop, "ai_conversations", business) == []
    rows = kept(workshop, "ai_audit_logs", business)
    assert rows
    assert all((row["user_id"], row["status"], row["model_name"]) == (None, "success", "rules") for row in rows)


@pytest.mark.parametrize("kind", list(WORKERS))
def test_what_a_user_starts_is_their_conversation(workshop: Workshop, business: Business, kind: JobKind) -> None:
    user = uuid7()
    told = result(workshop, run(workshop, business, kind, params=AT, user_id=user))
    turns = kept(workshop, "ai_conversations", business)
    assert {turn["user_id"] for turn in turns} == {user}
    assert UUID(told["conversation_id"]) in {turn["id"] for turn in turns}
    assert {row["user_id"] for row in kept(workshop, "ai_audit_logs", business)} == {user}


@pytest.mark.parametrize(
    ("kind", "params", "error"),
    [
        (JobKind.CUSTOMER_BEHAVIOR, {"customer_id": "nobody"}, "params.customer_id: "),
        (JobKind.INVENTORY_FORECAST, {"product_ids": ["Pan", "nothing"]}, "params.product_ids.1: "),
    ],
)
def test_what_the_business_does_not_have_fails_for_good_and_says_so(
    workshop: Workshop, business: Business, kind: JobKind, params: dict[str, Any], error: str
) -> None:
    job = run(workshop, business, kind, params=params)
    assert (job.status, job.attempts) == (JobStatus.FAILED, 1)
    assert (job.error or "").startswith(error)


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        (JobKind.CUSTOMER_BEHAVIOR, {"customer_id": ""}),
        (JobKind.CUSTOMER_BEHAVIOR, {"customer": "c1"}),
        (JobKind.INVENTORY_FORECAST, {"product_ids": []}),
        (JobKind.INVENTORY_FORECAST, {"horizon_days": 91}),
        (JobKind.PRODUCT_RECOMMENDATIONS, {"locale": "fr"}),
    ],
)
def test_malformed_parameters_start_no_job(
    workshop: Workshop, business: Business, kind: JobKind, params: dict[str, Any]
) -> None:
    with pytest.raises(InvalidRequest):
        workshop.start(business.id, kind, params=params)


def test_workers_tell_nothing_of_another_business(
    workshop: Workshop, business: Business, tmp_path: Path, module_database: TestDatabase
) -> None:
    other = regulars.write(module_database, tmp_path, regulars.generate(5, seed=9), name="Otra")
    foreign = workshop.rows("customers")
    theirs = next(str(row["id"]) for row in foreign if row["business_id"] == other.id)
    job = run(workshop, business, JobKind.CUSTOMER_BEHAVIOR, params={**AT, "customer_id": theirs})
    assert job.status is JobStatus.FAILED
    own = workshop.start(business.id, params=AT)
    mixed = json.dumps({"job_id": str(own.id), "business_id": str(other.id)})
    answer: Any = inventory_forecast(sqs_event([mixed]), context())
    assert answer == {"batchItemFailures": []}  # of the business it names there is no such job
    assert workshop.job(own.id)["status"] == "pending"
