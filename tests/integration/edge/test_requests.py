"""What is wrong with a request is said with the field's name; what is wrong with the service is not said at all."""

from __future__ import annotations

import json
import re
import time
from uuid import UUID, uuid4

import pytest

from cafe_ai.http import Caller
from tests.support.edge import PATH, Edge
from tests.support.gateway import Answer, call, http_event

BUSINESS = str(uuid4())


def post(edge: Edge, raw: str | bytes, **event: object) -> Answer:
    return edge.send(raw=raw, token=edge.issuer.token(), **event)


def question(**changes: object) -> str:
    return json.dumps({"query": "hola", "business_id": BUSINESS, **changes})


BODIES: dict[str, tuple[str | bytes, list[str]]] = {
    "nothing": ("", ["body"]),
    "broken JSON": ('{"query": "hola",', ["body"]),
    "a list": ("[]", ["body"]),
    "a string": ('"hola"', ["body"]),
    "NaN": ("NaN", ["body"]),
    "invalid UTF-8": (b'{"query": "\xff"}', ["body"]),
    "UTF-8 cut short": (b'{"query": "\xc3', ["body"]),
    "nested too deeply": ("[" * 200_000, ["body"]),
    "a number that Python does not read": ('{"query": ' + "9" * 5000 + "}", ["body"]),
    "nested too deeply inside": ('{"query":' + '{"a":' * 100_000, ["body"]),
    "nothing in it": ("{}", ["query", "business_id"]),
    "no text": (question(query=None), ["query"]),
    "empty text": (question(query=""), ["query"]),
    "blank text": (question(query=" \n\t\u00a0 "), ["query"]),
    "text too long": (question(query="x" * 5001), ["query"]),
    "text that is a number": (question(query=5), ["query"]),
    "NaN for a text": (question(query="x").replace('"x"', "NaN"), ["query"]),
    "NUL in the text": (question(query="a\0b"), ["query"]),
    "half a surrogate pair": (question(query="\ud800"), ["query"]),
    "half a surrogate pair, raw": (question(query="x").replace("x", "\ud800"), ["query"]),
    "no UUID": (question(business_id="42"), ["business_id"]),
    "a number for a UUID": (question(business_id=42), ["business_id"]),
    "unknown assistant": (question(assistant_type="ORACLE"), ["assistant_type"]),
    "unknown language": (question(locale="fr"), ["locale"]),
    "conversation is no UUID": (question(conversation_id="last"), ["conversation_id"]),
    "moment is a number": (question(as_of=1700000000), ["as_of"]),
    "moment is no date": (question(as_of="yesterday"), ["as_of"]),
    "moment beyond reason": (question(as_of="9999-12-31T23:59:59"), ["as_of"]),
    "misspelt field": (question(asistant_type="SALES_ANALYSIS"), ["asistant_type"]),
    "several at once": (question(query="", business_id="x", locale=1), ["query", "business_id", "locale"]),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_malformed_body_is_422_naming_the_field(edge: Edge, case: str) -> None:
    raw, fields = BODIES[case]
    answer = post(edge, raw)
    assert answer.status == 422
    assert answer.fields == fields
    assert all(error["message"] for error in answer.body["errors"])


def test_a_body_in_base64_that_is_none_is_422(edge: Edge) -> None:
    event = http_event(PATH, token=edge.issuer.token())
    assert call(edge.handler, {**event, "body": "***", "isBase64Encoded": True}).fields == ["body"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_422_saying_which_is_meant(edge: Edge, content_type: str) -> None:
    answer = post(edge, question(), headers={"content-type": content_type})
    assert answer.status == 422
    assert answer.fields == ["body"]
    assert "application/json" in answer.text


def test_what_was_sent_is_not_repeated(edge: Edge) -> None:
    assert "mi-secreto" not in post(edge, question(business_id="mi-secreto", locale="mi-secreto")).text


def test_the_longest_question_and_every_option_pass(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    options = {
        "query": "ñ" * 5000,
        "assistant_type": "SALES_ANALYSIS",
        "conversation_id": str(uuid4()),
        "locale": "en",
        "as_of": "2010-11-15T10:00:00+00:00",
    }
    assert edge.ask(business_id, user_id, options).status == 200
    nothing_chosen = {"conversation_id": None, "locale": None, "as_of": None}
    assert edge.ask(business_id, user_id, nothing_chosen).status == 200


def test_a_body_of_one_mebibyte_is_read_and_one_byte_more_is_413(edge: Edge) -> None:
    padding = " " * (1024 * 1024 - len(question()))
    assert post(edge, question() + padding).status == 404  # read, and the business is unknown
    for body in (question() + padding + " ", (question() + padding + " ").encode()):
        answer = post(edge, body)
        assert (answer.status, answer.body["code"]) == (413, "payload_too_large")


def test_the_size_is_counted_in_bytes(edge: Edge) -> None:
    assert post(edge, question(query="x") + " " + "ñ" * (1024 * 1024 // 2)).status == 413


def test_an_unknown_address_is_a_problem_document(edge: Edge) -> None:
    answer = edge.send({}, path="/api/v1/ai/nothing", token=edge.issuer.token())
    assert (answer.status, answer.body["status"], answer.body["instance"]) == (404, 404, "/api/v1/ai/nothing")


def test_another_method_is_405_naming_the_right_one(edge: Edge) -> None:
    answer = edge.send(method="GET", token=edge.issuer.token())
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_problem_document_has_all_members_and_the_gateways_request_id(edge: Edge) -> None:
    answer = post(edge, "{}", request_id="gateway-request-1")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == "gateway-request-1"
    problem = answer.body
    assert {name: problem[name] for name in ("title", "status", "instance", "request_id")} == {
        "title": "Invalid request",
        "status": 422,
        "instance": PATH,
        "request_id": "gateway-request-1",
    }
    assert problem["type"].endswith(":invalid_request")
    assert problem["detail"]


def test_every_answer_has_a_request_id_also_without_a_gateway(edge: Edge) -> None:
    event = http_event(PATH, {}, token=edge.issuer.token())
    del event["requestContext"]["requestId"]
    assert UUID(call(edge.handler, event).headers["x-request-id"])


def test_a_parameter_that_is_none_of_the_operations_is_422_naming_it(edge: Edge) -> None:
    answer = post(edge, question(), query={"limt": 5, "query": "x"})
    assert (answer.status, answer.fields) == (422, ["limt", "query"])
    assert "5" not in answer.body["detail"]


@pytest.mark.parametrize("path", ["/api/v1/ai/\r\nñ 🍰%", "/api/v1/ai/\0", "/api/v1/ai/\udcff"])
def test_the_instance_of_a_problem_is_an_address(edge: Edge, path: str) -> None:
    answer = edge.send({}, path=path, token=edge.issuer.token())
    assert answer.status == 404
    assert re.fullmatch(r"/api/v1/ai/[A-Za-z0-9%?]+", answer.body["instance"])


def test_an_answer_without_a_body_has_no_content_type(edge: Edge) -> None:
    @edge.app.delete("/api/v1/ai/nothing-left", status_code=204)
    async def delete(caller: Caller) -> None:
        """Says nothing."""

    answer = edge.send(method="DELETE", path="/api/v1/ai/nothing-left", token=edge.issuer.token())
    assert (answer.status, answer.text) == (204, "")
    assert "content-type" not in answer.headers


def test_the_deadline_counts_from_the_gateway(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    edge.outcome[0] = lambda member: {"left": member.deadline.remaining()}
    body = {"query": "hola", "business_id": str(business_id)}

    def left(age_seconds: float) -> float:
        event = http_event(PATH, body, token=edge.issuer.token(user_id))
        event["requestContext"]["timeEpoch"] = int((time.time() - age_seconds) * 1000)
        return float(call(edge.handler, event).body["left"])

    assert 14 < left(10) <= 15
    assert 24 < left(-5) <= 25  # a clock that runs ahead
    assert 24 < left(3600) <= 25  # a sample event


def test_a_request_whose_time_is_over_is_503(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    event = http_event(PATH, {"query": "hola", "business_id": str(business_id)}, token=edge.issuer.token(user_id))
    event["requestContext"]["timeEpoch"] = int((time.time() - 27) * 1000)
    answer = call(edge.handler, event)
    assert (answer.status, answer.body["code"]) == (503, "deadline_exceeded")
    assert "retry-after" in answer.headers


def test_openapi_declares_every_error_with_the_problem_schema(edge: Edge) -> None:
    document = edge.app.openapi()
    operation = document["paths"][PATH]["post"]
    assert {"200", "401", "402", "403", "404", "413", "422", "429", "503"} <= set(operation["responses"])
    schema = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert all(response["content"] == schema for status, response in operation["responses"].items() if status != "200")
    assert set(document["components"]["schemas"]["Problem"]["required"]) <= set(post(edge, "{}").body)
    assert operation["security"] == [{"HTTPBearer": []}]
