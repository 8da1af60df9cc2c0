"""When the service fails: nothing internal gets out, the failure is written, and the log says where to look."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import uuid4

import pytest

from cafe_ai import bootstrap
from cafe_ai.errors import ConversationNotFound, DeadlineExceeded, PermissionDenied
from cafe_ai.tenancy.model import Member
from tests.support.edge import Edge, build_edge
from tests.support.issuer import Issuer
from tests.support.postgres import create_template, running_server

Written = Callable[[], list[dict[str, Any]]]
SECRET = "SELECT hunter2 FROM passwords -- you are a helpful assistant"


def break_down(member: Member) -> Mapping[str, Any]:
    secret_of_the_house = SECRET
    raise RuntimeError(secret_of_the_house)


def failing(error: Exception) -> Any:
    def fail(member: Member) -> Mapping[str, Any]:
        raise error

    return fail


def test_a_bug_is_500_without_anything_internal(edge: Edge, written: Written) -> None:
    business_id, user_id = edge.given_member()
    edge.outcome[0] = break_down
    answer = edge.ask(business_id, user_id, request_id="the-request")
    assert answer.status == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body["request_id"] == "the-request"
    for word in ("hunter2", "SELECT", "RuntimeError", "Traceback", ".py", "helpful"):
        assert word not in answer.text + str(answer.headers)
    [failure] = [line for line in written() if line.get("level") == "ERROR"]
    assert failure["correlation_id"] == "the-request"
    assert failure["failure"][0]["type"] == "builtins.RuntimeError"
    assert "break_down" in failure["failure"][0]["stack"][-1]


def test_logs_hold_no_token_no_question_and_no_message_of_an_exception(
    edge: Edge, written: Written, caplog: pytest.LogCaptureFixture
) -> None:
    business_id, user_id = edge.given_member()
    edge.outcome[0] = break_down
    token = edge.issuer.token(user_id)
    edge.ask(business_id, user_id, {"query": "pregunta muy privada"}, token=token)
    edge.send(raw='{"query": "pregunta muy privada"', token=token)
    edge.send({"query": "pregunta muy privada", "business_id": "x"}, token=token + "x")
    lines = written()
    assert len(lines) > 4
    for secret in ("privada", token, token.split(".")[2], "hunter2", str(user_id)):
        assert secret not in json.dumps(lines, ensure_ascii=False) + caplog.text


def test_an_answer_that_does_not_fit_its_contract_is_a_500(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    edge.outcome[0] = lambda member: {"value": float("nan"), "object": object()}
    assert edge.ask(business_id, user_id).status == 500


@pytest.mark.parametrize(
    ("error", "status"),
    [(PermissionDenied(), 403), (ConversationNotFound(), 404), (ValueError("bug"), 500)],
)
def test_a_failed_inference_is_written(edge: Edge, error: Exception, status: int) -> None:
    business_id, user_id = edge.given_member()
    edge.outcome[0] = failing(error)
    answer = edge.ask(business_id, user_id, {"query": f"¿Qué pasa con {status}?"})
    assert answer.status == status
    [row] = [row for row in edge.rows("ai_audit_logs") if row["request_id"] == answer.body["request_id"]]
    assert (row["user_id"], row["business_id"], row["status"]) == (user_id, business_id, "error")
    assert row["prompt"] == f"¿Qué pasa con {status}?"
    assert row["error_message"].startswith(type(error).__name__)
    assert row["endpoint"] == "/api/v1/ai/ask"


def test_a_failure_for_want_of_time_goes_to_the_queue_at_once(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    edge.outcome[0] = failing(DeadlineExceeded())
    assert edge.ask(business_id, user_id).status == 503
    [message] = edge.queue.messages
    assert json.loads(message)["inference"]["error_message"].startswith("DeadlineExceeded")


def test_without_a_queue_it_is_written_all_the_same(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    vars(edge.runtime)["audit_queue"] = None
    edge.outcome[0] = failing(DeadlineExceeded())
    assert edge.ask(business_id, user_id).status == 503
    assert [row["status"] for row in edge.rows("ai_audit_logs") if row["user_id"] == user_id] == ["error"]


@pytest.mark.parametrize("known", [True, False])
def test_a_refused_inference_is_written_too(edge: Edge, known: bool) -> None:
    business_id = edge.given_member()[0] if known else uuid4()
    stranger = uuid4()
    assert edge.ask(business_id, stranger).status == (403 if known else 404)
    [row] = [row for row in edge.rows("ai_audit_logs") if row["user_id"] == stranger]
    assert (row["business_id"], row["status"]) == (business_id, "error")


def test_what_never_became_an_inference_is_not_written(edge: Edge) -> None:
    before = len(edge.rows("ai_audit_logs"))
    business_id, user_id = edge.given_member()
    edge.send({"query": "", "business_id": str(business_id)}, token=edge.issuer.token(user_id))
    edge.send({"query": "hola", "business_id": str(business_id)})
    for _ in range(101):
        last = edge.ask(business_id, user_id)
    assert last.status == 429
    assert len(edge.rows("ai_audit_logs")) == before


def test_metrics_name_endpoint_and_model_and_nobody(edge: Edge, written: Written) -> None:
    business_id, user_id = edge.given_member()
    edge.ask(business_id, user_id)
    edge.outcome[0] = break_down
    edge.ask(business_id, user_id)
    good, bad = [line for line in written() if "_aws" in line]
    [declared] = good["_aws"]["CloudWatchMetrics"]
    assert declared["Namespace"] == "CafeAI"
    assert declared["Dimensions"] == [["endpoint"], []]
    assert (good["endpoint"], good["model"]) == ("ask", "none")
    assert (good["Requests"], good["Errors"], bad["Errors"]) == (1, 0, 1)
    assert good["Latency"] > 0
    assert set(good) == {"_aws", "endpoint", "model"} | {metric["Name"] for metric in declared["Metrics"]}


@pytest.fixture
def lost_edge(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edge]:
    """An edge on a server of its own, which a test may stop."""
    with running_server() as server:
        built = build_edge(create_template(server), issuer)
        monkeypatch.setattr(bootstrap, "build", lambda: built.runtime)
        bootstrap.runtime.cache_clear()
        yield built
        bootstrap.runtime.cache_clear()
        built.factory.connection.close()


def test_a_stopped_database_is_503_in_time_and_the_failure_goes_to_the_queue(lost_edge: Edge) -> None:
    business_id, user_id = lost_edge.given_member()
    assert lost_edge.ask(business_id, user_id).status == 200
    lost_edge.database.server.stop()
    started = time.monotonic()
    answer = lost_edge.ask(business_id, user_id)
    assert time.monotonic() - started < 25
    assert (answer.status, answer.body["code"]) == (503, "dependency_down")
    assert int(answer.headers["retry-after"]) > 0
    for word in ("database", "postgres", "psycopg", "connection", "127.0.0.1"):
        assert word not in answer.text.lower()
    [message] = lost_edge.queue.messages
    assert json.loads(message)["inference"]["status"] == "error"
