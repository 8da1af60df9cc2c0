"""Our HTTP edge around the same hello as `bare`, with a database that answers at once: what the edge itself takes.

/hello asks nothing of the caller, /known verifies a token (RS256), /mine also admits the user, by a canned answer. All three
log, measure and set the headers, as every function does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from cafe_ai import bootstrap
from cafe_ai.bootstrap import Runtime
from cafe_ai.http import Caller, create_app, declares, lambda_handler
from cafe_ai.settings import Settings
from cafe_ai.tenancy import repository
from cafe_ai.tenancy.model import Admission, RateLimit
from cafe_ai.tenancy.tokens import SigningKeys

ISSUER, AUDIENCE, USER = "https://issuer.example", "bench", "0199e1a0-0000-7000-8000-000000000001"
ADMITTED = Admission(True, None, None, None, RateLimit(100, 99, 0))


class CannedDatabase:
    """In the place of the database: transactions that reach nobody."""

    @contextmanager
    def transaction(self, *_: object, **__: object) -> Iterator[None]:
        """Nothing is begun and nothing committed."""
        yield None


def _token() -> tuple[str, dict[str, Any]]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims = {"sub": USER, "iss": ISSUER, "aud": AUDIENCE, "exp": int(time.time()) + 86_400}
    published = {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "bench", "alg": "RS256"}
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "bench"}), {"keys": [published]}


TOKEN, KEY_SET = _token()
SETTINGS = Settings(jwt_issuer=ISSUER, jwt_audience=AUDIENCE)
RUNTIME = Runtime.of(SETTINGS, database=CannedDatabase(), keys=SigningKeys(ISSUER, lambda url, timeout: KEY_SET))
bootstrap.build = lambda: RUNTIME
repository.admit = lambda *_, **__: ADMITTED  # type: ignore[assignment]

app = create_app()


@app.get("/hello", responses=declares(about="nobody"))
async def hello() -> dict[str, str]:
    """Says hello."""
    return {"message": "Hello World"}


@app.get("/known", responses=declares(about="nobody"))
async def known(caller: Caller) -> dict[str, str]:
    """Says hello to whoever has a token."""
    return {"message": "Hello World"}


@app.get("/mine", responses=declares(about="user"))
async def mine(caller: Caller) -> dict[str, str]:
    """Says hello to whoever may be told."""
    caller.admit_user("mine")
    return {"message": "Hello World"}


handler = lambda_handler(app)
