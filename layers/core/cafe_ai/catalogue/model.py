"""What can be searched, and what a search finds. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
