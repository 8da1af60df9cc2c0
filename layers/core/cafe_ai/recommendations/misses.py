"""Which searches that found nothing are kept: a few words that may name a product, and nothing of a person."""

from __future__ import annotations

import re

from cafe_ai.language.text import tokenize

MOST_CHARACTERS = 80
MOST_WORDS = 8
_PERSONAL = re.compile(r"@|\d{4,}|https?:|www\.|\d[\d\s./-]{6,}\d")


def storable(query: str) -> str | None:
    """The query folded to its words; None where it is too long to be a product, or holds what may be a person's.

    E-mail addresses, links and long numbers (telephones, cards, ids) are such.
    """
    if len(query) > 2 * MOST_CHARACTERS or _PERSONAL.search(query):
        return None
    words = [token.folded for token in tokenize(query)]
    text = " ".join(words)
    return text if words and len(words) <= MOST_WORDS and len(text) <= MOST_CHARACTERS else None
