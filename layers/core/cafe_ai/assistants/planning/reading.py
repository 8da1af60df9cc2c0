"""A question being read: each rule takes the words it understands, so that what is left is what nobody understood."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from cafe_ai.assistants.planning.lexemes import TAKEN, Lexeme


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule has taken: the words' shapes, the lexemes, and the place of the first one."""

    match: re.Match[str]
    lexemes: tuple[Lexeme, ...]
    place: int

    @property
    def end(self) -> int:
        """The place after the last one."""
        return self.place + len(self.lexemes)

    @property
    def text(self) -> str:
        """The taken words, folded."""
        return " ".join(lexeme.text for lexeme in self.lexemes)

    def values(self, kind: str) -> list[int | str]:
        """The values of the lexemes of a kind, in order."""
        return [lexeme.value for lexeme in self.lexemes if lexeme.kind == kind]

    def number(self, otherwise: int = 1) -> int:
        """The first number said, or what stands for none ("un mes")."""
        return next((int(lexeme.value) for lexeme in self.lexemes if lexeme.kind == "N"), otherwise)


class Reading:
    """The lexemes of a question, of which rules take what they understand."""

    def __init__(self, written: str, lexemes: list[Lexeme]) -> None:
        self.written = written
        self.lexemes = lexemes
        self._shapes = [lexeme.shape for lexeme in lexemes]
        self._index()

    def _index(self) -> None:
        self.text = " ".join(self._shapes)
        self._starts = {}
        at = 0
        for place, shape in enumerate(self._shapes):
            self._starts[at] = place
            at += len(shape) + 1

    def find(self, pattern: str) -> Found | None:
        """The first place whose shapes match the pattern."""
        return next(iter(self.find_all(pattern)), None)

    def find_all(self, pattern: str) -> list[Found]:
        """Every place whose shapes match, none overlapping another."""
        found = []
        for match in _compiled(pattern).finditer(self.text):
            if match[0]:
                first = self._starts[match.start()]
                found.append(Found(match, tuple(self.lexemes[first : first + match[0].count(" ") + 1]), first))
        return found

    def take(self, pattern: str) -> Found | None:
        """The first place whose shapes match the pattern, taken."""
        if found := self.find(pattern):
            self.blank(found)
        return found

    def blank(self, found: Found) -> None:
        """Takes what was found."""
        self.blank_at(found.place, found.place + len(found.lexemes))

    def blank_at(self, first: int, end: int) -> None:
        """Takes the lexemes [first, end)."""
        self._shapes[first:end] = [TAKEN] * (end - first)
        self._index()

    def left(self) -> list[tuple[int, int]]:
        """The stretches of lexemes left, as places [first, end); punctuation and taken lexemes part them."""
        stretches: list[tuple[int, int]] = []
        for place, shape in enumerate(self._shapes):
            if shape in (TAKEN, ",", "-"):
                continue
            if stretches and stretches[-1][1] == place:
                stretches[-1] = (stretches[-1][0], place + 1)
            else:
                stretches.append((place, place + 1))
        return stretches

    def written_at(self, first: int, end: int) -> str:
        """The lexemes [first, end) as the question has them."""
        return self.written[self.lexemes[first].start : self.lexemes[end - 1].end]
