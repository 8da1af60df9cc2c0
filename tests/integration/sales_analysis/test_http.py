"""POST /sales-analysis through the function's own entry point."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.api.query import handler as query
from functions.api.sales_analysis import handler as function
from tests.integration.sales_analysis.conftest import AS_OF
from tests.support.edge import Edge
from tests.support.gateway import Answer, call, http_event
from tests.support.generated_shop import GeneratedShop

PATH = "/api/v1/ai/sales-analysis"
HEADLINE = ("revenue", "orders", "units", "average_ticket", "returns", "margin")
PARTS = ("price", "volume", "mix", "new_products", "vanished_products", "rest")


def ask(
    edge: Edge, user: UUID | None, headers: dict[str, str] | None = None, token: str | None = None, **asked: object
) -> Answer:
    token = edge.issuer.token(user) if user else token
    parameters = {name.rstrip("_"): value for name, value in asked.items()}
    return call(function.handler, http_event(PATH, query=parameters, token=token, headers=headers))


@pytest.fixture
def owner(edge: Edge, shop: GeneratedShop) -> UUID:
    return edge.factory.insert_membership(shop.business.id)


def test_the_analysis_of_a_month_in_the_agreed_shape(edge: Edge, shop: GeneratedShop, owner: UUID) -> None:
    answer = ask(edge, owner, business_id=shop.business.id, period="monthly", async_mode="false", as_of=AS_OF)
    assert answer.status == 200
    body = answer.body
    assert body["business_id"] == str(shop.business.id)
    assert UUID(body["conversation_id"])
    assert all(isinstance(text, str) for text in [*body["insights"], *body["recommendations"]])
    assert body["insights"]
    assert body["recommendations"]
    assert body["summary"] == body["response"]
    assert (body["model_name"], body["degraded"], body["verified"]) == ("rules", True, True)
    assert (body["tokens_used"], body["cost_usd"]) == (0, 0)
    assert body["response_time_ms"] >= 0
    assert {"metric", "value", "unit", "currency", "period", "dimensions", "filters", "rows"} <= set(body["facts"][0])
    analysis = body["analysis"]
    assert analysis["period"]["from"] == "2026-04-01T02:00:00+02:00"
    assert analysis["period"]["to"] == "2026-05-01T02:00:00+02:00"
    assert analysis["compared_with"]["from"] == "2026-03-01T02:00:00+01:00"
    assert analysis["last_year"] is None
    for name in HEADLINE:
        assert {"value", "previous", "difference", "change_percent", "last_year"} <= set(analysis[name])
        assert isinstance(analysis[name]["value"], int | float)
    assert len(analysis["series"]) == 30
    assert analysis["series"][0]["date"] == "2026-04-01"
    for name in ("best_products", "worst_products", "best_categories", "worst_categories", "hours", "weekdays"):
        assert analysis[name]
    assert (
        analysis["customers"]["new"]["value"] + analysis["customers"]["returning"]["value"]
        <= analysis["customers"]["total"]["value"]
    )
    cents = {name: round(analysis["drivers"][name] * 100) for name in (*PARTS, "change")}
    assert sum(cents[name] for name in PARTS) == cents["change"]
    assert analysis["drivers"]["change"] == analysis["revenue"]["difference"]
    assert isinstance(analysis["drivers"]["contributions"][0]["amount"], int | float)


def test_it_is_audited_and_remembered_in_one(edge: Edge, shop: GeneratedShop, owner: UUID) -> None:
    body = ask(edge, owner, business_id=shop.business.id, as_of=AS_OF).body
    turn = next(row for row in edge.rows("ai_conversations") if row["id"] == UUID(body["conversation_id"]))
    assert (turn["assistant_type"], turn["prompt"], turn["response"]) == (
        "SALES_ANALYSIS",
        "Análisis de ventas: mensual",
        body["summary"],
    )
    audited = next(row for row in edge.rows("ai_audit_logs") if row["conversation_id"] == turn["id"])
    assert (audited["endpoint"], audited["status"], audited["model_name"]) == (PATH, "success", "rules")
    assert audited["facts_hash"]
    assert audited["plan"]["analyse"] == "monthly"


def test_a_question_may_follow_it_up(edge: Edge, shop: GeneratedShop, owner: UUID) -> None:
    analysed = ask(edge, owner, business_id=shop.business.id, as_of=AS_OF).body
    asked = {
        "query": "¿Y el mes anterior?",
        "business_id": str(shop.business.id),
        "conversation_id": analysed["conversation_id"],
        "as_of": AS_OF,
    }
    event = http_event("/api/v1/ai/query", asked, token=edge.issuer.token(owner))
    facts = call(query.handler, event).body["facts"]
    assert (facts[0]["metric"], facts[0]["value"]) == ("net_sales", analysed["analysis"]["revenue"]["previous"])


def test_monthly_is_what_nothing_said_means(edge: Edge, shop: GeneratedShop, owner: UUID) -> None:
    said = ask(edge, owner, business_id=shop.business.id, as_of=AS_OF, period="monthly").body
    unsaid = ask(edge, owner, business_id=shop.business.id, as_of=AS_OF).body
    assert said["analysis"] == unsaid["analysis"]


def test_a_range_in_english(edge: Edge, shop: GeneratedShop, owner: UUID) -> None:
    asked = {"from_": "2026-04-13", "to": "2026-04-26", "locale": "en", "as_of": AS_OF}
    answer = ask(edge, owner, business_id=shop.business.id, **asked)
    assert answer.status == 200
    assert answer.body["insights"][0].startswith("From 13 to 26 April 2026 net sales ")
    prompts = {row["prompt"] for row in edge.rows("ai_conversations")}
    assert "Sales analysis: 13 to 26 April 2026" in prompts


@pytest.mark.parametrize("period", ["daily", "weekly", "monthly", "quarterly", "yearly"])
def test_every_period_is_answered(edge: Edge, shop: GeneratedShop, owner: UUID, period: str) -> None:
    answer = ask(edge, owner, business_id=shop.business.id, period=period, as_of=AS_OF)
    assert answer.status == 200
    assert answer.body["summary"]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"period": "hourly"}, "period"),
        ({"period": "monthly", "from_": "2026-04-01", "to": "2026-04-30"}, "period"),
        ({"from_": "2026-04-01"}, "to"),
        ({"to": "2026-04-01"}, "from"),
        ({"from_": "2026-04-02", "to": "2026-04-01"}, "to"),
        ({"from_": "2026-05-13", "to": "2026-05-20"}, "from"),
        ({"from_": "yesterday", "to": "2026-05-20"}, "from"),
        ({"from_": "2026-04-02", "to": "9999-12-31"}, "to"),
        ({"as_of": "soon"}, "as_of"),
        ({"locale": "fr"}, "locale"),
        ({"async_mode": "perhaps"}, "async_mode"),
        ({"business_id": "mine"}, "business_id"),
        ({"perod": "monthly"}, "perod"),
    ],
)
@pytest.mark.parametrize("async_mode", ["false", "true"])
def test_malformed_parameter_is_422_and_named(
    edge: Edge, shop: GeneratedShop, owner: UUID, parameters: dict[str, object], field: str, async_mode: str
) -> None:
    asked: dict[str, Any] = {"business_id": shop.business.id, "as_of": AS_OF, "async_mode": async_mode, **parameters}
    answer = ask(edge, owner, **asked)
    assert (answer.status, answer.fields) == (422, [field])
    assert edge.rows("ai_jobs") == []


def test_without_or_with_a_bad_token_it_is_401(edge: Edge, shop: GeneratedShop) -> None:
    for token in (None, "not-a-token", edge.issuer.token(uuid4(), exp=1)):
        assert ask(edge, None, token=token, business_id=shop.business.id).status == 401
    assert ask(edge, None, business_id="mine").status == 401  # before the parameters are looked at


@pytest.mark.parametrize("async_mode", ["false", "true"])
def test_unknown_business_is_404_and_a_stranger_403(
    edge: Edge, shop: GeneratedShop, owner: UUID, async_mode: str
) -> None:
    assert ask(edge, owner, business_id=uuid4(), async_mode=async_mode).status == 404
    assert ask(edge, uuid4(), business_id=shop.business.id, async_mode=async_mode).status == 403


@pytest.mark.parametrize(
    ("role", "at_once", "as_job"),
    [("owner", 200, 202), ("manager", 200, 202), ("analyst", 200, 403), ("staff", 403, 403)],
)
def test_who_may_what(edge: Edge, shop: GeneratedShop, role: str, at_once: int, as_job: int) -> None:
    user = edge.factory.insert_membership(shop.business.id, role=role)
    assert ask(edge, user, business_id=shop.business.id, as_of=AS_OF).status == at_once
    assert ask(edge, user, business_id=shop.business.id, as_of=AS_OF, async_mode="true").status == as_job


def test_too_many_requests_are_429(edge: Edge, shop: GeneratedShop, owner: UUID) -> None:
    with edge.runtime.database.transaction() as uow:
        for _ in range(100):
            uow.connection.execute("SELECT admit(%s, %s, 100)", [owner, shop.business.id])
    answer = ask(edge, owner, business_id=shop.business.id)
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) > 0


def test_a_spent_budget_refuses_where_the_business_chose_so(edge: Edge) -> None:
    for policy, status in (("refuse", 402), ("degrade", 200)):
        business, user = edge.given_member(monthly_budget_usd=Decimal("0.01"), budget_policy=policy)
        edge.spend(business, Decimal("0.02"))
        assert ask(edge, user, business_id=business).status == status


def test_async_is_a_job_that_was_sent(edge: Edge, shop: GeneratedShop, owner: UUID) -> None:
    before = len(edge.rows("ai_conversations"))
    asked = {
        "business_id": shop.business.id,
        "async_mode": "true",
        "from_": "2026-04-01",
        "to": "2026-04-20",
        "as_of": AS_OF,
    }
    answer = ask(edge, owner, locale="en", **asked)
    assert answer.status == 202
    job_id = answer.body["job_id"]
    assert answer.body == {
        "job_id": job_id,
        "status": "pending",
        "message": f"Sales analysis is being generated. Use GET /api/v1/ai/jobs/{job_id} to check status.",
    }
    job = next(row for row in edge.rows("ai_jobs") if row["id"] == UUID(job_id))
    assert (job["kind"], job["status"], job["user_id"]) == ("generate_sales_report", "pending", owner)
    assert job["params"] == {"from": "2026-04-01", "to": "2026-04-20", "locale": "en", "as_of": AS_OF}
    assert len(edge.rows("ai_conversations")) == before  # the report will write its own


def test_the_same_key_gives_the_same_job_and_stands_for_no_other(edge: Edge, shop: GeneratedShop, owner: UUID) -> None:
    key = {"Idempotency-Key": "once"}
    asked = {"business_id": shop.business.id, "async_mode": "true", "as_of": AS_OF}
    first = ask(edge, owner, key, **asked)
    assert ask(edge, owner, key, **asked).body == first.body
    assert ask(edge, owner, **asked).body["job_id"] != first.body["job_id"]
    other = ask(edge, owner, key, period="weekly", **asked)
    assert (other.status, other.fields) == (422, ["Idempotency-Key"])


@pytest.mark.parametrize("async_mode", ["true", "false"])
def test_a_key_that_is_none_is_refused_also_where_it_is_not_needed(
    edge: Edge, shop: GeneratedShop, owner: UUID, async_mode: str
) -> None:
    asked = {"business_id": shop.business.id, "async_mode": async_mode, "as_of": AS_OF}
    answer = ask(edge, owner, {"Idempotency-Key": "ñ"}, **asked)
    assert (answer.status, answer.fields) == (422, ["Idempotency-Key"])


def test_the_contract_is_declared() -> None:
    operation = function.app.openapi()["paths"][PATH]["post"]
    assert {"200", "202", "401", "402", "403", "404", "422", "429", "503"} <= set(operation["responses"])
    names = {parameter["name"] for parameter in operation["parameters"]}
    assert {"business_id", "period", "from", "to", "async_mode", "as_of", "locale"} <= names


def test_no_names_of_the_inside_come_out(edge: Edge, shop: GeneratedShop, owner: UUID) -> None:
    body = ask(edge, owner, business_id=shop.business.id, as_of=AS_OF).body
    said = json.dumps([body["insights"], body["recommendations"], body["summary"]])
    assert "net_sales" not in said
    assert "None" not in said
