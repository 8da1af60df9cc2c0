"""How good or bad a clause is by its words: lexicon, negation and its reach, intensifiers, comparisons."""

from __future__ import annotations

from dataclasses import dataclass

from ml.models.sentiment.lexicon import Entry, Language, lexicon
from ml.models.sentiment.words import CONTRASTS, Token

_NEGATORS = {
    "es": frozenset("no ni nunca jamas sin nada ningun ninguna ninguno nadie tampoco apenas".split()),
    "en": frozenset(
        "not no never nor neither nothing none nobody without cannot cant dont doesnt didnt isnt wasnt arent werent wont "
        "wouldnt couldnt shouldnt havent hasnt hadnt aint hardly barely rarely seldom".split()
    ),
}
_NOT_NEGATING = {
    "es": (
        "no solo", "no solamente", "sin duda", "sin dudarlo", "sin dudas", "sin pensarlo", "nada mas", "no obstante", "ni que decir",
        "por no decir", "sin embargo", "no se si", "si no",
    ),
    "en": ("not only", "not just", "no doubt", "without a doubt", "without doubt", "nothing but", "not to mention", "no matter", "no wonder"),
}  # fmt: skip
_REACH = {"es": 5, "en": 6}
_STRONGER = {
    "es": frozenset(
        "muy super re demasiado tan realmente verdaderamente absolutamente totalmente extremadamente increiblemente bastante mega "
        "tremendamente sumamente total completamente siempre".split()
    ),
    "en": frozenset(
        "very so really extremely absolutely totally incredibly super truly completely ridiculously insanely too such always "
        "exceptionally particularly".split()
    ),
}
_WEAKER = {
    "es": frozenset("algo poco pelin casi relativamente".split()),
    "en": frozenset("somewhat slightly bit kinda fairly rather almost".split()),
}
_TOO = frozenset("demasiado demasiada demasiados demasiadas too".split())
_LITTLE = frozenset("poco poca pocos pocas poquisimo poquisima little few lack lacks lacked lacking".split())
_BETTER = {"es": frozenset({"mejor", "mejores"}), "en": frozenset({"better", "happier", "nicer", "tastier", "finer"})}
_WORSE = {"es": frozenset({"peor", "peores"}), "en": frozenset({"worse"})}
_ARTICLES = frozenset("el la los las lo the".split())
_MORE = frozenset({"mas", "more"})
_NEVER = frozenset("nunca jamas never".split())
_SUCH = frozenset("tan tanto such this so".split())
_MODALS = frozenset("could should would might podria podrian deberia deberian".split())
_NOTHING = frozenset("nada nadie ninguno ninguna ningun nothing nobody".split())
_NO_LONGER = (
    "haber sido",
    "haber estado",
    "have been",
    "used to be",
    "antes era",
    "antes eran",
    "antes estaba",
    "solia ser",
)
STEP = 1.3
"""How much an intensifier adds, as a factor."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A word or expression that was found, with its weight as it stands: first and after are places among the tokens."""

    weight: float
    negated: bool
    first: int
    after: int


def weigh(tokens: list[Token], language: Language) -> list[Weighed]:
    """What is good or bad in a clause, in its order."""
    words = [token.folded for token in tokens]
    book, found, position = lexicon(language), list[Weighed](), 0
    while position < len(words):
        entry = book.match(words, position)
        if entry is None:
            position += 1
            continue
        found.append(_as_it_stands(entry, words, position, language))
        position += entry.words
    return found


def count_negations(tokens: list[Token], language: Language) -> int:
    """How many words of the clause negate something."""
    words = [token.folded for token in tokens]
    return sum(_negates(words, position, language) for position in range(len(words)))


def _as_it_stands(entry: Entry, words: list[str], first: int, language: Language) -> Weighed:
    after, word = first + entry.words, words[first]
    negated = _is_negated(words, first, language) and not _brings_own_negation(words, first, entry, language)
    before = words[first - 1] if first else ""
    if negated and word in _BETTER[language] and before not in _ARTICLES:
        return Weighed(2.6, True, first, after)  # no hay mejor, couldn't be better
    if negated and word in _WORSE[language] and before not in _ARTICLES:
        return Weighed(-2.6, True, first, after)
    if not negated and word in _BETTER[language] and any(w in _MODALS for w in words[max(0, first - 3) : first]):
        return Weighed(-1.5, False, first, after)  # could be better
    if not negated and entry.weight > 0 and _is_missed(words, first):
        return Weighed(-1.5, False, first, after)
    weight = entry.negated if negated else entry.weight
    if negated and _only_compares(words, first):
        weight = entry.weight * STEP  # couldn't be more helpful, nunca vi tan buena
    elif before in _LITTLE and not negated and entry.weight > 0 and before != "few":
        weight = entry.negated  # poco sabor, lack of flavour
    elif (before in _TOO and entry.weight < 0) or before in _STRONGER[language]:
        weight *= STEP
    elif before in _WEAKER[language]:
        weight /= STEP
    return Weighed(weight, negated, first, after)


def _only_compares(words: list[str], first: int) -> bool:
    """Whether the negation denies that there is more of it: "no puede ser más amable", "nada tan rico", "never had such good bread"."""
    before = words[max(0, first - 2) : first]
    if any(word in _MORE for word in before[-1:]):
        return True
    if len(before) == 2 and before[0] in _NOTHING and before[1] in _SUCH:
        return True
    never = any(word in _NEVER for word in words[:first])
    return never and any(word in _SUCH for word in before)


def _is_missed(words: list[str], first: int) -> bool:
    """Whether the good is what there was or might be: "podría ser más ágil", "could have been nice", "antes era bueno"."""
    before = words[max(0, first - 5) : first]
    if before[-1:] and before[-1] in _MORE and any(word in _MODALS for word in before):
        return True
    return any(each in " ".join(before) for each in _NO_LONGER)


def _brings_own_negation(words: list[str], first: int, entry: Entry, language: Language) -> bool:
    """Whether a negation is part of the expression itself, as in "no volvere": it is not turned twice."""
    return entry.words > 1 and any(_negates(words, place, language) for place in range(first, first + entry.words))


def _is_negated(words: list[str], first: int, language: Language) -> bool:
    for place in range(first - 1, max(-1, first - 1 - _REACH[language]), -1):
        if words[place] in CONTRASTS:
            return False
        if _negates(words, place, language):
            return True
    return False


def _negates(words: list[str], place: int, language: Language) -> bool:
    word = words[place]
    if word not in _NEGATORS[language] and not (language == "en" and word.endswith("n't")):
        return False
    after, before = " ".join(words[place : place + 4]), " ".join(words[max(0, place - 1) : place + 1])
    return not any(after.startswith(each) or before == each for each in _NOT_NEGATING[language])
