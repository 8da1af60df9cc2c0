"""The SQL of documents and their index. Each function runs in a transaction that names the business, under its row-level
security; the last ones name none, and call functions that tell no more than ids and counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg.errors import ForeignKeyViolation
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from cafe_ai.catalogue.model import Document, Entry, Found, Generation, NewDocument, ProductData, Source
from cafe_ai.errors import BusinessNotFound

if TYPE_CHECKING:
    from cafe_ai.platform.db import UnitOfWork

# Of the full text the best, by the rank of their words; everything else only if there is room for it.
SELECT_CANDIDATES = """
WITH dense AS (SELECT unnest(%(keys)s::uuid[]) AS key),
lexical AS (
    SELECT key FROM documents, any_of_words(%(words)s) AS wanted
     WHERE business_id = %(business_id)s AND kind = ANY (%(kinds)s) AND search @@ wanted
     ORDER BY ts_rank(search, wanted) DESC, key LIMIT %(lexical)s
), others AS (
    SELECT key FROM documents WHERE business_id = %(business_id)s AND kind = ANY (%(kinds)s) LIMIT %(others)s
), chosen AS (
    SELECT key FROM dense UNION SELECT key FROM lexical UNION SELECT key FROM others
)
SELECT found.key, found.id, found.kind, found.title, found.content, found.metadata, found.content_hash,
       EXISTS (SELECT FROM index_entries AS entry
                WHERE entry.business_id = found.business_id AND entry.collection = %(collection)s
                  AND entry.key = found.key AND entry.content_hash = found.content_hash) AS indexed,
       product.id AS product_id, product.external_id, product.name, product.category, product.price, product.stock,
       product.allergens, product.diets, product.listed
  FROM chosen
  JOIN documents AS found ON found.key = chosen.key AND found.business_id = %(business_id)s
  LEFT JOIN products AS product ON product.business_id = found.business_id AND product.id = found.product_id
 WHERE found.kind = ANY (%(kinds)s) AND (product.listed IS NOT FALSE OR NOT %(listed_only)s)"""

SELECT_SERVING = """
SELECT collection, model, status FROM index_generations WHERE business_id = %(business_id)s AND status = 'serving'"""
COUNT_SOME = """
SELECT count(*)
  FROM (SELECT FROM documents WHERE business_id = %(business_id)s AND kind = ANY (%(kinds)s) LIMIT %(most)s) AS few"""

UPSERT_DOCUMENTS = """
INSERT INTO documents (business_id, kind, id, title, content, metadata)
SELECT %(business_id)s, 'document', *
  FROM unnest(%(ids)s::text[], %(titles)s::text[], %(contents)s::text[], %(metadata)s::jsonb[])
ON CONFLICT (business_id, id) DO UPDATE
   SET title = excluded.title, content = excluded.content, metadata = excluded.metadata, updated_at = now()"""

DELETE_DOCUMENT = "DELETE FROM documents WHERE business_id = %(business_id)s AND id = %(id)s AND kind = 'document'"

# Only what the index that serves holds of exactly this content counts as indexed.
SELECT_DOCUMENTS = """
SELECT id, kind, title, content, metadata, updated_at,
       EXISTS (SELECT FROM index_entries AS entry
                JOIN index_generations AS generation USING (business_id, collection)
               WHERE entry.business_id = documents.business_id AND entry.key = documents.key
                 AND entry.content_hash = documents.content_hash AND generation.status = 'serving') AS indexed
  FROM documents
 WHERE business_id = %(business_id)s AND (%(ids)s::text[] IS NULL OR id = ANY (%(ids)s))
 ORDER BY updated_at DESC, key DESC OFFSET %(skip)s LIMIT %(limit)s"""

COUNT_DOCUMENTS = "SELECT count(*) FROM documents WHERE business_id = %(business_id)s"
SELECT_GENERATIONS = """
SELECT collection, model, status FROM index_generations WHERE business_id = %(business_id)s ORDER BY started_at"""
INSERT_GENERATION = """
INSERT INTO index_generations (business_id, collection, model, status)
VALUES (%(business_id)s, %(collection)s, %(model)s, 'building')
ON CONFLICT (business_id, collection) DO UPDATE SET status = 'building' WHERE index_generations.status = 'retired'"""
RETIRE_SERVING = """
UPDATE index_generations SET status = 'retired' WHERE business_id = %(business_id)s AND status = 'serving'"""
RETIRE_OTHERS = """
UPDATE index_generations SET status = 'retired'
 WHERE business_id = %(business_id)s AND status = 'building' AND collection <> %(collection)s"""
RETIRE_ALL = "UPDATE index_generations SET status = 'retired' WHERE business_id = %(business_id)s"
SERVE = """
UPDATE index_generations SET status = 'serving' WHERE business_id = %(business_id)s AND collection = %(collection)s"""
DELETE_GENERATION = """
DELETE FROM index_generations WHERE business_id = %(business_id)s AND collection = %(collection)s"""

SELECT_LACKING = """
SELECT key, kind, title, content, content_hash FROM documents
 WHERE business_id = %(business_id)s
   AND NOT EXISTS (SELECT FROM index_entries AS entry
                    WHERE entry.business_id = documents.business_id AND entry.collection = %(collection)s
                      AND entry.key = documents.key AND entry.content_hash = documents.content_hash)
 ORDER BY updated_at DESC, key LIMIT %(limit)s"""
SELECT_ENTRIES = """
SELECT key, content_hash, vectors FROM index_entries
 WHERE business_id = %(business_id)s AND collection = %(collection)s
   AND (%(keys)s::uuid[] IS NULL OR key = ANY (%(keys)s))"""
SELECT_STALE = """
SELECT key, content_hash, vectors FROM index_entries AS entry
 WHERE business_id = %(business_id)s AND collection = %(collection)s
   AND NOT EXISTS (SELECT FROM documents
                    WHERE documents.business_id = entry.business_id AND documents.key = entry.key)"""
UPSERT_ENTRIES = """
INSERT INTO index_entries (business_id, collection, key, content_hash, vectors)
SELECT %(business_id)s, %(collection)s, * FROM unnest(%(keys)s::uuid[], %(hashes)s::text[], %(vectors)s::smallint[])
ON CONFLICT (business_id, collection, key) DO UPDATE
   SET content_hash = excluded.content_hash, vectors = excluded.vectors"""
DELETE_ENTRIES = """
DELETE FROM index_entries
 WHERE business_id = %(business_id)s AND collection = %(collection)s
   AND (%(keys)s::uuid[] IS NULL OR key = ANY (%(keys)s))"""

INSERT_WAITING = "INSERT INTO index_outbox (business_id) VALUES (%(business_id)s)"
SELECT_WAITING = "SELECT id FROM index_outbox WHERE business_id = %(business_id)s"
DELETE_WAITING = "DELETE FROM index_outbox WHERE business_id = %(business_id)s AND id = ANY (%(ids)s)"

SELECT_CACHED = "SELECT text_hash, vector FROM embedding_cache WHERE model = %(model)s AND text_hash = ANY (%(hashes)s)"
INSERT_CACHED = """
INSERT INTO embedding_cache (model, text_hash, vector)
SELECT %(model)s, * FROM unnest(%(hashes)s::bytea[], %(vectors)s::bytea[])
ON CONFLICT DO NOTHING"""
DELETE_CACHED = "DELETE FROM embedding_cache WHERE created_at < now() - make_interval(days => %(days)s)"

CLAIM = "SELECT business_id, token FROM claim_indexing(%(seconds)s, %(business_id)s)"
RELEASE = "SELECT release_indexing(%(token)s)"
INDEXED_VECTORS = "SELECT collection, vectors FROM indexed_vectors()"
BUSINESSES_IN_COLLECTION = "SELECT businesses_in_collection(%(collection)s)"
QUEUE_REINDEXING = "SELECT queue_reindexing(%(model)s)"
FORGET_COLLECTION = "SELECT forget_collection(%(collection)s)"


def select_candidates(  # noqa: PLR0913 -- the parts of one query
    uow: UnitOfWork,
    business_id: UUID,
    *,
    collection: str | None,
    keys: Sequence[UUID],
    words: str,
    kinds: Collection[str],
    listed_only: bool,
    lexical: int,
    others: int,
) -> list[Found]:
    """The documents with these keys, the `lexical` best with any of the words (letters and digits, separated by spaces),
    and up to `others` others, as they are now; and whether the collection holds them so."""
    parameters = {
        "business_id": business_id,
        "collection": collection,
        "keys": list(keys),
        "words": words,
        "kinds": list(kinds),
        "listed_only": listed_only,
        "lexical": lexical,
        "others": others,
    }
    with uow.connection.cursor(row_factory=dict_row) as cursor:
        return [_found(row) for row in cursor.execute(SELECT_CANDIDATES, parameters)]


def _found(row: Mapping[str, Any]) -> Found:
    product = None
    if row["product_id"] is not None:
        product = ProductData(
            id=row["product_id"],
            external_id=row["external_id"],
            name=row["name"],
            category=row["category"],
            price=row["price"],
            stock=row["stock"],
            allergens=None if row["allergens"] is None else tuple(row["allergens"]),
            diets=None if row["diets"] is None else tuple(row["diets"]),
            listed=row["listed"],
        )
    columns = ("key", "id", "kind", "title", "content", "metadata", "content_hash", "indexed")
    return Found(**{name: row[name] for name in columns}, product=product)


def select_serving(uow: UnitOfWork, business_id: UUID) -> Generation | None:
    """The generation that serves; None where none does yet."""
    row = uow.connection.execute(SELECT_SERVING, {"business_id": business_id}).fetchone()
    return Generation(*row) if row else None


def count_some(uow: UnitOfWork, business_id: UUID, kinds: Collection[str], most: int) -> int:
    """How many documents of these kinds the business has, counted up to `most`."""
    return int(_value(uow, COUNT_SOME, business_id=business_id, kinds=list(kinds), most=most))


def upsert_documents(uow: UnitOfWork, business_id: UUID, documents: Sequence[NewDocument]) -> None:
    """Writes the documents, whose ids differ. Raises BusinessNotFound."""
    parameters = {
        "business_id": business_id,
        "ids": [document.id for document in documents],
        "titles": [document.title for document in documents],
        "contents": [document.content for document in documents],
        "metadata": [Jsonb(dict(document.metadata)) for document in documents],
    }
    try:
        uow.connection.execute(UPSERT_DOCUMENTS, parameters)
    except ForeignKeyViolation as error:
        raise BusinessNotFound from error


def delete_document(uow: UnitOfWork, business_id: UUID, document_id: str) -> bool:
    """Removes the document, which is no product's; whether it was there."""
    return uow.connection.execute(DELETE_DOCUMENT, {"business_id": business_id, "id": document_id}).rowcount > 0


def select_documents(
    uow: UnitOfWork, business_id: UUID, *, ids: Sequence[str] | None = None, skip: int = 0, limit: int | None = None
) -> list[Document]:
    """Documents, the last changed first: those with these ids, or all."""
    parameters = {"business_id": business_id, "ids": None if ids is None else list(ids), "skip": skip, "limit": limit}
    with uow.connection.cursor(row_factory=class_row(Document)) as cursor:
        return cursor.execute(SELECT_DOCUMENTS, parameters).fetchall()


def count_documents(uow: UnitOfWork, business_id: UUID) -> int:
    """How many documents the business has, its products among them."""
    return int(_value(uow, COUNT_DOCUMENTS, business_id=business_id))


def select_generations(uow: UnitOfWork, business_id: UUID) -> list[Generation]:
    """The business's generations, oldest first."""
    return [Generation(*row) for row in uow.connection.execute(SELECT_GENERATIONS, {"business_id": business_id})]


def insert_generation(uow: UnitOfWork, business_id: UUID, collection: str, model: str) -> None:
    """Begins a generation; one that is being built, or serves, stays as it is."""
    _run(uow, INSERT_GENERATION, business_id=business_id, collection=collection, model=model)


def serve(uow: UnitOfWork, business_id: UUID, collection: str) -> None:
    """Has this generation serve from now on; what served before is retired."""
    _run(uow, RETIRE_SERVING, business_id=business_id)
    _run(uow, SERVE, business_id=business_id, collection=collection)


def retire_others(uow: UnitOfWork, business_id: UUID, collection: str) -> None:
    """Retires what is being built and is not wanted any more."""
    _run(uow, RETIRE_OTHERS, business_id=business_id, collection=collection)


def retire_all(uow: UnitOfWork, business_id: UUID) -> None:
    """Retires all generations of a business that has no documents."""
    _run(uow, RETIRE_ALL, business_id=business_id)


def delete_generation(uow: UnitOfWork, business_id: UUID, collection: str) -> None:
    """Forgets a generation and its entries."""
    _run(uow, DELETE_GENERATION, business_id=business_id, collection=collection)


def select_lacking(uow: UnitOfWork, business_id: UUID, collection: str, limit: int) -> list[Source]:
    """Documents that the collection does not hold as they are now, the last changed first."""
    parameters = {"business_id": business_id, "collection": collection, "limit": limit}
    return [Source(*row) for row in uow.connection.execute(SELECT_LACKING, parameters)]


def select_entries(
    uow: UnitOfWork, business_id: UUID, collection: str, keys: Sequence[UUID] | None = None
) -> list[Entry]:
    """What the collection holds of the business: of these documents, or of all."""
    parameters = {"business_id": business_id, "collection": collection, "keys": keys and list(keys)}
    return [Entry(*row) for row in uow.connection.execute(SELECT_ENTRIES, parameters)]


def select_stale(uow: UnitOfWork, business_id: UUID, collection: str) -> list[Entry]:
    """What the collection holds of documents that are gone."""
    parameters = {"business_id": business_id, "collection": collection}
    return [Entry(*row) for row in uow.connection.execute(SELECT_STALE, parameters)]


def upsert_entries(uow: UnitOfWork, business_id: UUID, collection: str, entries: Sequence[Entry]) -> None:
    """Notes what the collection holds now."""
    _run(
        uow,
        UPSERT_ENTRIES,
        business_id=business_id,
        collection=collection,
        keys=[entry.key for entry in entries],
        hashes=[entry.content_hash for entry in entries],
        vectors=[entry.vectors for entry in entries],
    )


def delete_entries(uow: UnitOfWork, business_id: UUID, collection: str, keys: Sequence[UUID] | None = None) -> None:
    """Notes that the collection does not hold these documents any more, or none at all."""
    _run(uow, DELETE_ENTRIES, business_id=business_id, collection=collection, keys=None if keys is None else list(keys))


def insert_waiting(uow: UnitOfWork, business_id: UUID) -> None:
    """Queues the whole business for the index."""
    _run(uow, INSERT_WAITING, business_id=business_id)


def select_waiting(uow: UnitOfWork, business_id: UUID) -> list[int]:
    """The ids of the business's rows in the queue."""
    return [id for (id,) in uow.connection.execute(SELECT_WAITING, {"business_id": business_id})]


def delete_waiting(uow: UnitOfWork, business_id: UUID, ids: Sequence[int]) -> None:
    """Takes these rows out of the queue."""
    _run(uow, DELETE_WAITING, business_id=business_id, ids=list(ids))


def select_cached(uow: UnitOfWork, model: str, hashes: Sequence[bytes]) -> dict[bytes, bytes]:
    """The cached vectors of these texts' hashes, as float32 bytes."""
    return dict(uow.connection.execute(SELECT_CACHED, {"model": model, "hashes": list(hashes)}).fetchall())


def insert_cached(uow: UnitOfWork, model: str, vectors: Mapping[bytes, bytes]) -> None:
    """Caches vectors under their texts' hashes."""
    _run(uow, INSERT_CACHED, model=model, hashes=list(vectors), vectors=list(vectors.values()))


def delete_cached(uow: UnitOfWork, days: int) -> None:
    """Forgets vectors that were cached more than so many days ago."""
    _run(uow, DELETE_CACHED, days=days)


def claim(uow: UnitOfWork, seconds: float, business_id: UUID | None = None) -> tuple[UUID, UUID] | None:
    """A business for this caller alone, and the token of its turn; None where there is none to be had."""
    parameters = {"seconds": seconds, "business_id": business_id}
    row = uow.connection.execute(CLAIM, parameters).fetchone()
    return None if row is None or row[0] is None else (row[0], row[1])


def release(uow: UnitOfWork, token: UUID) -> None:
    """Ends the turn."""
    _run(uow, RELEASE, token=token)


def indexed_vectors(uow: UnitOfWork) -> dict[str, int]:
    """Each collection in use, and how many vectors it must hold."""
    return {collection: int(vectors) for collection, vectors in uow.connection.execute(INDEXED_VECTORS)}


def businesses_in_collection(uow: UnitOfWork, collection: str) -> list[UUID]:
    """The businesses with vectors in a collection."""
    return [id for (id,) in uow.connection.execute(BUSINESSES_IN_COLLECTION, {"collection": collection})]


def queue_reindexing(uow: UnitOfWork, model: str) -> int:
    """Queues every business with documents that this model does not serve; how many."""
    return int(_value(uow, QUEUE_REINDEXING, model=model))


def forget_collection(uow: UnitOfWork, collection: str) -> None:
    """Queues everything that a lost collection held."""
    _run(uow, FORGET_COLLECTION, collection=collection)


def _run(uow: UnitOfWork, statement: Any, **parameters: Any) -> None:
    uow.connection.execute(statement, parameters)


def _value(uow: UnitOfWork, statement: Any, **parameters: Any) -> Any:
    row = uow.connection.execute(statement, parameters).fetchone()
    return row[0] if row else None
