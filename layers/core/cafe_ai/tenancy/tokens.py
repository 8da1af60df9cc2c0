"""Who is calling: bearer tokens (OIDC, RS256) checked against the issuer's published keys."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from cafe_ai.errors import DeadlineExceeded, DependencyDown, Unauthorized
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.tls import client_context
from cafe_ai.tenancy import signed
from cafe_ai.tenancy.model import SERVICE_USER

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

KEYS_LIVE_SECONDS = 600.0
SECONDS_BETWEEN_FETCHES = 3.0
FETCH_TIMEOUT_SECONDS = 3.0
MAX_KEY_SET_BYTES = 1_000_000
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
    connection = (
        HTTPSConnection(address.netloc, timeout=timeout, context=client_context())
        if address.scheme == "https"
        else HTTPConnection(address.netloc, timeout=timeout)
    )
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
        self._keys: dict[str | None, RSAPublicKey] = {}
        self._fetched_at = self._tried_at = float("-inf")

    def find(self, key_id: str | None, deadline: Deadline) -> RSAPublicKey:
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


def _signing_keys(key_set: Mapping[str, Any]) -> dict[str | None, RSAPublicKey]:
    keys: dict[str | None, RSAPublicKey] = {}
    for entry in key_set.get("keys", []):
        algorithm = entry.get("alg", signed.ALGORITHM)
        if entry.get("kty") == "RSA" and entry.get("use", "sig") == "sig" and algorithm == signed.ALGORITHM:
            with suppress(signed.TokenError):  # a broken key must not take the others with it
                keys[entry.get("kid")] = signed.public_key(entry)
    if not keys:
        raise ValueError("The key set has no RS256 key.")
    if len(keys) == 1:
        keys[None] = next(iter(keys.values()))
    return keys


def verify(token: str, keys: SigningKeys, *, issuer: str, audience: str, deadline: Deadline) -> Identity:
    """Who the token speaks for. Raises Unauthorized where it proves nothing, without saying which check it failed."""
    try:
        taken = signed.take_apart(token)
        signed.verify_signature(taken, keys.find(taken.header.get("kid"), deadline))
        signed.verify_claims(taken.claims, issuer=issuer, audience=audience, now=time.time())
        user_id = UUID(taken.claims["sub"])
    except (signed.TokenError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unauthorized from error
    if user_id == SERVICE_USER:
        raise Unauthorized
    return Identity(user_id, operator=taken.claims.get("operator") is True)
