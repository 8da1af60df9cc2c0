"""Misspelt words of a question put right, where they are no names of the shop."""

from __future__ import annotations

from dataclasses import replace

from cafe_ai.assistants.planning.lexemes import Lexeme, read_words
from cafe_ai.assistants.planning.names import ShopNames, nearly
from cafe_ai.assistants.planning.words import CORRECTED, NOT_RECORDED, SPENDING, vocabulary

SHORTEST = 6
"""Shorter words are not corrected: too many others are one letter away, and a cake must not become an afternoon."""


def correct(lexemes: list[Lexeme], names: ShopNames) -> list[Lexeme]:
    """The lexemes with words like "vetnas" or "noviemvre" read as what they nearly are; positions stay the question's."""
    return [_corrected(lexeme, names) if _is_strange(lexeme, names) else lexeme for lexeme in lexemes]


def _is_strange(lexeme: Lexeme, names: ShopNames) -> bool:
    word = lexeme.text
    known = word in vocabulary() or word in NOT_RECORDED or word in SPENDING or names.knows(word)
    return lexeme.kind == "word" and len(word) >= SHORTEST and word.isalpha() and not known


def _corrected(lexeme: Lexeme, names: ShopNames) -> Lexeme:
    if names.resembles(lexeme.text):
        return lexeme
    near = [(word, typos) for word, typos in nearly(lexeme.text, CORRECTED) if len(word) >= SHORTEST]
    if not near:
        return lexeme
    best, _ = min(near, key=lambda item: (item[1], item[0]))
    return replace(read_words(best)[0], start=lexeme.start, end=lexeme.end)
