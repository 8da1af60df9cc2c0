"""The vector store may die, and be lost: nobody notices but the operator, and the index heals."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.state import load
from tests.support.local_stack import Stack, run_stack

pytestmark = pytest.mark.e2e


def health(stack: Stack) -> tuple[int, str, str]:
    response = stack.call("GET", "/health")
    found = response.json()
    return response.status_code, found["status"], found["checks"]["vector_store"]["status"]


def search_by_meaning(stack: Stack, text: str) -> dict[str, Any]:
    """What a search finds once it uses the vector store again: one that has just failed is left alone for a moment."""
    for _ in range(20):
        found = stack.read("GET", "/documents", params={"business_id": stack.state.business_id, "q": text})
        if not found["degraded"]:
            return found
        time.sleep(0.5)
    pytest.fail("search goes on without the vector store, which has been back for ten seconds")


@pytest.fixture
def without_vector_store(stack: Stack) -> Iterator[Stack]:
    os.kill(load(stack.layout).processes["chroma"].pid, signal.SIGKILL)
    yield stack
    run_stack(stack.layout, "run", "--detach")


def test_all_is_well_and_the_capabilities_are_told(stack: Stack) -> None:
    assert health(stack) == (200, "ok", "ok")
    checks = stack.read("GET", "/health")["checks"]
    assert {checks[name]["status"] for name in ("database", "audit_queue", "index_queue")} == {"ok"}
    assert checks["language_model"]["status"] == "not_configured"
    assert stack.read("GET", "/capabilities")


def test_search_goes_on_without_it_and_the_index_heals(without_vector_store: Stack) -> None:
    stack = without_vector_store
    business = {"business_id": stack.state.business_id}
    found = stack.read("GET", "/documents", params={**business, "q": "contraseña de la wifi"})
    assert (found["degraded"], found["documents"][0]["id"]) == (True, "wifi")
    assert stack.ask("¿A qué hora abrís los domingos?")["sources"]
    recommended = stack.read("POST", "/recommend", params={**business, "query_text": "croissant"})
    assert recommended["similar_products"][0]["name"] == "Croissant de mantequilla"
    stack.read(
        "PUT", "/documents/hielo", params=business, json={"title": "Hielo", "content": "El hielo llega el martes."}
    )
    assert health(stack) == (200, "degraded", "down")

    shutil.rmtree(stack.layout.chroma)
    assert "The vector store had ended" in run_stack(stack.layout, "run", "--detach")
    assert health(stack) == (200, "ok", "ok")
    stack.await_index(invoking=True)
    found = search_by_meaning(stack, "cuándo llega el hielo")
    assert found["documents"][0]["id"] == "hielo"
    stack.read("DELETE", "/documents/hielo", params=business)


def test_the_index_is_rebuilt_with_one_command(stack: Stack) -> None:
    stack.await_index()
    ((documents,),) = stack.rows("SELECT count(*) FROM documents WHERE business_id = %s", stack.state.business_id)
    printed = run_stack(stack.layout, "rebuild-index", "--business", stack.state.business_id, module="infra.local.cli")
    assert f"{documents} documents were indexed." in printed
    stack.await_index()
