"""Personal data taken out of a question: what a pattern finds, and the names of people.

In doubt a word goes: an example serves as well with a placeholder. What identifies nobody and the plan needs stays: dates,
numbers of rows, hours. Amounts of money go, as no plan holds any.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from cafe_ai.examples.patterns import KINDS, PLACEHOLDER, find, first_names
from cafe_ai.language.text import fold

NAME = {"es": "[nombre]", "en": "[name]"}
NUMBER = {"es": "[número]", "en": "[number]"}
SHOP = {"es": "[negocio]", "en": "[shop]"}
PARTS_OF_A_NAME = 4

_WORD = re.compile(r"(?<!\w)[^\W\d_]+(?:['’-][^\W\d_]+)*(?!\w)")
_PARTICLES = frozenset("de del la las los da do dos di van von der den y e i san santa mac mc o' bin al".split())
_TITLES = frozenset(
    "sr sra srta sres senor senora senorita senores don dona dr dra doctor doctora profe profesor profesora mr mrs ms miss "
    "mister sir madam mx".split()
)
_INTRODUCED = re.compile(
    r"(?:me llamo|mi nombre es|se llama|llamad[oa]|de nombre|nombre:|firmado:?|atentamente,?|un saludo,?|saludos,?|atte\.?,?|my name is|"
    r"call me|named|called|regards,?|sincerely,?|cheers,?|signed:?|thanks,?\s+(?=[A-Z][a-z]+\s*$)|gracias,?\s+(?=[A-ZÁÉÍÓÚ][a-záéíóúñ]+\s*$))\s*",
    re.IGNORECASE,
)
_MAYBE_INTRODUCED = re.compile(
    r"(?:\bsoy|\bi am|\bi'm|\bthis is|\bclient[ea]s?|\bcustomers?|\bclients?|\bsocio|\bsocia|\bempleado|\bempleada|\bcamarero|\bcamarera|"
    r"\bemployee|\bwaiter|\bwaitress|\bcompa[ñn]er[oa]|\bhola|\bhello|\bhi|\bhey|\bbuenos d[ií]as|\bbuenas|\bdear|\bestimad[oa]|\bquerid[oa])"
    r",?\s+",
    re.IGNORECASE,
)
_PUBLIC = frozenset(
    "navidad navidades nochebuena nochevieja reyes magos semana santa pascua ramos todos santos black friday cyber monday christmas eve "
    "easter halloween valentine valentines valentin thanksgiving boxing new year bizum visa mastercard paypal amex maestro apple pay google "
    "glovo uber eats just deliveroo tpv iva vat irpf eur usd gbp ok covid wifi english spanish espanol ingles sant jordi kings".split()
)


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of a text and what is put in their place."""

    start: int
    end: int
    put: str


def scrub(
    question: str,
    locale: str,
    *,
    named: Collection[Span] = (),
    people: Collection[str] = (),
    knows: Callable[[str], bool],
) -> str:
    """The question without personal data.

    named: the names of the shop's own things, already found, with their placeholders. people: those of the question's
    folded words that are part of a customer's name, or a customer's id. knows: whether a folded word is of everyday
    language, so no name in doubt.
    """
    taken = list(named)
    for kind in KINDS:
        put = kind.english if locale == "en" else kind.spanish
        for start, end in find(kind, question):
            _take(taken, Span(start, end, put), question)
    language = "en" if locale == "en" else "es"
    for start, end in _find_people(question, frozenset(people), knows, taken):
        _take(taken, Span(start, end, NAME[language]), question)
    for start, end in _find_ids(question, frozenset(people)):
        _take(taken, Span(start, end, NUMBER[language]), question)
    return replace_spans(question, taken)


def find_personal_data(text: str) -> list[str]:
    """What looks like personal data in a text that should hold none: matches of patterns, and first names; not placeholders."""
    text = PLACEHOLDER.sub(lambda match: " " * len(match[0]), text)
    found = [text[start:end] for kind in KINDS for start, end in find(kind, text)]
    sure, _ = first_names()
    return found + [word[0] for word in _WORD.finditer(text) if fold(word[0]) in sure]


def replace_spans(text: str, spans: Iterable[Span]) -> str:
    """The text with what is to be put in their place."""
    for span in sorted(spans, key=lambda span: -span.start):
        text = text[: span.start] + span.put + text[span.end :]
    return " ".join(text.split())


def _take(taken: list[Span], span: Span, question: str) -> None:
    """Adds what of the span is not taken already."""
    free = [(span.start, span.end)]
    for other in taken:
        free = [
            (start, end)
            for first, last in free
            for start, end in ((first, min(last, other.start)), (max(first, other.end), last))
            if start < end
        ]
    taken += [Span(start, end, span.put) for start, end in free if re.search(r"\w", question[start:end])]


def _find_people(
    question: str, people: frozenset[str], knows: Callable[[str], bool], taken: Collection[Span]
) -> list[tuple[int, int]]:
    """Where names of people stand, in what is not taken."""
    words = [
        (match[0], fold(match[0]), match.start(), match.end())
        for match in _WORD.finditer(question)
        if not any(match.start() < span.end and span.start < match.end() for span in taken)
    ]
    shouted = sum(word.isupper() for word, *_ in words) * 2 > len(words)
    introduced = {match.end() for match in _INTRODUCED.finditer(question)}
    maybe = {match.end() for match in _MAYBE_INTRODUCED.finditer(question)}
    sure, doubtful = first_names()
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(words):
        word, folded, start, _ = words[at]
        capital = word[0].isupper() and not shouted
        first = _begins_a_sentence(question, start)
        after_title = at > 0 and words[at - 1][1] in _TITLES
        is_name = (
            (folded in people and (not knows(folded) or (capital and not first)))
            or (start in introduced and (capital or folded in sure or not knows(folded)))
            or (start in maybe and (capital or folded in sure) and folded not in _PUBLIC and not knows(folded))
            or (after_title and folded not in _TITLES and (capital or not knows(folded)))
            or (folded in sure and (not knows(folded) or capital))
            or (folded in doubtful and capital and not first)
            or (capital and not first and not knows(folded) and folded not in _PUBLIC and folded not in _TITLES)
        )
        if not is_name:
            at += 1
            continue
        end = _end_of_name(question, words, at, knows, people)
        found.append((start, words[end - 1][3]))
        at = end
    return found


def _end_of_name(
    question: str,
    words: list[tuple[str, str, int, int]],
    at: int,
    knows: Callable[[str], bool],
    people: frozenset[str],
) -> int:
    """One past the last word of a name that begins here: surnames may follow, with their particles."""
    end = here = at + 1
    while here < len(words) and here - at < PARTS_OF_A_NAME + 2:
        word, folded, start, _ = words[here]
        if question[words[here - 1][3] : start].strip(" .-"):
            break  # punctuation parts them
        if folded in people or (len(word) > 1 and (word[0].isupper() or not (knows(folded) or folded in _PUBLIC))):
            end = here + 1
        elif len(word) == 1 and word.isupper():
            end = here + 1  # an initial
        elif folded not in _PARTICLES:
            break
        here += 1
    return end


def _find_ids(question: str, people: frozenset[str]) -> list[tuple[int, int]]:
    """Where customers' ids stand that are not taken for a year or a small number."""
    found = []
    for match in re.finditer(r"[\w#-]*\d[\w-]*", question):
        said = match[0].lower()
        if said in people and len(said) > 3 and not re.fullmatch(r"(?:19|20)\d\d", said):
            found.append((match.start(), match.end()))
    return found


def _begins_a_sentence(question: str, start: int) -> bool:
    before = question[:start].rstrip(" \t\n¿¡\"'«“(-")
    return not before or before[-1] in ".?!:;\n"
