"""What to promote and what to add to the menu, through API Gateway."""

from typing import Any

import pytest

from infra.local.tokens import make_token
from tests.support.local_stack import API, Stack

pytestmark = pytest.mark.e2e

NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057"  # neither a business nor a member of one
CATALOGUE = "SELECT external_id, name FROM products WHERE business_id = %s"


@pytest.fixture
def business(stack: Stack) -> dict[str, Any]:
    return {"business_id": stack.state.business_id}


def test_the_owner_is_told_what_to_promote_now(stack: Stack, business: dict[str, Any]) -> None:
    answer = stack.read("POST", "/recommend", params=business)
    products = answer["similar_products"]
    assert len(products) == 5
    assert {product["name"] for product in products} <= {name for _, name in stack.rows(CATALOGUE, *business.values())}
    assert all(product["reason"] and product["price"] and product["category"] for product in products)
    assert answer["recommendations"]
    audited = "SELECT status, endpoint, response FROM ai_audit_logs WHERE conversation_id = %s"
    assert stack.rows(audited, answer["conversation_id"]) == [
        ("success", f"{API}/recommend", answer["recommendations"])
    ]


def test_a_query_finds_what_fits(stack: Stack, business: dict[str, Any]) -> None:
    params = {**business, "query_text": "algo dulce sin gluten y vegano", "limit": 3}
    products = stack.read("POST", "/recommend", params=params)["similar_products"]
    assert [product["name"] for product in products][:1] == ["Brownie vegano sin gluten"]
    scores = [product["score"] for product in products]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_what_nobody_sells_here_is_not_invented(stack: Stack, business: dict[str, Any]) -> None:
    answer = stack.read(
        "POST", "/recommend", params={**business, "query_text": "neumáticos de invierno para furgoneta"}
    )
    assert answer["similar_products"] == []
    assert answer["recommendations"]


def test_what_the_menu_lacks_is_suggested(stack: Stack, business: dict[str, Any]) -> None:
    answer = stack.read("POST", "/product-suggestions", params=business)
    assert answer["suggestions"]
    assert answer["explanation"]
    names = {name.casefold() for _, name in stack.rows(CATALOGUE, *business.values())}
    assert names.isdisjoint(suggestion.casefold() for suggestion in answer["suggestions"])


@pytest.mark.parametrize("path", ["/recommend", "/product-suggestions"])
def test_who_may_not_is_told_so(stack: Stack, business: dict[str, Any], path: str) -> None:
    assert stack.client.post(API + path, params=business).status_code == 401
    assert stack.call("POST", path, params={"business_id": NOBODY}).status_code == 404
    assert stack.call("POST", path, params=business, token=make_token(stack.state, NOBODY)).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "field"), [({"limit": 21}, "limit"), ({"limit": 0}, "limit"), ({"business_id": "x"}, "business_id")]
)
def test_a_wrong_parameter_is_named(stack: Stack, business: dict[str, Any], wrong: dict[str, Any], field: str) -> None:
    response = stack.call("POST", "/recommend", params={**business, **wrong})
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]
