"""What generators seldom think of, at every place of every operation: never a 5xx, never an answer that is not declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from infra.local.sample_business import BUSINESS
from tests.contract.test_document import BY_ID, DOCUMENT, validator
from tests.support.gateway import http_event
from tests.support.minimal_requests import Request, right_requests
from tests.support.whole_api import WholeApi, answer_of

REQUESTS = right_requests(DOCUMENT)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND", "GET\r\nX: y", "")

VALUES = {  # as they stand in an address
    "U+0000": "%00",
    "a text with U+0000": "a%00b",
    "bytes that are no UTF-8": "%FF%FE",
    "UTF-8 cut short": "%C3",
    "half a surrogate pair": "%ED%A0%80",
    "overlong": "%C0%AF",
    "percent signs": "%25%2500%",
    "no escape": "%ZZ",
    "nothing": "",
    "blanks": "%20%09%0A",
    "a huge number": "9" * 5000,
    "a number beyond 64 bits": "18446744073709551616",
    "a negative number": "-1",
    "an exponent": "1e309",
    "NaN": "NaN",
    "digits of another script": quote("١٢٣"),
    "right to left": quote("\u202eabc\u202c"),
    "many accents": quote("e" + "\u0301" * 2000),
    "outside the BMP": quote("😀" * 200),
    "SQL": quote("'; DROP TABLE orders; --"),
    "a format": quote("%s{0}${jndi:ldap://x}"),
    "a path": "..%2F..%2Fetc%2Fpasswd",
    "a year that never was": "0000-00-00",
    "31 February": "2026-02-31",
    "a week": "2026-W47-1",
    "a list": "%5B1%2C2%5D",
    "an object": "%7B%22%24ne%22%3Anull%7D",
    "very long": "x" * 9000,
}
BODIES: dict[str, str | bytes] = {
    "nothing": "",
    "null": "null",
    "a list": "[]",
    "a text": '"x"',
    "a number": "1e999",
    "NaN": "NaN",
    "a number of 5,000 digits": '{"a": ' + "9" * 5000 + "}",
    "broken": '{"a":',
    "twice the same member": '{"query":"a","query":"b","rating":"up","rating":"down","kind":"x","content":"a","content":"b"}',
    "nested deeply": "[" * 100_000,
    "an object nested deeply": '{"params":' * 20_000 + "1" + "}" * 20_000,
    "no UTF-8": b"\xff\xfe\x00",
    "UTF-16": '{"query":"a"}'.encode("utf-16"),
    "a byte order mark": "\ufeff{}",
    "U+0000": "\0",
    "too large": " " * (1024 * 1024 + 1),
}
MEMBERS: dict[str, Any] = {
    "null": None,
    "true": True,
    "a number": 7,
    "a huge number": 10**400,
    "a huge float": 1e308,
    "nothing": "",
    "U+0000": "a\0b",
    "half a surrogate pair": "\ud800",
    "a text of 100,000": "x" * 100_000,
    "a list": [],
    "lists in lists": [[[[]]]],
    "an object": {"": {}},
    "an empty name": {"": ""},
    "U+0000 in a name": {"a\0": "b"},
    "half a pair in a name": {"\udfff": 1},
    "many members": {str(number): number for number in range(5000)},
}


def refined(request: Request, name: str, value: str) -> str:
    """The query string with that value at that place."""
    query = {key: quote(str(each)) for key, each in request.query.items()} | {name: value}
    return "&".join(f"{key}={each}" for key, each in query.items())


def variants(request: Request) -> Iterator[tuple[str, dict[str, Any]]]:
    """Events of the request that are wrong in one place, each with what is in which place."""
    operation = BY_ID[request.operation]
    right = {"method": request.method, "body": request.body, "query": request.query}
    for parameter in operation.get("parameters", ()):
        name = parameter["name"]
        if parameter["in"] == "query":
            for case, value in VALUES.items():
                yield f"{name}: {case}", {**right, "raw_query": refined(request, name, value)}
            twice = refined(request, name, f"{parameter.get('example', '')}&{name}=other")
            yield f"{name} twice", {**right, "raw_query": twice}
    for case in ("&&&", "=", "a=1", "%00=%00", "%FF", "?", "business_id", "x" * 5000):
        yield f"query {case[:10]}", {**right, "raw_query": case}
    for case, value in VALUES.items():
        header = value.replace("%", "") or " "
        yield f"key {case}", {**right, "headers": {"idempotency-key": header, "accept-language": header}}
    if request.body is not None:
        for case, raw in BODIES.items():
            yield f"body: {case}", {**right, "raw": raw}
        for kind in ("text/plain", "", "application/json; charset=latin-1", "application/json;;;", "a/b/c", "\0"):
            yield f"sent as {kind!r}", {**right, "headers": {"content-type": kind}}
        for name in (*request.body, "unknown"):
            for case, value in MEMBERS.items():
                yield f"body.{name}: {case}", {**right, "body": {**request.body, name: value}}


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.label)
def test_what_is_hard_to_take_is_answered_as_declared(api: WholeApi, request_: Request) -> None:
    declared = BY_ID[request_.operation]["responses"].keys()
    token = api.token("operator")
    for case, event in variants(request_):
        raw_query = event.pop("raw_query", None)
        sent = http_event(request_.path, token=token, **event)
        if raw_query is not None:
            sent["rawQueryString"] = raw_query
        answer = answer_of(api.invoke(sent))
        assert answer.status < 500, f"{case}: {answer.text[:300]}"
        assert str(answer.status) in declared, f"{case}: {answer.status} {answer.text[:300]}"
        if answer.status >= 400:
            validator("/components/schemas/Problem").validate(answer.body)
        if "U+0000" in case and case.startswith("body."):
            assert answer.status == 422, case
        if case == "body: too large":
            assert answer.status == 413


@pytest.mark.parametrize("path", sorted({path for path in DOCUMENT["paths"] if "{" in path}))
@pytest.mark.parametrize(
    "value", ["\0", "a\0b", "\ufffd", "\udcff", " ", "\n", "x" * 5000, "%", "😀", "..", "%00", "9" * 40]
)
def test_a_hard_path_is_answered_as_declared(api: WholeApi, path: str, value: str) -> None:
    address = path[: path.index("{")] + value + path[path.index("}") + 1 :]
    for method, operation in DOCUMENT["paths"][path].items():
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
        query = {"business_id": str(BUSINESS.id)} if "documents" in path else {}
        event = http_event(address, body, method=method.upper(), token=api.token(), query=query)
        answer = answer_of(api.invoke(event))
        assert str(answer.status) in operation["responses"], answer.text
        if answer.status >= 400:
            validator("/components/schemas/Problem").validate(answer.body)


@pytest.mark.parametrize("method", METHODS, ids=repr)
@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_a_method_that_an_address_does_not_have_is_405(api: WholeApi, path: str, method: str) -> None:
    """Where a function is asked directly: API Gateway has no such route, and answers 404 itself (tests/e2e)."""
    if method.lower() in DOCUMENT["paths"][path]:
        return
    answer = answer_of(api.invoke(http_event(path, method=method, token=api.token())))
    assert (answer.status, answer.body["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"]
