"""Allergens and diets as filters: what a query asks to be without, and whether a product is.

Who asks may be ill from a mistake, so whatever is not known does not satisfy. Both sides are read with the same table
(diet_words.toml): people's queries and shops' own words, Spanish and English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from cafe_ai.catalogue.diet_words import Term, Word, find_phrase, find_term, read_words, vocabulary
from cafe_ai.language.detection import detect_language

ANIMAL = frozenset({"milk", "lactose", "eggs", "fish", "crustaceans", "molluscs"})
FLESH = frozenset({"fish", "crustaceans", "molluscs"})
# Allergens that no product of a diet holds, and the diets whose asker is content with another.
RULED_OUT = {"vegan": ANIMAL, "vegetarian": FLESH, "pescatarian": frozenset[str]()}
CONTENT_WITH = {"vegetarian": frozenset({"vegan"}), "pescatarian": frozenset({"vegan", "vegetarian"})}

_MOST_FILLERS = 7
_MOST_JOINS = 5
_SHORTEST_DIET_TYPO = 6
_LEADING_ON = frozenset({"of", "from", "to", "a", "al"})  # "cheese free from nuts", "cake, allergic to eggs"
_DENYING = frozenset({"no", "not", "non", "ni", "nor", "isn't", "isnt", "aren't", "never", "nunca"})
_BETWEEN = frozenset(
    "el la lo de del a al the any no ni sin un una traza tampoco without contain that que other".split()
)


@dataclass(frozen=True, slots=True)
class Constraints:
    """What a query asks for besides what it looks for. Falsy where it asks for nothing of the kind.

    free_from: allergens (the EU's fourteen, and lactose), meat, pork. diets: vegan, halal ... preferred: what is a filter
    only where the shop records it (sugar, alcohol, caffeine): see `recorded_in`. rest: the query without the words of
    free_from and diets; empty where nothing else is asked, so that everything which satisfies them fits.
    """

    free_from: frozenset[str] = frozenset()
    diets: frozenset[str] = frozenset()
    preferred: frozenset[str] = frozenset()
    rest: str = ""

    def __bool__(self) -> bool:
        return bool(self.free_from or self.diets)

    def recorded_in(self, diets: Iterable[Sequence[str] | None]) -> Constraints:
        """With what is preferred made a filter, where one of these products' lists says it of itself."""
        told = frozenset[str]().union(*(_read_diets(tuple(words or ())).free for words in diets))
        return replace(self, free_from=self.free_from | (self.preferred & told), preferred=self.preferred - told)

    def words(self, language: Literal["es", "en"]) -> list[str]:
        """What is asked for, in people's words: "sin gluten", "vegano"; "gluten-free", "vegan"."""
        names = {concept: said[language] for concept, said in vocabulary().names.items()}
        free = [
            names[concept] if _says_without(concept) else _without(names[concept], language)
            for concept in self.free_from
        ]
        return sorted(names[diet] for diet in self.diets) + sorted(free)


def read_constraints(query: str) -> Constraints:
    """The allergens and diets that a query asks for: "sin gluten ni lactosa", "vegan cake", "I have a nut allergy"."""
    words = read_words(query)
    mentions = list(read_mentions(words, spanish=detect_language(query) == "es"))
    wanted = [mention for mention in mentions if mention.wanted]
    filters = [mention for mention in wanted if not mention.preferred]
    return Constraints(
        free_from=_concepts(mention for mention in filters if mention.term.kind != "diet"),
        diets=_concepts(mention for mention in filters if mention.term.kind == "diet"),
        preferred=_concepts(mention for mention in wanted if mention.preferred),
        rest=_rest(query, words, filters) if filters else query,
    )


def satisfies(constraints: Constraints, allergens: Sequence[str] | None, diets: Sequence[str] | None) -> bool:
    """Whether a product with these lists, in its shop's words, is what the constraints ask for.

    None is what is not known. An allergen that the product holds counts more than any diet it claims. A product is free of an
    allergen where its diets say so, or its allergens are known and lack it; an entry of the allergens that cannot be read
    makes them unknown. What is lactose-free may hold milk: it satisfies "sin lactosa" and not "sin lácteos".
    """
    held = _read_allergens(tuple(allergens)) if allergens is not None else _UNKNOWN
    claims = _read_diets(tuple(diets or ()))
    free = claims.free | held.free
    lived = {diet for diet in claims.diets - claims.denied if not (RULED_OUT.get(diet, frozenset()) & held.contains)}
    return all(_is_free(concept, held, free, lived) for concept in constraints.free_from) and all(
        lived & ({diet} | CONTENT_WITH.get(diet, frozenset())) for diet in constraints.diets
    )


def _is_free(concept: str, held: _Held, free: frozenset[str], lived: set[str]) -> bool:
    if concept in held.contains:
        return False
    if concept == "lactose":
        vouched = bool(free & {"lactose", "milk"}) or "vegan" in lived
        return vouched or (held.known and "milk" not in held.contains)
    if concept in free:
        return True
    if (vouching := vocabulary().vouching.get(concept)) is not None:
        return bool(lived & vouching)
    return held.known and concept not in _recorded_concepts()


# --- Reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mention:
    """A term in a text, from word `start` to before word `end`, and whether it is spoken of as absent."""

    term: Term
    start: int
    end: int
    absent: bool

    @property
    def wanted(self) -> bool:
        """Whether it constrains: an allergen to be absent, a diet to be kept."""
        return self.term.kind != "harmless" and self.absent == (self.term.kind not in ("diet", "people"))

    @property
    def preferred(self) -> bool:
        """Whether it is a filter only where the shop records it."""
        return self.term.concepts <= _recorded_concepts()


def read_mentions(words: Sequence[Word], *, spanish: bool) -> Iterator[Mention]:
    """Every term in the words, in order."""
    known, at = vocabulary(), 0
    while at < len(words):
        if length := find_phrase(words, at, known.before):
            mentions = list(_after_negation(words, at, length, spanish=spanish))
        else:
            mentions = _before_free(words, at) or _plain(words, at)
        yield from mentions
        at = mentions[-1].end if mentions else at + max(length, 1)


def _after_negation(words: Sequence[Word], at: int, length: int, *, spanish: bool) -> Iterator[Mention]:
    """The terms of "sin gluten, lactosa ni huevo", "que no lleve nada de leche", "no es vegano"."""
    found = _skip_to_term(words, at + length, vocabulary().fillers, _MOST_FILLERS, spanish=spanish)
    if found is None:
        return
    position, term, size = found
    if term.kind in ("diet", "people"):
        yield Mention(term, at, position + size, absent=words[at].folded in _DENYING)
        return
    yield Mention(term, at, position + size, absent=True)
    while more := _skip_to_term(words, position + size, _BETWEEN | vocabulary().joins, _MOST_JOINS, spanish=spanish):
        joins = {word.folded for word in words[position + size : more[0]]} & vocabulary().joins
        if not joins or more[1].kind in ("diet", "people"):
            return
        start = position + size
        position, term, size = more
        yield Mention(term, start, position + size, absent=True)


def _skip_to_term(
    words: Sequence[Word], at: int, fillers: frozenset[str], most: int, *, spanish: bool
) -> tuple[int, Term, int] | None:
    """The next term behind nothing but fillers: where it stands, what it is, and how many words it has."""
    for position in range(at, min(at + most + 1, len(words))):
        word = words[position]
        found = find_term(words, position, typos=word.key not in fillers)
        is_verb = found is not None and found[1] == 1 and _is_verb(words, position, spanish=spanish)
        if found and not is_verb:
            return position, *found
        if not is_verb and word.key not in fillers:
            return None
    return None


def _is_verb(words: Sequence[Word], at: int, *, spanish: bool) -> bool:
    """Whether "soy" is Spanish for "I am": "no soy celíaco"."""
    if words[at].folded != "soy":
        return False
    following = find_term(words, at + 1, typos=False) if at + 1 < len(words) else None
    is_state = following is not None and following[0].kind in ("diet", "people")
    return spanish or is_state or find_phrase(words, at + 1, vocabulary().before) > 0


def _before_free(words: Sequence[Word], at: int) -> list[Mention]:
    """The terms of "gluten-free", "dairy, egg and nut free", "glutenfree", "egg allergy"."""
    if attached := _attached(words[at]):
        return [Mention(attached, at, at + 1, absent=True)]
    terms: list[tuple[int, Term, int]] = []
    joins = set[str]()
    position = at
    while position < len(words) and (found := find_term(words, position, typos=True)):
        terms.append((position, *found))
        position += found[1]
        if position < len(words) and words[position].key in vocabulary().after:
            break
        begin = position
        while position < len(words) and position - begin < 2 and words[position].folded in vocabulary().joins:
            joins.add(words[position].folded)
            position += 1
        if position == begin:
            return []
    if not terms or position >= len(words) or words[position].key not in vocabulary().after:
        return []
    if position + 1 < len(words) and words[position + 1].folded in _LEADING_ON:
        return []
    with_before = at > 0 and words[at - 1].folded in ("with", "con")
    if with_before or (len(terms) > 1 and not joins - {","}):
        for start, term, size in terms[:-1]:
            if start == at:
                return [Mention(term, at, at + size, absent=False)]
    ends = [*(start for start, _, _ in terms[1:]), position + 1]
    return [
        Mention(term, start, end, absent=term.kind not in ("diet", "people"))
        for (start, term, _), end in zip(terms, ends, strict=True)
    ]


def _attached(word: Word) -> Term | None:
    for ending in ("free", "less"):
        stem = word.folded.removesuffix(ending)
        if stem != word.folded and stem and (found := find_term(read_words(stem), 0, typos=ending == "free")):
            return found[0] if found[0].kind in ("allergen", "without", "recorded") else None
    return None


def _plain(words: Sequence[Word], at: int) -> list[Mention]:
    """A term that is neither denied nor free: "con leche", "vegano", "celíaca"."""
    found = find_term(words, at, typos=len(words[at].key) >= _SHORTEST_DIET_TYPO)
    if found is None:
        return []
    term, size = found
    exact = find_term(words, at, typos=False) is not None
    return [Mention(term, at, at + size, absent=False)] if exact or term.kind in ("diet", "people") else []


def _concepts(mentions: Iterable[Mention]) -> frozenset[str]:
    return frozenset[str]().union(*(mention.term.concepts for mention in mentions))


def _recorded_concepts() -> frozenset[str]:
    return frozenset({"sugar", "alcohol", "caffeine"})


def _rest(query: str, words: Sequence[Word], mentions: Sequence[Mention]) -> str:
    """The query without these mentions and the words that only lead to them; empty where those left ask for anything."""
    left_out = {position for mention in mentions for position in range(mention.start, mention.end)}
    for position in range(len(words) - 1, -1, -1):
        if position + 1 in left_out and words[position].key in vocabulary().around:
            left_out.add(position)
    kept = [word for position, word in enumerate(words) if position not in left_out]
    if all(word.key in vocabulary().anything or not word.folded[0].isalnum() for word in kept):
        return ""
    pieces, begin = [], 0
    for position in sorted(left_out):
        pieces.append(query[begin : words[position].start])
        begin = words[position].end
    pieces.append(query[begin:])
    return re.sub(r"\s+", " ", re.sub(r"(?<=\s)[-,;]+(?=\s|$)", " ", " ".join(pieces))).strip(" ,;.-/&+")


# --- What a shop says ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Held:
    """A product's allergens: those it holds, those it is said to be free of, and whether the list says all there is."""

    contains: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    known: bool = True


@dataclass(frozen=True, slots=True)
class _Claims:
    """A product's diets: those it claims, those it denies, and what it is said to be free of."""

    diets: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()


_UNKNOWN = _Held(known=False)
_PARTING = re.compile(r"[,;|/\n&+]|\b(?:y|e|and)\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def _read_allergens(entries: tuple[str, ...]) -> _Held:
    held = _Held()
    for part in (part for entry in entries for part in _PARTING.split(entry)):
        words = read_words(part)
        if all(word.key in vocabulary().fillers for word in words) or find_phrase(
            words, 0, vocabulary().nothing
        ) == len(words):
            continue
        mentions = list(read_mentions(words, spanish=True))
        absent = [mention for mention in mentions if mention.term.kind == "allergen" and mention.absent]
        present = [mention for mention in mentions if mention.term.kind == "allergen" and not mention.absent]
        unsuited = [mention for mention in mentions if mention.term.kind == "people" and mention.absent]
        readable = bool(mentions) or any(
            find_phrase(words, at, vocabulary().other_allergens) for at in range(len(words))
        )
        if not readable and len(words) == 1 and (found := find_term(words, 0, typos=True)):
            present, readable = [Mention(found[0], 0, 1, absent=False)], True
        held = _Held(
            held.contains | _concepts(present) | _concepts(unsuited),
            held.free | _concepts(absent),
            held.known and readable,
        )
    return held


@lru_cache(maxsize=4096)
def _read_diets(entries: tuple[str, ...]) -> _Claims:
    claims = _Claims()
    for entry in entries:
        mentions = list(read_mentions(read_words(entry), spanish=True))
        claims = _Claims(
            claims.diets | _concepts(m for m in mentions if m.term.kind == "diet" and m.wanted),
            claims.denied | _concepts(m for m in mentions if m.term.kind == "diet" and not m.wanted),
            claims.free | _concepts(m for m in mentions if m.term.kind != "diet" and m.wanted),
        )
    return claims


def _without(name: str, language: Literal["es", "en"]) -> str:
    return f"sin {name}" if language == "es" else f"{name}-free"


def _says_without(concept: str) -> bool:
    """Whether the concept's name says already that it is absent: "sin carne"."""
    return concept in vocabulary().vouching or concept in _recorded_concepts()
