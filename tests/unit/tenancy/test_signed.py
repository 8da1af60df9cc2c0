"""Tokens taken apart and verified, held against PyJWT, which must accept whatever is accepted here."""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from cafe_ai.tenancy import signed

ISSUER, AUDIENCE = "https://issuer.example", "cafe-ai"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
NOW = int(time.time())
CLAIMS: dict[str, Any] = {"iss": ISSUER, "aud": AUDIENCE, "sub": "somebody", "exp": NOW + 6000}
MUTATIONS = 400


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def sign(header: Mapping[str, Any], claims: object) -> str:
    """A token with any header and any claims, truly signed."""
    text = f"{encoded(header)}.{encoded(claims)}"
    signature = RSAAlgorithm(RSAAlgorithm.SHA256).sign(text.encode(), KEY)
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def accepts(token: str) -> bool:
    try:
        taken = signed.take_apart(token)
        signed.verify_signature(taken, KEY.public_key())
        signed.verify_claims(taken.claims, issuer=ISSUER, audience=AUDIENCE, now=time.time())
    except ValueError:
        return False
    return True


def pyjwt_accepts(token: str) -> bool:
    options: Any = {"require": ["iss", "aud", "exp"], "verify_iat": False, "verify_sub": False, "verify_jti": False}
    try:
        jwt.decode(token, KEY.public_key(), algorithms=["RS256"], issuer=ISSUER, audience=AUDIENCE, options=options)
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
        return False
    return True


GOOD = sign({"alg": "RS256", "kid": "first"}, CLAIMS)


@pytest.mark.parametrize(
    "changes", [{}, {"aud": ["other", AUDIENCE]}, {"nbf": NOW - 1}, {"iat": NOW + 900}, {"exp": NOW + 6000.5}]
)
def test_a_good_token_is_accepted(changes: dict[str, Any]) -> None:
    token = sign({"alg": "RS256"}, CLAIMS | changes)
    assert accepts(token)
    assert pyjwt_accepts(token)


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": NOW - 1},
        {"exp": None},
        {"exp": str(NOW + 600)},
        {"exp": True},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"exp": [NOW + 600]},
        {"nbf": NOW + 6000},
        {"nbf": "now"},
        {"iss": ISSUER + "/"},
        {"iss": [ISSUER]},
        {"iss": None},
        {"aud": "cafe"},
        {"aud": AUDIENCE + "-2"},
        {"aud": {AUDIENCE: True}},
        {"aud": []},
        {"aud": None},
    ],
)
def test_claims_that_prove_nothing_are_refused(changes: dict[str, Any]) -> None:
    assert not accepts(sign({"alg": "RS256"}, CLAIMS | changes))


@pytest.mark.parametrize("claim", ["exp", "iss", "aud"])
def test_a_claim_that_is_missing_is_refused(claim: str) -> None:
    assert not accepts(sign({"alg": "RS256"}, {name: CLAIMS[name] for name in CLAIMS if name != claim}))


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "RS512"},
        {"alg": "rs256"},
        {"alg": ["RS256"]},
        {"alg": "RS256", "crit": ["exp"]},
        {"alg": "RS256", "b64": False},
    ],
)
def test_a_header_that_asks_for_anything_else_is_refused(header: dict[str, Any]) -> None:
    assert not accepts(sign(header, CLAIMS))


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        GOOD.rpartition(".")[0],
        GOOD.rpartition(".")[0] + ".",
        GOOD + ".",
        GOOD + "=",
        GOOD.replace(".", "=.", 1),
        " " + GOOD,
        GOOD + "\n",
        "é" + GOOD,
        encoded([1]) + "." + GOOD.partition(".")[2],
        sign({"alg": "RS256"}, [CLAIMS]),
        base64.urlsafe_b64encode(b"[" * 100_000).decode().rstrip("=") + "." + GOOD.partition(".")[2],
    ],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    assert not accepts(token)


def test_whatever_is_accepted_pyjwt_accepts_too() -> None:
    rng = random.Random(7)
    alphabet = "ABCxyz019-_.=+/ \n"
    for _ in range(MUTATIONS):
        at, kind = rng.randrange(len(GOOD)), rng.randrange(4)
        changed = rng.choice(alphabet)
        token = (
            GOOD[:at] + changed + GOOD[at + 1 :],
            GOOD[:at] + changed + GOOD[at:],
            GOOD[:at] + GOOD[at + 1 :],
            GOOD[:at],
        )[kind]
        assert pyjwt_accepts(token) or not accepts(token), token


def test_a_key_is_read_as_pyjwt_reads_it() -> None:
    published = RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    assert signed.public_key(published) == KEY.public_key()


@pytest.mark.parametrize(
    "published", [{}, {"e": "AQAB"}, {"e": "AQAB", "n": "!"}, {"e": 3, "n": 5}, {"e": "AQAB", "n": "AQAB"}]
)
def test_what_is_no_key_is_refused(published: dict[str, Any]) -> None:
    with pytest.raises(signed.TokenError):
        signed.public_key(published)


def test_a_key_that_is_too_short_is_refused() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    with pytest.raises(signed.TokenError, match="short"):
        signed.public_key(RSAAlgorithm.to_jwk(short, as_dict=True))
