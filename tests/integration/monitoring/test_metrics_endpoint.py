"""GET /api/v1/ai/metrics through the function's own entry point."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from cafe_ai.audit import service
from cafe_ai.platform.clock import Deadline
from functions.api.metrics.handler import app, handler
from tests.support.edge import Edge
from tests.support.gateway import Answer, call, http_event
from tests.support.inferences import an_inference

PATH = "/api/v1/ai/metrics"


def metrics(edge: Edge, user_id: UUID, **claims: object) -> Answer:
    return call(handler, http_event(PATH, method="GET", token=edge.issuer.token(user_id, **claims)))


def test_an_operator_reads_what_was_asked_in_every_business(edge: Edge) -> None:
    for _ in range(2):
        business_id, owner = edge.given_member()
        inference = an_inference(owner, business_id, response_time_ms=90, cost_usd=Decimal("0.25"))
        service.store(edge.runtime, inference, None, Deadline.after(5))
    answer = metrics(edge, uuid4(), operator=True)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text.startswith("# HELP ai_requests_total Total AI requests\n# TYPE ai_requests_total counter\n")
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    asked = ("/api/v1/ai/query", "gpt-6-luna")
    assert samples["ai_requests_total", *asked, "success"] == 2
    assert samples["ai_tokens_total", *asked] == 900
    assert samples["ai_cost_usd_total", *asked] == 0.5
    assert samples["ai_response_time_seconds_bucket", "/api/v1/ai/query", "0.1"] == 2
    assert samples["ai_response_time_seconds_bucket", "/api/v1/ai/query", "0.05"] == 0
    assert str(business_id) not in answer.text
    assert str(owner) not in answer.text


@pytest.mark.parametrize("role", ["owner", "manager", "staff", "analyst"])
def test_a_shops_people_do_not(edge: Edge, role: str) -> None:
    _, user = edge.given_member(role)
    refused = metrics(edge, user)
    assert (refused.status, refused.body["type"].rsplit(":", 1)[-1]) == (403, "permission_denied")
    assert metrics(edge, user, operator="true").status == 403  # the claim is true, not a word


def test_without_a_token_nobody_does(edge: Edge) -> None:
    assert call(handler, http_event(PATH, method="GET")).status == 401


def test_an_operators_requests_are_limited_as_everyones(edge: Edge) -> None:
    operator = uuid4()
    assert "ratelimit" in metrics(edge, operator, operator=True).headers
    statuses = [metrics(edge, operator, operator=True).status for _ in range(100)]
    assert statuses[-1] == 429


def test_the_document_says_that_it_is_text() -> None:
    answers = app.openapi()["paths"][PATH]["get"]["responses"]
    assert answers["200"]["content"].keys() == {"text/plain"}
    assert {"401", "403", "429", "503"} <= answers.keys()
