"""For code that is not behind an endpoint: documents in, what is similar out. PostgreSQL keeps them, the index follows.

Each call works on this environment's runtime and takes business_id as a UUID or its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from cafe_ai.bootstrap import runtime
from cafe_ai.catalogue import documents, indexing, service
from cafe_ai.catalogue.model import NewDocument
from cafe_ai.errors import InvalidRequest
from cafe_ai.platform.clock import Deadline

Id = UUID | str

SECONDS = 25.0
BULK_SECONDS = 600.0


def add_document(
    business_id: Id, document_id: str, content: str, metadata: Mapping[str, Any] | None = None, title: str = ""
) -> None:
    """Stores the document, over the one of that id, and indexes it now if the index can be reached; else soon.

    Raises InvalidRequest naming what cannot be stored, and BusinessNotFound.
    """
    add_documents(business_id, [NewDocument(document_id, content, title, metadata or {})], seconds=SECONDS)


def add_documents(business_id: Id, new: Iterable[NewDocument], *, seconds: float = BULK_SECONDS) -> None:
    """Stores many documents in one transaction, and indexes them as `add_document` does."""
    business, deadline = _uuid(business_id), Deadline.after(seconds)
    documents.put_many(runtime(), business, list(new), deadline)
    documents.index_now(runtime(), business, deadline)


def similarity_search(query_text: str, business_id: Id, limit: int = 5) -> list[dict[str, Any]]:
    """What of the business fits the text, best first: its documents and its catalogue's products (`product:...`).

    Each as {"id", "content", "score" in [0, 1], "metadata"}. Nothing fits: an empty list.
    """
    found = service.search(runtime(), _uuid(business_id), query_text, limit=limit, deadline=Deadline.after(SECONDS))
    return [
        {"id": hit.id, "content": hit.content, "score": hit.score, "metadata": dict(hit.metadata)} for hit in found.hits
    ]


def delete_document(business_id: Id, document_id: str) -> bool:
    """Removes the document; whether it was there."""
    business, deadline = _uuid(business_id), Deadline.after(SECONDS)
    removed = documents.remove(runtime(), business, document_id, deadline)
    if removed:
        documents.index_now(runtime(), business, deadline)
    return removed


def rebuild(business_id: Id | None = None, *, seconds: float = BULK_SECONDS) -> int:
    """Indexes all of the business, or of all businesses, anew from PostgreSQL; how many documents. See `indexing.rebuild`."""
    business = None if business_id is None else _uuid(business_id)
    return indexing.rebuild(runtime(), Deadline.after(seconds), business)


def _uuid(value: Id) -> UUID:
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except ValueError as error:
        raise InvalidRequest.field("business_id", "must be a UUID") from error
