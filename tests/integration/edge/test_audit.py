"""Every inference is written once, with its conversation and its cost, also when the database was away for a while."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from cafe_ai.audit import AIAuditContext, log_ai_inference, message, service
from cafe_ai.audit.model import Inference
from cafe_ai.conversations import repository as conversations
from cafe_ai.conversations.model import Turn
from cafe_ai.errors import ConversationNotFound, DependencyDown
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import UnitOfWork
from functions.workers.audit_spool.handler import handler as audit_spool
from tests.support.edge import Edge
from tests.support.inferences import a_turn, an_inference

Written = Callable[[], list[dict[str, Any]]]
CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)


def answered(edge: Edge, **changes: Any) -> tuple[Inference, Turn]:
    business_id, user_id = edge.given_member()
    inference = an_inference(user_id, business_id, **changes)
    return inference, a_turn(inference)


def rows_of(edge: Edge, inference: Inference) -> list[dict[str, Any]]:
    return [row for row in edge.rows("ai_audit_logs") if row["id"] == inference.id]


def turns_of(edge: Edge, turn: Turn) -> list[dict[str, Any]]:
    return [row for row in edge.rows("ai_conversations") if row["id"] == turn.id]


def spent(edge: Edge, business_id: UUID | None) -> Decimal:
    return sum((row["spent_usd"] for row in edge.rows("budgets") if row["business_id"] == business_id), Decimal(0))


@contextmanager
def database_away(edge: Edge) -> Iterator[None]:
    """The database cannot be written inside."""

    def transaction(*_: object, **__: object) -> UnitOfWork:
        raise DependencyDown("database")

    database = edge.runtime.database
    vars(edge.runtime)["database"] = SimpleNamespace(transaction=transaction)
    try:
        yield
    finally:
        vars(edge.runtime)["database"] = database


def deliver(*bodies: str, receives: int = 1) -> list[str]:
    """Hands the messages to the audit worker, which were received so often by now; the ids of those that failed."""
    records = [
        {
            "messageId": f"m{number}",
            "receiptHandle": f"r{number}",
            "body": body,
            "attributes": {"ApproximateReceiveCount": str(receives)},
            "messageAttributes": {},
        }
        for number, body in enumerate(bodies)
    ]
    return [failed["itemIdentifier"] for failed in audit_spool({"Records": records}, CONTEXT)["batchItemFailures"]]


def test_an_answer_is_written_with_its_conversation_and_its_cost(edge: Edge) -> None:
    inference, turn = answered(edge)
    service.record(edge.runtime, inference, turn)
    [row] = rows_of(edge, inference)
    assert row == {name: getattr(inference, name) for name in Inference.__slots__}
    [row] = turns_of(edge, turn)
    assert row == {name: getattr(turn, name) for name in Turn.__slots__}
    assert spent(edge, inference.business_id) == inference.cost_usd
    assert edge.queue.messages == []


def test_an_answer_and_its_conversation_are_written_together_or_not_at_all(edge: Edge) -> None:
    inference, turn = answered(edge, status="nonsense")
    with pytest.raises(Exception, match="check constraint"):
        service.store(edge.runtime, inference, turn, Deadline.after(5))
    assert turns_of(edge, turn) == []


def test_texts_are_cut_to_what_is_kept(edge: Edge) -> None:
    inference, turn = answered(edge, prompt="a\0" * 6000, response="ñ" * 12_000 + "\ud800")
    service.record(edge.runtime, inference, turn)
    [row], [conversation] = rows_of(edge, inference), turns_of(edge, turn)
    assert row["prompt"] == conversation["prompt"] == "a" * 5000
    assert row["response"] == conversation["response"] == "ñ" * 10_000


def test_while_the_database_is_away_the_queue_keeps_it_and_the_worker_writes_it_once(edge: Edge) -> None:
    inference, turn = answered(edge)
    with database_away(edge):
        service.record(edge.runtime, inference, turn)
        [body] = edge.queue.messages
        assert deliver(body) == ["m0"]  # still away: it comes again
    assert rows_of(edge, inference) == []
    assert deliver(body, body) == []
    assert deliver(body) == []
    assert len(rows_of(edge, inference)) == len(turns_of(edge, turn)) == 1
    assert spent(edge, inference.business_id) == inference.cost_usd


def test_what_waits_for_the_database_comes_again_soon_and_ever_later(edge: Edge) -> None:
    inference, _ = answered(edge)
    body = message.encode(inference, None)
    waits = []
    for receives in (1, 2, 3, 4, 12):
        with database_away(edge):
            assert deliver(body, receives=receives) == ["m0"]
        waits.append(edge.queue.hidden["r0"])
    assert waits == [2, 4, 8, 16, 600]


def test_what_is_no_record_is_not_asked_for_again_sooner(edge: Edge) -> None:
    assert deliver("no record") == ["m0"]
    assert edge.queue.hidden == {}


def test_a_queue_that_hides_nothing_keeps_the_message_all_the_same(edge: Edge) -> None:
    inference, _ = answered(edge)
    edge.queue.down = True
    with database_away(edge):
        assert deliver(message.encode(inference, None)) == ["m0"]


def test_what_was_written_after_all_is_not_written_again(edge: Edge) -> None:
    inference, turn = answered(edge)
    service.record(edge.runtime, inference, turn)
    with database_away(edge):
        service.record(edge.runtime, inference, turn)  # a commit whose confirmation got lost
    assert deliver(*edge.queue.messages) == []
    assert len(rows_of(edge, inference)) == len(turns_of(edge, turn)) == 1
    assert spent(edge, inference.business_id) == inference.cost_usd


def test_one_bad_message_does_not_take_the_batch_with_it(edge: Edge) -> None:
    inference, turn = answered(edge)
    with database_away(edge):
        service.record(edge.runtime, inference, turn)
    assert deliver("not a message", *edge.queue.messages, '{"inference": {}}') == ["m0", "m2"]
    assert len(rows_of(edge, inference)) == 1


def test_a_message_is_logged_under_the_request_it_comes_from(written: Written, edge: Edge) -> None:
    said = {"correlation_id": {"stringValue": "request-1", "dataType": "String"}}
    bad = [
        {"messageId": "m1", "body": "x", "messageAttributes": said},
        {"messageId": "m2", "body": "x", "messageAttributes": {}},
    ]
    audit_spool({"Records": bad}, CONTEXT)
    assert [line["correlation_id"] for line in written() if "_aws" not in line] == ["request-1", "m2"]


def test_a_failure_the_database_itself_reports_is_kept_too(edge: Edge) -> None:
    inference, _ = answered(edge)
    stranger = a_turn(inference, business_id=uuid4())  # row-level security refuses it
    service.record(edge.runtime, inference, stranger)
    assert rows_of(edge, inference) == []
    assert len(edge.queue.messages) == 1


def test_with_the_queue_away_as_well_the_answer_still_goes_out(edge: Edge, written: Written) -> None:
    business_id, user_id = edge.given_member()
    inference = an_inference(user_id, business_id)
    turn = a_turn(inference)

    def answer_while_all_is_away(member: object) -> dict[str, str]:
        edge.queue.down = True
        with database_away(edge):
            service.record(edge.runtime, inference, turn)
        return {"response": "Vendiste 5 €."}

    edge.outcome[0] = answer_while_all_is_away
    answer = edge.ask(business_id, user_id)
    assert (answer.status, answer.body) == (200, {"response": "Vendiste 5 €."})
    documents = written()
    [lost] = [line for line in documents if line.get("message") == "The audit is lost"]
    assert (lost["inference"], lost["conversation"]) == (str(inference.id), str(turn.id))
    [metrics] = [line for line in documents if "_aws" in line]
    assert metrics["AuditLost"] == 1
    assert (metrics["Tokens"], metrics["CostUsd"], metrics["model"]) == (450, 0.000065, "gpt-6-luna")


def test_a_plan_too_long_for_a_message_is_left_out_rather_than_the_audit(edge: Edge) -> None:
    inference, turn = answered(edge, plan={"metrics": ["x" * 300_000]})
    with database_away(edge):
        service.record(edge.runtime, inference, turn)
    assert json.loads(edge.queue.messages[0])["inference"]["plan"] is None
    assert deliver(*edge.queue.messages) == []
    assert len(turns_of(edge, turn)) == 1


def test_log_ai_inference_writes_a_row(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    inference_id = log_ai_inference(
        user_id=str(user_id),
        business_id=str(business_id),
        model_name="gpt-6-luna",
        prompt="¿Qué recomiendas?",
        response="Promociona el café helado.",
        tokens_used=450,
        response_time_ms=890,
        endpoint="/api/v1/ai/recommend",
        status="success",
    )
    [row] = [row for row in edge.rows("ai_audit_logs") if row["id"] == inference_id]
    assert (row["user_id"], row["business_id"], row["tokens_used"]) == (user_id, business_id, 450)


def test_audit_context_writes_on_leaving(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    with AIAuditContext(user_id=user_id, business_id=business_id) as ctx:
        ctx.prompt = "hola"
        ctx.response = "adiós"
        ctx.tokens_used = 450
    [row] = [row for row in edge.rows("ai_audit_logs") if row["user_id"] == user_id]
    assert (row["prompt"], row["response"], row["tokens_used"], row["status"]) == ("hola", "adiós", 450, "success")


def test_audit_context_writes_after_an_exception_too_and_lets_it_through(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    with pytest.raises(ZeroDivisionError), AIAuditContext(user_id=user_id, business_id=business_id) as ctx:
        ctx.prompt = "hola"
        raise ZeroDivisionError
    [row] = [row for row in edge.rows("ai_audit_logs") if row["user_id"] == user_id]
    assert (row["prompt"], row["status"], row["error_message"]) == ("hola", "error", "ZeroDivisionError: ")


def test_an_inference_of_nobody_is_written(edge: Edge) -> None:
    inference = an_inference(None, None)
    service.record(edge.runtime, inference)
    assert len(rows_of(edge, inference)) == 1


def test_a_turn_is_found_by_its_user_in_its_business_alone(edge: Edge) -> None:
    inference, turn = answered(edge)
    service.record(edge.runtime, inference, turn)
    other_business, other_user = edge.given_member()

    def get(business_id: UUID, user_id: UUID) -> Turn:
        with edge.runtime.database.transaction(business_id, user_id) as uow:
            return conversations.get_turn(uow, turn.id)

    assert get(turn.business_id, turn.user_id) == turn
    for business_id, user_id in ((turn.business_id, other_user), (other_business, turn.user_id)):
        with pytest.raises(ConversationNotFound):
            get(business_id, user_id)
