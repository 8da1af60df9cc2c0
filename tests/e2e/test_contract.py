"""The API's contract through API Gateway, which decodes addresses and bodies in its own way.

What tests/contract does by hundreds, here by dozens, and the gateway's own answers.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit
from uuid import UUID

import psycopg
import pytest
import schemathesis
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi import checks

from infra.local.issuer import ensure_key, key_id_of
from infra.local.layout import PROJECT
from infra.local.tokens import make_token
from tests.support.factories import Factory
from tests.support.forgeries import ALL, Forger
from tests.support.local_stack import API, Stack
from tests.support.minimal_requests import Request, right_requests

pytestmark = pytest.mark.e2e

DOCUMENT = json.loads((PROJECT / "docs" / "openapi.json").read_text(encoding="utf-8"))
REQUESTS = right_requests(DOCUMENT)
CASES = 6
FROM_THE_GATEWAY = {"message": "Unauthorized"}
ON_EVERY_ROUTE = (
    "no header", "Basic", "good token as DPoP", "algorithm none", "HS256 with the public key as PEM", "RS384 by the issuer's key",
    "RS256 by another key under the issuer's key id", "unknown key id", "jku", "expired", "not yet valid", "wrong audience",
    "wrong issuer", "no subject", "subject is no UUID", "stripped signature", "truncated signature", "another user",
)  # fmt: skip

schema = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {one.ok().label: one.ok() for one in schema.get_all_operations()}


@pytest.fixture(scope="module")
def shop(stack: Stack) -> Iterator[tuple[UUID, Factory]]:
    """A business of these tests' own, without a sale, so that the sample business stays as it is."""
    with psycopg.connect(stack.state.dsn_saas, autocommit=True) as connection:
        factory = Factory(connection)
        yield factory.insert_business(), factory


@pytest.fixture(scope="module")
def forger(stack: Stack) -> Forger:
    """Knows the local issuer's key, for the tokens that the issuer would have to sign."""
    pem = ensure_key(Path(stack.state.signing_keys)).read_bytes()
    key = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return Forger(stack.state.issuer, stack.state.audience, key_id_of(pem), key, UUID(int=7))


def send(stack: Stack, method: str, target: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    """A request whose address goes out as it stands; its path is below the API's base."""
    address = urlsplit(stack.state.base_url)
    connection = http.client.HTTPConnection(address.netloc, timeout=40)
    try:
        connection.request(method, address.path + target, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.label)
def test_no_forged_token_passes_on_any_route(stack: Stack, forger: Forger, request_: Request) -> None:
    for name in ON_EVERY_ROUTE:
        authorization = ALL[name](forger)
        headers = {} if authorization is None else {"Authorization": authorization}
        body = None if request_.body is None else json.dumps(request_.body).encode()
        status, answer = send(stack, request_.method, quote(request_.path), body, **headers)
        assert status == 401, name
        found = json.loads(answer)
        assert found == FROM_THE_GATEWAY or found["code"] == "unauthorized", name
    status, _ = send(stack, request_.method, quote(request_.path), Authorization=f"Bearer {forger.good}")
    assert status != 401


@pytest.mark.parametrize("claim", ["true", 1])
def test_a_claim_that_is_not_true_makes_no_operator(stack: Stack, forger: Forger, claim: object) -> None:
    token = forger.signed({"operator": claim})
    assert send(stack, "GET", f"{API}/metrics", Authorization=f"Bearer {token}")[0] == 403


@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_one_that_is_declared(stack: Stack, shop: tuple[UUID, Factory], label: str) -> None:
    business, factory = shop
    user = factory.insert_membership(business, role="manager")  # with a rate limit of its own
    headers = {"Authorization": f"Bearer {make_token(stack.state, user)}"}
    operation = OPERATIONS[label]

    @settings(
        max_examples=CASES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def right(case: Case) -> None:
        for values in (case.query, case.body):
            if isinstance(values, dict) and values.get("business_id"):
                values["business_id"] = str(business)
        check(case)

    @settings(
        max_examples=CASES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def wrong(case: Case) -> None:
        check(case)

    def check(case: Case) -> None:
        response = case.call(base_url=stack.state.base_url, headers=headers, timeout=40)
        assert response.status_code in (503, *range(500)), (
            response.text
        )  # a cold function on a busy machine may be late
        case.validate_response(
            response,
            checks=[
                checks.status_code_conformance,
                checks.content_type_conformance,
                checks.response_schema_conformance,
            ],
        )

    right()
    wrong()


ADDRESSES = {
    f"{API}/documents?business_id=SHOP&q=%00": {200},
    f"{API}/documents?business_id=SHOP&q=a%00b": {200},
    f"{API}/documents?business_id=SHOP&q=%FF%FE": {200},
    f"{API}/documents?business_id=SHOP&q=%C3%B1%20%F0%9F%8D%B0": {200},
    f"{API}/documents?business_id=SHOP&q=+%2B%25": {200},
    f"{API}/documents?business_id=SHOP&limit=999999999999999999999999999999": {422},
    f"{API}/documents?business_id=SHOP&limit=5&limit=500": {422},
    f"{API}/documents?business_id=SHOP&unknown=1": {422},
    f"{API}/documents?business_id=%00": {422},
    f"{API}/documents?business_id=SHOP&business_id=": {422},
    f"{API}/jobs/%00": {422},
    f"{API}/jobs/%FF": {422},
    f"{API}/jobs/{'9' * 500}": {422},
    f"{API}/conversations?business_id=&assistant_type=": {200},
}
BODIES: dict[str, tuple[bytes, int]] = {
    "U+0000": (b'{"query":"a\\u0000b","business_id":"SHOP"}', 422),
    "half a surrogate pair": (b'{"query":"\\ud800","business_id":"SHOP"}', 422),
    "nested deeply": (b"[" * 200_000, 422),
    "a huge number": (b'{"query":' + b"9" * 5000 + b',"business_id":"SHOP"}', 422),
    "nothing": (b"", 422),
    "1 MiB": (b" " * (1024 * 1024 - 2) + b"{}", 422),
    "1 MiB and a byte": (b" " * (1024 * 1024 - 1) + b"{}", 413),
    "an accent": ('{"query":"¿Cuánto vendimos ayer? 🍰","business_id":"SHOP"}'.encode(), 200),
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_decoded_once(stack: Stack, shop: tuple[UUID, Factory], address: str) -> None:
    business, factory = shop
    token = make_token(stack.state, factory.insert_membership(business))
    status, answer = send(stack, "GET", address.replace("SHOP", str(business)), Authorization=f"Bearer {token}")
    assert status in ADDRESSES[address], answer


@pytest.mark.parametrize("case", BODIES)
def test_a_body_is_what_was_sent(stack: Stack, shop: tuple[UUID, Factory], case: str) -> None:
    business, factory = shop
    token = make_token(stack.state, factory.insert_membership(business))
    body, expected = BODIES[case]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    status, answer = send(stack, "POST", f"{API}/query", body.replace(b"SHOP", str(business).encode()), **headers)
    assert status == expected, answer


def test_bytes_that_are_no_text_do_no_harm(stack: Stack, shop: tuple[UUID, Factory]) -> None:
    """The emulator replaces them, where API Gateway may hand them on in base64: either way they are a question, or refused."""
    business, factory = shop
    token = make_token(stack.state, factory.insert_membership(business))
    body = b'{"query":"\xff","business_id":"' + str(business).encode() + b'"}'
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    assert send(stack, "POST", f"{API}/query", body, **headers)[0] in (200, 422)


@pytest.mark.parametrize("name", ["con espacio", "100%", "a+b", "ñandú 🍰", "%41", "a?b#c"])
def test_a_documents_id_comes_back_as_it_was_given(stack: Stack, shop: tuple[UUID, Factory], name: str) -> None:
    business, factory = shop
    token = make_token(stack.state, factory.insert_membership(business))
    target = f"{API}/documents/{quote(name, safe='')}?business_id={business}"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    status, answer = send(stack, "PUT", target, b'{"content": "Abrimos a las 8"}', **headers)
    assert (status, json.loads(answer)["id"]) == (200, name)
    assert send(stack, "DELETE", target, **headers) == (204, b"")


@pytest.mark.parametrize("method", ["PATCH", "PUT", "TRACE", "PROPFIND"])
def test_a_method_without_a_route_is_the_gateways_404(stack: Stack, method: str) -> None:
    status, _ = send(stack, method, f"{API}/query", Authorization=f"Bearer {stack.token()}")
    assert status == 404
