"""A search over documents and products that a test holds, by their words; it records what it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from cafe_ai.bootstrap import Runtime
from cafe_ai.catalogue.diets import read_constraints, satisfies
from cafe_ai.catalogue.model import Hit, Kind, ProductData, SearchResult
from cafe_ai.catalogue.ranking import Candidate, rank
from cafe_ai.platform.clock import Deadline


def document(title: str, content: str, *, id: str = "", score: float = 0.0, **metadata: Any) -> Hit:
    """A document of the business. A score makes it be found whatever is asked."""
    return Hit(id or title.lower().replace(" ", "-")[:60], "document", title, content, score, metadata)


def product(
    name: str,
    price: str | None = None,
    *,
    description: str = "",
    category: str | None = None,
    allergens: Sequence[str] | None = None,
    diets: Sequence[str] | None = None,
    score: float = 0.0,
) -> Hit:
    """A product of the catalogue as a search finds it."""
    data = ProductData(
        uuid5(UUID(int=0), name),
        name,
        name,
        category,
        Decimal(price) if price else None,
        None,
        tuple(allergens) if allergens is not None else None,
        tuple(diets) if diets is not None else None,
        True,
    )
    content = ". ".join(part for part in (name, category, description) if part)
    return Hit(f"product-{name}", "product", name, content, score, {}, data)


@dataclass
class FakeSearch:
    """Stands for `catalogue.service.search`. calls: who was searched for what."""

    held: list[Hit] = field(default_factory=list)
    calls: list[tuple[UUID, str, frozenset[Kind]]] = field(default_factory=list)

    def __call__(
        self,
        runtime: Runtime,
        business_id: UUID,
        text: str,
        *,
        limit: int,
        deadline: Deadline,
        user_id: UUID | None = None,
        kinds: frozenset[Kind] = frozenset({"product", "document"}),
        listed_only: bool = True,
    ) -> SearchResult:
        self.calls.append((business_id, text, kinds))
        constraints = read_constraints(text)
        held, excluded = [], 0
        for hit in self.held:
            if hit.kind in kinds and hit.product and constraints:
                fits = satisfies(constraints, hit.product.allergens, hit.product.diets)
                excluded += not fits
                held += [hit] if fits else []
            elif hit.kind in kinds:
                held.append(hit)
        candidates = [Candidate(str(place), hit.title, hit.content, None) for place, hit in enumerate(held)]
        scores = {int(key): score for key, score in rank(constraints.rest, candidates, model=None)}
        scores |= {place: hit.score for place, hit in enumerate(held) if hit.score > scores.get(place, 0.0)}
        best = sorted(scores, key=lambda place: -scores[place])[:limit]
        return SearchResult(tuple(replace(held[place], score=scores[place]) for place in best), excluded=excluded)
