"""Chroma killed, hanging, or without its folder, under a load of searches and writes: no error, no loss, healed by itself."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from uuid import UUID

import pytest

from cafe_ai.bootstrap import Runtime
from cafe_ai.catalogue import documents, service, vector_store
from cafe_ai.catalogue.model import NewDocument
from cafe_ai.platform import vectors as platform_vectors
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.vectors import CollectionBroken, VectorStore
from functions.workers.indexer.handler import handler as indexer
from tests.integration.catalogue.conftest import BuildShelf, Shelf
from tests.integration.catalogue.test_indexing import assert_complete, held, serving, waiting
from tests.support.chroma import Chroma

CONTEXT = SimpleNamespace(aws_request_id="a-run", get_remaining_time_in_millis=lambda: 60_000)
SCHEDULED = {"source": "aws.events", "detail-type": "Scheduled Event"}


@pytest.fixture(autouse=True)
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_vectors, "PAUSE_SECONDS", 0.2)


@pytest.fixture
def shelf(build_shelf: BuildShelf, own_chroma: Chroma) -> Shelf:
    return build_shelf(own_chroma)


@dataclass
class Load:
    """Searches and writes, from two environments, until it is stopped."""

    shelf: Shelf
    businesses: list[UUID]
    errors: list[BaseException] = field(default_factory=list)
    searches: int = 0
    degraded: int = 0
    unfound: int = 0
    slowest: float = 0.0
    written: dict[tuple[UUID, str], str] = field(default_factory=dict)

    def search(self, runtime: Runtime, stopped: threading.Event) -> None:
        rng = random.Random(1)
        while not stopped.is_set():
            business, number = rng.choice(self.businesses), rng.randrange(5)
            started = time.monotonic()
            try:
                found = service.search(
                    runtime, business, f"tarta de sabor{number}", limit=5, deadline=Deadline.after(10)
                )
            except BaseException as error:
                self.errors.append(error)
                return
            self.slowest = max(self.slowest, time.monotonic() - started)
            self.searches += 1
            self.degraded += found.degraded
            self.unfound += f"d{number}" not in [hit.id for hit in found.hits]

    def write(self, runtime: Runtime, stopped: threading.Event) -> None:
        rng = random.Random(2)
        for number in range(10_000):
            if stopped.is_set():
                return
            business, id = rng.choice(self.businesses), f"w{rng.randrange(5)}"
            content = f"Nota escrita la vez {number}"
            try:
                documents.put_many(runtime, business, [NewDocument(id, content)], Deadline.after(10))
                documents.index_now(runtime, business, Deadline.after(10))
            except BaseException as error:
                self.errors.append(error)
                return
            self.written[business, id] = content

    @contextmanager
    def running(self) -> Iterator[None]:
        stopped = threading.Event()
        runtimes = [self.shelf.another_runtime() for _ in range(2)]
        threads = [
            threading.Thread(target=work, args=(runtime, stopped))
            for work, runtime in zip((self.search, self.write), runtimes, strict=True)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stopped.set()
            for thread in threads:
                thread.join()

    def goes_on(self, count: int = 40) -> None:
        """Returns when so many more searches were answered."""
        until, ends = self.searches + count, time.monotonic() + 60
        while self.searches < until and not self.errors and time.monotonic() < ends:
            time.sleep(0.01)


def load_of(shelf: Shelf) -> Load:
    businesses = [shelf.open_business() for _ in range(4)]
    for business in businesses:
        for number in range(5):
            shelf.put(business, f"d{number}", f"Tarta de sabor{number}, la número {number} de la casa")
    shelf.index()
    return Load(shelf, businesses)


def as_scheduled(shelf: Shelf) -> None:
    """What the schedule does each minute: nobody's hand."""
    time.sleep(0.25)
    indexer(SCHEDULED, CONTEXT)


def assert_whole(load: Load) -> None:
    for business in load.businesses:
        ids = {id for owner, id in load.written if owner == business}
        assert_complete(load.shelf, business, 5 + len(ids))
    for (business, id), content in load.written.items():
        found = load.shelf.search(business, content)
        assert not found.degraded
        assert (found.hits[0].id, found.hits[0].content) == (id, content)


@pytest.mark.parametrize("folder_deleted", [False, True])
def test_chroma_killed_during_a_load(shelf: Shelf, folder_deleted: bool) -> None:
    load = load_of(shelf)
    with load.running():
        load.goes_on()
        assert load.degraded == 0
        shelf.chroma.kill()
        load.goes_on(80)
        while_away = load.degraded
        as_scheduled(shelf)
        if folder_deleted:
            shelf.chroma.delete_folder()
        shelf.chroma.start()
        load.goes_on()
        as_scheduled(shelf)
        load.goes_on(20)
    as_scheduled(shelf)
    assert load.errors == []
    assert load.unfound == 0
    assert while_away > 0
    assert load.written
    assert load.slowest < 3
    assert_whole(load)


def test_folder_deleted_under_a_server_that_comes_back(shelf: Shelf) -> None:
    """And then the one command."""
    load = load_of(shelf)
    shelf.chroma.kill()
    shelf.chroma.delete_folder()
    shelf.chroma.start()
    found = shelf.search(load.businesses[0], "tarta de sabor1")
    assert (found.degraded, found.hits[0].id) == (True, "d1")
    assert vector_store.rebuild() == 20
    assert_whole(load)


def test_server_that_hangs_costs_two_seconds_once(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_vectors, "PAUSE_SECONDS", 30.0)
    monkeypatch.setattr(platform_vectors, "QUERY_SECONDS", 0.5)
    load = load_of(shelf)
    shelf.chroma.stop_answering()
    try:
        times = [timed(lambda: shelf.search(load.businesses[0], "tarta de sabor1")) for _ in range(3)]
    finally:
        shelf.chroma.answer_again()
    assert times[0] >= 0.4
    assert max(times[1:]) < times[0]
    assert shelf.search(load.businesses[0], "tarta de sabor1").degraded


def timed(call: Callable[[], object]) -> float:
    started = time.monotonic()
    call()
    return time.monotonic() - started


def test_collection_that_cannot_be_used_is_made_anew(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a crash that tore its files: the server answers, and every search in it fails."""
    load = load_of(shelf)
    torn = serving(shelf, load.businesses[0])[0]
    query, drop, dropped = VectorStore.probe, VectorStore.drop, []

    def probe(store: VectorStore, collection: str, deadline: Deadline) -> None:
        if collection == torn and not dropped:
            raise CollectionBroken("vector store")
        query(store, collection, deadline)

    def noted_drop(store: VectorStore, collection: str, deadline: Deadline) -> None:
        dropped.append(collection)
        drop(store, collection, deadline)

    monkeypatch.setattr(VectorStore, "probe", probe)
    monkeypatch.setattr(VectorStore, "drop", noted_drop)
    as_scheduled(shelf)
    assert dropped == [torn]
    assert_whole(load)


def test_writes_wait_while_it_is_away_and_are_found_all_the_same(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.put(business, "a", "Tarta de queso")
    shelf.index()
    before = held(shelf, business)
    shelf.chroma.kill()
    shelf.put(business, "b", "Zumo de naranja")
    as_scheduled(shelf)
    assert waiting(shelf) == 1
    assert shelf.ids(business, "zumo de naranja") == ["b"]
    shelf.chroma.start()
    as_scheduled(shelf)
    assert_complete(shelf, business, 2)
    assert held(shelf, business) > before
