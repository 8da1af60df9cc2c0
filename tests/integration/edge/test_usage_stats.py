"""GET /api/v1/ai/usage-stats through the function's own entry point."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from cafe_ai.audit import service
from cafe_ai.platform.clock import Deadline, now_utc
from cafe_ai.platform.ids import uuid7
from functions.api.erasure.handler import handler as erasure
from functions.api.usage_stats.handler import app, handler
from tests.support.edge import Edge
from tests.support.gateway import Answer, call, http_event
from tests.support.inferences import a_turn, an_inference

PATH = "/api/v1/ai/usage-stats"


def usage(edge: Edge, user_id: UUID, business_id: UUID | str | None = None) -> Answer:
    query = {} if business_id is None else {"business_id": business_id}
    return call(handler, http_event(PATH, method="GET", token=edge.issuer.token(user_id), query=query))


def use(edge: Edge, business_id: UUID, user_id: UUID, kind: str | None = "SALES_ANALYSIS", **changes: object) -> None:
    """An inference, with its turn unless there is no kind."""
    inference = an_inference(user_id, business_id, timestamp=now_utc(), **changes)
    service.store(edge.runtime, inference, kind and a_turn(inference, assistant_type=kind), Deadline.after(5))  # type: ignore[arg-type]


def test_a_business_sees_the_use_of_all_its_users_and_the_user_their_own(edge: Edge) -> None:
    first, owner = edge.given_member(monthly_budget_usd=Decimal("0.01"))
    second, _ = edge.given_member()
    colleague = edge.factory.insert_membership(first, role="staff")
    use(edge, first, owner, response_time_ms=100)
    use(edge, first, colleague, "GENERAL_QUERY", response_time_ms=201, degraded=True)
    use(edge, first, owner, None, status="error", tokens_used=0, cost_usd=Decimal(0), response_time_ms=9000)
    use(edge, second, owner, "GENERAL_QUERY", response_time_ms=500)

    answer = usage(edge, owner, first)
    assert answer.status == 200
    assert answer.body == {
        "total_conversations": 2,
        "total_tokens_used": 900,
        "average_response_time_ms": 151,
        "conversations_by_type": {"GENERAL_QUERY": 1, "SALES_ANALYSIS": 1},
        "total_cost_usd": 0.00013,
        "total_inferences": 3,
        "error_rate": 33.3,
        "degraded_rate": 33.3,
        "budget": {
            "limit_usd": 0.01,
            "spent_usd": 0.00013,
            "reserved_usd": 0.0,
            "left_usd": 0.00987,
            "renews_on": answer.body["budget"]["renews_on"],
            "policy": "degrade",
        },
    }
    assert 0 < (date.fromisoformat(answer.body["budget"]["renews_on"]) - now_utc().date()).days <= 31

    own = usage(edge, owner).body
    assert (own["total_conversations"], own["total_tokens_used"], own["total_inferences"]) == (2, 900, 3)
    assert own["conversations_by_type"] == {"GENERAL_QUERY": 1, "SALES_ANALYSIS": 1}
    assert own["average_response_time_ms"] == 300
    assert own["budget"] is None
    assert usage(edge, owner, "").body == own


def test_who_used_nothing_sees_zeros(edge: Edge) -> None:
    body = usage(edge, uuid4()).body
    assert (body["total_conversations"], body["total_cost_usd"], body["error_rate"]) == (0, 0.0, 0.0)
    assert body["conversations_by_type"] == {}


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("manager", 200), ("analyst", 200), ("staff", 403)])
def test_money_is_for_those_who_may_see_it(edge: Edge, role: str, status: int) -> None:
    business_id, user_id = edge.given_member(role)
    assert usage(edge, user_id, business_id).status == status
    assert usage(edge, user_id).status == 200


def test_other_businesses_are_403_unknown_ones_404_and_malformed_ids_422(edge: Edge) -> None:
    business_id, _ = edge.given_member()
    _, stranger = edge.given_member()
    assert usage(edge, stranger, business_id).status == 403
    assert usage(edge, stranger, uuid4()).status == 404
    assert usage(edge, stranger, "all").fields == ["business_id"]


def test_erased_conversations_still_count_in_tokens_and_cost(edge: Edge) -> None:
    business_id, owner = edge.given_member()
    use(edge, business_id, owner)
    call(erasure, http_event("/api/v1/ai/conversations", method="DELETE", token=edge.issuer.token(owner)))
    for body in (usage(edge, owner).body, usage(edge, owner, business_id).body):
        assert (body["total_conversations"], body["total_tokens_used"]) == (0, 450)
        assert body["total_cost_usd"] == 0.000065


def test_a_spent_budget_is_shown_even_to_a_business_that_chose_to_be_refused(edge: Edge) -> None:
    business_id, owner = edge.given_member(monthly_budget_usd=Decimal(1), budget_policy="refuse")
    edge.spend(business_id, Decimal("0.25"))
    with edge.runtime.database.transaction(business_id) as uow:
        statement = "SELECT budget_reserve(%s, %s, %s, interval '1 minute')"
        uow.connection.execute(statement, [business_id, uuid7(), Decimal("0.75")])
    assert edge.ask(business_id, owner).status == 402
    budget = usage(edge, owner, business_id).body["budget"]
    assert (budget["spent_usd"], budget["reserved_usd"], budget["left_usd"]) == (0.25, 0.75, 0.0)
    assert budget["policy"] == "refuse"


def test_a_business_without_a_limit_has_nothing_left_and_nothing_to_lose(edge: Edge) -> None:
    business_id, owner = edge.given_member()
    use(edge, business_id, owner)
    budget = usage(edge, owner, business_id).body["budget"]
    assert (budget["limit_usd"], budget["left_usd"], budget["spent_usd"]) == (None, None, 0.000065)


def test_the_contract_is_declared() -> None:
    responses = app.openapi()["paths"][PATH]["get"]["responses"]
    assert {"200", "401", "403", "404", "422", "429", "503"} <= set(responses)
