"""The check of a text that quotes: what stands between quotation marks is in a source word for word, the rest is checked
as any answer is. So each figure in the text is a fact or stands in its source exactly so, and in a quotation.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cafe_ai.analytics.model import FactSheet
from cafe_ai.assistants.checker import check
from cafe_ai.assistants.checker.figures import find_figures
from cafe_ai.assistants.checker.model import Figure
from cafe_ai.assistants.checker.reading import Reading

_MARKED = re.compile(r"«([^«»]+)»|“([^“”]+)”|\"([^\"]+)\"")


@dataclass(frozen=True, slots=True)
class Quoting:
    """A text with its quotations taken out. verbatim: each of them stands in a source. count: how many there are."""

    rest: str
    count: int
    verbatim: bool


def take_out(text: str, quotable: Collection[str]) -> Quoting:
    """The text without what it quotes; white space may differ from the source's."""
    rest = text
    count = 0
    for source in sorted(quotable, key=len, reverse=True):  # whole ones first: they may hold quotation marks
        for left, right in ("«»", "“”", '""'):
            whole = f"{left}{source}{right}"
            count += rest.count(whole)
            rest = rest.replace(whole, " ")
    sources = [_even(source) for source in quotable]
    verbatim = True
    for match in _MARKED.finditer(rest):
        said = _even(match[1] or match[2] or match[3])
        verbatim = verbatim and any(_stands_in(said, source) for source in sources)
        count += 1
    return Quoting(_MARKED.sub(" ", rest), count, verbatim)


def is_verified(text: str, quotable: Collection[str], sheet: FactSheet, locale: str, names: Sequence[str] = ()) -> bool:
    """Whether every figure and claim outside the quotations is a fact, and every quotation stands in a source."""
    quoting = take_out(text, quotable)
    return quoting.verbatim and check(quoting.rest, sheet, locale, names).ok


def holds_figures(text: str, locale: str) -> bool:
    """Whether there is any figure in a text, in digits or words."""
    reading = Reading(text, locale)
    find_figures(reading)
    return any(character.isdigit() for character in text) or bool(reading.found(Figure))


def _even(text: str) -> str:
    return " ".join(text.split())


def _stands_in(said: str, source: str) -> bool:
    """Whole words: "5 %" does not stand in "15 %"."""
    return (
        bool(re.search(rf"(?<![\w.,%€$£-]){re.escape(said.strip(' .,;:…'))}(?![\w%€$£]|[.,]\d)", source))
        if said.strip(" .,;:…")
        else False
    )
