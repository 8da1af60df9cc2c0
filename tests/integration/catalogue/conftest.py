"""Search on a real PostgreSQL and a real Chroma, with a model that embeds letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from cafe_ai import bootstrap
from cafe_ai.bootstrap import Runtime
from cafe_ai.catalogue import documents, indexing, service
from cafe_ai.catalogue.model import NewDocument, SearchResult
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.platform.vectors import VectorStore
from cafe_ai.settings import Settings
from tests.support.chroma import Chroma, running_chroma
from tests.support.embeddings import LettersModel
from tests.support.factories import Factory
from tests.support.postgres import TestDatabase

BuildShelf = Callable[..., "Shelf"]


@dataclass
class Shelf:
    """What a test of search works with. Every business starts empty; the index is shared."""

    database: TestDatabase
    runtime: Runtime
    factory: Factory
    model: LettersModel
    chroma: Chroma
    runtimes: list[Runtime] = field(default_factory=list)

    def open_business(self) -> UUID:
        return self.factory.insert_business()

    def put(self, business_id: UUID, document_id: str, content: str, title: str = "", **metadata: Any) -> None:
        document = NewDocument(document_id, content, title, metadata)
        documents.put_many(self.runtime, business_id, [document], Deadline.after(20))

    def index(self) -> int:
        """What the schedule does."""
        indexing.reconcile(self.runtime, Deadline.after(60))
        return indexing.drain(self.runtime, Deadline.after(60))

    def search(self, business_id: UUID, text: str, limit: int = 10, **options: Any) -> SearchResult:
        return service.search(self.runtime, business_id, text, limit=limit, deadline=Deadline.after(20), **options)

    def ids(self, business_id: UUID, text: str, **options: Any) -> list[str]:
        return [hit.id for hit in self.search(business_id, text, **options).hits]

    def another_runtime(self, **members: Any) -> Runtime:
        """As another function's execution environment has it."""
        shared = {
            "database": Database(self.database.app, connect_timeout=2),
            "vectors": VectorStore(self.chroma.url),
            "embedding_model": self.model,
            "index_queue": None,
        }
        runtime = Runtime.of(self.runtime.settings, **{**shared, **members})
        self.runtimes.append(runtime)
        return runtime


@pytest.fixture(scope="session")
def chroma() -> Iterator[Chroma]:
    """One server for this test process; a test that harms it takes `own_chroma`."""
    with running_chroma() as server:
        yield server


@pytest.fixture
def own_chroma() -> Iterator[Chroma]:
    """A server of this test alone."""
    with running_chroma() as server:
        yield server


@pytest.fixture
def build_shelf(database: TestDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[BuildShelf]:
    """Makes the test's shelf on a Chroma."""
    built: list[Shelf] = []

    def build(chroma: Chroma, settings: Settings | None = None, **members: Any) -> Shelf:
        model = LettersModel()
        runtime = Runtime.of(
            settings or Settings(chroma_url=chroma.url, index_buckets=2),
            **{"database": Database(database.app, connect_timeout=2), "embedding_model": model, **members},
        )
        shelf = Shelf(database, runtime, Factory.connected(database), model, chroma, [runtime])
        monkeypatch.setattr(bootstrap, "build", lambda: runtime)
        bootstrap.runtime.cache_clear()
        built.append(shelf)
        return shelf

    yield build
    bootstrap.runtime.cache_clear()
    for shelf in built:
        shelf.factory.connection.close()
        for runtime in shelf.runtimes:
            runtime.database.close()
            if runtime.vectors is not None:
                runtime.vectors.close()


@pytest.fixture
def shelf(build_shelf: BuildShelf, chroma: Chroma) -> Shelf:
    """A shelf on the shared Chroma."""
    return build_shelf(chroma)
