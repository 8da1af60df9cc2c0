"""The words of a question that no rule has read: names with typos or missing words, or nothing that is known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from cafe_ai.assistants.planning.lexemes import Lexeme
from cafe_ai.assistants.planning.model import Declined, NameKind, PlanningContext
from cafe_ai.assistants.planning.names import MANY, Name, normalise
from cafe_ai.assistants.planning.reading import Reading
from cafe_ai.assistants.planning.words import (
    AFTER_A_NAME,
    ARTICLES,
    BEFORE_A_NAME,
    FILLER,
    JOINING,
    NOT_RECORDED,
    PAID,
    SPENDING,
    vocabulary,
)

Narrow = Callable[[NameKind, tuple[str, ...]], None]
"""Told each kind of name that is found, with the names."""
_STRANGE = frozenset("NODWVC:")
"""The kinds of lexemes that change what is asked and that no rule has read."""


class Leftovers:
    """What is left of a reading."""

    def __init__(self, reading: Reading, context: PlanningContext, narrow: Narrow) -> None:
        self.reading = reading
        self.context = context
        self.narrow = narrow
        self.paid = False  # the question names how orders were paid, so "paid" speaks of sales

    def resemble_products(self) -> bool:
        """Whether what nobody has read so far resembles a product or a category."""
        return any(
            name.kind in ("product", "category")
            for first, end in self.reading.left()
            for name in self._resembling(first, end)
        )

    def match_unknown_words(self) -> None:
        """Takes the words that mean nothing to the rules and part of a name, so that rankings and comparisons see them."""
        for first, end in self._unknown_runs():
            names = self._resembling(first, end)
            if names and self._may_be_name(first, end, names):
                kind = _chosen_kind(names, end - first)
                texts = tuple(dict.fromkeys(name.text for name in names if name.kind == kind))
                if len(texts) <= MANY:
                    self.narrow(kind, texts)
                    self.reading.blank_at(first, end)

    def _unknown_runs(self) -> list[tuple[int, int]]:
        """Stretches of words that the rules do not know, with what joins them, as places [first, end)."""
        lexemes, runs = self.reading.lexemes, list[tuple[int, int]]()
        for first, end in self.reading.left():
            unknown = [
                p for p in range(first, end) if lexemes[p].kind == "word" and lexemes[p].text not in vocabulary()
            ]
            for place in unknown:
                joined = runs and all(lexemes[p].text in JOINING for p in range(runs[-1][1], place))
                if joined and runs[-1][1] >= first:
                    runs[-1] = (runs[-1][0], place + 1)
                else:
                    runs.append((place, place + 1))
        return runs

    def match(self) -> Declined | None:
        """Matches the words left to names with typos or missing words; declines at the first that means nothing."""
        for first, end in self._stretches():
            if not self.paid and (subject := self._not_recorded(first, end)):
                return Declined("not_recorded", subject)
            if declined := self._match(first, end):
                return declined
        return None

    def _not_recorded(self, first: int, end: int) -> str | None:
        """What a stretch names that is not in the records: "alquiler", or all of it where only the verb tells."""
        lexemes = self.reading.lexemes[first:end]
        matters = [lexeme for lexeme in lexemes if lexeme.text in NOT_RECORDED]
        if matters:
            return self.reading.written[matters[0].start : matters[0].end]
        paid = next((place for place in range(first, end) if self.reading.lexemes[place].text in SPENDING), None)
        if paid is None:
            return None
        named = [place for place in range(paid + 1, end) if not self._is_filler(self.reading.lexemes[place])]
        return self.reading.written_at(named[0], end) if named else self.reading.written_at(paid, paid + 1)

    def _stretches(self) -> list[tuple[int, int]]:
        """What is left without filler at its ends, as places [first, end)."""
        stretches = []
        for first, end in self.reading.left():
            told = [place for place in range(first, end) if not self._is_filler(self.reading.lexemes[place])]
            if told:
                stretches.append((told[0], told[-1] + 1))
        return stretches

    def _match(self, first: int, end: int) -> Declined | None:
        names = self._resembling(first, end)
        if names and not self._may_be_name(first, end, names):
            names = []
        if not names:
            lexemes = self.reading.lexemes
            joins = [place for place in range(first, end) if lexemes[place].text in ("y", "e", "and", "o", "or", "u")]
            parts = _between(first, end, joins) or _between(
                first, end, [p for p in range(first, end) if self._is_filler(lexemes[p])]
            )
            if parts:
                return next((declined for part in parts if (declined := self._match(*part))), None)
            return self._match_customer(first, end)
        kind = _chosen_kind(names, end - first)
        texts = tuple(dict.fromkeys(name.text for name in names if name.kind == kind))
        if len(texts) > MANY:
            return Declined("ambiguous_name", self.reading.written_at(first, end), texts[:MANY])
        self.narrow(kind, texts)
        return None

    def _may_be_name(self, first: int, end: int, names: list[Name]) -> bool:
        """Words that only nearly, or only partly, make up a name must stand where a name does ("de X", "how many X", "X sales"):
        "typical" is no tropical fruit, and a country no country cottage."""
        lexemes = self.reading.lexemes
        words = [normalise(lexeme.text) for lexeme in lexemes[first:end] if lexeme.text not in JOINING]
        exact = all(any(word in name.key for name in names) for word in words)
        whole = all(len([word for word in name.key if word not in JOINING]) <= len(words) for name in names)
        if exact and (whole or all(name.kind != "product" for name in names)):
            return True
        before = next((lexeme.text for lexeme in reversed(lexemes[:first]) if lexeme.text not in ARTICLES), "")
        after = lexemes[end].text if end < len(lexemes) else ""
        beside_a_name = after in ("X",) or (end < len(lexemes) and lexemes[end].kind == "X")
        stands_alone = len(words) > 1 and exact
        return (stands_alone or before in BEFORE_A_NAME or after in AFTER_A_NAME) and not beside_a_name

    def _match_customer(self, first: int, end: int) -> Declined | None:
        lexemes = self.reading.lexemes[first:end]
        text = " ".join(lexeme.text for lexeme in lexemes)
        called = self.context.customers([text]) if self.context.sees_customers else ()
        if called:
            self.narrow("customer", tuple(external_id for external_id, _ in called))
            return None
        if any(lexeme.kind in _STRANGE for lexeme in lexemes):
            return Declined("not_understood")
        return Declined("unknown_subject", self.reading.written_at(first, end))

    def _resembling(self, first: int, end: int) -> list[Name]:
        words = [lexeme.text for lexeme in self.reading.lexemes[first:end] if lexeme.kind in ("word", "N", "D", "O")]
        if all(self._is_filler(lexeme) or not lexeme.text.isalpha() for lexeme in self.reading.lexemes[first:end]):
            return []
        return self.context.names.resemble(words)

    def _is_filler(self, lexeme: Lexeme) -> bool:
        if self.paid and lexeme.text in PAID:
            return True
        filler = lexeme.kind == "word" and lexeme.text in FILLER
        named = filler and self.context.names.writes(self.reading.written[lexeme.start : lexeme.end])
        return (filler and not named) or lexeme.kind == ","


def _chosen_kind(names: list[Name], words: int) -> NameKind:
    """A category before products that only share its word; a product of exactly these words before a category."""
    exact = any(name.kind == "product" and len(name.key) == words for name in names)
    categories = any(name.kind == "category" for name in names)
    return "category" if categories and not exact else names[0].kind


def _between(first: int, end: int, joins: list[int]) -> list[tuple[int, int]]:
    """The parts of [first, end) between the places in `joins`; empty where there are none."""
    if not joins:
        return []
    edges = [first - 1, *joins, end]
    return [(a + 1, b) for a, b in pairwise(edges) if a + 1 < b]
