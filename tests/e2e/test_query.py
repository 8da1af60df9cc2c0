"""A shop owner's question, from API Gateway to the answer and its traces in the database."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from cafe_ai.language.formats import format_money
from tests.support.local_stack import Stack

pytestmark = pytest.mark.e2e

QUESTION = "¿Cuáles fueron las ventas del último mes?"
# Straight from the order lines and the shop's local clock, without rollups and without the service's own code.
SALES_BETWEEN = """
SELECT round(sum(l.quantity * l.unit_price - coalesce(l.discount, 0)), 2)
FROM order_lines l JOIN orders o ON o.id = l.order_id
WHERE o.business_id = %s
  AND (o.ordered_at AT TIME ZONE 'Europe/Madrid') >= %s AND (o.ordered_at AT TIME ZONE 'Europe/Madrid') < %s
"""

MONTH = """
SELECT date_trunc('month', now() AT TIME ZONE 'Europe/Madrid') - make_interval(months => %s),
       date_trunc('month', now() AT TIME ZONE 'Europe/Madrid') - make_interval(months => %s)
"""


def net_sales(answer: dict[str, Any]) -> dict[str, Any]:
    return next(fact for fact in answer["facts"] if fact["metric"] == "net_sales" and not fact["dimensions"])


def sales_of_month(stack: Stack, months_ago: int) -> Decimal:
    """The sum of a past calendar month, one for last month."""
    ((start, end),) = stack.rows(MONTH, months_ago, months_ago - 1)
    ((sales,),) = stack.rows(SALES_BETWEEN, stack.state.business_id, start, end)
    return Decimal(sales)


def test_the_sample_question_is_answered_with_the_right_figure(stack: Stack) -> None:
    answer = stack.ask(QUESTION, assistant_type="SALES_ANALYSIS")
    sales = sales_of_month(stack, 1)
    assert sales > 1000
    assert Decimal(str(net_sales(answer)["value"])) == sales
    assert format_money(sales, "EUR", "es") in answer["response"]
    assert answer["verified"] is True
    assert answer["degraded"] is True  # there is no language model here
    assert answer["model_name"] == "rules"
    assert answer["assistant_type"] == "SALES_ANALYSIS"


def test_an_english_question_is_answered_in_english(stack: Stack) -> None:
    answer = stack.ask("What were last month's sales?")
    assert format_money(sales_of_month(stack, 1), "EUR", "en") in answer["response"]


def test_a_follow_up_counts_from_the_period_last_spoken_of(stack: Stack) -> None:
    first = stack.ask(QUESTION)
    second = stack.ask("¿y el mes anterior?", conversation_id=first["conversation_id"])
    assert Decimal(str(net_sales(second)["value"])) == sales_of_month(stack, 2)


def test_each_inference_is_audited_once_with_its_conversation(stack: Stack) -> None:
    question = "¿Cuántos pedidos hubo la semana pasada?"
    answer = stack.ask(question)
    audited = stack.rows(
        "SELECT user_id, status, response, endpoint, model_name FROM ai_audit_logs WHERE prompt = %s", question
    )
    owner = UUID(stack.state.owner_id)
    assert audited == [(owner, "success", answer["response"], "/api/v1/ai/query", "rules")]
    spoken = stack.rows("SELECT id, user_id, response FROM ai_conversations WHERE prompt = %s", question)
    assert spoken == [(UUID(answer["conversation_id"]), owner, answer["response"])]


def test_an_unknown_business_is_not_found(stack: Stack) -> None:
    response = stack.post({"query": QUESTION, "business_id": "01890a5d-ac96-774b-bcce-b302099a8057"})
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == 404


def test_staff_may_not_see_the_sales(stack: Stack) -> None:
    body = {"query": QUESTION, "business_id": stack.state.business_id, "assistant_type": "GENERAL_QUERY"}
    response = stack.post(body, token=stack.token("staff"))
    assert response.status_code == 403


def test_a_malformed_question_names_the_field(stack: Stack) -> None:
    response = stack.post({"query": "", "business_id": stack.state.business_id})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert "query" in str(response.json()["errors"])
