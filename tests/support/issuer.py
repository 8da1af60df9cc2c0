"""A token issuer on loopback: RSA keys that can be rotated, a JWKS over HTTP, tokens of every kind."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

AUDIENCE = "cafe-ai-tests"


def new_key() -> rsa.RSAPrivateKey:
    """A new RSA key pair."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Issuer:
    """Signs tokens and publishes the keys to check them with. `requests` counts how often the keys were fetched."""

    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=lambda: {"first": new_key()})
    url: str = ""
    requests: int = 0
    down: bool = False

    def rotate(self, name: str) -> None:
        """Signs with a new key from now on; the old ones are no longer published."""
        self.keys = {name: new_key()}

    def token(
        self, user_id: UUID | str | None = None, *, key: rsa.RSAPrivateKey | None = None, **changes: object
    ) -> str:
        """A token of this user; `changes` replace claims (None leaves one out); `kid` replaces the key's id."""
        kid, signing_key = next(iter(self.keys.items()))
        now = int(time.time())
        claims: dict[str, object] = {
            "sub": str(user_id or uuid4()),
            "iss": self.url,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + 600,
        }
        header_kid = changes.pop("kid", kid)
        claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return jwt.encode(claims, key or signing_key, algorithm="RS256", headers={"kid": header_kid})

    def key_set(self) -> dict[str, object]:
        """The published keys."""
        return {"keys": [_published(kid, key) for kid, key in self.keys.items()]}


def _published(kid: str, key: rsa.RSAPrivateKey) -> dict[str, object]:
    return {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", "alg": "RS256"}


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """An issuer that answers on a free loopback port."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.requests += 1
            body = json.dumps(issuer.key_set()).encode()
            self.send_response(503 if issuer.down else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
