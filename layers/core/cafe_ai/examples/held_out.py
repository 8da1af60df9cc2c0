"""Which questions are set aside: models are examined with them, and neither trained on them nor shown them.

A hash of the question decides, so a question stays where it is however many come after it, and a question asked of two
assistants is on the same side of both.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from cafe_ai.language.text import tokenize

HELD_OUT_PERCENT = 20
NEAR = 0.8
"""The share of words in common (Jaccard) from which two questions are taken for the same one."""

_SALT = "held-out/1"


def normalise(question: str) -> str:
    """The question's folded words; figures as 0, so that "top 5" and "top 10" are one."""
    return " ".join(re.sub(r"\d+", "0", token.folded) for token in tokenize(question))


def is_held_out(question: str) -> bool:
    """Whether the question is set aside."""
    digest = hashlib.sha256(f"{_SALT}:{normalise(question)}".encode()).digest()
    return int.from_bytes(digest[:4]) % 100 < HELD_OUT_PERCENT


def near_any(questions: Sequence[str], others: Iterable[str]) -> list[bool]:
    """Of each question whether some other is nearly the same.

    Two sets with a Jaccard index of NEAR share one of their first rarest words (prefix filtering: Bayardo, Ma and Srikant,
    "Scaling up all pairs similarity search", 2007), so that few pairs are compared.
    """
    sets = [frozenset(normalise(question).split()) for question in questions]
    against = [frozenset(normalise(question).split()) for question in others]
    often = Counter(word for words in (*sets, *against) for word in words)
    by_word: dict[str, set[frozenset[str]]] = defaultdict(set)
    for words in against:
        for word in _rarest(words, often):
            by_word[word].add(words)
    return [
        any(
            _are_near(words, other) for other in set().union(*(by_word.get(word, ()) for word in _rarest(words, often)))
        )
        for words in sets
    ]


def _rarest(words: frozenset[str], often: Counter[str]) -> list[str]:
    """One of these is in every set that is near."""
    ordered = sorted(words, key=lambda word: (often[word], word))
    return ordered[: len(ordered) - -(-len(ordered) * int(NEAR * 10) // 10) + 1]


def _are_near(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether their Jaccard index is NEAR or more; sizes that lie far apart need no look at the words."""
    if min(len(one), len(other)) < NEAR * max(len(one), len(other)):
        return False
    common = len(one & other)
    return common >= NEAR * (len(one) + len(other) - common)
