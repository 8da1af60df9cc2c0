"""What a business's budget does to /query and /recommend, with the scripted language model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from cafe_ai.llm.models import find_model
from cafe_ai.llm.openai_adapter import OpenAILanguageModel
from functions.api.erasure.handler import handler as erasure
from functions.api.query.handler import handler
from functions.api.recommend.handler import handler as recommending
from tests.support.edge import Edge
from tests.support.factories import Line
from tests.support.gateway import Answer, call, http_event
from tests.support.openai_server import OpenAIServer

APRIL = "¿Cuánto vendimos en abril?"
NOT_BY_RULES = "¿Cómo nos fue en el mes de las lluvias mil?"

Ask = Callable[..., Answer]


@pytest.fixture
def server(edge: Edge) -> Iterator[OpenAIServer]:
    with OpenAIServer() as started:
        model = OpenAILanguageModel(
            find_model("gpt-6-luna", date(2026, 11, 22)), api_key="k", base_url=started.url, sleep=lambda _: None
        )
        vars(edge.runtime)["language_model"] = model
        yield started
        model.close()


@pytest.fixture
def ask(edge: Edge) -> Ask:
    """Asks a shop that sold two coffees at 10 € each in April; `role` and the shop's columns as named."""

    def ask(query: str, role: str = "owner", **business: Any) -> Answer:
        business_id, user_id = edge.given_member(role, **business)
        coffee = edge.factory.insert_product(business_id, "Café solo")
        moment = datetime(2026, 4, 4, 12, tzinfo=UTC)
        edge.factory.insert_order(business_id, [Line(coffee, 2, 10)], ordered_at=moment)
        body = {"query": query, "business_id": str(business_id), "as_of": "2026-05-31T12:00:00"}
        return call(handler, http_event("/api/v1/ai/query", body, token=edge.issuer.token(user_id)))

    return ask


def audited(edge: Edge) -> dict[str, Any]:
    """The last row of the audit."""
    row: dict[str, Any] = max(edge.rows("ai_audit_logs"), key=lambda row: row["timestamp"])
    return row


def spent(edge: Edge, business_id: UUID) -> Decimal:
    return sum((row["spent_usd"] for row in edge.rows("budgets") if row["business_id"] == business_id), Decimal(0))


def reserved(edge: Edge, business_id: UUID) -> list[Any]:
    return [row for row in edge.rows("budget_reservations") if row["business_id"] == business_id]


def test_what_is_left_is_told_with_the_answer(edge: Edge, server: OpenAIServer, ask: Ask) -> None:
    body = ask(APRIL, monthly_budget_usd=Decimal("0.01")).body
    assert body["degraded"] is False
    assert body["budget_left_usd"] == pytest.approx(0.01 - body["cost_usd"])
    row = audited(edge)
    assert row["conversation_id"] == UUID(body["conversation_id"])
    assert row["variants"].keys() == {"prose-opening"}
    assert spent(edge, row["business_id"]) == row["cost_usd"] > 0


def test_without_a_limit_nothing_is_left_to_tell(server: OpenAIServer, ask: Ask) -> None:
    assert ask(APRIL).body["budget_left_usd"] is None


def test_too_little_for_a_call_is_answered_from_the_facts(edge: Edge, server: OpenAIServer, ask: Ask) -> None:
    answer = ask(APRIL, monthly_budget_usd=Decimal("0.00001"))
    assert (answer.status, answer.body["degraded"], server.requests) == (200, True, [])
    assert "20,00" in answer.body["response"]
    assert answer.body["budget_left_usd"] == 0.00001
    assert audited(edge)["variants"].keys() == {"prose-opening"}, "it takes part though no model was reached"


def test_too_little_for_a_call_is_402_where_the_business_chose_so(edge: Edge, server: OpenAIServer, ask: Ask) -> None:
    answer = ask(APRIL, monthly_budget_usd=Decimal("0.00001"), budget_policy="refuse")
    assert (answer.status, answer.body["code"], server.requests) == (402, "budget_exhausted", [])
    assert date.fromisoformat(answer.body["renews_on"]).day == 1
    row = audited(edge)
    assert (row["status"], row["cost_usd"]) == ("error", 0)


def test_a_refusal_after_a_paid_plan_settles_what_was_paid(edge: Edge, server: OpenAIServer, ask: Ask) -> None:
    """Staff who ask for money: the model has planned it, and is paid for it, before it is clear what they ask for."""
    server.plan_for = lambda question: {"metrics": ["net_sales"], "period": "all"}
    assert ask(NOT_BY_RULES, "staff", monthly_budget_usd=Decimal("0.01")).status == 403
    row = audited(edge)
    assert (row["status"], row["model_name"], row["prompt_version"]) == ("error", "gpt-6-luna", "plan.v1")
    assert row["tokens_used"] > 0
    assert spent(edge, row["business_id"]) == row["cost_usd"] > 0
    assert reserved(edge, row["business_id"]) == []


# --- POST /recommend -----------------------------------------------------------------------------------------------


@pytest.fixture
def recommend(edge: Edge) -> Callable[..., tuple[Answer, UUID]]:
    """What a shop that sells two products is recommended to promote now, and who asked."""

    def recommend(**business: Any) -> tuple[Answer, UUID]:
        business_id, user_id = edge.given_member(**business)
        for name in ("Café solo", "Croissant"):
            product = edge.factory.insert_product(business_id, name, price=2, stock=50, category="Cafetería")
            for day in (1, 8, 15, 22):
                moment = datetime.now(UTC) - timedelta(days=day)
                edge.factory.insert_order(business_id, [Line(product, 5, 2)], ordered_at=moment)
        query = {"business_id": business_id, "limit": 2}
        token = edge.issuer.token(user_id)
        return call(recommending, http_event("/api/v1/ai/recommend", token=token, query=query)), user_id

    return recommend


def test_a_recommendation_draws_on_the_budget_and_settles(
    edge: Edge, server: OpenAIServer, recommend: Callable[..., tuple[Answer, UUID]]
) -> None:
    answer, _ = recommend(monthly_budget_usd=Decimal("0.01"))
    assert answer.status == 200
    assert len(server.requests) >= 1
    row = audited(edge)
    assert row["endpoint"].endswith("/recommend")
    assert row["reserved_usd"] > row["cost_usd"] > 0
    assert spent(edge, row["business_id"]) == row["cost_usd"] + row["doubtful_usd"]
    assert reserved(edge, row["business_id"]) == []


def test_a_recommendation_that_the_budget_does_not_hold_is_told_without_a_model_or_refused(
    edge: Edge, server: OpenAIServer, recommend: Callable[..., tuple[Answer, UUID]]
) -> None:
    answer, _ = recommend(monthly_budget_usd=Decimal("0.00001"))
    assert (answer.status, server.requests) == (200, [])
    assert answer.body["similar_products"]
    answer, _ = recommend(monthly_budget_usd=Decimal("0.00001"), budget_policy="refuse")
    assert (answer.status, server.requests) == (402, [])


def test_an_erased_recommendation_leaves_no_words_in_the_audit(
    edge: Edge, server: OpenAIServer, recommend: Callable[..., tuple[Answer, UUID]]
) -> None:
    answer, user_id = recommend()
    path = f"/api/v1/ai/conversations/{answer.body['conversation_id']}"
    assert call(erasure, http_event(path, method="DELETE", token=edge.issuer.token(user_id))).status == 204
    row = audited(edge)
    assert (row["prompt"], row["response"], row["plan"]) == ("", "", None)
