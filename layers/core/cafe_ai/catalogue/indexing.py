"""The index follows PostgreSQL: what waits is indexed, what is lost is found, and a new model or place is filled.

Work is by business, one worker at a time in each, and by comparison: `index_entries` says what the vector store holds, so
what a document lacks is what PostgreSQL has and the entries do not. A queue's row only says that a business is to be seen to.
It is removed when nothing is lacking any more, so a run may end anywhere, or be repeated, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.catalogue import passages, repository
from cafe_ai.catalogue.embedder import embed_passages
from cafe_ai.catalogue.model import Entry, Generation, Source, vector_id
from cafe_ai.catalogue.places import collection_for, own_collection
from cafe_ai.platform.clock import Deadline, now_utc
from cafe_ai.platform.telemetry import log, log_failure, log_warning, measures
from cafe_ai.platform.vectors import CollectionBroken, CollectionMissing

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.db import UnitOfWork
    from cafe_ai.platform.vectors import VectorStore

CACHE_DAYS = 90
BATCH = 100  # documents that are embedded and written at once
TURN_BATCHES = 10  # of one business, before the next has its turn
LEASE_SECONDS = 30.0  # beyond the deadline, after which a worker that died is thought dead
LEAST_SECONDS = 1.0  # less is not worth beginning a batch with


def drain(runtime: Runtime, deadline: Deadline, business_id: UUID | None = None) -> int:
    """Indexes what waits, of every business or of one; how many documents were brought up to date.

    It ends when nothing waits or the deadline is near; what is left waits for the next run. Raises DependencyDown where
    the vector store, the embedding model or PostgreSQL cannot be used: then, too, nothing is lost.
    """
    vectors, done = runtime.vectors, 0
    while vectors is not None and deadline.remaining() > LEAST_SECONDS:
        with _turn(runtime, deadline, business_id) as business:
            if business is None:
                break
            done += _Indexer(runtime, vectors, business, deadline).bring_up_to_date()
        if business_id is not None:
            with runtime.database.transaction(business_id, deadline=deadline, read_only=True) as uow:
                if not repository.select_waiting(uow, business_id):
                    break
    measures().count("DocumentsIndexed", done)
    return done


def reconcile(runtime: Runtime, deadline: Deadline) -> None:
    """Finds what the index lost, or never had, and queues it for `drain`; removes what should not be there.

    Each collection's number of vectors is compared with the entries' (one small request each), and one vector is searched;
    where they differ everything is compared, business by business. So it is in one collection after the other, one every
    ten minutes, because as much may be lost as is too much. Raises DependencyDown as `drain` does.
    """
    vectors = runtime.vectors
    if vectors is None:
        return
    with runtime.database.transaction(deadline=deadline) as uow:
        repository.queue_reindexing(uow, runtime.embedding_model.name)
        repository.delete_cached(uow, CACHE_DAYS)
        expected = repository.indexed_vectors(uow)
    due = _due(sorted(expected))
    for collection, number in expected.items():
        if deadline.remaining() < LEAST_SECONDS:
            break
        if number and not _is_usable(vectors, collection, deadline):
            log_warning("A collection of the index is lost", collection=collection)
            with runtime.database.transaction(deadline=deadline) as uow:
                repository.forget_collection(uow, collection)
        elif number != _held(vectors, collection, deadline):
            log_warning("The index differs from what it should hold", collection=collection)
            _recheck(runtime, vectors, collection, deadline)
        elif collection == due:
            _recheck(runtime, vectors, collection, deadline)


def rebuild(runtime: Runtime, deadline: Deadline, business_id: UUID | None = None) -> int:
    """Indexes everything of one business, or of all, anew from PostgreSQL, over what is there; how many documents.

    The old vectors serve until each is replaced. What the deadline leaves waits for the indexer's next run.
    """
    with runtime.database.transaction(business_id, deadline=deadline) as uow:
        if business_id is None:
            for collection in repository.indexed_vectors(uow):
                repository.forget_collection(uow, collection)
            repository.queue_reindexing(uow, runtime.embedding_model.name)
        else:
            for generation in repository.select_generations(uow, business_id):
                repository.delete_entries(uow, business_id, generation.collection)
            repository.insert_waiting(uow, business_id)
    done = drain(runtime, deadline, business_id)
    if business_id is None:
        reconcile(runtime, deadline)
        done += drain(runtime, deadline)
    return done


def _due(collections: list[str]) -> str | None:
    """The collection that is compared thoroughly in this minute; None in nine of ten."""
    turn, minute = divmod(int(now_utc().timestamp() // 60), 10)
    return collections[turn % len(collections)] if collections and minute == 0 else None


def _is_usable(vectors: VectorStore, collection: str, deadline: Deadline) -> bool:
    """Whether the collection is there and answers; one that is there and does not is removed, to be made anew."""
    try:
        if vectors.count(collection, deadline) == 0:
            return False
        vectors.probe(collection, deadline)
    except CollectionMissing:
        return False
    except CollectionBroken as error:
        log_failure("A collection of the index cannot be used", error, collection=collection)
        vectors.drop(collection, deadline)
        return False
    return True


def _held(vectors: VectorStore, collection: str, deadline: Deadline) -> int:
    try:
        return vectors.count(collection, deadline)
    except CollectionMissing:
        return 0


def _recheck(runtime: Runtime, vectors: VectorStore, collection: str, deadline: Deadline) -> None:
    owners = vectors.owners(collection, deadline)
    with runtime.database.transaction(deadline=deadline, read_only=True) as uow:
        businesses = repository.businesses_in_collection(uow, collection)
    for stranger in owners - set(businesses):
        vectors.delete_all(stranger, collection, deadline)
    for business_id in businesses:
        with _turn(runtime, deadline, business_id) as business:
            if business is not None:  # else another worker is at it, and the next run will look again
                _Indexer(runtime, vectors, business, deadline).recheck()


@contextmanager
def _turn(runtime: Runtime, deadline: Deadline, business_id: UUID | None = None) -> Iterator[UUID | None]:
    """A business that no other worker sees to meanwhile; None where there is none."""
    with runtime.database.transaction(business_id, deadline=deadline) as uow:
        claimed = repository.claim(uow, deadline.remaining() + LEASE_SECONDS, business_id)
    if claimed is None:
        yield None
        return
    business, token = claimed
    try:
        yield business
    finally:
        with runtime.database.transaction(business) as uow:
            repository.release(uow, token)


class _Indexer:
    """Sees to one business, whose turn it has."""

    def __init__(self, runtime: Runtime, vectors: VectorStore, business_id: UUID, deadline: Deadline) -> None:
        self._runtime = runtime
        self._vectors = vectors
        self._business_id = business_id
        self._deadline = deadline
        self._batches = 0

    def bring_up_to_date(self) -> int:
        """Fills what serves and what is being built, and has it serve once it is complete; the documents it indexed."""
        with self._reading() as uow:
            waiting = repository.select_waiting(uow, self._business_id)
        wanted = self._wanted()
        done, complete = 0, True
        for generation in self._generations(wanted):
            if generation.status == "retired":
                self._remove(generation)
                continue
            filled, whole = self._fill(generation)
            done += filled
            complete = complete and whole
            if whole and generation.status == "building":
                self._serve(generation)
        if complete:
            with self._writing() as uow:
                repository.delete_waiting(uow, self._business_id, waiting)
        return done

    def recheck(self) -> None:
        """Compares all the vector store holds of the business with what it should; forgets what is lost, removes the rest."""
        with self._reading() as uow:
            generations = repository.select_generations(uow, self._business_id)
        for generation in generations:
            held = self._vectors.ids(self._business_id, generation.collection, self._deadline)
            with self._reading() as uow:
                entries = repository.select_entries(uow, self._business_id, generation.collection)
            lost = [entry.key for entry in entries if not held.issuperset(entry.ids())]
            known = {id for entry in entries for id in entry.ids()}
            self._vectors.delete(self._business_id, generation.collection, sorted(held - known), self._deadline)
            if lost:
                log("The index lost documents", documents=len(lost))
                with self._writing() as uow:
                    repository.delete_entries(uow, self._business_id, generation.collection, lost)
                    repository.insert_waiting(uow, self._business_id)

    def _wanted(self) -> Generation | None:
        """Where the business's vectors should be now; None where it has no documents. A large one keeps its collection."""
        model, buckets = self._runtime.embedding_model.name, self._runtime.settings.index_buckets
        with self._reading() as uow:
            documents = repository.count_documents(uow, self._business_id)
            known = {each.collection for each in repository.select_generations(uow, self._business_id)}
        if not documents:
            return None
        own = own_collection(model, self._business_id)
        place = own if own in known else collection_for(model, self._business_id, buckets, documents)
        return Generation(place, model, "building")

    def _generations(self, wanted: Generation | None) -> list[Generation]:
        """The business's generations, the wanted one among them; what is wanted no more is retired."""
        with self._writing() as uow:
            if wanted is not None:
                known = {each.collection: each for each in repository.select_generations(uow, self._business_id)}
                present = known.get(wanted.collection)
                if present is None or present.status == "retired":
                    repository.insert_generation(uow, self._business_id, wanted.collection, wanted.model)
                repository.retire_others(uow, self._business_id, wanted.collection)
            else:
                repository.retire_all(uow, self._business_id)
            return repository.select_generations(uow, self._business_id)

    def _fill(self, generation: Generation) -> tuple[int, bool]:
        """Indexes what the generation lacks, in batches; how many documents, and whether nothing lacks now."""
        self._remove_stale(generation)
        done = 0
        while True:
            with self._reading() as uow:
                lacking = repository.select_lacking(uow, self._business_id, generation.collection, BATCH)
                keys = [source.key for source in lacking]
                before = repository.select_entries(uow, self._business_id, generation.collection, keys)
            if not lacking:
                return done, True
            if self._batches >= TURN_BATCHES or self._deadline.remaining() < LEAST_SECONDS:
                return done, False
            self._batches += 1
            self._index(generation, lacking, before)
            done += len(lacking)

    def _index(self, generation: Generation, sources: list[Source], before: list[Entry]) -> None:
        """Writes the documents' vectors, notes it, and then removes those of their older contents."""
        model = self._runtime.embedding_model_named(generation.model)
        parts = {source: passages.split(source.title, source.content) for source in sources}
        texts = [text for of_one in parts.values() for text in of_one]
        embedded = iter(embed_passages(self._runtime, model, self._business_id, texts, self._deadline))
        vectors = {
            vector_id(source.key, source.content_hash, part): next(embedded)
            for source, of_one in parts.items()
            for part in range(len(of_one))
        }
        entries = [Entry(source.key, source.content_hash, len(of_one)) for source, of_one in parts.items()]
        for kind in sorted({source.kind for source in sources}):
            keys = {str(source.key) for source in sources if source.kind == kind}
            of_kind = {id: vector for id, vector in vectors.items() if id.partition(":")[0] in keys}
            self._vectors.upsert(self._business_id, generation.collection, kind, of_kind, self._deadline)
        older = [id for entry in before for id in entry.ids() if id not in vectors]
        self._vectors.delete(self._business_id, generation.collection, older, self._deadline)
        with self._writing() as uow:
            repository.upsert_entries(uow, self._business_id, generation.collection, entries)

    def _remove_stale(self, generation: Generation) -> None:
        """Removes the vectors of documents that are gone."""
        with self._reading() as uow:
            stale = repository.select_stale(uow, self._business_id, generation.collection)
        if stale:
            ids = [id for entry in stale for id in entry.ids()]
            self._vectors.delete(self._business_id, generation.collection, ids, self._deadline)
            with self._writing() as uow:
                keys = [entry.key for entry in stale]
                repository.delete_entries(uow, self._business_id, generation.collection, keys)

    def _serve(self, generation: Generation) -> None:
        with self._writing() as uow:
            repository.serve(uow, self._business_id, generation.collection)
            known = repository.select_generations(uow, self._business_id)
        log("A new index serves", model=generation.model, collection=generation.collection)
        for each in known:
            if each.status == "retired":
                self._remove(each)

    def _remove(self, generation: Generation) -> None:
        with self._writing() as uow:  # first, or one that is wanted again would be thought to hold them still
            repository.delete_entries(uow, self._business_id, generation.collection)
        self._vectors.delete_all(self._business_id, generation.collection, self._deadline)
        with self._writing() as uow:
            repository.delete_generation(uow, self._business_id, generation.collection)

    def _reading(self) -> AbstractContextManager[UnitOfWork]:
        return self._runtime.database.transaction(self._business_id, deadline=self._deadline, read_only=True)

    def _writing(self) -> AbstractContextManager[UnitOfWork]:
        return self._runtime.database.transaction(self._business_id, deadline=self._deadline)
