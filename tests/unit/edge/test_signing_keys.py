"""The cache of the issuer's keys, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from cafe_ai.errors import DeadlineExceeded, DependencyDown, Unauthorized
from cafe_ai.platform.clock import Deadline
from cafe_ai.tenancy.tokens import (
    KEYS_LIVE_SECONDS,
    SECONDS_BETWEEN_FETCHES,
    Identity,
    SigningKeys,
    fetch_json,
    verify,
)
from infra.local.postgres import free_port
from tests.support.issuer import AUDIENCE, Issuer, running_issuer

SOON = Deadline.after(3600)


@dataclass
class World:
    """An issuer that is fetched in memory, and the time."""

    issuer: Issuer = field(default_factory=lambda: Issuer(url="https://issuer.example"))
    now: float = 1000.0
    keys: SigningKeys = field(init=False)

    def __post_init__(self) -> None:
        self.keys = SigningKeys("https://issuer.example/jwks", self.fetch, lambda: self.now)

    def fetch(self, url: str, timeout: float) -> Mapping[str, Any]:
        self.issuer.requests += 1
        if self.issuer.down:
            raise TimeoutError
        return self.issuer.key_set()

    def verify(self, token: str | None = None) -> Identity:
        return verify(token or self.issuer.token(), self.keys, issuer=self.issuer.url, audience=AUDIENCE, deadline=SOON)


@pytest.fixture
def world() -> World:
    return World()


def test_a_rotated_key_is_picked_up(world: World) -> None:
    world.verify()
    world.issuer.rotate("second")
    world.now += SECONDS_BETWEEN_FETCHES
    world.verify()
    assert world.issuer.requests == 2


def test_a_withdrawn_key_is_no_longer_accepted_once_the_keys_are_old(world: World) -> None:
    withdrawn = world.issuer.token()
    world.verify(withdrawn)
    world.issuer.rotate("second")
    world.now += KEYS_LIVE_SECONDS + 1
    with pytest.raises(Unauthorized):
        world.verify(withdrawn)


def test_forged_key_ids_cannot_hammer_the_issuer(world: World) -> None:
    world.verify()
    for number in range(50):
        with pytest.raises(Unauthorized):
            world.verify(world.issuer.token(kid=f"forged-{number}"))
        world.now += 0.2
    assert world.issuer.requests <= 1 + 50 * 0.2 / SECONDS_BETWEEN_FETCHES
    world.verify()


def test_old_keys_serve_while_the_issuer_is_down(world: World) -> None:
    world.verify()
    world.issuer.down = True
    world.now += 100 * KEYS_LIVE_SECONDS
    world.verify()


def test_without_any_key_an_issuer_that_is_down_is_asked_again_only_after_a_while(world: World) -> None:
    world.issuer.down = True
    for _ in range(10):
        with pytest.raises(DependencyDown):
            world.verify()
    assert world.issuer.requests == 1
    world.issuer.down = False
    world.now += SECONDS_BETWEEN_FETCHES
    world.verify()


def test_a_new_key_while_the_issuer_is_down_is_its_outage_not_the_callers_fault(world: World) -> None:
    world.verify()
    world.issuer.rotate("second")
    world.issuer.down = True
    world.now += SECONDS_BETWEEN_FETCHES
    with pytest.raises(DependencyDown):
        world.verify()


@pytest.mark.parametrize(
    "key_set", [{}, {"keys": []}, {"keys": [{"kty": "EC", "kid": "x"}]}, {"keys": [{"kty": "RSA"}]}]
)
def test_a_key_set_without_a_usable_key_counts_as_an_outage(world: World, key_set: Mapping[str, Any]) -> None:
    keys = SigningKeys("https://issuer.example/jwks", lambda url, timeout: key_set)
    with pytest.raises(DependencyDown):
        keys.find("first", SOON)


def test_one_broken_key_does_not_take_the_others_with_it(world: World) -> None:
    published = world.issuer.key_set()["keys"]
    assert isinstance(published, list)
    keys = SigningKeys("https://x.example", lambda url, timeout: {"keys": [{"kty": "RSA", "kid": "bad"}, *published]})
    assert keys.find("first", SOON) == world.issuer.keys["first"].public_key()


def test_operator_is_only_who_the_claim_says_so_of(world: World) -> None:
    assert world.verify(world.issuer.token(operator=True)).operator
    assert not world.verify(world.issuer.token(operator="true")).operator
    assert not world.verify().operator


def test_keys_are_fetched_over_http() -> None:
    with running_issuer() as issuer:
        assert fetch_json(issuer.url + "/.well-known/jwks.json?v=1", 2) == issuer.key_set()
        assert fetch_json(issuer.url, 2) == issuer.key_set()
        issuer.down = True
        with pytest.raises(ValueError, match="503"):
            fetch_json(issuer.url, 2)


def test_nothing_listening_is_an_os_error() -> None:
    with pytest.raises(OSError, match="refused"):
        fetch_json(f"http://127.0.0.1:{free_port()}/jwks", 2)


def test_a_request_without_time_left_does_not_ask_the_issuer(world: World) -> None:
    with pytest.raises(DeadlineExceeded):
        world.keys.find("first", Deadline.after(0.1))
    assert world.issuer.requests == 0
