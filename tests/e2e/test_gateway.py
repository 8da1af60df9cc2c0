"""What API Gateway decides before any function runs: who may call, and from where."""

from dataclasses import replace

import httpx
import pytest

from infra.local.issuer import rotate_key
from infra.local.native import LOCAL_ORIGINS
from infra.local.tokens import make_token
from tests.support.local_stack import Stack

pytestmark = pytest.mark.e2e

ORIGIN = LOCAL_ORIGINS[0]


def preflight(stack: Stack, origin: str) -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return stack.client.options("/api/v1/ai/query", headers=headers)


def test_a_frontend_of_ours_may_call_from_a_browser(stack: Stack) -> None:
    response = preflight(stack, ORIGIN)
    assert response.is_success
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert "POST" in response.headers["access-control-allow-methods"]
    assert "authorization" in response.headers["access-control-allow-headers"].lower()


def test_another_site_may_not(stack: Stack) -> None:
    assert "access-control-allow-origin" not in preflight(stack, "https://elsewhere.example").headers


def test_a_browser_is_let_read_the_answer(stack: Stack) -> None:
    body = {"query": "¿Cuántos pedidos hubo ayer?", "business_id": stack.state.business_id}
    assert stack.post(body, Origin=ORIGIN).headers["access-control-allow-origin"] == ORIGIN


def test_without_a_token_nobody_passes(stack: Stack) -> None:
    response = stack.client.post("/api/v1/ai/query", json={})
    assert response.status_code == 401
    assert response.json() == {"message": "Unauthorized"}


@pytest.mark.parametrize("fault", ["no token at all", "expired", "wrong audience", "wrong issuer", "wrong signature"])
def test_a_faulty_token_does_not_pass(stack: Stack, fault: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    state, owner = stack.state, stack.state.owner_id
    strangers = tmp_path_factory.mktemp("strangers")
    rotate_key(strangers)
    token = {
        "no token at all": "abc",
        "expired": make_token(state, owner, seconds=-60),
        "wrong audience": make_token(replace(state, audience="another-service"), owner),
        "wrong issuer": make_token(replace(state, issuer="https://issuer.example"), owner),
        "wrong signature": make_token(replace(state, signing_keys=str(strangers)), owner),
    }[fault]
    response = stack.post({"query": "¿Ventas de ayer?", "business_id": state.business_id}, token=token)
    assert response.status_code == 401
    assert response.json() == {"message": "Unauthorized"}


def test_a_path_that_is_not_there_is_not_found(stack: Stack) -> None:
    assert stack.client.get("/api/v1/ai/nothing").status_code == 404
