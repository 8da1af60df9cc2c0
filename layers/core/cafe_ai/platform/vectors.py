"""The vector store: a remote Chroma server. chromadb is imported when the first vector is sent or asked for.

Chroma does not isolate tenants, so this class does, in one place: whatever is read, written or removed for a business goes
through `_of`, which names the business, and there is no way to hand in a filter or a collection's id.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from cafe_ai.errors import DeadlineExceeded, DependencyDown
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.wall_clock import TookTooLong, call_within

if TYPE_CHECKING:
    from chromadb.api import ServerAPI

T = TypeVar("T")

CONNECT_SECONDS = 0.5
QUERY_SECONDS = 2.0  # a search has another way to answer, and less time than a server that hangs would take
WRITE_SECONDS = 30.0
PAUSE_SECONDS = 3.0  # after a failure, for which the store is not asked: a dead one costs a search nothing
PAGE = 5_000
CHROMA_QUERY: tracing.Attributes = {"db.system.name": "chroma", "db.operation.name": "query"}
CHROMA_UPSERT: tracing.Attributes = {"db.system.name": "chroma", "db.operation.name": "upsert"}
BUSINESS, KIND = "business_id", "business_and_kind"  # what a vector is stored with
# Small collections stay quick: with the defaults a query reads 1,000 vectors that are not in the graph yet.
CONFIGURATION: dict[str, Any] = {"hnsw": {"space": "cosine", "sync_threshold": 50, "batch_size": 50}}


class CollectionMissing(DependencyDown):
    """The vector store is there and the collection is not: nothing was written yet, or it was lost."""


class CollectionBroken(DependencyDown):
    """The vector store answers, and cannot use this collection."""


class Match(NamedTuple):
    """A vector near to the one that was asked for; cosine is in [-1, 1]."""

    id: str
    cosine: float


class VectorStore:
    """Vectors of many businesses in shared collections, one business at a time.

    Every call ends by its deadline. It raises DependencyDown ("vector store") where the store cannot be used, and for the
    next seconds does so at once.
    """

    def __init__(self, url: str) -> None:
        """url: the server's address, http or https."""
        self._url = url
        self._collections: dict[str, Any] = {}
        self._paused_until = 0.0

    def query(
        self,
        business_id: UUID,
        collection: str,
        vector: Sequence[float],
        limit: int,
        deadline: Deadline,
        kind: str | None = None,
    ) -> list[Match]:
        """The business's vectors (of this kind) nearest to this one, nearest first. Raises CollectionMissing."""

        def ask(found: Any) -> list[Match]:
            answer = found.query(
                query_embeddings=[list(vector)], n_results=limit, where=_of(business_id, kind), include=["distances"]
            )
            distances = answer["distances"] or [[]]
            return [Match(id, 1 - distance) for id, distance in zip(answer["ids"][0], distances[0], strict=True)]

        with tracing.span("query", tracing.Kind.CLIENT, CHROMA_QUERY) as span:
            found = self._on(collection, deadline.at_most(QUERY_SECONDS), ask)
            span.set("db.response.returned_rows", len(found))
        return found

    def upsert(
        self, business_id: UUID, collection: str, kind: str, vectors: Mapping[str, Sequence[float]], deadline: Deadline
    ) -> None:
        """Writes vectors of one kind under their ids, over those of equal id; makes the collection where there is none."""
        ids = list(vectors)
        owner = [_of(business_id) | _of(business_id, kind)] * len(ids)

        def write(found: Any) -> None:
            found.upsert(ids=ids, embeddings=[list(vectors[id]) for id in ids], metadatas=list(owner))

        if ids:
            with tracing.span("upsert", tracing.Kind.CLIENT, CHROMA_UPSERT):
                self._on(collection, deadline.at_most(WRITE_SECONDS), write, create=True)

    def delete(self, business_id: UUID, collection: str, ids: Sequence[str], deadline: Deadline) -> None:
        """Removes the business's vectors with these ids; those that are not there, and a missing collection, are fine."""

        def remove(found: Any) -> None:
            for start in range(0, len(ids), PAGE):
                found.delete(ids=list(ids[start : start + PAGE]), where=_of(business_id))

        if ids:
            self._on_any(collection, deadline.at_most(WRITE_SECONDS), remove, otherwise=None)

    def delete_all(self, business_id: UUID, collection: str, deadline: Deadline) -> None:
        """Removes all vectors of the business from the collection."""

        def remove(found: Any) -> None:
            found.delete(where=_of(business_id))

        self._on_any(collection, deadline.at_most(WRITE_SECONDS), remove, otherwise=None)

    def ids(self, business_id: UUID, collection: str, deadline: Deadline) -> set[str]:
        """The ids of all the business's vectors in the collection; none where it is missing."""

        def read(found: Any) -> set[str]:
            return {id for page in _pages(found, where=_of(business_id)) for id in page["ids"]}

        return self._on_any(collection, deadline.at_most(WRITE_SECONDS), read, otherwise=set())

    def count(self, collection: str, deadline: Deadline) -> int:
        """How many vectors the collection holds, of all businesses. Raises CollectionMissing."""
        return self._on(collection, deadline.at_most(QUERY_SECONDS), lambda found: int(found.count()))

    def probe(self, collection: str, deadline: Deadline) -> None:
        """Asks for what is in the collection, as a search would. Raises CollectionBroken where that fails."""

        def ask(found: Any) -> None:
            one = found.get(limit=1, include=["embeddings", "metadatas"])
            if one["ids"]:
                owner = {BUSINESS: one["metadatas"][0][BUSINESS]}
                found.query(query_embeddings=one["embeddings"], n_results=1, where=owner, include=[])

        self._on_any(collection, deadline.at_most(QUERY_SECONDS), ask, otherwise=None)

    def owners(self, collection: str, deadline: Deadline) -> set[UUID]:
        """The businesses that have vectors in the collection: for finding what nobody owns any more."""

        def read(found: Any) -> set[UUID]:
            pages = _pages(found, include=["metadatas"])
            return {UUID(str(metadata[BUSINESS])) for page in pages for metadata in page["metadatas"] or ()}

        return self._on_any(collection, deadline.at_most(WRITE_SECONDS), read, otherwise=set())

    def drop(self, collection: str, deadline: Deadline) -> None:
        """Removes the collection with all it holds."""
        self._collections.pop(collection, None)

        def remove() -> None:
            self._server.delete_collection(name=collection)

        try:
            self._call(collection, deadline.at_most(WRITE_SECONDS), remove)
        except CollectionMissing:
            return

    def close(self) -> None:
        """Closes the connections, if any were opened; the next call opens new ones."""
        server: Any = vars(self).pop("_server", None)
        self._collections.clear()
        if server is not None:
            server._session.close()

    def _on_any(self, name: str, seconds: float, act: Callable[[Any], T], otherwise: T) -> T:
        try:
            return self._on(name, seconds, act)
        except CollectionMissing:
            return otherwise

    def _on(self, name: str, seconds: float, act: Callable[[Any], T], *, create: bool = False) -> T:
        """What `act` returns of the collection. One that was made anew since it was last used is found again."""
        known = name in self._collections

        def run() -> T:
            return act(self._collection(name, create))

        try:
            return self._call(name, seconds, run)
        except CollectionMissing:
            self._collections.pop(name, None)
            if not known:
                raise
        return self._call(name, seconds, run)

    def _call(self, name: str, seconds: float, run: Callable[[], T]) -> T:
        if seconds <= 0:
            raise DeadlineExceeded
        if time.monotonic() < self._paused_until:
            raise DependencyDown("vector store")
        from chromadb.errors import ChromaError, NotFoundError

        try:
            self._limit(seconds)
            return call_within(seconds, run)
        except NotFoundError as error:
            raise CollectionMissing("vector store") from error
        except ChromaError as error:
            self._collections.pop(name, None)
            raise CollectionBroken("vector store") from error
        except TookTooLong as error:
            self._pause()
            raise DependencyDown("vector store") from error
        except Exception as error:  # chromadb raises httpx's errors and bare ones
            self._pause()
            raise DependencyDown("vector store") from error

    def _pause(self) -> None:
        self._paused_until = time.monotonic() + PAUSE_SECONDS

    def _limit(self, seconds: float) -> None:
        """chromadb sets no timeout on its session at all."""
        session: Any = self._server._session  # type: ignore[attr-defined]
        session.timeout = (min(CONNECT_SECONDS, seconds), seconds, seconds, seconds)

    def _collection(self, name: str, create: bool) -> Any:
        found = self._collections.get(name)
        if found is None:
            from chromadb.api.models.Collection import Collection

            if create:
                model = self._server.create_collection(name=name, configuration=CONFIGURATION, get_or_create=True)  # type: ignore[arg-type]
            else:
                model = self._server.get_collection(name=name)
            found = Collection(client=self._server, model=model, embedding_function=None)
            self._collections[name] = found
        return found

    @cached_property
    def _server(self) -> ServerAPI:
        """The client under chromadb.HttpClient, which itself makes three requests without a timeout when it is built."""
        from chromadb.api import ServerAPI
        from chromadb.config import Settings, System

        parts = urlsplit(self._url)
        secure = parts.scheme == "https"
        settings = Settings(
            chroma_api_impl="chromadb.api.fastapi.FastAPI",
            chroma_server_host=parts.hostname,
            chroma_server_http_port=parts.port or (443 if secure else 8000),
            chroma_server_ssl_enabled=secure,
            chroma_server_ssl_verify=None if secure else False,  # plain http needs no TLS context, which takes 70 ms
            anonymized_telemetry=False,
        )
        system = System(settings)
        server = system.instance(ServerAPI)  # type: ignore[type-abstract]
        system.start()
        return server


def _of(business_id: UUID, kind: str | None = None) -> dict[str, Any]:
    """The one filter: this business's, whatever else is asked; and what a vector is stored with.

    A kind goes into one value with the business: two conditions take Chroma twice as long as one.
    """
    if not isinstance(business_id, UUID):
        raise TypeError("A business is named by its UUID.")
    return {BUSINESS: str(business_id)} if kind is None else {KIND: f"{business_id}:{kind}"}


def _pages(collection: Any, **options: Any) -> Iterator[Any]:
    offset = 0
    while True:
        page = collection.get(**{"include": [], **options}, limit=PAGE, offset=offset)
        yield page
        if len(page["ids"]) < PAGE:
            return
        offset += PAGE
