"""What stands for the names of a shop's own things in examples: "Producto Alfa", "Category Beta"."""

from __future__ import annotations

import re
from collections.abc import Mapping

_KINDS: Mapping[str, Mapping[str, str]] = {
    "es": {"product": "Producto", "category": "Categoría", "store": "Local", "payment_method": "Pago"},
    "en": {"product": "Product", "category": "Category", "store": "Store", "payment_method": "Payment"},
}
_LETTERS = "Alfa Beta Gamma Delta Sigma Omega Kappa Lambda".split()
"""Words that differ in more than the words that join names ("a", "y"), which a planner may leave out."""

_KIND_OF = {word: kind for words in _KINDS.values() for kind, word in words.items()}
_PLACEHOLDER = re.compile(rf"(?<!\w)({'|'.join(_KIND_OF)}) ({'|'.join(_LETTERS)})(?!\w)")


def placeholder(kind: str, number: int, locale: str) -> str | None:
    """What stands for the name of a kind that is said at that place (0 is the first); None where there are no more."""
    if number >= len(_LETTERS):
        return None
    return f"{_KINDS['en' if locale == 'en' else 'es'][kind]} {_LETTERS[number]}"


def find_placeholders(question: str) -> list[tuple[str, str]]:
    """The kind and the text of each placeholder in a question, in order, each once."""
    return list(dict.fromkeys((_KIND_OF[match[1]], match[0]) for match in _PLACEHOLDER.finditer(question)))
