"""Who is calling: every token that proves nothing is turned away with 401, whatever else is wrong with the request."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from tests.support.edge import Edge
from tests.support.issuer import Issuer, new_key


def unsigned(issuer: Issuer) -> str:
    header, payload, _ = issuer.token().split(".")
    nothing = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "first"}).encode()).rstrip(b"=").decode()
    assert header != nothing
    return f"{nothing}.{payload}."


def signed_with_the_public_key(issuer: Issuer) -> str:
    """HMAC with the published key as the secret: accepted by a check that lets the token choose its algorithm."""
    public = issuer.keys["first"].public_key()
    secret = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    header = {"alg": "HS256", "typ": "JWT", "kid": "first"}
    signing_input = b".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)
    )
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(signing_input, secret)
    return (signing_input + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


FORGERIES: dict[str, Callable[[Issuer], str | None]] = {
    "no token": lambda issuer: None,
    "empty": lambda issuer: "",
    "not a token": lambda issuer: "abc.def",
    "expired": lambda issuer: issuer.token(exp=int(time.time()) - 1),
    "not yet valid": lambda issuer: issuer.token(nbf=int(time.time()) + 60),
    "without expiry": lambda issuer: issuer.token(exp=None),
    "wrong issuer": lambda issuer: issuer.token(iss="https://elsewhere.example"),
    "without issuer": lambda issuer: issuer.token(iss=None),
    "wrong audience": lambda issuer: issuer.token(aud="another-service"),
    "without audience": lambda issuer: issuer.token(aud=None),
    "wrong signature": lambda issuer: issuer.token(key=new_key()),
    "unknown key": lambda issuer: issuer.token(key=new_key(), kid="forged"),
    "algorithm none": unsigned,
    "public key as HMAC secret": signed_with_the_public_key,
    "without subject": lambda issuer: issuer.token(sub=None),
    "subject is no UUID": lambda issuer: issuer.token("somebody"),
    "altered": lambda issuer: issuer.token()[:-6] + "AAAAAA",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_token_that_proves_nothing_is_401(edge: Edge, forgery: str) -> None:
    answer = edge.send({"query": "hola", "business_id": str(uuid4())}, token=FORGERIES[forgery](edge.issuer))
    assert answer.status == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.body["detail"] == "A valid bearer token is required."  # the same for all: it tells a forger nothing


@pytest.mark.parametrize("raw", ["{broken", b"\xff\xfe", '{"query": ""}', ""])
def test_401_comes_before_anything_is_said_of_the_body(edge: Edge, raw: str | bytes) -> None:
    assert edge.send(raw=raw).status == 401


@pytest.mark.parametrize("scheme", ["Basic ", "", "Token "])
def test_another_scheme_is_401(edge: Edge, scheme: str) -> None:
    business_id, user_id = edge.given_member()
    header = {"authorization": scheme + edge.issuer.token(user_id)}
    assert edge.ask(business_id, user_id, token=None, headers=header).status == 401


def test_a_good_token_is_let_in_with_any_spelling_of_bearer(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    header = {"authorization": "bearer " + edge.issuer.token(user_id)}
    assert edge.ask(business_id, user_id, token=None, headers=header).status == 200


def test_one_of_several_audiences_suffices(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    token = edge.issuer.token(user_id, aud=["another", edge.runtime.settings.jwt_audience])
    assert edge.ask(business_id, user_id, token=token).status == 200


def test_keys_are_fetched_once_for_many_requests(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    for _ in range(3):
        assert edge.ask(business_id, user_id).status == 200
    assert edge.issuer.requests == 1


def test_issuer_down_with_no_key_at_hand_is_503(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    edge.issuer.down = True
    answer = edge.ask(business_id, user_id)
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "issuer" not in answer.text


def test_issuer_down_with_its_keys_at_hand_goes_on(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    assert edge.ask(business_id, user_id).status == 200
    edge.issuer.down = True
    assert edge.ask(business_id, user_id).status == 200
