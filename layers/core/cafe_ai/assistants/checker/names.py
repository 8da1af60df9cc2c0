"""The names of a sheet in a text: products, categories, stores, customers, ways to pay. Names may hold digits."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from cafe_ai.analytics.model import FactSheet
from cafe_ai.assistants.checker.model import NameMention
from cafe_ai.assistants.checker.reading import Reading, Token, tokenize
from cafe_ai.assistants.checker.words import COUNTED_WORDS, CURRENCY_WORDS

ENTITIES = ("product", "category", "store", "customer", "payment_method")
FILTERED = {
    "products": "product",
    "categories": "category",
    "stores": "store",
    "customers": "customer",
    "payment_methods": "payment_method",
}
# Names that are also everyday words count only as they are written in the facts.
_COMMON = frozenset((
    "none", "the", "it", "te", "mas", "sin", "con", "other", "otros", "otro", "all", "no", "si", "de", "la", "el",
    "media", "total", "general", "special", "basket", "extra", "spread", "manual", "discount", "adjustment", "samples",
    "postage", "carriage", "centro", "set",
))  # fmt: skip
_COUNTS = COUNTED_WORDS - {
    "dia",
    "dias",
    "day",
    "days",
    "h",
    "m",
    "a",
    "x",
    "new",
    "nuevos",
    "por",
    "per",
    "sales",
    "ventas",
    "store",
    "stores",
}
_BEFORE = frozenset((
    "cliente", "customer", "client", "producto", "product", "categoria", "category", "tienda", "store", "local", "shop",
    "clientes", "customers", "clients", "productos", "products", "categorias", "categories", "tiendas", "stores",
))  # fmt: skip


@dataclass(slots=True)
class _Name:
    tokens: tuple[Token, ...]
    subjects: dict[str, str] = field(default_factory=dict)


def sheet_names(sheet: FactSheet) -> Iterator[tuple[str, str, str]]:
    """Each name of the sheet with its dimension and the value that stands for it in the facts."""
    for fact in sheet.facts:
        for dimension in ENTITIES:
            if value := fact.dimensions.get(dimension):
                yield value, dimension, value
                if dimension == "customer" and (name := fact.dimensions.get("customer_name")):
                    yield name, dimension, value
    for filters in [fact.filters for fact in sheet.facts]:
        for several, dimension in FILTERED.items():
            listed = filters.get(several, ())
            for value in listed if isinstance(listed, (list, tuple)) else ():
                yield str(value), dimension, str(value)
    for several, dimension in FILTERED.items():
        for value in getattr(sheet.plan.filters, several):
            yield value, dimension, value


def find_names(reading: Reading, sheet: FactSheet, others: Collection[str]) -> None:
    """Claims every name, the longest first at each place; `others` say nothing of a figure."""
    index = _index(sheet, others)
    place = 0
    while place < len(reading.tokens):
        found = _match(reading, place, index)
        if found:
            first = place
            while reading.word(first - 1) in _BEFORE or (
                reading.word(first - 1) == '"' and reading.word(first - 2) in _BEFORE
            ):
                first -= 1
            reading.claim(NameMention(first, place + len(found.tokens), found.subjects))
            place += len(found.tokens)
        else:
            place += 1


def _index(sheet: FactSheet, others: Collection[str]) -> dict[str, list[_Name]]:
    names: dict[str, _Name] = {}
    for said, dimension, value in sheet_names(sheet):
        for spelling in _spellings(said):
            name = names.setdefault(spelling.lower(), _Name(tuple(tokenize(spelling))))
            name.subjects.setdefault(dimension, value)
    for other in others:
        names.setdefault(other.lower(), _Name(tuple(tokenize(other))))
    index: dict[str, list[_Name]] = {}
    for name in names.values():
        if name.tokens:
            index.setdefault(name.tokens[0].text, []).append(name)
    for same in index.values():
        same.sort(key=lambda name: -len(name.tokens))
    return index


def _spellings(name: str) -> Iterator[str]:
    """The name, and its plural where its last or its first word ends in a letter."""
    yield name
    if name[-1:].isalpha() and name[-1] not in "sS" and " " not in name:
        yield name + ("s" if name[-1] in "aeiouáéíóúAEIOUe" else "es")
        yield name + "s"
    first, space, rest = name.partition(" ")
    if space and first.isalpha() and first[-1] not in "sS" and (rest.startswith(("de ", "con "))):
        yield f"{first}{'s' if first[-1].lower() in 'aeiouáéíóú' else 'es'} {rest}"


def _match(reading: Reading, place: int, index: dict[str, list[_Name]]) -> _Name | None:
    for name in index.get(reading.word(place), ()):
        if all(_is_same(reading, place + n, token) for n, token in enumerate(name.tokens)) and _fits(
            reading, place, name
        ):
            return name
    return None


def _is_same(reading: Reading, place: int, token: Token) -> bool:
    if reading.word(place) != token.text:
        return False
    return reading.tokens[place].written.lower() == token.written.lower() or not token.written.isalpha()


def _fits(reading: Reading, place: int, name: _Name) -> bool:
    """A number is a name only where nothing makes it an amount; an everyday word only as the facts write it."""
    end = place + len(name.tokens)
    if len(name.tokens) > 1:
        return True
    token, written = name.tokens[0], reading.tokens[place].written
    if token.kind == "number":
        return reading.word(end) not in _COUNTS | CURRENCY_WORDS.keys() and not _is_signed(reading, place)
    return written == token.written or token.text not in _COMMON


def _is_signed(reading: Reading, place: int) -> bool:
    before = reading.word(place - 1)
    return before in CURRENCY_WORDS or (before in ("-", "+") and reading.is_glued(place))
