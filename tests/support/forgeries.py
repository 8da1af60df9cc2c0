"""Ways to forge a token, or to send one wrongly: each gives the value of the Authorization header, None for no header.

A forger knows everything that is public: the issuer's address and keys, the audience, how our tokens look, and a good token of
his own. `Forger.good` is that one; what is made of it must not be let in.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from jwt.algorithms import HMACAlgorithm, RSAAlgorithm

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
EVIL = "https://evil.example"


def encoded(part: object) -> str:
    """A segment: bytes and text as they are, anything else as JSON."""
    raw = part if isinstance(part, bytes) else (part if isinstance(part, str) else json.dumps(part)).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Forger:
    """Signs with the issuer's key (`signed`), which stands for a token that the issuer would have to make, or with another."""

    issuer: str
    audience: str
    kid: str
    key: rsa.RSAPrivateKey
    user_id: UUID
    other: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    @property
    def header(self) -> dict[str, Any]:
        """The header of a good token."""
        return {"alg": "RS256", "typ": "JWT", "kid": self.kid}

    @property
    def claims(self) -> dict[str, Any]:
        """The claims of a good token."""
        now = int(time.time())
        return {"iss": self.issuer, "aud": self.audience, "sub": str(self.user_id), "iat": now, "exp": now + 600}

    @property
    def good(self) -> str:
        """A token that is let in."""
        return self.signed()

    @property
    def public(self) -> rsa.RSAPublicKey:
        """The key that the issuer publishes."""
        return self.key.public_key()

    def signed(
        self,
        claims: Mapping[str, Any] | str | None = None,
        header: Mapping[str, Any] | None = None,
        *,
        key: rsa.RSAPrivateKey | None = None,
        without: tuple[str, ...] = (),
    ) -> str:
        """A token with these claims changed, or the text in their place; and with these members of its header changed."""
        body = claims if isinstance(claims, str) else {**self.claims, **(claims or {})}
        if isinstance(body, dict):
            body = {name: value for name, value in body.items() if name not in without}
        signing_input = f"{encoded({**self.header, **(header or {})})}.{encoded(body)}"
        signature = (key or self.key).sign(signing_input.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signing_input}.{encoded(signature)}"

    def hmac(self, secret: bytes, algorithm: str = "HS256") -> str:
        """A token signed with a secret that everybody knows."""
        signing_input = f"{encoded({**self.header, 'alg': algorithm})}.{encoded(self.claims)}"
        signature = HMACAlgorithm(HMACAlgorithm.SHA256).sign(signing_input.encode(), secret)
        return f"{signing_input}.{encoded(signature)}"

    def with_header(self, **changes: Any) -> str:
        """The good token, its header altered and its signature kept."""
        _, payload, signature = self.good.split(".")
        return f"{encoded({**self.header, **changes})}.{payload}.{signature}"

    def with_claims(self, **changes: Any) -> str:
        """The good token, its claims altered and its signature kept."""
        header, _, signature = self.good.split(".")
        return f"{header}.{encoded({**self.claims, **changes})}.{signature}"


def _public_bytes(forger: Forger, encoding: serialization.Encoding) -> bytes:
    return forger.public.public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo)


def _unsigned(forger: Forger, algorithm: str) -> str:
    return f"{encoded({**forger.header, 'alg': algorithm})}.{encoded(forger.claims)}."


def _by_library(forger: Forger, algorithm: str) -> str:
    """Signed with the forger's own key in another algorithm, under the issuer's key id."""
    key = ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else forger.other
    return jwt.encode(forger.claims, key, algorithm=algorithm, headers={"kid": forger.kid})


def _rs384(forger: Forger) -> str:
    """Signed by the issuer's own key, in an algorithm that was not agreed."""
    return jwt.encode(forger.claims, forger.key, algorithm="RS384", headers={"kid": forger.kid})


def _pointing(forger: Forger, **members: Any) -> str:
    """Signed with the forger's key, with a header that says where that is to be found."""
    return forger.signed(header=members, key=forger.other)


def _jwk(forger: Forger) -> dict[str, Any]:
    return {**RSAAlgorithm.to_jwk(forger.other.public_key(), as_dict=True), "kid": forger.kid}


def _duplicated(forger: Forger) -> str:
    """The good token, its subject there a second time, and its signature kept."""
    header, _, signature = forger.good.split(".")
    twice = json.dumps(forger.claims)[:-1] + f', "sub": "{uuid4()}"}}'
    return f"{header}.{encoded(twice)}.{signature}"


def _last_bits(token: str) -> str:
    """The same signature, written with other last bits than base64 has."""
    return token[:-1] + ALPHABET[ALPHABET.index(token[-1]) ^ 1]


def _inside(token: str, character: str) -> str:
    """The token with a character in the middle of its signature, that a lax decoder leaves out."""
    return token[:-20] + character + token[-20:]


def _der(forger: Forger) -> str:
    return base64.b64encode(_public_bytes(forger, serialization.Encoding.DER)).decode()


def _numbers(forger: Forger) -> str:
    """The claims with an expiry that is no number, signed by the issuer's key."""
    return json.dumps(forger.claims)[:-1]


def bearer(make: Callable[[Forger], str]) -> Callable[[Forger], str | None]:
    """The header that carries the token."""
    return lambda forger: f"Bearer {make(forger)}"


SENT_WRONGLY: dict[str, Callable[[Forger], str | None]] = {
    "no header": lambda _: None,
    "empty header": lambda _: "",
    "only the scheme": lambda _: "Bearer",
    "only the scheme and a blank": lambda _: "Bearer ",
    "no scheme": lambda forger: forger.good,
    "Basic": lambda _: "Basic " + base64.b64encode(b"owner:secret").decode(),
    "good token as Basic": lambda forger: f"Basic {forger.good}",
    "good token as DPoP": lambda forger: f"DPoP {forger.good}",
    "good token as Bearertoken": lambda forger: f"Bearer{forger.good}",
    "two headers": lambda forger: f"Bearer {forger.good},Bearer {forger.good}",
    "good token and a bad one": lambda forger: f"Bearer {forger.good} Bearer abc.def.ghi",
    "good token in quotes": lambda forger: f'Bearer "{forger.good}"',
    "as a parameter": lambda forger: f"Bearer token={forger.good}",
}

FORGED: dict[str, Callable[[Forger], str]] = {
    "not a token": lambda _: "abc",
    "algorithm none": lambda forger: _unsigned(forger, "none"),
    "algorithm None": lambda forger: _unsigned(forger, "None"),
    "algorithm nOnE": lambda forger: _unsigned(forger, "nOnE"),
    "algorithm NONE with a signature": lambda forger: forger.with_header(alg="NONE"),
    "algorithm empty": lambda forger: forger.with_header(alg=""),
    "algorithm null": lambda forger: forger.with_header(alg=None),
    "algorithm in a list": lambda forger: forger.with_header(alg=["RS256"]),
    "no algorithm": lambda forger: f"{encoded({'typ': 'JWT', 'kid': forger.kid})}.{forger.good.partition('.')[2]}",
    "HS256 with the public key as PEM": lambda forger: forger.hmac(_public_bytes(forger, serialization.Encoding.PEM)),
    "HS256 with the public key as PEM, no last newline": lambda forger: forger.hmac(
        _public_bytes(forger, serialization.Encoding.PEM).strip()
    ),
    "HS256 with the public key as DER": lambda forger: forger.hmac(_public_bytes(forger, serialization.Encoding.DER)),
    "HS256 with the public key as JWK": lambda forger: forger.hmac(RSAAlgorithm.to_jwk(forger.public).encode()),
    "HS256 with the modulus": lambda forger: forger.hmac(forger.public.public_numbers().n.to_bytes(256)),
    "HS256 with an empty key": lambda forger: forger.hmac(b""),
    "HS256 called RS256": lambda forger: forger.hmac(_public_bytes(forger, serialization.Encoding.PEM), "RS256"),
    "RS384 by the issuer's key": _rs384,
    "PS256 under the issuer's key id": lambda forger: _by_library(forger, "PS256"),
    "ES256 under the issuer's key id": lambda forger: _by_library(forger, "ES256"),
    "RS256 by another key under the issuer's key id": lambda forger: forger.signed(key=forger.other),
    "no key id, another key": lambda forger: forger.signed(header={"kid": None}, key=forger.other),
    "unknown key id": lambda forger: forger.signed(header={"kid": "unknown"}, key=forger.other),
    "key id is a path": lambda forger: forger.signed(header={"kid": "../../../../dev/null"}, key=forger.other),
    "key id is SQL": lambda forger: forger.signed(header={"kid": "x' UNION SELECT 'key' --"}, key=forger.other),
    "key id is an address": lambda forger: forger.signed(header={"kid": f"{EVIL}/key"}, key=forger.other),
    "key id is an object": lambda forger: forger.signed(header={"kid": {"$ne": ""}}, key=forger.other),
    "key id is a list": lambda forger: forger.signed(header={"kid": [forger.kid]}, key=forger.other),
    "jku": lambda forger: _pointing(forger, jku=f"{EVIL}/jwks.json"),
    "jwk": lambda forger: _pointing(forger, jwk=_jwk(forger)),
    "jwk and its key id": lambda forger: _pointing(forger, jwk=_jwk(forger), kid="embedded"),
    "x5u": lambda forger: _pointing(forger, x5u=f"{EVIL}/certificate.pem"),
    "x5c": lambda forger: _pointing(forger, x5c=[_der(forger)]),
    "crit that nobody knows": lambda forger: forger.signed(header={"crit": ["x"], "x": True}),
    "crit of what is known": lambda forger: forger.signed(header={"crit": ["exp"], "exp": 1}),
    "payload that is not encoded": lambda forger: forger.signed(header={"crit": ["b64"], "b64": False}),
    "expired": lambda forger: forger.signed({"exp": int(time.time()) - 1, "iat": int(time.time()) - 600}),
    "expires at the epoch": lambda forger: forger.signed({"exp": 0}),
    "expired before the epoch": lambda forger: forger.signed({"exp": -1}),
    "no expiry": lambda forger: forger.signed(without=("exp",)),
    "expiry null": lambda forger: forger.signed({"exp": None}),
    "expiry a text": lambda forger: forger.signed({"exp": str(int(time.time()) + 600)}),
    "expiry true": lambda forger: forger.signed({"exp": True}),
    "expiry a list": lambda forger: forger.signed({"exp": [int(time.time()) + 600]}),
    "expiry in milliseconds": lambda forger: forger.signed({"exp": int(time.time() * 1000) + 600_000_000_000_000}),
    "expiry 1e300": lambda forger: forger.signed({"exp": 1e300}),
    "expiry Infinity": lambda forger: forger.signed({"exp": float("inf")}),
    "expiry 1e400": lambda forger: forger.signed(_numbers(forger) + ', "exp": 1e400}'),
    "expiry NaN": lambda forger: forger.signed({"exp": float("nan")}),
    "not yet valid": lambda forger: forger.signed({"nbf": int(time.time()) + 300}),
    "not before a text": lambda forger: forger.signed({"nbf": "0"}),
    "issued far in the future": lambda forger: forger.signed({"iat": int(time.time()) + 86_400}),
    "issued at a text": lambda forger: forger.signed({"iat": "yesterday"}),
    "wrong audience": lambda forger: forger.signed({"aud": "another-service"}),
    "audiences without ours": lambda forger: forger.signed({"aud": ["one", "another"]}),
    "audience empty": lambda forger: forger.signed({"aud": []}),
    "audience an object": lambda forger: forger.signed({"aud": {forger.audience: True}}),
    "audience's beginning": lambda forger: forger.signed({"aud": forger.audience[:-1]}),
    "no audience": lambda forger: forger.signed(without=("aud",)),
    "wrong issuer": lambda forger: forger.signed({"iss": EVIL}),
    "issuer with a slash": lambda forger: forger.signed({"iss": forger.issuer + "/"}),
    "issuer in capitals": lambda forger: forger.signed({"iss": forger.issuer.upper()}),
    "issuer in a list": lambda forger: forger.signed({"iss": [forger.issuer]}),
    "no issuer": lambda forger: forger.signed(without=("iss",)),
    "no subject": lambda forger: forger.signed(without=("sub",)),
    "subject null": lambda forger: forger.signed({"sub": None}),
    "subject is no UUID": lambda forger: forger.signed({"sub": "somebody"}),
    "subject a number": lambda forger: forger.signed({"sub": 5}),
    "subject is the service": lambda forger: forger.signed({"sub": str(UUID(int=0))}),
    "subject is SQL": lambda forger: forger.signed({"sub": f"{forger.user_id}' OR true --"}),
    "claims a list": lambda forger: forger.signed("[]"),
    "claims a text": lambda forger: forger.signed('"sub"'),
    "claims no JSON": lambda forger: forger.signed("{"),
    "claims nested deeply": lambda forger: forger.signed('{"a":' * 1000 + "1" + "}" * 1000),
    "stripped signature": lambda forger: forger.good.rpartition(".")[0] + ".",
    "no signature": lambda forger: forger.good.rpartition(".")[0],
    "truncated signature": lambda forger: forger.good[:-40],
    "signature of another token": lambda forger: (
        f"{forger.signed({'sub': str(uuid4())}).rpartition('.')[0]}.{forger.good.rpartition('.')[2]}"
    ),
    "signature all zeros": lambda forger: f"{forger.good.rpartition('.')[0]}.{encoded(bytes(256))}",
    "signature's last bits": lambda forger: _last_bits(forger.good),
    "another user": lambda forger: forger.with_claims(sub=str(uuid4())),
    "made an operator": lambda forger: forger.with_claims(operator=True),
    "header altered": lambda forger: forger.with_header(typ="jwt"),
    "claims there twice": _duplicated,
    "a fourth segment": lambda forger: forger.good + ".e30",
    "an empty fourth segment": lambda forger: forger.good + ".",
    "five segments, as encrypted": lambda forger: f"{encoded({'alg': 'RSA-OAEP', 'enc': 'A256GCM'})}.a.b.c.d",
    "five segments of a good one": lambda forger: forger.good + ".e30.e30",
    "a blank inside": lambda forger: _inside(forger.good, " "),
    "a newline inside": lambda forger: _inside(forger.good, "\n"),
    "U+0000 inside": lambda forger: _inside(forger.good, "\0"),
    "U+0000 after it": lambda forger: forger.good + "\0",
    "another character inside": lambda forger: _inside(forger.good, "!"),
    "a letter that is none of ASCII": lambda forger: _inside(forger.good, "ñ"),
    "padded": lambda forger: forger.good + "==",
    "100 KB": lambda forger: forger.signed({"more": "x" * 75_000}),
    "100 KB of nothing": lambda _: "a" * 100_000,
    "1,000 segments": lambda _: ".".join("a" * 1000),
}

ALL = {**SENT_WRONGLY, **{name: bearer(make) for name, make in FORGED.items()}}
