"""Whether a catalogue holds something under any of its names: folded, without small words and endings, in both languages,
and with a typo or two.

In doubt it is held: a suggestion less costs little, one of what is already there is a mistake. Meaning by vectors was
tried and is no help: the offline model puts "Vitamina C" nearer to "Vitamina D" (.87) than "Cruasán" to "Croissant" (.59).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from cafe_ai.catalogue.lexical import same_meaning, stem_word
from cafe_ai.language.text import tokenize

_SMALL = frozenset(
    "de del la el los las con y e o u al a en un una para por of with and an in for the "
    "casero casera caseros caseras artesano artesana artesanal artesanales natural naturales fresco fresca frescos frescas "
    "grande pequeno pequena mini especial clasico clasica tradicional nuestro nuestra surtido surtidos racion copa taza vaso "
    "homemade artisan fresh large small special classic traditional our style estilo unidad unit ud glass cup slice".split()
)
_SHORTEST_FUZZY = 5


@lru_cache(maxsize=20_000)
def stems(name: str) -> frozenset[str]:
    """The words of a name that tell it from others, without plural and gender: "Zumos de naranja" is {zum, naranj}."""
    words = [token.folded.removesuffix("'s") for token in tokenize(name)]
    kept = [word for word in words if word not in _SMALL] or words
    return frozenset(stem_word(part) for word in kept for part in word.replace("-", " ").split())


class Names:
    """The names of a catalogue, made to be looked up by what they mean."""

    def __init__(self, names: Iterable[str]) -> None:
        self._holders: defaultdict[str, set[int]] = defaultdict(set)
        self._initials: defaultdict[str, set[str]] = defaultdict(set)
        for number, name in enumerate(names):
            for stem in stems(name):
                self._holders[stem].add(number)
                if len(stem) >= _SHORTEST_FUZZY:
                    self._initials[stem[0]].add(stem)

    def hold(self, phrases: Iterable[str]) -> bool:
        """Whether a name has every telling word of one of the phrases, or words of the same meaning, or nearly so spelt.

        "Croissant" is held by "Cruasan relleno" where "cruasán" is one of its phrases, "Orange juice" by "Jugo de naranja".
        """
        return any(self._holds(phrase) for phrase in phrases)

    def _holds(self, phrase: str) -> bool:
        wanted = stems(phrase)
        holders: set[int] | None = None
        for stem in wanted:
            with_stem = set[int]().union(*(self._holders[near] for near in self._near(stem)))
            holders = with_stem if holders is None else holders & with_stem
            if not holders:
                return False
        return bool(holders)

    def _near(self, stem: str) -> set[str]:
        near = {other for other in (stem, *same_meaning(stem)) if other in self._holders}
        if stem in near or len(stem) < _SHORTEST_FUZZY:
            return near
        from rapidfuzz.distance import OSA

        most = 1 if len(stem) < 9 else 2
        return near | {
            other
            for other in self._initials[stem[0]]
            if abs(len(other) - len(stem)) <= most and OSA.distance(stem, other, score_cutoff=most) <= most
        }


def means_same(phrase: str, name: str) -> bool:
    """Whether the name means what the phrase says, or something more particular."""
    return Names([name]).hold([phrase])
