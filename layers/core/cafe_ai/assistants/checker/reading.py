"""A text cut into tokens, each of which at most one mention may claim."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple, TypeVar, cast

from cafe_ai.assistants.checker.model import Fault, Mention, MetricMention
from cafe_ai.language.text import fold

# Each alternative begins with another class of characters and repeats only what the next character decides: linear.
_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:[.,:/'-][0-9]+)*)|(?P<word>[^\W\d_]+(?:(?:-|'(?!s\b))[^\W\d_]+)*)|(?P<line>\n)|(?P<symbol>[^\s*_#`])"
)

M = TypeVar("M", bound=Mention)


class Token(NamedTuple):
    """A word, number, symbol or line break: folded, as written, where it stands, and whether it touches the one before."""

    kind: Literal["number", "word", "line", "symbol"]
    text: str
    written: str
    start: int
    end: int
    glued: bool


def tokenize(text: str) -> list[Token]:
    """The tokens of a text in order. Markdown's marks are passed over."""
    tokens: list[Token] = []
    end = -1
    for found in _TOKEN.finditer(fold(text)):
        written = text[found.start() : found.end()]
        tokens.append(Token(found.lastgroup, found[0], written, found.start(), found.end(), found.start() == end))  # type: ignore[arg-type]
        end = found.end()
    return tokens


class Reading:
    """A text being read: its tokens, the mentions found so far, and the faults."""

    def __init__(self, text: str, locale: str) -> None:
        self.text = text
        self.english = locale.lower().startswith("en")
        self.tokens = tokenize(text)
        self.mentions: list[Mention] = []
        self.faults: list[Fault] = []
        self._found: dict[type[Mention], list[Mention]] = {}
        self._owner: list[Mention | None] = [None] * len(self.tokens)

    def claim(self, mention: Mention) -> None:
        """Makes the mention the owner of its tokens."""
        self.mentions.append(mention)
        self._found.clear()
        for place in range(mention.first, mention.last):
            self._owner[place] = mention

    def claim_each(self, read_at: Callable[[int], Mention | None]) -> None:
        """Claims what `read_at` reads at each place, in order, none overlapping another."""
        place = 0
        while place < len(self.tokens):
            mention = read_at(place)
            if mention:
                self.claim(mention)
                place = mention.last
            else:
                place += 1

    def replace(self, old: Mention, new: Mention) -> None:
        """Puts a mention in the place of another."""
        self._found.clear()
        self.mentions[next(n for n, mention in enumerate(self.mentions) if mention is old)] = new
        for place in range(new.first, new.last):
            self._owner[place] = new

    def owner(self, place: int) -> Mention | None:
        """The mention that claimed a token."""
        return self._owner[place]

    def is_free(self, first: int, last: int) -> bool:
        """Whether all of these tokens exist and nobody claimed them."""
        return last <= len(self.tokens) and all(self._owner[place] is None for place in range(first, last))

    def word(self, place: int) -> str:
        """The folded text of a free token, "" where there is none."""
        return self.tokens[place].text if 0 <= place < len(self.tokens) and self._owner[place] is None else ""

    def word_or_metric(self, place: int) -> str:
        """The folded text of a token that is free or within the words for a metric."""
        owner = self._owner[place] if 0 <= place < len(self.tokens) else None
        return self.text_at(place) if owner is None or isinstance(owner, MetricMention) else ""

    def text_at(self, place: int) -> str:
        """The folded text of a token, whoever claimed it."""
        return self.tokens[place].text if 0 <= place < len(self.tokens) else ""

    def is_number(self, place: int) -> bool:
        """Whether a free number stands there."""
        return bool(self.word(place)) and self.tokens[place].kind == "number"

    def is_glued(self, place: int) -> bool:
        """Whether the token touches the one before it."""
        return 0 <= place < len(self.tokens) and self.tokens[place].glued

    def starts_line(self, place: int) -> bool:
        """Whether only bullets stand between the token and the start of its line."""
        place -= 1
        while place >= 0 and self.tokens[place].text in ("-", "•", "·", "|", ">", "+"):
            place -= 1
        return place < 0 or self.tokens[place].kind == "line"

    def fault(self, first: int, last: int, reason: str) -> None:
        """Notes that the tokens [first, last) say something the facts do not carry."""
        start, end = self.tokens[first].start, self.tokens[last - 1].end
        self.faults.append(Fault(self.text[start:end], start, end, reason))

    def found(self, kind: type[M]) -> list[M]:
        """The mentions of a kind, in the order of the text."""
        if kind not in self._found:
            self._found[kind] = sorted((m for m in self.mentions if isinstance(m, kind)), key=lambda m: m.first)
        return cast("list[M]", self._found[kind])


class Phrases:
    """Phrases of words with what each means; of those that begin at a token the longest counts."""

    def __init__(self, phrases: Iterable[tuple[str, object]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], object]]] = {}
        for phrase, meaning in phrases:
            words = tuple(token.text for token in tokenize(phrase))
            self._by_first.setdefault(words[0], []).append((words, meaning))
        for choices in self._by_first.values():
            choices.sort(key=lambda choice: -len(choice[0]))

    @property
    def first_words(self) -> Iterable[str]:
        """The words that phrases begin with."""
        return self._by_first

    def match(self, reading: Reading, place: int, *, in_metrics: bool = False) -> tuple[int, object] | None:
        """The length and meaning of the longest phrase at a token; `in_metrics`: words for a metric may be part of it."""
        word_at = reading.word_or_metric if in_metrics else reading.word
        for words, meaning in self._by_first.get(word_at(place), ()):
            if all(word_at(place + n) == word for n, word in enumerate(words)):
                return len(words), meaning
        return None

    def scan(self, reading: Reading, make: Callable[[int, int, object], Mention | None]) -> None:
        """Claims every phrase of the text, from left to right."""
        place = 0
        while place < len(reading.tokens):
            found = self.match(reading, place)
            if found and (mention := make(place, place + found[0], found[1])):
                reading.claim(mention)
                place += found[0]
            else:
                place += 1
