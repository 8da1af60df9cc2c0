"""What is remembered of a failure is forgotten before five seconds are over: a clock of the test's own says when."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from cafe_ai.errors import DependencyDown
from cafe_ai.llm import resting
from cafe_ai.model_routes import service as model_routes
from cafe_ai.platform import cache, vectors
from cafe_ai.platform.clock import Deadline
from cafe_ai.tenancy import tokens

RECOVERY_SECONDS = 5.0
NOBODY = "127.0.0.1:1"


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    stopped = SimpleNamespace(monotonic=clock.monotonic)
    monkeypatch.setattr(vectors, "time", stopped)
    monkeypatch.setattr(cache, "time", stopped)
    return clock


def test_every_pause_is_shorter_than_recovery_may_take() -> None:
    pauses = (
        vectors.PAUSE_SECONDS + vectors.CONNECT_SECONDS,
        cache.PAUSE_SECONDS + cache.CONNECT_SECONDS,
        resting.REST_SECONDS,
        tokens.SECONDS_BETWEEN_FETCHES,
        model_routes.SECONDS_TO_NEXT_TRY,
    )
    assert max(pauses) < RECOVERY_SECONDS


def test_a_vector_store_that_failed_is_asked_again_after_its_pause(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def call_within(seconds: float, call: Any) -> Any:
        asked.append(clock.now)
        raise ConnectionError

    monkeypatch.setattr(vectors, "call_within", call_within)
    store = vectors.VectorStore(f"http://{NOBODY}")
    began = clock.now
    while clock.now < began + RECOVERY_SECONDS:
        with pytest.raises(DependencyDown):
            store.query(uuid4(), "bucket", [1.0], 3, Deadline.after(60))
        clock.now += 0.25
    assert asked == [began, began + vectors.PAUSE_SECONDS]
    monkeypatch.setattr(vectors, "call_within", lambda seconds, call: [])
    clock.now = asked[-1] + vectors.PAUSE_SECONDS
    assert store.query(uuid4(), "bucket", [1.0], 3, Deadline.after(60)) == []


def test_a_cache_that_failed_is_asked_again_after_its_pause(clock: Clock) -> None:
    class Server:
        down = True

        def mget(self, keys: list[str]) -> list[bytes]:
            if self.down:
                raise ConnectionError
            return [b"1"] * len(keys)

    server, cached = Server(), cache.Cache(f"redis://{NOBODY}")
    vars(cached)["_client"] = server
    assert cached.get_many(["a"]) == [None]
    server.down = False
    assert cached.get_many(["a"]) == [None]
    clock.now += cache.PAUSE_SECONDS
    assert cached.get_many(["a"]) == [b"1"]
