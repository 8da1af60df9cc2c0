"""A text cut into sentences, and sentences into the pieces within which figures and what they are said of stand together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from cafe_ai.assistants.checker.model import Cue, Mention, NameMention
from cafe_ai.assistants.checker.reading import Reading

M = TypeVar("M", bound=Mention)

_VERBS = frozenset(("fue", "fueron", "es", "son", "was", "were", "is", "are", "ha", "han", "has", "have"))
"""Behind what something is compared with they go on with the sentence: "compared with October, the best was X"."""
_GOING_ON = frozenset(("(", "cuando", "when", "donde", "where"))
_ENDS = frozenset((".", "!", "?"))
_SYMBOLS = frozenset((",", ";", "(", ")", "[", "]", "|", ":", "¿", "¡", "…"))
_WORDS = frozenset((
    "y", "e", "and", "pero", "but", "mientras", "while", "whereas", "aunque", "although", "though", "sino", "seguido",
    "seguida", "seguidos", "seguidas",
    "followed", "ademas", "luego", "then", "&", "cuando", "when", "donde", "where", "asi", "plus", "o", "u", "or", "ni",
    "nor",
))  # fmt: skip
_ABBREVIATIONS = frozenset((
    "aprox", "approx", "vs", "p", "ej", "sr", "sra", "dr", "no", "num", "st", "etc", "e", "g", "i", "uds", "ud", "avg",
    "nov", "dec", "oct", "sept", "jan", "feb", "ene", "dic", "ago", "max", "min", "pp", "tel", "co", "inc", "ltd", "mr",
    "mrs", "ms",
))  # fmt: skip


@dataclass(slots=True, eq=False)
class Piece:
    """A part of a sentence: its tokens, what opened it, and what is mentioned in it.

    reference: it names what something is compared with. mentions stand in the order of the text.
    """

    first: int
    last: int
    opener: str
    reference: bool = False
    mentions: list[Mention] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)

    def of(self, kind: type[M]) -> list[M]:
        """The mentions of a kind."""
        return [mention for mention in self.mentions if isinstance(mention, kind)]

    def cue(self, *kinds: str) -> Cue | None:
        """The first cue of one of the kinds."""
        return next((cue for cue in self.cues if cue.kind in kinds), None)


@dataclass(slots=True, eq=False)
class Sentence:
    """A sentence or line. heading: a line that ends with a colon and speaks for the lines below it."""

    number: int
    pieces: list[Piece]
    heading: bool = False
    after_blank: bool = False

    @property
    def first(self) -> int:
        """Its first token."""
        return self.pieces[0].first

    @property
    def last(self) -> int:
        """Behind its last token."""
        return self.pieces[-1].last

    def of(self, kind: type[M]) -> list[M]:
        """The mentions of a kind in all its pieces."""
        return [mention for piece in self.pieces for mention in piece.of(kind)]


def split(reading: Reading, cues: list[Cue]) -> list[Sentence]:
    """The sentences of a text with their mentions and cues."""
    starts = {cue.first: cue.kind for cue in cues if cue.kind in ("compare", "resume")}
    sentences: list[Sentence] = []
    first = 0
    for place in range(len(reading.tokens)):
        if _ends_sentence(reading, place):
            _add(sentences, reading, first, place + 1, starts)
            first = place + 1
    _add(sentences, reading, first, len(reading.tokens), starts)
    _fill(sentences, reading, cues)
    return sentences


def _ends_sentence(reading: Reading, place: int) -> bool:
    token = reading.tokens[place]
    if token.kind == "line":
        return True
    if token.text not in _ENDS or reading.owner(place) is not None:
        return False
    following = reading.tokens[place + 1] if place + 1 < len(reading.tokens) else None
    if following is None or following.kind == "line":
        return True
    before = reading.tokens[place - 1] if place else None
    if (
        token.text == "."
        and before
        and token.glued
        and before.text in _ABBREVIATIONS
        and not following.written[0].isupper()
    ):
        return False
    if token.text == "." and before and before.kind == "number" and reading.starts_line(place - 1):
        return False  # a numbered line
    return not (following.glued and token.text == "." and following.kind == "symbol")


def _add(sentences: list[Sentence], reading: Reading, first: int, last: int, starts: dict[int, str]) -> None:
    end = last
    while end > first and (reading.tokens[end - 1].kind == "line" or reading.tokens[end - 1].text in _ENDS):
        end -= 1
    blank = first > 0 and last - first == 1 and reading.tokens[first].kind == "line"
    if end <= first:
        if blank and sentences and not sentences[-1].heading:
            sentences[-1].after_blank = True
        return
    pieces: list[Piece] = []
    start, opener = first, ""
    for place in range(first, end):
        if (reading.owner(place) is not None and place not in starts) or _joins_names(reading, place):
            continue
        token = reading.tokens[place]
        closes = token.text in _VERBS and opener == "compare"
        if (
            place in starts
            or closes
            or token.text in _WORDS
            or token.text in _SYMBOLS
            or _is_dash(reading, place, first)
        ):
            if place > start:
                pieces.append(Piece(start, place, opener))
            start = place if place in starts or token.text in _VERBS else place + 1
            opener = starts.get(place, token.text)
    if end > start or not pieces:
        pieces.append(Piece(start, end, opener))
    _mark_references(pieces)
    sentences.append(Sentence(len(sentences), pieces, reading.tokens[end - 1].text == ":"))


def _mark_references(pieces: list[Piece]) -> None:
    """Marks what something is compared with, brackets and "when ..." behind it included; brackets that compare by
    themselves are not."""
    for before, piece, behind in zip([None, *pieces], pieces, [*pieces[1:], None], strict=False):
        goes_on = before is not None and before.reference and piece.opener in _GOING_ON
        compares = behind is not None and behind.opener == "compare" and piece.opener == "("
        piece.reference = piece.opener == "compare" or (goes_on and not compares)


def _joins_names(reading: Reading, place: int) -> bool:
    """Whether a comma or "and" only joins two names: "of A, B and C"."""
    if reading.tokens[place].text not in (",", "y", "e", "and"):
        return False
    before, behind = place - 1, place + 1
    while reading.text_at(before) == '"':
        before -= 1
    while reading.text_at(behind) in ('"', "the"):
        behind += 1
    if before < 0 or behind >= len(reading.tokens):
        return False
    return all(isinstance(reading.owner(n), NameMention) for n in (before, behind))


def _is_dash(reading: Reading, place: int, first: int) -> bool:
    return (
        reading.tokens[place].text in ("-", "/")
        and not reading.is_glued(place)
        and place > first
        and not reading.is_glued(place + 1)
    )


def _fill(sentences: list[Sentence], reading: Reading, cues: list[Cue]) -> None:
    pieces = [piece for sentence in sentences for piece in sentence.pieces]
    for items, name in (
        (sorted(reading.mentions, key=lambda m: m.first), "mentions"),
        (sorted(cues, key=lambda c: c.first), "cues"),
    ):
        at = 0
        for item in items:
            while at < len(pieces) and pieces[at].last <= item.first:
                at += 1
            if at < len(pieces) and pieces[at].first <= item.first:
                getattr(pieces[at], name).append(item)
