"""The business's own documents: written to PostgreSQL first, from where the index follows."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cafe_ai.catalogue import indexing, repository, service
from cafe_ai.catalogue.index_worker import message_for
from cafe_ai.catalogue.model import Document, NewDocument, SearchResult
from cafe_ai.errors import DependencyDown, DocumentNotFound, FieldError, InvalidRequest, Unavailable
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import log_failure
from cafe_ai.tenancy.model import Permission

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.tenancy.model import Member

READ, WRITE = Permission.CATALOGUE, Permission.EDIT  # what a member needs
ID_CHARACTERS, TITLE_CHARACTERS, CONTENT_CHARACTERS = 200, 300, 20_000
METADATA_KEYS, METADATA_CHARACTERS, LARGEST_NUMBER = 50, 10_000, 10**15
RESERVED = "product:"
INDEX_SECONDS = 10.0  # for which a write may wait for the index
PATIENCE = 0.05


def put(runtime: Runtime, member: Member, document: NewDocument) -> Document:
    """Stores the document over the one of its id, tells the indexer, and returns it as it is stored.

    Raises InvalidRequest naming each field that is not what `check` wants.
    """
    check([document])
    business_id = member.business.id
    with runtime.database.transaction(business_id, member.user_id, member.deadline) as uow:
        repository.upsert_documents(uow, business_id, [document])
    announce(runtime, business_id, member.deadline)
    with runtime.database.transaction(business_id, member.user_id, member.deadline, read_only=True) as uow:
        stored = repository.select_documents(uow, business_id, ids=[document.id])
    if not stored:  # removed meanwhile
        raise DocumentNotFound
    return stored[0]


def find(runtime: Runtime, member: Member, text: str | None, *, skip: int, limit: int) -> SearchResult | list[Document]:
    """What fits the text, best first; without one a page of all there is, products too, the last changed first."""
    business_id = member.business.id
    if text is not None:
        return service.search(runtime, business_id, text, limit=limit, deadline=member.deadline, user_id=member.user_id)
    with runtime.database.transaction(business_id, member.user_id, member.deadline, read_only=True) as uow:
        return repository.select_documents(uow, business_id, skip=skip, limit=limit)


def delete(runtime: Runtime, member: Member, document_id: str) -> None:
    """Removes the document, and tells the indexer. Raises DocumentNotFound; InvalidRequest for a product's."""
    if not remove(runtime, member.business.id, document_id, member.deadline):
        raise DocumentNotFound
    announce(runtime, member.business.id, member.deadline)


def remove(runtime: Runtime, business_id: UUID, document_id: str, deadline: Deadline) -> bool:
    """Removes the document; whether it was there. Raises InvalidRequest for a product's."""
    _refuse([_id_error(document_id)])
    with runtime.database.transaction(business_id, deadline=deadline) as uow:
        return repository.delete_document(uow, business_id, document_id)


def put_many(runtime: Runtime, business_id: UUID, documents: Sequence[NewDocument], deadline: Deadline) -> None:
    """Stores all the documents in one transaction. Of two with one id the later stands."""
    check(documents)
    latest = list({document.id: document for document in documents}.values())
    with runtime.database.transaction(business_id, deadline=deadline) as uow:
        repository.upsert_documents(uow, business_id, latest)


def announce(runtime: Runtime, business_id: UUID, deadline: Deadline) -> None:
    """Tells the indexer of a change that was committed; where there is no queue, indexes it now.

    Where that fails nothing is lost: the change waits in the outbox, and the indexer's schedule sees to it.
    """
    if runtime.index_queue is None:
        index_now(runtime, business_id, deadline)
        return
    try:
        runtime.index_queue.send(message_for(business_id), deadline)
    except DependencyDown as error:
        log_failure("The indexer could not be told of a change", error)


def index_now(runtime: Runtime, business_id: UUID, deadline: Deadline) -> None:
    """Indexes what waits of the business, as far as the index can be reached and within ten seconds."""
    until = Deadline.after(deadline.at_most(INDEX_SECONDS))
    try:
        while runtime.vectors is not None and until.remaining() > indexing.LEAST_SECONDS:
            indexing.drain(runtime, until, business_id)
            with runtime.database.transaction(business_id, deadline=deadline, read_only=True) as uow:
                if not repository.select_waiting(uow, business_id):
                    return
            time.sleep(PATIENCE)  # another worker is at this business
    except Unavailable as error:
        log_failure("A change waits for the index", error)


def check(documents: Sequence[NewDocument]) -> None:
    """Raises InvalidRequest naming each field that cannot be stored: id, title, content, metadata."""
    _refuse([error for document in documents for error in _errors(document)])


def _errors(document: NewDocument) -> list[FieldError | None]:
    return [
        _id_error(document.id),
        _text_error("title", document.title, 0, TITLE_CHARACTERS),
        _text_error("content", document.content, 1, CONTENT_CHARACTERS),
        *(_metadata_error(key, value) for key, value in document.metadata.items()),
        _size_error(document.metadata),
    ]


def _refuse(errors: Sequence[FieldError | None]) -> None:
    found = [error for error in errors if error is not None]
    if found:
        raise InvalidRequest(found)


def _id_error(document_id: str) -> FieldError | None:
    if document_id.startswith(RESERVED):
        return FieldError("document_id", f'begins with "{RESERVED}", which is for the catalogue\'s products')
    return _text_error("document_id", document_id, 1, ID_CHARACTERS)


def _text_error(field: str, text: str, least: int, most: int) -> FieldError | None:
    if not _is_storable(text):
        return FieldError(field, "must be Unicode text without the character U+0000")
    if not least <= len(text) <= most or (least and not text.strip()):
        return FieldError(field, f"must have {least} to {most:,} characters")
    return None


def _metadata_error(key: str, value: object) -> FieldError | None:
    if not _is_storable(key) or not 1 <= len(key) <= 100:
        return FieldError("metadata", "must have keys of 1 to 100 characters")
    plain = isinstance(value, str | bool | int | float)
    if not plain or (isinstance(value, float) and not math.isfinite(value)):
        return FieldError(f"metadata.{key}", "must be a text, a number, true or false")
    if isinstance(value, int | float) and abs(value) > LARGEST_NUMBER:
        return FieldError(f"metadata.{key}", "must be at most 10^15")
    if isinstance(value, str) and not _is_storable(value):
        return FieldError(f"metadata.{key}", "must be Unicode text without the character U+0000")
    return None


def _size_error(metadata: Any) -> FieldError | None:
    size = sum(len(key) + (len(value) if isinstance(value, str) else 20) for key, value in metadata.items())
    if len(metadata) > METADATA_KEYS or size > METADATA_CHARACTERS:
        return FieldError("metadata", f"must have at most {METADATA_KEYS} keys and {METADATA_CHARACTERS:,} characters")
    return None


def _is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
