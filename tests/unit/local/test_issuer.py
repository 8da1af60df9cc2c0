"""The loopback issuer's tokens are checked against its JWKS, as any client would."""

from dataclasses import fields
from pathlib import Path
from uuid import UUID

import jwt
import pytest

from infra.local.issuer import AUDIENCE, ensure_key, jwks, rotate_key
from infra.local.state import State
from infra.local.tokens import make_token

USER = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@pytest.fixture
def state(tmp_path: Path) -> State:
    values = {field.name: "" for field in fields(State)}
    ensure_key(tmp_path)
    return State(**{**values, "issuer": "http://127.0.0.1:1", "audience": AUDIENCE, "signing_keys": str(tmp_path)})


def verify(token: str, keys: Path) -> dict[str, object]:
    published = jwt.PyJWKSet.from_dict(jwks(keys))
    key = published[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE, issuer="http://127.0.0.1:1")


def test_a_token_names_its_user(state: State, tmp_path: Path) -> None:
    claims = verify(make_token(state, USER), tmp_path)
    assert claims["sub"] == str(USER)
    assert "operator" not in claims


def test_an_operators_token_says_so(state: State, tmp_path: Path) -> None:
    assert verify(make_token(state, USER, operator=True), tmp_path)["operator"] is True


def test_negative_seconds_make_an_expired_token(state: State, tmp_path: Path) -> None:
    with pytest.raises(jwt.ExpiredSignatureError):
        verify(make_token(state, USER, seconds=-1), tmp_path)


def test_after_a_rotation_old_and_new_tokens_are_good(state: State, tmp_path: Path) -> None:
    old = make_token(state, USER)
    rotate_key(tmp_path)
    new = make_token(state, USER)
    assert jwt.get_unverified_header(old)["kid"] != jwt.get_unverified_header(new)["kid"]
    assert verify(old, tmp_path)["sub"] == verify(new, tmp_path)["sub"]


def test_no_private_part_is_published(state: State, tmp_path: Path) -> None:
    assert {"d", "p", "q"}.isdisjoint(jwks(tmp_path)["keys"][0])
