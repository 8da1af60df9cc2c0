"""Search in a business's catalogue and documents.

A search asks the embedding model once and the vector store once, then reads what they found, together with what the full
text finds, in one short transaction under row-level security: what is returned is what PostgreSQL holds at that moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.catalogue import diets, passages, ranking, repository
from cafe_ai.catalogue.embedder import embed_query
from cafe_ai.catalogue.model import Found, Generation, Hit, Kind, SearchResult, vector_id
from cafe_ai.catalogue.places import shared_collection
from cafe_ai.catalogue.query_words import query_words
from cafe_ai.errors import DeadlineExceeded, DependencyDown
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import log_warning, measures

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime

ALL_KINDS: frozenset[Kind] = frozenset({"product", "document"})
DENSE = 100  # vectors that are asked for: all of a small business, enough of a large one
FILTERED = 400  # where a filter will take most away
LEXICAL = 50
OTHERS = 150  # documents without a word of the query that are looked at where there are no vectors
DATABASE_SECONDS = 2.0  # of the deadline, kept from the vector store for PostgreSQL


@dataclass(frozen=True, slots=True)
class _Search:
    """What is asked. words: the text without allergens and diets, which are the constraints."""

    business_id: UUID
    user_id: UUID | None
    text: str
    words: str
    constraints: diets.Constraints
    kinds: frozenset[Kind]
    listed_only: bool

    @property
    def filtered(self) -> bool:
        """Whether allergens or diets may take hits away."""
        return bool(self.constraints or self.constraints.preferred)


@dataclass(frozen=True, slots=True)
class _Read:
    """What a search has to judge. cosines: of vectors' ids. model: whose cosines they are."""

    cosines: Mapping[str, float]
    model: str | None
    found: Sequence[Found]
    degraded: bool


def search(
    runtime: Runtime,
    business_id: UUID,
    text: str,
    *,
    limit: int,
    deadline: Deadline,
    user_id: UUID | None = None,
    kinds: frozenset[Kind] = ALL_KINDS,
    listed_only: bool = True,
) -> SearchResult:
    """What of the business fits the text, best first, `limit` at most; no hits where nothing does.

    Allergens and diets in the text are filters: what is not known to satisfy them is left out, also documents, unless
    documents alone are searched. Where the vector store or the embedding model cannot be used, or this business is not in
    the index yet, the full text answers, and the result says so (degraded). Raises Unavailable only where PostgreSQL
    cannot be read.
    """
    text = text.replace("\0", " ").encode("utf-8", "replace").decode()
    constraints = diets.read_constraints(text) if "product" in kinds else diets.Constraints(rest=text)
    asked = _Search(business_id, user_id, text, constraints.rest, constraints, kinds, listed_only)
    place = runtime.recent_places.get(business_id) or _expected_place(runtime, business_id)
    read = _read(runtime, asked, place, deadline)
    if isinstance(read, Generation):  # another model or collection serves this business, now and the next time
        runtime.recent_places.put(business_id, read)
        read = _read(runtime, asked, read, deadline)
    if isinstance(read, Generation):  # and it moved again meanwhile
        read = _read(runtime, asked, None, deadline)
    if isinstance(read, Generation):
        raise TypeError("Without a place that was looked at there is no better one.")
    measures().count("Searches")
    measures().count("SearchesDegraded", int(read.degraded))
    return _judge(asked, read, limit)


def _expected_place(runtime: Runtime, business_id: UUID) -> Generation | None:
    """Where the index of a business is that is neither large nor changing."""
    if runtime.vectors is None:
        return None
    model = runtime.embedding_model.name
    return Generation(shared_collection(model, business_id, runtime.settings.index_buckets), model, "serving")


def _read(runtime: Runtime, asked: _Search, place: Generation | None, deadline: Deadline) -> _Read | Generation:
    """What the index and the full text find, or the place where the index is, where that is another."""
    cosines = _ask(runtime, asked, place, deadline)
    with runtime.database.transaction(asked.business_id, asked.user_id, deadline, read_only=True) as uow:
        serving = repository.select_serving(uow, asked.business_id)
        if serving is not None and place is not None and serving != place:
            return serving
        documents = repository.count_some(uow, asked.business_id, asked.kinds, DENSE)
        ids = cosines or {}
        keys = list(dict.fromkeys(UUID(id.partition(":")[0]) for id in ids))
        # HNSW may miss a few under a filter; half of them missing means that the index is behind, or lost what it had.
        complete = len(ids) >= DENSE or len(keys) * 2 >= documents
        degraded = documents > 0 and (cosines is None or serving is None or not complete)
        found = repository.select_candidates(
            uow,
            asked.business_id,
            collection=place.collection if place else None,
            keys=keys,
            words=query_words(asked.words),
            kinds=asked.kinds,
            listed_only=asked.listed_only,
            lexical=LEXICAL,
            others=_others(asked, degraded),
        )
    return _Read(ids, place.model if place and ids else None, found, degraded)


def _ask(runtime: Runtime, asked: _Search, place: Generation | None, deadline: Deadline) -> Mapping[str, float] | None:
    """The cosine of each vector that the index finds near; None where it cannot be asked."""
    vectors = runtime.vectors
    if place is None or vectors is None or not asked.text.strip():
        return None
    early = Deadline(deadline.ends_at - DATABASE_SECONDS)
    try:
        model = runtime.embedding_model_named(place.model)
        vector = embed_query(runtime, model, asked.business_id, asked.words.strip() or asked.text, early)
        wanted = FILTERED if asked.filtered else DENSE
        return {
            match.id: match.cosine
            for match in vectors.query(asked.business_id, place.collection, vector, wanted, early)
        }
    except (DependencyDown, DeadlineExceeded) as error:
        log_warning("Search goes on without the index", failure=type(error).__name__)
        return None


def _others(asked: _Search, degraded: bool) -> int:
    """How many documents are looked at whatever words they have."""
    if not asked.words.strip():
        return FILTERED  # nothing but a diet is asked for: all that satisfies it fits
    return OTHERS if degraded else 0


def _judge(asked: _Search, read: _Read, limit: int) -> SearchResult:
    """The hits, ranked, without those that break what was asked for."""
    found = {str(each.key): each for each in read.found}
    ranked = _rank(asked, read)
    constraints = asked.constraints.recorded_in([each.product.diets for each in read.found if each.product])
    kept = [(key, score) for key, score in ranked if not constraints or _satisfies(constraints, found[key])]
    hits = tuple(_hit(found[key], score) for key, score in kept[:limit])
    return SearchResult(hits, degraded=read.degraded, excluded=len(ranked) - len(kept))


def _rank(asked: _Search, read: _Read) -> list[tuple[str, float]]:
    """What fits, best first. What is not in the index yet is judged by its words alone: it has no cosine to be low."""
    by_words = [each for each in read.found if read.model is None or not each.indexed]
    by_both = [each for each in read.found if read.model is not None and each.indexed]
    ranked: list[tuple[str, float]] = []
    for found, model in ((by_both, read.model), (by_words, None)):
        candidates = [_candidate(asked, each, read.cosines) for each in found]
        ranked += ranking.rank(asked.words, candidates, model=model)
    return sorted(ranked, key=lambda each: -each[1]) if by_both and by_words else ranked


def _satisfies(constraints: diets.Constraints, found: Found) -> bool:
    product = found.product
    return product is not None and diets.satisfies(constraints, product.allergens, product.diets)


def _candidate(asked: _Search, found: Found, cosines: Mapping[str, float]) -> ranking.Candidate:
    """The document as the ranking sees it: of a long one the passage that is nearest, or has most of the query's words.

    A vector of an older content has an id of its own, and counts for nothing.
    """
    parts = passages.split(found.title, found.content)
    known = [(cosines.get(vector_id(found.key, found.content_hash, part)), part) for part in range(len(parts))]
    nearest = max(((cosine, part) for cosine, part in known if cosine is not None), default=None)
    if nearest is not None:
        text = parts[nearest[1]]
    elif len(parts) > 1:
        words = set(query_words(asked.words).split())
        text = max(parts, key=lambda part: len(words.intersection(query_words(part).split())))
    else:
        text = parts[0]
    cosine = nearest[0] if nearest else None
    return ranking.Candidate(str(found.key), found.title, text.removeprefix(found.title).lstrip(". \n"), cosine)


def _hit(found: Found, score: float) -> Hit:
    return Hit(found.id, found.kind, found.title, found.content, score, found.metadata, found.product)
