"""POST /api/v1/ai/query through the function's own entry point, on a real shop, without a language model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.api.query.handler import app, handler
from tests.support.edge import Edge
from tests.support.factories import Line
from tests.support.gateway import Answer, call, http_event

PATH = "/api/v1/ai/query"
AS_OF = "2026-05-31T12:00:00"

Ask = Callable[..., Answer]


@pytest.fixture
def shop(edge: Edge) -> UUID:
    """A café that sold two coffees at 10 € each in April and one in May."""
    business_id = edge.factory.insert_business(name="Café Central", timezone="Europe/Madrid", currency="EUR")
    coffee = edge.factory.insert_product(business_id, "Café solo")
    for month, quantity in ((4, 2), (5, 1)):
        moment = datetime(2026, month, 4, 12, tzinfo=UTC)
        edge.factory.insert_order(business_id, [Line(coffee, quantity, 10)], ordered_at=moment)
    return business_id


@pytest.fixture
def ask(edge: Edge, shop: UUID) -> Ask:
    """Asks the shop a question as of the end of May."""

    def ask(query: str, user_id: UUID, **fields: Any) -> Answer:
        body = {"query": query, "business_id": str(shop), "as_of": AS_OF, **fields}
        return call(handler, http_event(PATH, body, token=edge.issuer.token(user_id)))

    return ask


def test_a_question_is_answered_from_the_shops_figures(edge: Edge, shop: UUID, ask: Ask) -> None:
    owner = edge.factory.insert_membership(shop)
    answer = ask("¿Cuáles fueron las ventas del último mes?", owner)
    assert answer.status == 200
    body = answer.body
    assert "20,00" in body["response"]
    assert (body["degraded"], body["verified"], body["model_name"], body["tokens_used"]) == (True, True, "rules", 0)
    fact = next(fact for fact in body["facts"] if fact["metric"] == "net_sales" and fact["role"] == "value")
    assert (fact["value"], fact["unit"], fact["currency"]) == (20.0, "money", "EUR")
    assert fact["period"] == {
        "from": "2026-04-01T00:00:00+02:00",
        "to": "2026-05-01T00:00:00+02:00",
        "timezone": "Europe/Madrid",
    }


def test_the_answer_is_in_the_audit_and_in_the_conversation(edge: Edge, shop: UUID, ask: Ask) -> None:
    owner = edge.factory.insert_membership(shop)
    body = ask("¿Cuáles fueron las ventas del último mes?", owner).body
    [audited] = [row for row in edge.rows("ai_audit_logs") if row["user_id"] == owner]
    [turn] = [row for row in edge.rows("ai_conversations") if row["user_id"] == owner]
    assert str(turn["id"]) == body["conversation_id"]
    assert (audited["status"], audited["endpoint"]) == ("success", PATH)
    assert audited["response"] == turn["response"] == body["response"]


def test_staff_who_ask_for_money_are_403_under_any_assistant_and_that_is_written(
    edge: Edge, shop: UUID, ask: Ask
) -> None:
    staff = edge.factory.insert_membership(shop, role="staff")
    for assistant in ("GENERAL_QUERY", "PRODUCT_SUGGESTION"):
        answer = ask("¿Cuánto vendimos en abril?", staff, assistant_type=assistant)
        assert answer.status == 403
        assert "20" not in answer.body["detail"]
    assert [row["status"] for row in edge.rows("ai_audit_logs") if row["user_id"] == staff] == ["error", "error"]


def test_a_question_is_followed_up_by_its_own_user_alone(edge: Edge, shop: UUID, ask: Ask) -> None:
    owner, other = edge.factory.insert_membership(shop), edge.factory.insert_membership(shop)
    first = ask("¿Cuáles fueron las ventas de mayo?", owner).body["conversation_id"]
    follow_up = ask("¿y el mes anterior?", owner, conversation_id=first)
    assert "20,00" in follow_up.body["response"]
    for stranger, conversation in ((other, first), (owner, str(uuid4()))):
        answer = ask("¿y el mes anterior?", stranger, conversation_id=conversation)
        assert (answer.status, answer.body["code"]) == (404, "conversation_not_found")


def test_the_contract_is_declared() -> None:
    operation = app.openapi()["paths"][PATH]["post"]
    assert {"200", "401", "402", "403", "404", "413", "422", "429", "503"} == set(operation["responses"])
    assert "conversation_not_found" in operation["responses"]["404"]["description"]
