"""Who is calling: bearer tokens (OIDC, RS256) checked against the issuer's published keys."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import jwt

from cafe_ai.errors import DeadlineExceeded, DependencyDown, Unauthorized
from cafe_ai.platform.clock import Deadline
from cafe_ai.tenancy.model import SERVICE_USER

ALGORITHMS = ["RS256"]  # pinned: a token cannot choose "none", or HMAC with the public key as its secret
CLAIMS = ["iss", "aud", "exp", "sub"]
KEYS_LIVE_SECONDS = 600.0
SECONDS_BETWEEN_FETCHES = 5.0
FETCH_TIMEOUT_SECONDS = 3.0
MAX_KEY_SET_BYTES = 1_000_000
MAX_TOKEN_CHARACTERS = 10_240  # API Gateway takes no more in all headers together
CLOCK_SKEW_SECONDS = 60.0  # by which the issuer's clock may be ahead
LATEST_MOMENT = 253_402_300_800  # the year 10000: what is beyond was never meant as a moment
COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")  # RFC 7515: without padding
LEAST_FETCH_SECONDS = 0.5  # with less left a fetch that fails would say nothing about the issuer

Fetch = Callable[[str, float], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Identity:
    """What a token proves: the user, and whether the user operates the service."""

    user_id: UUID
    operator: bool


def fetch_json(url: str, timeout: float) -> Mapping[str, Any]:
    """The JSON object at an address. Raises OSError or ValueError where there is none within the timeout (seconds).

    Without urllib, which prepares TLS (35 ms) also for an address that is plain http.
    """
    address = urlsplit(url)
    connect = HTTPSConnection if address.scheme == "https" else HTTPConnection
    connection = connect(address.netloc, timeout=timeout)
    try:
        connection.request("GET", urlunsplit(address._replace(scheme="", netloc="")) or "/")
        response = connection.getresponse()
        if response.status != HTTPStatus.OK:
            raise ValueError(f"The key set's address answered {response.status}.")
        return dict(json.loads(response.read(MAX_KEY_SET_BYTES)))
    except (HTTPException, TypeError) as error:
        raise ValueError("The address holds no JSON object.") from error
    finally:
        connection.close()


class SigningKeys:
    """The issuer's public keys by their id, fetched when they are first needed and again when they have grown old.

    An unknown key id fetches them again, so that rotated keys are picked up, but never twice within a few seconds, so
    that forged ids cannot hammer the issuer. While the issuer is down the keys at hand go on serving.
    """

    def __init__(self, url: str, fetch: Fetch = fetch_json, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._fetch = fetch
        self._monotonic = monotonic
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._fetched_at = self._tried_at = float("-inf")

    def find(self, key_id: str | None, deadline: Deadline) -> jwt.PyJWK:
        """The key with this id; without an id, the only key. Raises Unauthorized where the issuer has no such key,
        DependencyDown where the issuer cannot be asked, DeadlineExceeded where no time is left to ask."""
        now = self._monotonic()
        old = now - self._fetched_at > KEYS_LIVE_SECONDS
        if (old or key_id not in self._keys) and now - self._tried_at >= SECONDS_BETWEEN_FETCHES:
            self._refresh(now, deadline)
        if key := self._keys.get(key_id):
            return key
        if self._fetched_at < self._tried_at:
            raise DependencyDown("token issuer")
        raise Unauthorized

    def _refresh(self, now: float, deadline: Deadline) -> None:
        if deadline.remaining() < LEAST_FETCH_SECONDS:
            raise DeadlineExceeded
        self._tried_at = now
        try:
            keys = _signing_keys(self._fetch(self._url, deadline.at_most(FETCH_TIMEOUT_SECONDS)))
        except (OSError, ValueError) as error:
            if not self._keys:
                raise DependencyDown("token issuer") from error
            return
        self._keys = keys
        self._fetched_at = now


def _signing_keys(key_set: Mapping[str, Any]) -> dict[str | None, jwt.PyJWK]:
    keys: dict[str | None, jwt.PyJWK] = {}
    for entry in key_set.get("keys", []):
        if entry.get("kty") == "RSA" and entry.get("use", "sig") == "sig" and entry.get("alg", "RS256") in ALGORITHMS:
            with suppress(jwt.PyJWTError):  # a broken key must not take the others with it
                keys[entry.get("kid")] = jwt.PyJWK.from_dict(entry, algorithm="RS256")
    if not keys:
        raise ValueError("The key set has no RS256 key.")
    if len(keys) == 1:
        keys[None] = next(iter(keys.values()))
    return keys


def verify(token: str, keys: SigningKeys, *, issuer: str, audience: str, deadline: Deadline) -> Identity:
    """Who the token speaks for. Raises Unauthorized where it proves nothing, without saying which check it failed."""
    try:
        if len(token) > MAX_TOKEN_CHARACTERS or not COMPACT.fullmatch(token):
            raise Unauthorized
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise Unauthorized
        key = keys.find(header.get("kid"), deadline)
        claims = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            issuer=issuer,
            audience=audience,
            options={"require": CLAIMS, "verify_iat": False},
        )
        user_id = UUID(claims["sub"])
        if user_id == SERVICE_USER or not _is_dated_plausibly(claims):
            raise Unauthorized
        return Identity(user_id, operator=claims.get("operator") is True)
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
        raise Unauthorized from error


def _is_dated_plausibly(claims: Mapping[str, Any]) -> bool:
    """Whether all moments of the token are numbers, and it was not issued in the future. PyJWT takes "17" and Infinity, too."""
    moments = [claims[name] for name in ("exp", "nbf", "iat") if name in claims]
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in moments):
        return False
    latest_issue: float = time.time() + CLOCK_SKEW_SECONDS
    return all(0 <= each < LATEST_MOMENT for each in moments) and claims.get("iat", 0) <= latest_issue
