"""Text made comparable: case, accents and typographic variants folded away."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_VARIANTS = str.maketrans(
    {"’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "−": "-"}
)
_WORD = re.compile(r"[^\W_]+(?:['.&/+-][^\W_]+)*")


class Token(NamedTuple):
    """A word of a text: folded, as written, and where it stands (end exclusive)."""

    folded: str
    written: str
    start: int
    end: int


def fold(text: str) -> str:
    """The text in lower case without accents; one character in gives one character out, so positions are kept.

    "Café – Él" becomes "cafe - el". ñ becomes n, ß stays.
    """
    text = text.translate(_VARIANTS)
    return text.lower() if text.isascii() else "".join(_fold_character(c) for c in text)


def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    base = unicodedata.normalize("NFKD", character)[0].lower()
    return base if len(base) == 1 else character


def tokenize(text: str) -> list[Token]:
    """The words and numbers of a text, in order.

    Hyphens, dots and slashes inside a word stay: "t-light", "2010-11"; "1.234,56" is "1.234" and "56".
    """
    folded = fold(text)
    return [Token(m[0], text[m.start() : m.end()], m.start(), m.end()) for m in _WORD.finditer(folded)]
