"""What the service asks of an embedding model, wherever it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from cafe_ai.errors import DependencyDown
from cafe_ai.llm.port import Reason
from cafe_ai.platform.clock import Deadline


@dataclass(frozen=True, slots=True)
class Usage:
    """What one paid call took. cost_usd is exact at list prices; 0 where the model's price is not known."""

    tokens: int
    cost_usd: Decimal


class EmbeddingUnavailable(DependencyDown):
    """No embedding came from the model in the time there was. `reason` is for logs and audit."""

    def __init__(self, reason: Reason) -> None:
        super().__init__("embedding model")
        self.reason: Reason = reason


class EmbeddingModel(Protocol):
    """Turns texts into vectors that are near where the texts mean the same. Threads may share one."""

    @property
    def name(self) -> str:
        """Keys caches and the index: vectors of one name can be compared, those of two names cannot."""

    @property
    def dimensions(self) -> int:
        """The length of every vector."""

    def embed_passages(self, texts: Sequence[str], deadline: Deadline) -> list[list[float]]:
        """A vector of length 1 for each text to be found, in order. Raises EmbeddingUnavailable."""

    def embed_query(self, text: str, deadline: Deadline) -> list[float]:
        """A vector of length 1 for what is searched. Raises EmbeddingUnavailable."""
