"""Embeddings are made once for a text and a model: kept by Valkey where there is one, by PostgreSQL otherwise."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from cafe_ai.catalogue.embedder import embed_passages, embed_query
from cafe_ai.platform.cache import Cache, Recent
from cafe_ai.platform.clock import Deadline
from tests.integration.catalogue.conftest import Shelf
from tests.support.embeddings import LettersModel
from tests.support.valkey import Valkey, running_valkey

TEXTS = ["Tarta de queso", "Café solo", "Tarta de queso"]


@pytest.fixture(scope="module")
def valkey() -> Iterator[Valkey]:
    with running_valkey() as server:
        yield server


@pytest.fixture
def cache(valkey: Valkey) -> Iterator[Cache]:
    cache = Cache(valkey.url)
    yield cache
    cache.close()


@pytest.fixture(params=["postgres", "valkey"])
def business(shelf: Shelf, cache: Cache, request: pytest.FixtureRequest) -> UUID:
    """A business whose shelf caches in either."""
    shelf.model.name = f"letters-{time.monotonic_ns()}"  # the Valkey is shared
    if request.param == "valkey":
        shelf.runtime = shelf.another_runtime(cache=cache)
    return shelf.open_business()


def passages(shelf: Shelf, business: UUID, texts: list[str]) -> list[list[float]]:
    return embed_passages(shelf.runtime, shelf.runtime.embedding_model, business, texts, Deadline.after(5))


def test_text_is_embedded_once(shelf: Shelf, business: UUID) -> None:
    first = passages(shelf, business, TEXTS)
    again = passages(shelf, business, [*TEXTS, "Zumo"])
    assert shelf.model.passages == ["Tarta de queso", "Café solo", "Zumo"]
    assert again[:3] == [pytest.approx(vector, abs=1e-6) for vector in first]
    assert first[0] == first[2]


def test_vectors_of_one_model_are_not_anothers(shelf: Shelf, business: UUID) -> None:
    passages(shelf, business, ["Tarta"])
    other = LettersModel(f"{shelf.model.name}-b", dimensions=64)
    (vector,) = embed_passages(shelf.runtime, other, business, ["Tarta"], Deadline.after(5))
    assert len(vector) == 64


def test_query_is_remembered_by_the_process_and_kept_for_the_next(shelf: Shelf, business: UUID) -> None:
    def embed() -> list[float]:
        return embed_query(shelf.runtime, shelf.model, business, "tarta", Deadline.after(5))

    first = embed()
    assert embed() == first
    vars(shelf.runtime)["recent_queries"] = Recent(10)
    assert embed() == pytest.approx(first, abs=1e-6)
    assert shelf.model.queries == ["tarta"]


def test_query_and_passage_of_one_text_are_apart(shelf: Shelf, business: UUID) -> None:
    passages(shelf, business, ["tarta"])
    embed_query(shelf.runtime, shelf.model, business, "tarta", Deadline.after(5))
    assert (shelf.model.passages, shelf.model.queries) == (["tarta"], ["tarta"])


def test_cache_of_postgres_holds_no_text_and_is_used_by_all(shelf: Shelf) -> None:
    ours, theirs = shelf.open_business(), shelf.open_business()
    passages(shelf, ours, ["Tarta secreta"])
    passages(shelf, theirs, ["Tarta secreta"])
    assert shelf.model.passages == ["Tarta secreta"]
    with psycopg.connect(shelf.database.superuser) as superuser:
        ((row,),) = superuser.execute("SELECT embedding_cache::text FROM embedding_cache").fetchall()
    assert "Tarta" not in row
    assert b"Tarta".hex() not in row


def test_old_vectors_are_forgotten(shelf: Shelf) -> None:
    business = shelf.open_business()
    passages(shelf, business, ["Tarta", "Zumo"])
    with psycopg.connect(shelf.database.superuser, autocommit=True) as superuser:
        superuser.execute("UPDATE embedding_cache SET created_at = now() - interval '91 days' WHERE ctid = '(0,1)'")
        shelf.index()
        assert superuser.execute("SELECT count(*) FROM embedding_cache").fetchone() == (1,)


def test_valkey_that_goes_away_is_a_miss_and_no_error(shelf: Shelf) -> None:
    with running_valkey() as server:
        cache = Cache(server.url)
        shelf.runtime = shelf.another_runtime(cache=cache)
        business = shelf.open_business()
        passages(shelf, business, ["Tarta"])
        server.kill()
        passages(shelf, business, ["Tarta"])
        started = time.monotonic()
        passages(shelf, business, ["Tarta"])  # nor is it asked for a while
        assert time.monotonic() - started < 0.2
        assert shelf.model.passages == ["Tarta"] * 3
        cache.close()


def test_cache_that_hangs_is_a_miss(shelf: Shelf) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        cache = Cache(f"redis://127.0.0.1:{silent.getsockname()[1]}")
        started = time.monotonic()
        assert cache.get_many(["a", "b"]) == [None, None]
        cache.set_many({"a": b"1"})
        assert time.monotonic() - started < 1.5
        cache.close()


def test_least_used_value_is_forgotten_first() -> None:
    recent: Recent[int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert [recent.get(key) for key in "abc"] == [1, None, 3]
    recent.remove("a")
    assert recent.get("a") is None
