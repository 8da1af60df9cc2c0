"""An embedding model for tests: the letters of a text, three at a time, hashed into a vector. Texts alike are near."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from cafe_ai.embeddings import EmbeddingUnavailable
from cafe_ai.language.text import fold
from cafe_ai.platform.clock import Deadline


@dataclass
class LettersModel:
    """Embeds at once, counts what it was asked, and fails while it is `down`. The name makes no difference to vectors."""

    name: str = "letters-1"
    dimensions: int = 128
    down: bool = False
    passages: list[str] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)

    def embed_passages(self, texts: Sequence[str], deadline: Deadline) -> list[list[float]]:
        self._refuse(deadline)
        self.passages += texts
        return [self._embed(text) for text in texts]

    def embed_query(self, text: str, deadline: Deadline) -> list[float]:
        self._refuse(deadline)
        self.queries.append(text)
        return self._embed(text)

    def _refuse(self, deadline: Deadline) -> None:
        if self.down or deadline.expired:
            raise EmbeddingUnavailable("unreachable")

    def _embed(self, text: str) -> list[float]:
        vector = [1e-6] * self.dimensions
        letters = f"  {' '.join(fold(text).split())}  "
        for at in range(len(letters) - 2):
            vector[zlib.crc32(letters[at : at + 3].encode()) % self.dimensions] += 1.0
        length = math.sqrt(sum(number * number for number in vector))
        return [number / length for number in vector]
