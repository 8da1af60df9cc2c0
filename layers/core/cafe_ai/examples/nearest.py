"""The examples nearest to a question: by the words they share, of which rare ones count more (cosine of tf-idf)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from cafe_ai.examples.held_out import is_held_out, near_any, normalise
from cafe_ai.examples.model import Example

AT_MOST = 4
LEAST_SIMILARITY = 0.15


class Collection:
    """Examples of one business and language that may be shown: none that is held out, or nearly one of those."""

    def __init__(self, examples: Sequence[Example]) -> None:
        by_question: dict[str, Example] = {}
        for example in examples:
            key = normalise(example.question)
            if key not in by_question or example.own > by_question[key].own:
                by_question[key] = example
        held_out = {key for key in by_question if is_held_out(key)}
        rest = [key for key in by_question if key not in held_out]
        near = {key for key, is_near in zip(rest, near_any(rest, held_out), strict=True) if is_near}
        by_question = {key: by_question[key] for key in rest if key not in near}
        words = [Counter(key.split()) for key in by_question]
        documents = Counter(word for counted in words for word in counted)
        self._rarity = {word: math.log(1 + len(words) / count) for word, count in documents.items()}
        self._examples = [
            (example, self._weigh(counted)) for example, counted in zip(by_question.values(), words, strict=True)
        ]

    def __len__(self) -> int:
        return len(self._examples)

    def nearest(self, question: str, at_most: int = AT_MOST) -> list[Example]:
        """The nearest ones, the business's own before others', each nearest first; none that has little in common."""
        asked = self._weigh(Counter(normalise(question).split()))
        similar = [(_cosine(asked, weights), example) for example, weights in self._examples]
        near = [(similarity, example) for similarity, example in similar if similarity >= LEAST_SIMILARITY]
        near.sort(key=lambda found: (not found[1].own, -found[0]))
        return [example for _, example in near[:at_most]]

    def _weigh(self, counted: Mapping[str, int]) -> dict[str, float]:
        weights = {word: count * self._rarity.get(word, 0.0) for word, count in counted.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {word: weight / length for word, weight in weights.items()}


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())
