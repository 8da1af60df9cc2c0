"""POST /recommend and /product-suggestions through the functions' own entry points, with PostgreSQL's search alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest

from functions.api.product_suggestions import handler as suggestions
from functions.api.recommend import handler as recommend
from tests.integration.recommendations.conftest import Cafe
from tests.support.edge import Edge
from tests.support.gateway import Answer, Handler, call, http_event

PATHS = {"/api/v1/ai/recommend": recommend, "/api/v1/ai/product-suggestions": suggestions}
AS_OF = "2026-05-31T09:00:00"


def ask(edge: Edge, path: str, query: Mapping[str, object], user: UUID | None = None, **event: Any) -> Answer:
    handler: Handler = PATHS[path].handler
    token = edge.issuer.token(user) if user else None
    return call(handler, http_event(path, query=query, **{"token": token, **event}))


@pytest.fixture
def owner(edge: Edge, cafe: Cafe) -> UUID:
    return edge.factory.insert_membership(cafe.business.id)


@pytest.mark.parametrize("path", PATHS)
def test_authenticated_member_is_answered_in_the_agreed_shape(edge: Edge, cafe: Cafe, owner: UUID, path: str) -> None:
    answer = ask(edge, path, {"business_id": cafe.business.id, "as_of": AS_OF}, owner)
    assert answer.status == 200
    body = answer.body
    assert body["business_id"] == str(cafe.business.id)
    assert UUID(body["conversation_id"])
    assert body["response_time_ms"] >= 0
    assert {"model_name", "degraded", "tokens_used", "cost_usd"} <= set(body)
    assert [row["endpoint"] for row in edge.rows("ai_audit_logs") if row["user_id"] == owner] == [path]


def test_recommendation_without_a_query(edge: Edge, cafe: Cafe, owner: UUID) -> None:
    body = ask(edge, "/api/v1/ai/recommend", {"business_id": cafe.business.id, "as_of": AS_OF}, owner).body
    assert body["query"] is None
    assert body["recommendations"]
    assert body["verified"] is True
    assert len(body["similar_products"]) == 5
    first = body["similar_products"][0]
    assert {"id", "name", "score", "price", "category", "reason", "stock", "in_stock"} <= set(first)
    assert first["id"] == first["name"]  # the shop's own id, which is the name where it has none
    assert all(0 <= product["score"] <= 1 for product in body["similar_products"])
    assert {fact["metric"] for fact in body["facts"]} >= {"units", "price", "margin_rate"}


def test_recommendation_with_a_custom_query(edge: Edge, cafe: Cafe, owner: UUID) -> None:
    asked = {"business_id": cafe.business.id, "query_text": "tarta de chocolate", "limit": 2, "as_of": AS_OF}
    body = ask(edge, "/api/v1/ai/recommend", asked, owner).body
    assert body["query"] == "tarta de chocolate"
    assert body["similar_products"][0]["name"] == "Tarta de chocolate"
    assert len(body["similar_products"]) <= 2


def test_diet_is_a_filter(edge: Edge, cafe: Cafe, owner: UUID) -> None:
    asked = {"business_id": cafe.business.id, "query_text": "chocolate sin gluten"}
    body = ask(edge, "/api/v1/ai/recommend", asked, owner).body
    assert [product["name"] for product in body["similar_products"]] == ["Bizcocho de chocolate sin gluten"]
    assert "dejado fuera" in body["recommendations"]


def test_empty_result_says_so(edge: Edge, cafe: Cafe, owner: UUID) -> None:
    asked = {"business_id": cafe.business.id, "query_text": "neumáticos de invierno"}
    body = ask(edge, "/api/v1/ai/recommend", asked, owner).body
    assert body["similar_products"] == []
    assert "No he encontrado" in body["recommendations"]


@pytest.mark.parametrize("path", PATHS)
def test_without_or_with_a_bad_token_it_is_401(edge: Edge, cafe: Cafe, path: str) -> None:
    for token in (None, "not-a-token", edge.issuer.token(uuid4(), exp=1)):
        assert ask(edge, path, {"business_id": cafe.business.id}, token=token).status == 401
    assert ask(edge, path, {"limit": "many"}, token=None).status == 401  # before the parameters are looked at


@pytest.mark.parametrize("path", PATHS)
def test_unknown_business_is_404(edge: Edge, owner: UUID, path: str) -> None:
    answer = ask(edge, path, {"business_id": uuid4()}, owner)
    assert (answer.status, answer.body["code"]) == (404, "business_not_found")


@pytest.mark.parametrize("path", PATHS)
def test_stranger_is_403(edge: Edge, cafe: Cafe, path: str) -> None:
    answer = ask(edge, path, {"business_id": cafe.business.id}, uuid4())
    assert (answer.status, answer.body["code"]) == (403, "permission_denied")


@pytest.mark.parametrize("role", ["owner", "manager", "staff", "analyst"])
@pytest.mark.parametrize("path", PATHS)
def test_every_role_may_ask(edge: Edge, cafe: Cafe, role: str, path: str) -> None:
    user = edge.factory.insert_membership(cafe.business.id, role=role)
    assert ask(edge, path, {"business_id": cafe.business.id}, user).status == 200


def test_staff_see_no_figures_of_sales(edge: Edge, cafe: Cafe) -> None:
    staff = edge.factory.insert_membership(cafe.business.id, role="staff")
    body = ask(edge, "/api/v1/ai/recommend", {"business_id": cafe.business.id, "as_of": AS_OF}, staff).body
    assert {fact["metric"] for fact in body["facts"]} <= {"price", "stock"}
    assert "margen" not in str(body)


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 21}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"query_text": ""}, "query_text"),
        ({"query_text": "x" * 5001}, "query_text"),
        ({"query_text": "a\0b"}, "query_text"),
        ({"locale": "fr"}, "locale"),
        ({"as_of": "tomorrow"}, "as_of"),
        ({"business_id": "mine"}, "business_id"),
        ({"limt": 3}, "limt"),
    ],
)
def test_malformed_parameter_is_422_and_named(
    edge: Edge, cafe: Cafe, owner: UUID, parameters: dict[str, object], field: str
) -> None:
    answer = ask(edge, "/api/v1/ai/recommend", {"business_id": cafe.business.id, **parameters}, owner)
    assert (answer.status, answer.fields) == (422, [field])


@pytest.mark.parametrize("path", PATHS)
def test_without_a_business_it_is_422(edge: Edge, owner: UUID, path: str) -> None:
    assert ask(edge, path, {}, owner).fields == ["business_id"]


@pytest.mark.parametrize("path", PATHS)
def test_too_many_requests_are_429(edge: Edge, cafe: Cafe, owner: UUID, path: str) -> None:
    with edge.runtime.database.transaction() as uow:
        for _ in range(100):
            uow.connection.execute("SELECT admit(%s, %s, 100)", [owner, cafe.business.id])
    answer = ask(edge, path, {"business_id": cafe.business.id}, owner)
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("path", PATHS)
def test_longest_query_and_odd_characters_are_answered(edge: Edge, cafe: Cafe, owner: UUID, path: str) -> None:
    if path.endswith("recommend"):
        for text in ("ñ" * 5000, "'; DROP TABLE products; --", "🍰 «tarta»", "%_\\", "qué va bien con " + "x" * 4000):
            asked = {"business_id": cafe.business.id, "query_text": text}
            assert ask(edge, path, asked, owner).status == 200, text[:30]


@pytest.mark.parametrize("path", PATHS)
def test_the_contract_is_declared(path: str) -> None:
    operation = PATHS[path].app.openapi()["paths"][path]["post"]
    assert {"200", "401", "402", "403", "404", "422", "429", "503"} <= set(operation["responses"])


def test_suggestions_are_new_to_the_catalogue_under_any_name(edge: Edge, cafe: Cafe, owner: UUID) -> None:
    body = ask(edge, "/api/v1/ai/product-suggestions", {"business_id": cafe.business.id, "as_of": AS_OF}, owner).body
    assert 3 <= len(body["suggestions"]) <= 8
    assert body["explanation"].startswith("Basado en tu tipo de negocio (cafetería)")
    held = {"Croissant", "Zumo de naranja", "Café con leche", "Café helado", "Tarta de queso"}
    assert held.isdisjoint(body["suggestions"])
    assert {"name", "category", "season", "reason", "why"} <= set(body["items"][0])
    assert [item["name"] for item in body["items"]] == body["suggestions"]


def test_suggestions_in_english_and_from_what_was_searched_in_vain(edge: Edge, cafe: Cafe, owner: UUID) -> None:
    with edge.runtime.database.transaction(cafe.business.id) as uow:
        uow.connection.execute(
            "INSERT INTO search_misses (business_id, query, locale, times, last_at) VALUES (%s, 'horchata', 'es', 3, %s)",
            [cafe.business.id, "2026-05-30T10:00:00Z"],
        )
    asked = {"business_id": cafe.business.id, "as_of": AS_OF, "locale": "en"}
    body = ask(edge, "/api/v1/ai/product-suggestions", asked, owner).body
    first = body["items"][0]
    assert (first["name"], first["why"], first["times_searched"]) == ("Tiger nut milk", "searched", 3)
    assert "Searched for and not found: tiger nut milk." in body["explanation"]
