"""A question's trace: one tree from the gateway to the database and the model, and nothing in it that anybody said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from cafe_ai.llm.models import find_model
from cafe_ai.llm.openai_adapter import OpenAILanguageModel
from functions.api.query.handler import handler
from tests.integration.edge.test_traces import use_tracer
from tests.support.edge import Edge
from tests.support.factories import Line
from tests.support.gateway import Answer, call, http_event
from tests.support.openai_server import OpenAIServer
from tests.support.otlp_receiver import Collector, ReceivedSpan, running_collector

APRIL = "¿Cuánto vendimos en abril?"
NOT_BY_RULES = "¿Cómo nos fue en el mes de las lluvias mil, CANARIO?"

Ask = Callable[..., Answer]


@pytest.fixture
def collector(edge: Edge) -> Iterator[Collector]:
    with running_collector() as running:
        tracer = use_tracer(edge.runtime, running)
        yield running
        tracer.close()


@pytest.fixture
def server(edge: Edge) -> Iterator[OpenAIServer]:
    with OpenAIServer() as started:
        model = OpenAILanguageModel(
            find_model("gpt-6-luna", date(2026, 11, 22)),
            api_key="CANARIO-key",
            base_url=started.url,
            sleep=lambda _: None,
        )
        vars(edge.runtime)["language_model"] = model
        yield started
        model.close()


@pytest.fixture
def shop(edge: Edge) -> tuple[UUID, UUID]:
    """A business that sold two coffees in April, and its owner."""
    business_id, user_id = edge.given_member(name="CANARIO Café")
    coffee = edge.factory.insert_product(business_id, "CANARIO solo")
    edge.factory.insert_order(business_id, [Line(coffee, 2, 10)], ordered_at=datetime(2026, 4, 4, 12, tzinfo=UTC))
    return business_id, user_id


@pytest.fixture
def ask(edge: Edge, shop: tuple[UUID, UUID]) -> Ask:
    def ask(query: str, **headers: str) -> Answer:
        business_id, user_id = shop
        body = {"query": query, "business_id": str(business_id), "as_of": "2026-05-31T12:00:00"}
        token = edge.issuer.token(user_id)
        return call(handler, http_event("/api/v1/ai/query", body, token=token, headers=headers))

    return ask


def named(collector: Collector, name: str) -> list[ReceivedSpan]:
    return [span for span in collector.spans if span.name == name]


def test_a_question_is_one_tree(collector: Collector, ask: Ask) -> None:
    assert ask(APRIL).status == 200
    assert collector.tree().split("\n") == [
        "POST /api/v1/ai/query",
        "  authentication",
        "  admission",
        "    TRANSACTION",
        "      CONNECT",
        "  READ TRANSACTION",
        "    plan by rules",
        "    facts",
        "  words",
        "    number check",
        "  write",
        "    TRANSACTION",
    ]
    (reading,) = named(collector, "READ TRANSACTION")
    assert reading.kind == "CLIENT"
    assert 2 <= reading.attributes["cafe_ai.db.round_trips"] < 20  # type: ignore[operator]


def test_what_the_model_was_asked_is_told_by_its_name_and_tokens(
    collector: Collector, server: OpenAIServer, ask: Ask
) -> None:
    answer = ask(NOT_BY_RULES)
    assert answer.body["tokens_used"] > 0
    tree = collector.tree().split("\n")
    assert tree[tree.index("  search") :] == [
        "  search",
        "    READ TRANSACTION",
        "  READ TRANSACTION",  # which model the type of business has
        "  READ TRANSACTION",  # examples to show it
        "  plan by model",
        "    chat gpt-6-luna",
        "  READ TRANSACTION",
        "    facts",
        "  words",
        "    chat gpt-6-luna",
        "    number check",
        "  write",
        "    TRANSACTION",
    ]
    planning, telling = named(collector, "chat gpt-6-luna")
    assert planning.kind == "CLIENT"
    assert planning.attributes.keys() == {
        "cafe_ai.attempts",
        "cafe_ai.cost_usd",
        "gen_ai.operation.name",
        "gen_ai.provider.name",
        "gen_ai.request.max_tokens",
        "gen_ai.request.model",
        "gen_ai.response.model",
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
    }
    used = sum(
        int(span.attributes[f"gen_ai.usage.{side}_tokens"])
        for span in (planning, telling)
        for side in ("input", "output")
    )
    assert used == answer.body["tokens_used"]


def test_a_model_that_fails_is_a_failed_span_of_a_request_that_did_not(
    collector: Collector, server: OpenAIServer, ask: Ask
) -> None:
    server.script("error_500")
    assert ask(NOT_BY_RULES).status == 200
    (asked,) = named(collector, "chat gpt-6-luna")
    assert (asked.failed, asked.attributes["error.type"]) == (True, "ModelUnavailable")
    assert asked.attributes["cafe_ai.attempts"] in range(1, 5)
    (root,) = named(collector, "POST /api/v1/ai/query")
    assert (root.failed, root.attributes["cafe_ai.answer.degraded"]) == (False, True)


def test_nothing_that_anybody_said_or_is_called_is_in_a_trace(
    collector: Collector, server: OpenAIServer, ask: Ask, shop: tuple[UUID, UUID]
) -> None:
    server.script(planning="good", prose="invent")
    told: list[Any] = [
        ask(question, traceparent="CANARIO", tracestate="a=CANARIO").body for question in (APRIL, NOT_BY_RULES)
    ]
    sent = b"".join(collector.bodies).decode()
    assert len(collector.traces()) == 2
    for secret in ("CANARIO", "CANARI", "SELECT admit", "abril", "lluvias", *map(str, shop)):
        assert secret not in sent
    for answer in told:
        assert answer["response"][:20] not in sent
