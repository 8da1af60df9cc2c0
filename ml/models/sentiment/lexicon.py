"""The bilingual polarity lexicon: words and expressions with how good or bad they are, plainly and under a negation."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from cafe_ai.language.text import fold

Language = Literal["es", "en"]
LANGUAGES: tuple[Language, ...] = ("es", "en")

POSITIVE_NEGATED, NEGATIVE_NEGATED = -0.85, -0.45
"""What a negation makes of a weight where the lexicon says nothing else: "not tasty" is bad, "not dirty" mildly good."""


@dataclass(frozen=True, slots=True)
class Entry:
    """weight from -3 to 3; negated: the weight under a negation."""

    weight: float
    negated: float
    words: int


@dataclass(slots=True)
class _Node:
    whole: dict[str, _Node] = field(default_factory=dict)
    stems: dict[str, _Node] = field(default_factory=dict)
    entry: Entry | None = None


class Lexicon:
    """Finds the longest entry that begins at a word."""

    def __init__(self) -> None:
        self._root = _Node()
        self.expressions: list[tuple[str, float]] = []

    def add(self, expression: str, weight: float, negated: float | None) -> None:
        """An expression with _ between its words; * ends a stem."""
        words = fold(expression).split("_")
        node = self._root
        for word in words:
            branch = node.stems if word.endswith("*") else node.whole
            node = branch.setdefault(word.rstrip("*"), _Node())
        if negated is None:
            negated = weight * (POSITIVE_NEGATED if weight > 0 else NEGATIVE_NEGATED)
        if node.entry is None or abs(weight) > abs(node.entry.weight):
            node.entry = Entry(weight, negated, len(words))
        if "*" not in expression:
            self.expressions.append((expression.replace("_", " "), weight))

    def match(self, words: list[str], start: int) -> Entry | None:
        """The longest entry that begins at this word."""
        best: Entry | None = None
        nodes = [self._root]
        for word in words[start:]:
            nodes = [after for node in nodes for after in _step(node, word)]
            if not nodes:
                break
            ended = [node.entry for node in nodes if node.entry is not None]
            best = ended[0] if ended else best
        return best


def _step(node: _Node, word: str) -> list[_Node]:
    """Where a word leads: the whole word first, then the longest stem."""
    found = [node.whole[word]] if word in node.whole else []
    for length in range(len(word), 1, -1):
        if word[:length] in node.stems:
            found.append(node.stems[word[:length]])
            break
    return found


@cache
def lexicon(language: Language) -> Lexicon:
    """The lexicon of a language, read from its file once."""
    built = Lexicon()
    text = files("ml.models.sentiment").joinpath(f"data/lexicon_{language}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        head, *expressions = line.split()
        weight, _, negated = head.partition("/")
        for expression in expressions:
            word, _, own = expression.partition("/")
            if own and word.isdigit():  # 10/10 is a word
                built.add(expression, float(weight), None)
                continue
            built.add(word, float(weight), float(own or negated) if own or negated else None)
    return built
