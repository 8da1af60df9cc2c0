"""The same stack with a language model and embeddings behind an OpenAI-compatible API, scripted: it answers, fails, and goes."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from infra.local.state import load, read_state
from tests.support import local_jobs as jobs
from tests.support.local_stack import Stack, run_stack
from tests.support.openai_server import OpenAIServer

pytestmark = pytest.mark.e2e

EMBEDDING_MODEL = "text-embedding-3-small"
SALES = "¿Cuáles fueron las ventas del último mes?"


@pytest.fixture(scope="module")
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


@pytest.fixture(scope="module")
def scripted(stack: Stack, server: OpenAIServer) -> Iterator[Stack]:
    """The stack, started again on the same data with the API's settings; afterwards without them, for the others."""
    settings = {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": server.url, "EMBEDDING_MODEL": EMBEDDING_MODEL}
    run_stack(stack.layout, "stop")
    try:
        run_stack(stack.layout, "run", "--detach", settings=settings)
        state = read_state(stack.layout)
        assert state is not None
        yield replace(stack, state=state)
    finally:
        run_stack(stack.layout, "stop")
        run_stack(stack.layout, "run", "--detach")


@pytest.fixture
def business(scripted: Stack) -> dict[str, Any]:
    return {"business_id": scripted.state.business_id}


@pytest.fixture(autouse=True)
def behaves_again(server: OpenAIServer) -> Iterator[None]:
    yield
    server.script("good")


def find(stack: Stack, business: dict[str, Any], words: str) -> str:
    first: str = stack.read("GET", "/documents", params={**business, "q": words})["documents"][0]["id"]
    return first


def test_the_model_plans_and_writes_and_is_paid_for(scripted: Stack, server: OpenAIServer) -> None:
    answer = scripted.ask(SALES)
    assert server.requests[-1].headers["authorization"] == "Bearer test"
    assert (answer["degraded"], answer["verified"]) == (False, True)
    assert answer["model_name"] == server.requests[-1].body["model"]
    assert answer["tokens_used"] > 0
    assert answer["cost_usd"] > 0
    assert scripted.read("GET", "/health")["checks"]["language_model"]["status"] == "ok"


def test_another_model_of_embeddings_makes_another_index(scripted: Stack, business: dict[str, Any]) -> None:
    scripted.await_index(invoking=True)
    serving = scripted.rows("SELECT DISTINCT model FROM index_generations WHERE status = 'serving'")
    assert serving == [(EMBEDDING_MODEL,)]
    assert find(scripted, business, "Política de devoluciones") == "devoluciones"


def test_recommendations_are_written_by_the_model(scripted: Stack, business: dict[str, Any]) -> None:
    answer = scripted.read("POST", "/recommend", params={**business, "query_text": "croissant"})
    assert answer["similar_products"][0]["name"] == "Croissant de mantequilla"
    assert answer["recommendations"]


def test_an_analysis_and_a_report_are_told_by_the_model(
    scripted: Stack, business: dict[str, Any], server: OpenAIServer
) -> None:
    asked = len(server.requests)
    assert scripted.read("POST", "/sales-analysis", params=business)["insights"]
    assert len(server.requests) == asked + 1
    job = jobs.await_completed(scripted, jobs.start(scripted, "generate_sales_report", period="monthly"))
    assert len(server.requests) == asked + 2
    assert job["result"]["links"]
    told = scripted.rows("SELECT model_name, status, cost_usd > 0 FROM ai_audit_logs ORDER BY timestamp DESC LIMIT 2")
    assert told == [(server.requests[-1].body["model"], "success", True)] * 2


def test_a_model_that_fails_degrades_the_answer_and_no_more(
    scripted: Stack, business: dict[str, Any], server: OpenAIServer
) -> None:
    server.script("error_500")
    answer = scripted.ask(SALES)
    assert (answer["degraded"], answer["verified"]) == (True, True)
    assert scripted.read("POST", "/recommend", params=business)["similar_products"]
    assert scripted.read("POST", "/product-suggestions", params=business)["suggestions"]


def test_without_the_vector_store_too_everything_is_answered(scripted: Stack, business: dict[str, Any]) -> None:
    os.kill(load(scripted.layout).processes["chroma"].pid, signal.SIGKILL)
    assert find(scripted, business, "Política de devoluciones") == "devoluciones"
    assert scripted.ask("¿A qué hora abrís los domingos?")["response"]
    assert scripted.read("POST", "/recommend", params={**business, "query_text": "croissant"})["similar_products"]
