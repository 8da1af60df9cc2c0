"""Whether two names mean the same product: folded, without small words and endings, and with a typo or two."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from cafe_ai.language.text import fold, tokenize

_SMALL = frozenset(
    "de del la el los las con y e o al a en un una para por the of with and an in for our casero casera caseros caseras "
    "artesano artesana artesanal artesanales natural naturales fresco fresca frescos frescas grande pequeno pequena mini "
    "especial clasico clasica tradicional nuestro nuestra homemade artisan fresh large small special classic "
    "traditional style estilo unidad unit ud".split()
)
_SHORTEST_FUZZY = 5


@lru_cache(maxsize=20_000)
def stems(name: str) -> frozenset[str]:
    """The words of a name that tell it from others, without plural and gender: "Zumos de naranja" is {zum, naranj}."""
    words = [token.folded for token in tokenize(name)]
    kept = [word for word in words if word not in _SMALL] or words
    return frozenset(_stem(part) for word in kept for part in fold(word).replace("-", " ").replace("'s", "").split())


def means_same(phrase: str, name: str) -> bool:
    """Whether the name holds every telling word of the phrase, a misspelt one too: "Cruasan de mantequila", "Cruasán"."""
    wanted, held = stems(phrase), stems(name)
    return bool(wanted) and all(word in held or _nearly_in(word, held) for word in wanted)


def holds(phrases: Iterable[str], name: str) -> bool:
    """Whether the name means one of the phrases."""
    return any(means_same(phrase, name) for phrase in phrases)


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith("es") and word[-3] in "nrldszjx":
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] in "aeo" else word


def _nearly_in(word: str, held: frozenset[str]) -> bool:
    if len(word) < _SHORTEST_FUZZY:
        return False
    from rapidfuzz.distance import OSA

    most = 1 if len(word) < 9 else 2
    return any(
        len(other) >= _SHORTEST_FUZZY and word[0] == other[0] and OSA.distance(word, other, score_cutoff=most) <= most
        for other in held
    )
