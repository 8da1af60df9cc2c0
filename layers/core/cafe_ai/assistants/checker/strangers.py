"""Names in a text that the facts do not know: a product or a place of another shop."""

from __future__ import annotations

from cafe_ai.analytics.model import FactSheet
from cafe_ai.assistants.checker.clauses import Sentence
from cafe_ai.assistants.checker.model import MetricMention, NameMention, TimeMention
from cafe_ai.assistants.checker.names import ENTITIES
from cafe_ai.assistants.checker.reading import Reading

_OPENERS = frozenset((":", '"', "(", "[", "¡", "¿", "-", "•", "|", "!", "?", ".", ">", "…", ")", "·", "/"))
_KNOWN = frozenset((
    "i", "iva", "vat", "aov", "tpv", "pos", "kpi", "ok", "navidad", "navidades", "christmas", "easter", "black",
    "friday", "santa", "semana", "reyes", "halloween", "gmt", "utc", "bst",
    "san", "valentin", "valentine's", "day", "new", "year's", "i'm", "i'd", "i'll", "i've", "mr", "mrs", "sr", "sra",
    "d", "dona", "n", "no", "lunes", "martes", "eur", "gbp", "usd", "api", "csv", "pdf", "ia", "ai",
    "total", "totales", "q", "h", "s", "t", "net", "netas", "gross", "daily", "average", "overall", "change",
    "variacion", "period", "periodo",
))  # fmt: skip
LONGEST_ITEM = 8
"""The most words of a list item that may be nothing but a name."""


def find_strangers(reading: Reading, sheet: FactSheet, sentences: list[Sentence]) -> None:
    """Notes a fault for what is written as a name is and is none the sheet knows."""
    listed = any(dimension in fact.dimensions for fact in sheet.facts for dimension in ENTITIES)
    for sentence in sentences:
        _check_quotes(reading, sentence)
        _check_capitals(reading, sentence)
        if listed:
            _check_item(reading, sentence)


def _check_quotes(reading: Reading, sentence: Sentence) -> None:
    marks = [place for place in range(sentence.first, sentence.last) if reading.text_at(place) == '"']
    for start, end in zip(marks[::2], marks[1::2], strict=False):
        inside = range(start + 1, end)
        if inside and not any(isinstance(reading.owner(place), NameMention) for place in inside):
            reading.fault(start + 1, end, "a name the facts do not have")


def _check_capitals(reading: Reading, sentence: Sentence) -> None:
    for place in range(sentence.first + 1, sentence.last):
        token = reading.tokens[place]
        if (
            token.kind != "word"
            or reading.owner(place) is not None
            or not token.written[0].isupper()
            or token.text in _KNOWN
        ):
            continue
        if reading.tokens[place - 1].text in _OPENERS or reading.tokens[place - 1].kind in ("line", "number"):
            continue
        reading.fault(place, place + 1, "a name the facts do not have")


def _check_item(reading: Reading, sentence: Sentence) -> None:
    """A list item that is nothing but words, none of them known: the name of something the facts do not list."""
    before = reading.tokens[sentence.first - 1] if sentence.first else None
    bulleted = reading.tokens[sentence.first].text in ("-", "•", "·") or (
        reading.tokens[sentence.first].kind == "number" and reading.starts_line(sentence.first)
    )
    if not bulleted or (before is not None and before.kind != "line"):
        return
    if any(
        isinstance(reading.owner(place), NameMention | TimeMention | MetricMention)
        for place in range(sentence.first, sentence.last)
    ):
        return
    words = [place for place in range(sentence.first, sentence.last) if reading.tokens[place].kind == "word"]
    if 0 < len(words) <= LONGEST_ITEM and all(reading.owner(place) is None for place in words):
        reading.fault(words[0], words[-1] + 1, "a name the facts do not have")
