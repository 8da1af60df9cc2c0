"""A review as sentences, clauses and words, made comparable: no accents, lower case, one apostrophe."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cafe_ai.language.text import fold

_TOKEN = re.compile(r"\d+(?:[.,]\d+)?/\d+|\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*|[.,;:!?…()]+|[^\w\s]")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=\S)|\n+|(?<=[^\d\s][.!?…])(?=[A-ZÁÉÍÓÚÑ¿¡])")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_CLAUSE_MARKS = frozenset(".,;:!?…()")

CONTRASTS = frozenset(
    "pero but however although though aunque yet sino lastima shame pity unfortunately sadly desgraciadamente "
    "lamentablemente ahora except salvo excepto".split()
)
"""A clause begins at these words: what stands before is weighed against what stands after."""

_AND = frozenset("y e and".split())


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark: folded, as written, and where it stands in the sentence."""

    folded: str
    written: str
    start: int
    end: int

    @property
    def is_mark(self) -> bool:
        """Whether it is punctuation that ends the reach of a negation."""
        return self.folded[0] in _CLAUSE_MARKS


def split_sentences(text: str) -> list[str]:
    """The sentences of a review, as written, none empty."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip(" .,;:-")]


def tokenise(sentence: str) -> list[Token]:
    """Words, numbers, marks and emoji in order. A letter written three times or more counts once; "10/10" is a word."""
    found = []
    folded = fold(sentence)
    for match in _TOKEN.finditer(folded):
        word = _STRETCHED.sub(r"\1", match[0])
        found.append(Token(word, sentence[match.start() : match.end()], match.start(), match.end()))
    return found


def split_clauses(tokens: list[Token]) -> list[list[Token]]:
    """The clauses of a sentence: cut at marks, contrasts, and an "and" with three words or more on both sides."""
    clauses: list[list[Token]] = [[]]
    for position, token in enumerate(tokens):
        joins = token.folded in _AND and len(clauses[-1]) >= 3 and _words_until_mark(tokens, position + 1) >= 3
        if joins or (token.folded in CONTRASTS and clauses[-1]):
            clauses.append([])
        clauses[-1].append(token)
        if token.is_mark:
            clauses.append([])
    return [clause for clause in clauses if any(not token.is_mark for token in clause)]


def _words_until_mark(tokens: list[Token], start: int) -> int:
    count = 0
    for token in tokens[start:]:
        if token.is_mark:
            break
        count += 1
    return count
