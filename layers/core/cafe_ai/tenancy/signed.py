"""Signed tokens: JSON Web Tokens in their compact form (RFC 7515, RFC 7519) with RS256 (RFC 7518, 3.3) and nothing else.

Over cryptography's RSA and not over PyJWT, whose import of everything else that it can verify (certificates, SSH keys, elliptic
curves) takes a tenth of a cold start. Wherever PyJWT and this module differ this one is the stricter: tests hold the one
against the other.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

ALGORITHM = "RS256"
LEAST_KEY_BITS = 2048  # RFC 7518, 3.3
MAX_CHARACTERS = 10_240  # API Gateway takes no more in all headers together
CLOCK_SKEW_SECONDS = 3600.0  # by which the issuer's clock may be ahead; only tokens of another day are meant
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")


class TokenError(ValueError):
    """The token, or the key, is not what it must be; the message says in which way, for a log and never for the caller."""


class Token(NamedTuple):
    """A token taken apart. Nothing of it is proven before its signature is verified."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes


def take_apart(text: str) -> Token:
    """The parts of a token whose header names RS256. Raises TokenError."""
    parts = text.split(".") if len(text) <= MAX_CHARACTERS else []
    if len(parts) != 3:
        raise TokenError("a token has three parts")
    header = _json(parts[0])
    if header.get("alg") != ALGORITHM:
        raise TokenError("the token names another algorithm")
    if "crit" in header or header.get("b64", True) is not True:
        raise TokenError("the token asks for an extension")
    return Token(header, _json(parts[1]), f"{parts[0]}.{parts[1]}".encode(), _bytes(parts[2]))


def verify_signature(token: Token, key: RSAPublicKey) -> None:
    """Raises TokenError where the key's owner did not sign the token."""
    try:
        key.verify(token.signature, token.signed, PKCS1v15(), SHA256())
    except InvalidSignature as error:
        raise TokenError("the signature is another's") from error


def verify_claims(claims: Mapping[str, Any], *, issuer: str, audience: str, now: float) -> None:
    """Raises TokenError where the token is another issuer's, for another service, or not valid at this moment (epoch, s)."""
    if claims.get("iss") != issuer:
        raise TokenError("another issuer")
    named = claims.get("aud")
    if audience not in ([named] if isinstance(named, str) else named if isinstance(named, list) else []):
        raise TokenError("another audience")
    if int(_moment(claims.get("exp"))) <= now:
        raise TokenError("expired")
    if "nbf" in claims and _moment(claims["nbf"]) > now:
        raise TokenError("not valid yet")
    if "iat" in claims and _moment(claims["iat"]) > now + CLOCK_SKEW_SECONDS:
        raise TokenError("issued in the future")


def public_key(published: Mapping[str, Any]) -> RSAPublicKey:
    """An RSA key as a key set has it (RFC 7517). Raises TokenError where it is none, or too short."""
    try:
        exponent, modulus = (int.from_bytes(_bytes(published[name])) for name in ("e", "n"))
        key = RSAPublicNumbers(exponent, modulus).public_key()
    except (KeyError, TypeError, ValueError) as error:
        raise TokenError("no RSA key") from error
    if key.key_size < LEAST_KEY_BITS:
        raise TokenError("the key is too short")
    return key


def _json(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(part))
    except (ValueError, RecursionError) as error:
        raise TokenError("no JSON") from error
    if not isinstance(found, dict):
        raise TokenError("no JSON object")
    return found


def _bytes(part: str) -> bytes:
    """base64url without padding, and without what Python's decoder passes over: other characters, and last bits that no byte
    needs."""
    if not isinstance(part, str) or not _BASE64URL.fullmatch(part):
        raise TokenError("no base64url")
    decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != part.encode():
        raise TokenError("base64url of nothing")
    return decoded


def _moment(value: object) -> float:
    """Seconds since the epoch; a fraction counts. NaN, infinity and what is no number are none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
        raise TokenError("no moment")
    return value
