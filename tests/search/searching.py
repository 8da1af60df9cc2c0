"""Search over a labelled catalogue in memory, as the service does it: constraints, cosines, ranking, filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cafe_ai.catalogue import ranking
from cafe_ai.catalogue.diets import read_constraints, satisfies
from cafe_ai.embeddings import EmbeddingModel
from cafe_ai.platform.clock import Deadline
from tests.search.data_sets import Item, LabelledQuery, catalogue, other_trades, queries

Order = Callable[[str, Sequence[Item], Sequence[float]], list[str]]
"""The ids that fit a query, best first, from the items and their cosines."""


class Shelf:
    """Catalogues and their vectors by one model."""

    def __init__(self, model: EmbeddingModel) -> None:
        self.model = model
        self._passages: dict[str, list[list[float]]] = {}
        self._queries: dict[str, list[float]] = {}

    def cosines(self, name: str, query: str) -> list[float]:
        """Of the query with each item of the catalogue."""
        deadline = Deadline.after(60)
        if name not in self._passages:
            self._passages[name] = self.model.embed_passages([item.passage for item in catalogue(name)], deadline)
        if query not in self._queries:
            self._queries[query] = self.model.embed_query(query, deadline)
        vector = self._queries[query]
        return [sum(a * b for a, b in zip(vector, other, strict=True)) for other in self._passages[name]]

    def search(self, name: str, text: str, order: Order) -> list[str]:
        """The ids of what fits and satisfies the constraints, best first."""
        constraints = read_constraints(text)
        items = catalogue(name)
        words = constraints.rest
        ids = order(words, items, self.cosines(name, words or text))
        constraints = constraints.recorded_in([item.diets for item in items])
        allowed = {item.id for item in items if satisfies(constraints, item.allergens, item.diets)}
        return [id for id in ids if not constraints or id in allowed]


def service_order(model: str | None) -> Order:
    """As the service ranks; without a model by the words alone."""

    def order(query: str, items: Sequence[Item], cosines: Sequence[float]) -> list[str]:
        candidates = [
            ranking.Candidate(item.id, item.title, item.content, cosine if model else None)
            for item, cosine in zip(items, cosines, strict=True)
        ]
        return [key for key, _ in ranking.rank(query, candidates, model=model)]

    return order


@dataclass(frozen=True, slots=True)
class Quality:
    """reciprocal_ranks: of each labelled query's first right answer, 0 where it is not found. missed: the labelled queries that
    were told that nothing fits. nothing_fits: the share of other trades' queries that were, over all catalogues."""

    reciprocal_ranks: dict[LabelledQuery, float]
    missed: list[LabelledQuery]
    nothing_fits: float
    let_in: list[tuple[str, str, str]]

    @property
    def mrr(self) -> float:
        """Mean reciprocal rank."""
        return sum(self.reciprocal_ranks.values()) / len(self.reciprocal_ranks)


def measure(shelf: Shelf, split: str, catalogues: Sequence[str], order: Order) -> Quality:
    """How well an order does on the labelled queries and the other trades of "test" or "dev"."""
    ranks: dict[LabelledQuery, float] = {}
    missed = []
    for query in queries(split):
        found = shelf.search(query.catalogue, query.text, order)
        ranks[query] = next((1 / place for place, id in enumerate(found, 1) if id in query.relevant), 0.0)
        if not found:
            missed.append(query)
    strangers = [(name, text) for name in catalogues for text in other_trades(split)]
    answers = [(name, text, shelf.search(name, text, order)) for name, text in strangers]
    let_in = [(name, text, found[0]) for name, text, found in answers if found]
    return Quality(ranks, missed, 1 - len(let_in) / len(strangers), let_in)
