"""Reading, erasing and rating one's own conversations, through the functions' own entry points."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from cafe_ai.audit import message, service
from cafe_ai.audit import repository as audit
from cafe_ai.audit.model import Inference
from cafe_ai.conversations.model import Turn
from cafe_ai.errors import DependencyDown
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from functions.api.conversations.handler import app as conversations_app
from functions.api.conversations.handler import handler as conversations
from functions.api.erasure.handler import app as erasure_app
from functions.api.erasure.handler import handler as erasure
from functions.api.feedback.handler import app as feedback_app
from functions.api.feedback.handler import handler as feedback
from tests.support.edge import Edge
from tests.support.gateway import Answer, call, http_event
from tests.support.inferences import MOMENT, a_turn, an_inference

PATH = "/api/v1/ai/conversations"
WORDS = ("prompt", "response", "plan", "error_message")

Say = Callable[..., tuple[Inference, Turn]]


@pytest.fixture
def say(edge: Edge) -> Say:
    """Writes a turn of a user about a business, as an answered question does."""

    def write(business_id: UUID, user_id: UUID, *, minute: int = 0, kind: str = "SALES_ANALYSIS") -> Any:
        inference = an_inference(user_id, business_id, timestamp=MOMENT + timedelta(minutes=minute))
        turn = a_turn(inference, assistant_type=kind)
        service.store(edge.runtime, inference, turn, Deadline.after(5))
        return inference, turn

    return write


def get(edge: Edge, user_id: UUID, **query: object) -> Answer:
    return call(conversations, http_event(PATH, method="GET", token=edge.issuer.token(user_id), query=query))


def delete(edge: Edge, user_id: UUID, conversation_id: UUID | str | None = None) -> Answer:
    path = PATH if conversation_id is None else f"{PATH}/{conversation_id}"
    return call(erasure, http_event(path, method="DELETE", token=edge.issuer.token(user_id)))


def rate(edge: Edge, user_id: UUID, conversation_id: UUID | str, **body: object) -> Answer:
    return call(feedback, http_event(f"{PATH}/{conversation_id}/feedback", body, token=edge.issuer.token(user_id)))


def audited(edge: Edge, inference: Inference) -> dict[str, Any]:
    [row] = [row for row in edge.rows("ai_audit_logs") if row["id"] == inference.id]
    return row


def ids(answer: Answer) -> list[str]:
    assert answer.status == 200
    return [conversation["id"] for conversation in answer.body]


# --- Reading -------------------------------------------------------------------------------------------------------


def test_a_conversation_is_shown_as_the_contract_has_it(edge: Edge, say: Say) -> None:
    business_id, user_id = edge.given_member()
    _, turn = say(business_id, user_id)
    answer = get(edge, user_id)
    assert answer.body == [
        {
            "id": str(turn.id),
            "user_id": str(user_id),
            "business_id": str(business_id),
            "assistant_type": "SALES_ANALYSIS",
            "prompt": turn.prompt,
            "response": turn.response,
            "tokens_used": 450,
            "response_time_ms": 890,
            "created_at": "2026-11-22T10:30:00Z",
        }
    ]
    assert answer.headers["ratelimit"].startswith('"user";r=99;')


def test_the_newest_come_first_by_pages(edge: Edge, say: Say) -> None:
    business_id, user_id = edge.given_member()
    written = [str(say(business_id, user_id, minute=minute)[1].id) for minute in (2, 0, 1, 3)]
    newest_first = [written[3], written[0], written[2], written[1]]
    assert ids(get(edge, user_id)) == newest_first
    assert ids(get(edge, user_id, limit=2)) == newest_first[:2]
    assert ids(get(edge, user_id, skip=1, limit=2)) == newest_first[1:3]
    assert ids(get(edge, user_id, skip=4)) == []


def test_they_are_narrowed_by_assistant_and_by_business(edge: Edge, say: Say) -> None:
    first, user_id = edge.given_member()
    second = edge.factory.insert_business()
    edge.factory.insert_membership(second, user_id)
    sales = str(say(first, user_id)[1].id)
    general = str(say(second, user_id, minute=1, kind="GENERAL_QUERY")[1].id)
    assert ids(get(edge, user_id, assistant_type="SALES_ANALYSIS")) == [sales]
    assert ids(get(edge, user_id, assistant_type="CUSTOMER_INSIGHT")) == []
    assert ids(get(edge, user_id, business_id=second)) == [general]
    assert ids(get(edge, user_id, assistant_type="", business_id="")) == [general, sales]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 501}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"skip": -1}, "skip"),
        ({"skip": 10**30}, "skip"),
        ({"assistant_type": "POETRY"}, "assistant_type"),
        ({"business_id": "1; DROP TABLE"}, "business_id"),
    ],
)
def test_parameters_out_of_range_are_named(edge: Edge, query: dict[str, object], field: str) -> None:
    answer = get(edge, uuid4(), **query)
    assert (answer.status, answer.fields) == (422, [field])


def test_without_a_limit_there_are_a_hundred_and_never_more_than_five_hundred(edge: Edge, say: Say) -> None:
    business_id, user_id = edge.given_member()
    for minute in range(101):
        say(business_id, user_id, minute=minute)
    assert len(ids(get(edge, user_id))) == 100
    assert len(ids(get(edge, user_id, limit=500))) == 101


def test_a_page_of_the_longest_texts_is_no_longer_than_a_function_may_answer(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    for minute in range(60):
        inference = an_inference(user_id, business_id, timestamp=MOMENT + timedelta(minutes=minute))
        turn = a_turn(inference, prompt="ñ" * 5_000, response="ñ" * 10_000)
        service.store(edge.runtime, inference, turn, Deadline.after(5))
    answer = get(edge, user_id, limit=500)
    first = ids(answer)
    assert 40 < len(first) < 60
    assert len(json.dumps(answer.text)) < 6_000_000
    rest = ids(get(edge, user_id, limit=500, skip=len(first)))
    assert len({*first, *rest}) == 60


def test_nobody_elses_are_shown(edge: Edge, say: Say) -> None:
    business_id, user_id = edge.given_member()
    colleague = edge.factory.insert_membership(business_id)
    say(business_id, colleague)
    assert ids(get(edge, user_id)) == ids(get(edge, user_id, business_id=business_id)) == []


def test_who_has_left_still_reads_and_erases_what_they_said(edge: Edge, say: Say) -> None:
    business_id, user_id = edge.given_member()
    inference, turn = say(business_id, user_id)
    edge.factory.act_for(business_id)
    edge.factory.connection.execute("DELETE FROM memberships WHERE user_id = %s", [user_id])
    assert ids(get(edge, user_id)) == [str(turn.id)]
    assert delete(edge, user_id, turn.id).status == 204
    assert audited(edge, inference)["prompt"] == ""


@pytest.mark.parametrize("token", [None, "nonsense"])
def test_without_a_valid_token_nothing_is_shown_or_erased(edge: Edge, token: str | None) -> None:
    event = {"token": token}
    assert call(conversations, http_event(PATH, method="GET", **event)).status == 401  # type: ignore[arg-type]
    assert call(erasure, http_event(PATH, method="DELETE", **event)).status == 401  # type: ignore[arg-type]
    rating = http_event(f"{PATH}/{uuid4()}/feedback", {"rating": "up"}, **event)  # type: ignore[arg-type]
    assert call(feedback, rating).status == 401


# --- Erasing -------------------------------------------------------------------------------------------------------


def test_an_erased_conversation_is_gone_and_its_audit_keeps_its_figures_alone(edge: Edge, say: Say) -> None:
    business_id, user_id = edge.given_member()
    inference, turn = say(business_id, user_id)
    other, kept = say(business_id, user_id, minute=1)
    before = audited(edge, inference)
    rate(edge, user_id, turn.id, rating="down", comment="No era eso")
    answer = delete(edge, user_id, turn.id)
    assert (answer.status, answer.text) == (204, "")
    assert ids(get(edge, user_id)) == [str(kept.id)]
    emptied = {"prompt": "", "response": "", "plan": None, "error_message": None}
    assert audited(edge, inference) == before | emptied
    assert audited(edge, other)["prompt"] == other.prompt
    [rating] = [row for row in edge.rows("ai_feedback") if row["user_id"] == user_id]
    assert (rating["rating"], rating["comment"]) == ("down", None)
    assert delete(edge, user_id, turn.id).status == 404


def test_all_is_erased_at_once_failed_questions_too_and_nobody_elses(edge: Edge, say: Say) -> None:
    business_id, user_id = edge.given_member()
    colleague = edge.factory.insert_membership(business_id)
    mine = [say(business_id, user_id, minute=minute)[0] for minute in range(3)]
    failed = an_inference(user_id, business_id, status="error", conversation_id=None, error_message="Bug: palabra")
    service.store(edge.runtime, failed, None, Deadline.after(5))
    theirs, turn = say(business_id, colleague)
    answer = delete(edge, user_id)
    assert (answer.status, answer.body) == (200, {"deleted": 3})
    assert ids(get(edge, user_id)) == []
    for inference in (*mine, failed):
        row = audited(edge, inference)
        assert [row[name] for name in WORDS] == ["", "", None, None]
        assert (row["tokens_used"], row["cost_usd"]) == (450, Decimal("0.000065"))
    assert audited(edge, theirs)["prompt"] == theirs.prompt
    assert ids(get(edge, colleague)) == [str(turn.id)]
    assert delete(edge, user_id).body == {"deleted": 0}


def test_anothers_conversation_is_not_there_to_erase(edge: Edge, say: Say) -> None:
    business_id, user_id = edge.given_member()
    inference, turn = say(business_id, edge.factory.insert_membership(business_id))
    for conversation_id in (turn.id, uuid4()):
        answer = delete(edge, user_id, conversation_id)
        assert (answer.status, answer.body["code"]) == (404, "conversation_not_found")
    assert audited(edge, inference)["prompt"] == inference.prompt
    assert delete(edge, user_id, "not-an-id").fields == ["conversation_id"]


@contextmanager
def database_away(edge: Edge) -> Iterator[None]:
    def transaction(*_: object, **__: object) -> None:
        raise DependencyDown("database")

    database = edge.runtime.database
    vars(edge.runtime)["database"] = SimpleNamespace(transaction=transaction)
    try:
        yield
    finally:
        vars(edge.runtime)["database"] = database


@pytest.mark.parametrize("everything", [True, False])
def test_what_waits_in_the_audit_queue_comes_in_without_its_words(edge: Edge, everything: bool) -> None:
    business_id, user_id = edge.given_member()
    inference = an_inference(user_id, business_id, error_message="palabra")
    turn = a_turn(inference)
    with database_away(edge):
        service.record(edge.runtime, inference, turn)
    answer = delete(edge, user_id, None if everything else turn.id)
    assert answer.status == (200 if everything else 404), "it is not there yet"
    for _ in range(2):
        service.store_message(edge.runtime, message.decode(edge.queue.messages[0]), Deadline.after(5))
    row = audited(edge, inference)
    assert [row[name] for name in WORDS] == ["", "", None, None]
    assert row["tokens_used"] == 450
    assert ids(get(edge, user_id)) == []


def test_what_was_written_and_waits_as_well_does_not_come_back(edge: Edge, say: Say) -> None:
    business_id, user_id = edge.given_member()
    inference, turn = say(business_id, user_id)
    with database_away(edge):
        service.record(edge.runtime, inference, turn)  # a commit whose confirmation got lost
    assert delete(edge, user_id, turn.id).status == 204
    service.store_message(edge.runtime, message.decode(edge.queue.messages[0]), Deadline.after(5))
    assert ids(get(edge, user_id)) == []
    assert audited(edge, inference)["response"] == ""


def test_what_is_being_written_while_it_is_erased_is_erased_too(edge: Edge, say: Say) -> None:
    """The erasure waits for the writer: none slips in between its look and its commit."""
    business_id, user_id = edge.given_member()
    inference, turn = say(business_id, user_id)
    late = an_inference(user_id, business_id, conversation_id=turn.id, timestamp=MOMENT)
    answers: list[Answer] = []
    eraser = threading.Thread(target=lambda: answers.append(delete(edge, user_id)))
    with closing(Database(edge.database.app)) as writer:
        with writer.transaction(business_id, user_id) as uow:
            audit.insert(uow, late)
            eraser.start()
            eraser.join(0.3)
            assert answers == [], "it waits"
        eraser.join(10)
    assert answers[0].body == {"deleted": 1}
    assert (audited(edge, inference)["prompt"], audited(edge, late)["prompt"]) == ("", "")


def test_what_is_said_after_an_erasure_is_kept(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    delete(edge, user_id)
    inference = an_inference(user_id, business_id, timestamp=datetime.now(UTC) + timedelta(seconds=1))
    service.store(edge.runtime, inference, a_turn(inference), Deadline.after(5))
    assert len(ids(get(edge, user_id))) == 1
    assert audited(edge, inference)["prompt"] == inference.prompt


def test_tombstones_of_what_never_was_have_an_end(edge: Edge) -> None:
    _, user_id = edge.given_member()
    with edge.runtime.database.transaction(None, user_id) as uow:
        for _ in range(1010):
            uow.connection.execute("SELECT erase_conversation(%s)", [uuid4()])
    assert sum(row["user_id"] == user_id for row in edge.rows("erasures")) == 1000


# --- Feedback ------------------------------------------------------------------------------------------------------


def test_an_answer_is_rated_and_rated_anew(edge: Edge, say: Say) -> None:
    business_id, user_id = edge.given_member()
    _, turn = say(business_id, user_id)
    first = rate(edge, user_id, turn.id, rating="down", comment="  No era eso ")
    assert first.status == 201
    assert first.body == {"conversation_id": str(turn.id), "rating": "down", "comment": "No era eso"}
    second = rate(edge, user_id, turn.id, rating="up")
    assert (second.status, second.body["comment"]) == (200, None)
    [row] = [row for row in edge.rows("ai_feedback") if row["conversation_id"] == turn.id]
    assert (row["rating"], row["comment"], row["first_rating"], row["business_id"]) == ("up", None, "down", business_id)


def test_anothers_answer_cannot_be_rated(edge: Edge, say: Say) -> None:
    business_id, user_id = edge.given_member()
    _, turn = say(business_id, edge.factory.insert_membership(business_id))
    for conversation_id in (turn.id, uuid4()):
        answer = rate(edge, user_id, conversation_id, rating="up")
        assert (answer.status, answer.body["code"]) == (404, "conversation_not_found")
    assert [row for row in edge.rows("ai_feedback") if row["conversation_id"] == turn.id] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "rating"),
        ({"rating": "meh"}, "rating"),
        ({"rating": "up", "comment": "a" * 2001}, "comment"),
        ({"rating": "up", "comment": "a\0b"}, "comment"),
        ({"rating": "up", "stars": 5}, "stars"),
    ],
)
def test_feedback_that_is_none_is_named(edge: Edge, body: dict[str, object], field: str) -> None:
    answer = rate(edge, uuid4(), uuid4(), **body)
    assert (answer.status, answer.fields) == (422, [field])


def test_the_contract_is_declared() -> None:
    one, feedback_path = f"{PATH}/{{conversation_id}}", f"{PATH}/{{conversation_id}}/feedback"
    for app, path, method in (
        (conversations_app, PATH, "get"),
        (erasure_app, PATH, "delete"),
        (erasure_app, one, "delete"),
        (feedback_app, feedback_path, "post"),
    ):
        responses = app.openapi()["paths"][path][method]["responses"]
        assert {"401", "422", "429", "503"} <= set(responses)
        assert path == PATH or "conversation_not_found" in responses["404"]["description"]
