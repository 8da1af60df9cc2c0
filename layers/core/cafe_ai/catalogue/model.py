"""What can be searched, and what a search finds. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

Kind = Literal["product", "document"]


@dataclass(frozen=True, slots=True)
class ProductData:
    """What the catalogue holds of a product now.

    price is in the shop's currency, stock in units. allergens and diets are None where they are not known, empty where there
    are none; they hold the shop's own words.
    """

    id: UUID
    external_id: str
    name: str
    category: str | None
    price: Decimal | None
    stock: Decimal | None
    allergens: tuple[str, ...] | None
    diets: tuple[str, ...] | None
    listed: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that a search found, as PostgreSQL holds it now.

    id is the document's own ("product-1"), unique within its business. score is in [0, 1] and falls with the rank. product
    is there where the document is a product of the catalogue.
    """

    id: str
    kind: Kind
    title: str
    content: str
    score: float
    metadata: Mapping[str, Any] = field(default_factory=dict)
    product: ProductData | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, best first; no hits mean that nothing fits.

    degraded: the vector store or the embedding model could not be used, and PostgreSQL's full text answered.
    excluded: how many hits an allergen or a diet that was asked for took away (also those of which it is not known).
    """

    hits: tuple[Hit, ...]
    degraded: bool = False
    excluded: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A document as PostgreSQL holds it. indexed: whether the index that serves has exactly this content."""

    id: str
    kind: Kind
    title: str
    content: str
    metadata: Mapping[str, Any]
    updated_at: datetime
    indexed: bool


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to be stored under its id, over the one of that id there may be. metadata is flat: see `schemas`."""

    id: str
    content: str
    title: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Generation:
    """One set of vectors of a business: made with a model, in a collection of the vector store."""

    collection: str
    model: str
    status: Literal["building", "serving", "retired"]


@dataclass(frozen=True, slots=True)
class Source:
    """What of a document is embedded, and under which key and hash its vectors are stored."""

    key: UUID
    kind: Kind
    title: str
    content: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """That the vector store holds `vectors` vectors of the document's content of that hash."""

    key: UUID
    content_hash: str
    vectors: int

    def ids(self) -> list[str]:
        """The ids of its vectors in the store."""
        return [vector_id(self.key, self.content_hash, part) for part in range(self.vectors)]


@dataclass(frozen=True, slots=True)
class Found:
    """A document that a search found, and its product where it has one.

    key is the index's, not the business's. indexed: whether the index that was asked holds exactly this content.
    """

    key: UUID
    id: str
    kind: Kind
    title: str
    content: str
    metadata: Mapping[str, Any]
    content_hash: str
    indexed: bool
    product: ProductData | None


def vector_id(key: UUID, content_hash: str, part: int) -> str:
    """A vector's id: whose it is, of which content, and of which part; so that an id tells whether it is still right."""
    return f"{key}:{content_hash[:16]}:{part}"
