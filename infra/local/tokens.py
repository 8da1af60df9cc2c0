"""Tokens signed by the loopback issuer, as the SaaS's own identity provider would sign them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import jwt

from infra.local.issuer import ensure_key, key_id_of
from infra.local.state import State


def make_token(state: State, user_id: UUID | str, *, operator: bool = False, seconds: float = 3600) -> str:
    """A bearer token for the user that expires after `seconds`; negative seconds make one that has expired."""
    now = datetime.now(UTC)
    claims: dict[str, object] = {
        "iss": state.issuer,
        "aud": state.audience,
        "sub": str(user_id),
        "iat": now + timedelta(seconds=min(0.0, seconds) - 1),
        "exp": now + timedelta(seconds=seconds),
    }
    if operator:
        claims["operator"] = True
    pem = ensure_key(Path(state.signing_keys)).read_bytes()
    return jwt.encode(claims, pem, algorithm="RS256", headers={"kid": key_id_of(pem)})
