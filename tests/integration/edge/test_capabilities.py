"""GET /capabilities over HTTP."""

from __future__ import annotations

from uuid import uuid4

from functions.api.capabilities.handler import handler
from tests.support.edge import Edge
from tests.support.gateway import call, http_event

PATH = "/api/v1/ai/capabilities"


def test_any_user_may_ask_in_either_language(edge: Edge) -> None:
    token = edge.issuer.token(uuid4())
    spanish = call(handler, http_event(PATH, method="GET", token=token))
    assert (spanish.status, spanish.body["locale"], spanish.body["languages"]) == (200, "es", ["es", "en"])
    assert {one["metric"] for one in spanish.body["metrics"]} >= {"net_sales", "stock"}
    assert "ratelimit" in spanish.headers
    english = call(handler, http_event(PATH, method="GET", token=token, query={"locale": "en"}))
    assert english.body["can_answer"][0]["examples"][0] == "How did sales in April compare with March?"


def test_without_a_token_or_with_another_language_it_is_refused(edge: Edge) -> None:
    assert call(handler, http_event(PATH, method="GET")).status == 401
    token = edge.issuer.token(uuid4())
    assert call(handler, http_event(PATH, method="GET", token=token, query={"locale": "fr"})).status == 422
