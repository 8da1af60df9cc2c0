"""Documents on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from cafe_ai.catalogue.documents import (
    CONTENT_CHARACTERS,
    ID_CHARACTERS,
    LARGEST_NUMBER,
    METADATA_CHARACTERS,
    METADATA_KEYS,
    RESERVED,
    TITLE_CHARACTERS,
)
from cafe_ai.catalogue.model import Document, Hit, Kind, NewDocument, SearchResult
from cafe_ai.parameters import STORABLE, WORDS

BusinessId = UUID
Id = Annotated[
    str,
    Field(
        json_schema_extra={
            "minLength": 1,
            "maxLength": ID_CHARACTERS,
            "pattern": rf"^(?!{RESERVED})[^/\x00]*[^/\s\x00][^/\x00]*$",
        }
    ),
]
Text = Annotated[str | None, Field(min_length=1, max_length=5_000)]  # what documents are to fit
METADATA_SCHEMA: dict[str, Any] = {
    "description": f"At most {METADATA_CHARACTERS:,} characters together.",
    "maxProperties": METADATA_KEYS,
    "propertyNames": {"minLength": 1, "maxLength": 100, "pattern": STORABLE},
    "additionalProperties": {
        "anyOf": [
            {"type": "string", "maxLength": METADATA_CHARACTERS, "pattern": STORABLE},
            {"type": "boolean"},
            {"type": "number", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER},
        ]
    },
}
Skip = Annotated[int, Field(ge=0, le=1_000_000)]
Limit = Annotated[int, Field(ge=1, le=100)]


class DocumentRequest(BaseModel):
    """What a document is to hold. `documents.check` says what fits."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Annotated[str, Field(json_schema_extra={"maxLength": TITLE_CHARACTERS, "pattern": STORABLE})] = ""
    content: Annotated[
        str, Field(json_schema_extra={"minLength": 1, "maxLength": CONTENT_CHARACTERS, "pattern": WORDS})
    ]
    metadata: Annotated[
        dict[str, StrictStr | StrictBool | StrictInt | StrictFloat], Field(json_schema_extra=METADATA_SCHEMA)
    ] = {}

    def document(self, document_id: str) -> NewDocument:
        """As the catalogue takes it."""
        return NewDocument(document_id, self.content, self.title, self.metadata)


class DocumentBody(BaseModel):
    """A document as it is stored. indexed: whether the search index has this content already; the full text always has."""

    id: str
    kind: Kind
    title: str
    content: str
    metadata: dict[str, Any]
    updated_at: datetime
    indexed: bool

    @classmethod
    def of(cls, document: Document) -> DocumentBody:
        """The document as JSON has it."""
        return cls(
            id=document.id,
            kind=document.kind,
            title=document.title,
            content=document.content,
            metadata=dict(document.metadata),
            updated_at=document.updated_at,
            indexed=document.indexed,
        )


class HitBody(BaseModel):
    """A document that fits what was searched. score is in [0, 1] and falls with the rank."""

    id: str
    kind: Kind
    title: str
    content: str
    metadata: dict[str, Any]
    score: float

    @classmethod
    def of(cls, hit: Hit) -> HitBody:
        """The hit as JSON has it."""
        return cls(
            id=hit.id,
            kind=hit.kind,
            title=hit.title,
            content=hit.content,
            metadata=dict(hit.metadata),
            score=hit.score,
        )


class Documents(BaseModel):
    """Documents, found or listed. degraded: the index could not be used, and PostgreSQL's full text answered."""

    documents: list[HitBody | DocumentBody]
    degraded: bool = False

    @classmethod
    def of(cls, found: SearchResult | list[Document]) -> Documents:
        """What a search found, or a page of all there is."""
        if isinstance(found, SearchResult):
            return cls(documents=[HitBody.of(hit) for hit in found.hits], degraded=found.degraded)
        return cls(documents=[DocumentBody.of(document) for document in found])
