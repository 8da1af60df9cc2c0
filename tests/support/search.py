"""A catalogue search in memory: products whose name or text holds a word of the query, for tests of what uses a search."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cafe_ai.catalogue.model import Hit, ProductData, SearchResult
from cafe_ai.recommendations.matching import stems
from cafe_ai.recommendations.repository import _candidate

SELECT_PRODUCTS = """
SELECT id, external_id, name, category, description, price, stock, allergens, diets, listed, cost, lead_time_days
  FROM products WHERE listed ORDER BY name"""


@dataclass
class FakeSearch:
    """Finds listed products by their words, best first; says of itself what it was asked."""

    degraded: bool = False
    excluded: int = 0
    finds: bool = True
    asked: list[str] = field(default_factory=list)

    def __call__(self, runtime: Any, business_id: UUID, text: str, *, limit: int, **_: Any) -> SearchResult:
        self.asked.append(text)
        if not self.finds:
            return SearchResult((), self.degraded, self.excluded)
        with runtime.database.transaction(business_id, read_only=True) as uow:
            cursor = uow.connection.execute(SELECT_PRODUCTS)
            names = [column.name for column in cursor.description]
            rows = [dict.fromkeys(("units",)) | dict(zip(names, row, strict=True)) for row in cursor]
        wanted = stems(text)
        found: list[tuple[int, ProductData]] = []
        for row in rows:
            held = stems(f"{row['name']} {row['category'] or ''} {row['description'] or ''}")
            if shared := len(wanted & held):
                found.append((shared, product_of(row)))
        found.sort(key=lambda one: (-one[0], one[1].name))
        hits = [
            Hit(f"product-{product.external_id}", "product", product.name, product.name, 0.9 - 0.01 * rank, {}, product)
            for rank, (_, product) in enumerate(found[:limit])
        ]
        return SearchResult(tuple(hits), self.degraded, self.excluded)


def product_of(row: dict[str, Any]) -> ProductData:
    """A product's row as the catalogue has it."""
    figures = dict.fromkeys(("units_before", "units_season", "units_preseason", "costed_net", "costs", "rows"))
    return _candidate(figures | row).product
