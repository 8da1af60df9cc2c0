"""The caller's own conversations and what they cost: listed, rated and erased."""

import pytest

from tests.support.local_stack import Stack

pytestmark = pytest.mark.e2e


def test_conversations_are_listed_newest_first_and_counted(stack: Stack) -> None:
    questions = ["¿Cuántos pedidos hubo ayer?", "¿Cuál fue el ticket medio de la semana pasada?"]
    spoken = [stack.ask(question)["conversation_id"] for question in questions]
    listed = stack.read("GET", "/conversations", params={"limit": 2})
    assert [one["id"] for one in listed] == spoken[::-1]
    assert [one["prompt"] for one in listed] == questions[::-1]
    assert {(one["user_id"], one["business_id"]) for one in listed} == {(stack.state.owner_id, stack.state.business_id)}

    usage = stack.read("GET", "/usage-stats", params={"business_id": stack.state.business_id})
    ((audited,),) = stack.rows("SELECT count(*) FROM ai_conversations WHERE business_id = %s", stack.state.business_id)
    assert usage["total_conversations"] == audited == sum(usage["conversations_by_type"].values())
    assert usage["total_cost_usd"] == 0
    assert stack.read("GET", "/usage-stats")["total_conversations"] > 0


def test_an_answer_is_rated(stack: Stack) -> None:
    conversation = stack.ask("¿Cuántos pedidos hubo ayer?")["conversation_id"]
    rating = {"rating": "up", "comment": "Justo lo que buscaba"}
    assert stack.call("POST", f"/conversations/{conversation}/feedback", json=rating).is_success
    refused = stack.call("POST", f"/conversations/{conversation}/feedback", json={"rating": "meh"})
    assert refused.status_code == 422
    assert stack.call("POST", f"/conversations/{stack.state.owner_id}/feedback", json=rating).status_code == 404


def test_a_conversation_is_erased_and_its_figures_stay(stack: Stack) -> None:
    question = "¿Cuántas devoluciones hubo ayer?"
    conversation = stack.ask(question)["conversation_id"]
    assert stack.call("DELETE", f"/conversations/{conversation}", token=stack.token("manager")).status_code == 404
    assert stack.call("DELETE", f"/conversations/{conversation}").is_success
    assert conversation not in [one["id"] for one in stack.read("GET", "/conversations")]
    assert stack.rows("SELECT FROM ai_audit_logs WHERE prompt = %s", question) == []


def test_all_of_ones_own_is_erased_and_no_one_elses(stack: Stack) -> None:
    manager = stack.token("manager")
    asked = {"query": "¿Cuántos pedidos hubo ayer?", "business_id": stack.state.business_id}
    assert stack.post(asked, token=manager).status_code == 200
    mine = stack.ask("¿Cuántos pedidos hubo anteayer?")["conversation_id"]
    assert stack.call("DELETE", "/conversations", token=manager).is_success
    assert stack.read("GET", "/conversations", token=manager) == []
    assert mine in [one["id"] for one in stack.read("GET", "/conversations")]


def test_without_a_token_nothing_is_told(stack: Stack) -> None:
    assert stack.client.get("/api/v1/ai/conversations").status_code == 401
    assert stack.client.get("/api/v1/ai/usage-stats").status_code == 401
