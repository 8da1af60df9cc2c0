"""Which of product, service, price, place and waiting a clause speaks of, and how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cafe_ai.language.text import fold
from cafe_ai.reviews.model import Aspect, AspectOpinion
from ml.models.sentiment.features import press
from ml.models.sentiment.lexicon import Language
from ml.models.sentiment.polarity import weigh
from ml.models.sentiment.words import Token, split_clauses, tokenise

MOST_QUOTE = 240
LEAST_WORDS = 4
LEAST_LEANING = 0.15
"""A clause that leans less than this either way tells nothing of its aspect."""


@dataclass(frozen=True, slots=True)
class _Words:
    whole: dict[tuple[str, ...], Aspect]
    stems: dict[str, Aspect]


def opinions(sentence: str, sentence_score: float, language: Language) -> list[AspectOpinion]:
    """What a sentence says of each aspect, clause by clause; the quote is the clause as written, or
    the sentence where the clause alone says too little.

    A clause leans as its own words do; where they say nothing, as the sentence does (sentence_score, from -1 to 1).
    """
    found = []
    clauses = split_clauses(tokenise(sentence))
    for clause in clauses:
        weighed = weigh(clause, language)
        own = press(sum(each.weight for each in weighed))
        score = 0.5 * (own + sentence_score) if own * sentence_score > 0 or (len(clauses) == 1 and own) else own
        if not weighed:
            score = sentence_score
        if abs(score) < LEAST_LEANING:
            continue
        terms = dict(_aspects(clause))
        alone = bool(weighed) and sum(not token.is_mark for token in clause) >= LEAST_WORDS
        quote = _quote(sentence, clause) if alone else sentence.strip(" ,;:")[:MOST_QUOTE]
        for aspect in dict.fromkeys(terms.values()):
            telling = tuple(term for term, of in terms.items() if of is aspect)
            found.append(AspectOpinion(aspect, round(score, 3), quote, telling))
    return found


def _quote(sentence: str, clause: list[Token]) -> str:
    return sentence[clause[0].start : clause[-1].end].strip(" ,;:")[:MOST_QUOTE]


def _aspects(clause: list[Token]) -> Iterator[tuple[str, Aspect]]:
    """The telling words of a clause with their aspects. "Una hora" is waiting, "la hora feliz" is not read any better."""
    known = _aspect_words()
    words = [token.folded for token in clause]
    place = 0
    while place < len(words):
        pair = tuple(words[place : place + 2])
        if pair in known.whole:
            yield " ".join(token.written.lower() for token in clause[place : place + 2]), known.whole[pair]
            place += 2
            continue
        word = words[place]
        aspect = known.whole.get((word,)) or _stemmed(word, known)
        if aspect is not None:
            yield clause[place].written.lower(), aspect
        place += 1


def _stemmed(word: str, known: _Words) -> Aspect | None:
    for length in range(len(word), 1, -1):
        if word[:length] in known.stems:
            return known.stems[word[:length]]
    return None


@cache
def _aspect_words() -> _Words:
    text = files("ml.models.sentiment").joinpath("data/aspects.txt").read_text(encoding="utf-8")
    words = _Words({}, {})
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, *expressions = line.split()
        for expression in expressions:
            parts = tuple(fold(expression.rstrip("*")).split("_"))
            if expression.endswith("*") and len(parts) == 1:
                words.stems.setdefault(parts[0], Aspect(name))
            else:
                words.whole.setdefault(parts, Aspect(name))
    return words
