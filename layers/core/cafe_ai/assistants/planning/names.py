"""The shop's names found in a question: products, categories, stores, payment methods; typos and accents forgiven."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cafe_ai.assistants.planning.lexemes import Lexeme, word_texts
from cafe_ai.assistants.planning.model import NameKind
from cafe_ai.assistants.planning.words import JOINING, vocabulary
from cafe_ai.language.text import fold

SHORTEST = 5
"""Words of fewer letters are not taken for misspelt ones."""
MANY = 5
"""Up to so many names that share the words asked for are meant together; beyond, the question is ambiguous."""

NAMED_NEXT = frozenset("de of cuanto cuanta many much".split())
"""Words after which a common word is a name, if the shop has one like it."""
OTHER_WORDS: dict[str, tuple[str, ...]] = {
    "tarjeta": ("card", "credit card", "tarjeta de credito"),
    "card": ("tarjeta", "tarjeta de credito", "credit card"),
    "efectivo": ("cash", "metalico", "al contado"),
    "cash": ("efectivo", "metalico", "al contado"),
}
"""How else the commonest payment methods are said."""


class Name(NamedTuple):
    """A name of the shop and its words, normalised."""

    kind: NameKind
    text: str
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameFound:
    """Names of one kind that stand at the lexemes [first, end) of a question."""

    first: int
    end: int
    kind: NameKind
    names: tuple[str, ...]


class ShopNames:
    """An index of a shop's names. It is built once for each version of the names and then only read."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        common = vocabulary()
        self._by_first: dict[str, list[Name]] = defaultdict(list)
        self._accented: set[str] = set()
        self._common: dict[str, list[Name]] = defaultdict(list)  # "Té" is also the pronoun "te"
        self._by_word: dict[str, list[Name]] = defaultdict(list)
        self._by_kind: dict[str, list[str]] = defaultdict(list)
        for kind, text in names:
            self._by_kind[kind].append(text)
            self._accented.update(word for word in text.casefold().split() if not word.isascii())
            said = [text, *OTHER_WORDS.get(fold(text), ())] if kind == "payment_method" else [text]
            for words in said:
                self._add(Name(kind, text, tuple(normalise(word) for word in word_texts(words))), common)  # type: ignore[arg-type]
        for named in self._by_first.values():
            named.sort(key=lambda name: -len(name.key))

    def writes(self, word: str) -> bool:
        """Whether a name has this word just so, with its accent: "té" is no pronoun where teas are sold."""
        return word.casefold() in self._accented

    def _add(self, name: Name, common: frozenset[str]) -> None:
        if (
            len(name.key) > 1
            or (name.key and name.key[0] not in common)
            or (name.key and name.kind == "payment_method")
        ):
            self._by_first[name.key[0]].append(name)
        elif name.key and name.key[0] not in JOINING:
            self._common[name.key[0]].append(name)
        for word in set(name.key):
            self._by_word[word].append(name)

    def of_kind(self, kind: NameKind) -> tuple[str, ...]:
        """All names of a kind, in the order they were given."""
        return tuple(self._by_kind.get(kind, ()))

    def knows(self, word: str) -> bool:
        """Whether a folded word stands in any of the names."""
        return normalise(word) in self._by_word

    def resembles(self, word: str) -> bool:
        """Whether some name has a word like this one."""
        return bool(self._alike(normalise(word)))

    def find(self, lexemes: Sequence[Lexeme]) -> list[NameFound]:
        """The names that stand in full among the lexemes, the longest first, none overlapping another."""
        places = [place for place, lexeme in enumerate(lexemes) if lexeme.kind != ","]
        words = [normalise(lexemes[place].text) for place in places]
        found: list[NameFound] = []
        at = 0
        while at < len(words):
            named = at > 0 and words[at - 1] in NAMED_NEXT
            known = [*self._by_first.get(words[at], ()), *(self._common.get(words[at], ()) if named else ())]
            fitting = [name for name in known if tuple(words[at : at + len(name.key)]) == name.key]
            longest = [name for name in fitting if len(name.key) == len(fitting[0].key)]
            if not longest or self._goes_on_misspelt(longest[0], words[at + 1 :]):
                at += 1
                continue
            first, end = places[at], places[at + len(longest[0].key) - 1] + 1
            written = [lexeme.text for lexeme in lexemes[first:end] if lexeme.kind != ","]
            found.append(NameFound(first, end, *_preferred(longest, written)))
            at += len(longest[0].key)
        return found

    def _goes_on_misspelt(self, name: Name, after: Sequence[str]) -> bool:
        """Whether a word such as a category's is but the beginning of a longer name that is misspelt further on."""
        following = next((word for word in after if word not in JOINING), "")
        if len(name.key) > 1 or following in self._by_word or len(following) < SHORTEST:
            return False
        return any(len(other.key) > 1 for other in self.resemble([name.key[0], following]))

    def match(self, kind: NameKind, text: str) -> tuple[str, ...]:
        """The names of a kind that the text may stand for, best first."""
        return tuple(name.text for name in self.resemble(word_texts(text)) if name.kind == kind)

    def resemble(self, words: Sequence[str]) -> list[Name]:
        """The names that hold all the words but for typos: those made of nothing else, or else all that have them."""
        wanted = [normalise(word) for word in words if word not in JOINING]
        if not wanted:
            return []
        holding: dict[Name, int] = {}
        for place, word in enumerate(wanted):
            scored: dict[Name, int] = {}
            for known, score in self._alike(word):
                for name in self._by_word[known]:
                    scored[name] = max(score, scored.get(name, 0))
            holding = {
                name: score + holding.get(name, 0) for name, score in scored.items() if place == 0 or name in holding
            }
        full = [name for name in holding if len([word for word in name.key if word not in JOINING]) <= len(wanted)]
        chosen = full or list(holding)
        best = max((holding[name] for name in chosen), default=0)
        return sorted(
            (name for name in chosen if holding[name] >= best - 5 * len(wanted)),
            key=lambda name: (-holding[name], name.text),
        )

    def _alike(self, word: str) -> list[tuple[str, int]]:
        if word in self._by_word:
            return [(word, 100)]
        if len(word) < 4 or word.isdigit():
            return []
        return [(known, 100 - 10 * typos) for known, typos in nearly(word, self._by_word)]


def join_names(words: list[Lexeme], names: list[NameFound]) -> list[Lexeme]:
    """The lexemes with each name as one of kind X, whose value is its place among the names."""
    joined: list[Lexeme] = []
    place = 0
    for number, name in enumerate(names):
        joined += words[place : name.first]
        first, last = words[name.first], words[name.end - 1]
        text = " ".join(lexeme.text for lexeme in words[name.first : name.end])
        joined.append(Lexeme(text, first.start, last.end, "X", number))
        place = name.end
    return joined + words[place:]


def nearly(word: str, known: Iterable[str]) -> list[tuple[str, int]]:
    """The known words that this one is but for typos, with how many: one in five letters, two in eight.

    A typo is a letter too many, missing, wrong or swapped with the next (optimal string alignment). The first letter is
    taken to be right.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    close = process.extract(word, tuple(known), scorer=OSA.distance, score_cutoff=2, limit=20)
    return [
        (other, int(typos))
        for other, typos, _ in close
        if other[0] == word[0]
        and typos <= (2 if max(len(word), len(other)) >= 8 else 1)
        and max(len(word), len(other)) >= SHORTEST
    ]


def normalise(word: str) -> str:
    """A folded word without its plural ending: "croissants" and "croissant", "panes" and "pan" are one."""
    if len(word) < 3 or word[0].isdigit():
        return word
    singular = word.removesuffix("s")
    return singular.removesuffix("e") if len(singular) > 3 else singular


def _preferred(names: Sequence[Name], written: Sequence[str]) -> tuple[NameKind, tuple[str, ...]]:
    """Of names that read alike that written so; else a product's before a category's, in the plural a category's."""
    exact = [name for name in names if word_texts(name.text) == list(written)]
    order: tuple[NameKind, ...] = ("product", "category", "store", "payment_method")
    if not exact:
        order = ("category", "product", "store", "payment_method")
    among = exact or names
    kind = min((name.kind for name in among), key=order.index)
    return kind, tuple(name.text for name in among if name.kind == kind)
