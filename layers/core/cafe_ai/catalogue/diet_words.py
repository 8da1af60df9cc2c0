"""The words of allergens and diets, from diet_words.toml, as tables of phrases."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal, NamedTuple

from cafe_ai.language.text import fold

Kind = Literal["allergen", "diet", "without", "recorded", "people", "harmless"]
Phrase = tuple[str, ...]

SHORTEST_TYPO = 5  # shorter words are not corrected: too many others are one letter away
LONG_WORD = 9  # from here on two letters may be wrong
LONGEST_PHRASE = 6
_WORD = re.compile(r"and/or|[^\W_]+(?:'[^\W_]+)?|[,;.:/&+()?!\n]")


class Word(NamedTuple):
    """A word or a mark of a text: as it is compared (folded, singular), folded, and where it stands (end exclusive)."""

    key: str
    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Term:
    """What a phrase means: an allergen, a diet, or something else one goes without; concepts are keys of the tables."""

    kind: Kind
    concepts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All tables. terms: what phrases mean; names: what each concept is called for people, by language."""

    terms: dict[Phrase, Term]
    names: dict[str, dict[str, str]]
    vouching: dict[str, frozenset[str]]
    before: frozenset[Phrase]
    after: frozenset[str]
    fillers: frozenset[str]
    joins: frozenset[str]
    around: frozenset[str]
    anything: frozenset[str]
    nothing: frozenset[Phrase]
    other_allergens: frozenset[Phrase]
    lookalikes: frozenset[str]
    often_misspelt: frozenset[str]


def read_words(text: str) -> list[Word]:
    """The words and marks of a text in order; a hyphen parts words."""
    return [Word(_singular(m[0]), m[0], m.start(), m.end()) for m in _WORD.finditer(fold(text))]


@functools.cache
def vocabulary() -> Vocabulary:
    """The tables, read once."""
    tables: dict[str, Any] = tomllib.loads(
        resources.files(__package__).joinpath("diet_words.toml").read_text(encoding="utf-8")
    )
    asking = {name: frozenset(_singular(word) for word in words) for name, words in tables["asking"].items()}
    named = {**tables["allergens"], **tables["diets"], **tables["without"], **tables["recorded"]}
    return Vocabulary(
        terms=_terms(tables),
        names={concept: {"es": entry["es"], "en": entry["en"]} for concept, entry in named.items()},
        vouching={concept: frozenset(entry["diets"]) for concept, entry in tables["without"].items()},
        before=_phrases(tables["asking"]["before"]),
        after=asking["after"],
        fillers=asking["fillers"],
        joins=asking["joins"],
        around=asking["around"],
        anything=asking["anything"],
        nothing=_phrases(tables["nothing"]["words"]),
        other_allergens=_phrases(tables["other_allergens"]["words"]),
        lookalikes=frozenset(_singular(word) for word in tables["lookalikes"]["words"]),
        often_misspelt=frozenset(_singular(word) for word in tables["often_misspelt"]["words"]),
    )


def find_term(words: Sequence[Word], at: int, *, typos: bool) -> tuple[Term, int] | None:
    """What the longest phrase that begins at this word means, and how many words it has; None where there is none.

    typos: a single word may be a letter or two away from one of the table.
    """
    terms = vocabulary().terms
    for length in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
        if term := terms.get(tuple(word.key for word in words[at : at + length])):
            return term, length
    corrected = _nearest(words[at].key) if typos else None
    return (terms[corrected], 1) if corrected else None


def find_phrase(words: Sequence[Word], at: int, phrases: frozenset[Phrase]) -> int:
    """How many words the longest of these phrases has that begins at this word; 0 where none does."""
    for length in range(min(LONGEST_PHRASE, len(words) - at), 0, -1):
        if tuple(word.key for word in words[at : at + length]) in phrases:
            return length
    return 0


@functools.lru_cache(maxsize=4096)
def _nearest(word: str) -> Phrase | None:
    """The word of the table that this one is a misspelling of."""
    known = vocabulary()
    if len(word) < SHORTEST_TYPO or not word.isalpha() or word in known.lookalikes:
        return None
    from rapidfuzz.distance import OSA

    best: tuple[int, Phrase] | None = None
    for phrase in known.terms:
        if len(phrase) > 1 or phrase[0] not in known.often_misspelt or _sound(word)[0] != _sound(phrase[0])[0]:
            continue
        allowed = 1 if len(phrase[0]) < LONG_WORD else 2
        distance = OSA.distance(_sound(word), _sound(phrase[0]), score_cutoff=allowed)
        if distance <= allowed and (best is None or (distance, phrase) < best):
            best = distance, phrase
    return best[1] if best else None


def _sound(word: str) -> str:
    """b and v, z and s are one sound, and double letters are single ones."""
    return re.sub(r"(.)\1", r"\1", word.replace("v", "b").replace("z", "s").replace("h", ""))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _phrases(texts: Iterable[str]) -> frozenset[Phrase]:
    return frozenset(_phrase(text) for text in texts)


def _phrase(text: str) -> Phrase:
    return tuple(word.key for word in read_words(text))


def _terms(tables: dict[str, Any]) -> dict[Phrase, Term]:
    kinds: tuple[tuple[str, Kind], ...] = (
        ("allergens", "allergen"),
        ("diets", "diet"),
        ("without", "without"),
        ("recorded", "recorded"),
    )
    terms: dict[Phrase, Term] = {}
    for table, kind in kinds:
        for concept, entry in tables[table].items():
            terms |= {_phrase(text): Term(kind, frozenset({concept})) for text in entry["words"]}
    for group, texts in tables["several_words"].items():
        terms |= {_phrase(text): Term("allergen", frozenset(tables["several"][group])) for text in texts}
    for concept, texts in tables["people"].items():
        terms |= {_phrase(text): Term("people", frozenset({concept})) for text in texts}
    terms |= {_phrase(text): Term("harmless", frozenset()) for text in tables["harmless"]["words"]}
    return terms
