"""The check of a recommendation's text: every figure is a fact of the product it is said of, every name exists.

It is stricter and simpler than the assistants' checker, because these texts tell of named products only: names are
taken out first, then each figure of a sentence must be one of the products named in it (or in the sentence before,
where it names none), of the same kind (money, percentage or count). In doubt it is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from cafe_ai.language.formats import MONTH_NAMES, WEEKDAY_NAMES, Language
from cafe_ai.language.period_wording import word_days
from cafe_ai.language.text import fold
from cafe_ai.recommendations.model import Choice

FigureKind = Literal["money", "percent", "count"]
Figure = tuple[FigureKind, Decimal]

_NUMERAL = re.compile(r"\d(?:[\d.,]*\d)?")
_QUOTED = re.compile(r"«([^»\n]*)»|“([^”\n]*)”|\"([^\"\n]*)\"")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_HELD = re.compile("[\ue000-\uf8ff]")
_ENUMERATOR = re.compile(r"\s*(\d{1,2})[.)]\s+")
# What tells that a figure is the earlier of two: before it ("frente a 210", "de 210 a 432") or after it ("210 antes").
_EARLIER_AFTER_IT = re.compile(
    r"\b(?:antes|anterior|anteriores|previos?|before|previous|earlier|prior)\b", re.IGNORECASE
)
_EARLIER_BEFORE_IT = re.compile(
    r"\b(?:frente a|en vez de|en lugar de|comparado con|contra|desde|antes|against|versus|vs\.?|instead of|compared (?:with|to)|"
    r"from|up from|before)\W*(?:(?:las?|los|the)\W+)?$",
    re.IGNORECASE,
)
_FROM_TO = re.compile(r"^[^\d]{0,20}\b(?:a|to)\W+\d", re.IGNORECASE)
_CURRENCY = re.compile(r"€|\$|£|¥|₹|euros?|dollars?|pounds?|dolares|libras|pesos|eur|usd|gbp|mxn|cop", re.IGNORECASE)
_CAPITALISED = re.compile(r"(?<![\w'’])[^\W\d_]*[A-ZÁÉÍÓÚÑÜ][^\W\d_]*")
_NUMBER_WORDS = frozenset(
    "dos tres cuatro cinco seis siete ocho nueve diez once doce quince veinte treinta cuarenta cincuenta cien ciento "
    "mil millon millones doble triple cuadruple mitad tercio cuarto docena media decena "
    "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred thousand "
    "million double triple twice thrice half third quarter dozen".split()
)
# What no reason ever says: that something falls, and what a product does or does not contain.
_NEVER_SAID = frozenset(
    "baja bajan bajado caen cae caido descienden desciende descenso disminuye disminuyen peor pierde pierden "
    "fall falls falling fell drop drops dropped decline declines declining decrease decreases worse losing loses "
    "gluten gluteno lactosa lactose vegan vegana vegano veganas veganos vegetariano vegetariana vegetarian celiaco celiacos "
    "celiac coeliac alergeno alergenos allergen allergens alergia allergy nuez nueces nut nuts halal kosher "
    "keto organic ecologico ecologica bio azucar sugar saludable healthy healthier gratis free".split()
)
_KNOWN_CAPITALS = frozenset(fold(name) for names in (*MONTH_NAMES.values(), *WEEKDAY_NAMES.values()) for name in names)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What may be said: each name's figures, figures of nothing in particular, and dates as they are written."""

    figures: dict[str, frozenset[Figure]]
    general: frozenset[Figure]
    dates: tuple[str, ...]
    rises: dict[str, tuple[tuple[Decimal, Decimal], ...]]  # of each name: units, and those they are compared with


def find_faults(
    text: str, choice: Choice, language: Language, names: Collection[str] = (), *, by_model: bool = True
) -> list[str]:
    """The places of the text that the choice does not carry, as they stand there; none: the text is right.

    names may stand in it besides the products', such as the business's. A text that is not by a model may also say what
    the notes say of diets.
    """
    sheet = _sheet(choice, language)
    faults: list[str] = []
    masked, subjects = _mask(_without_enumerators(text), sheet, names)
    faults += [
        found[0]
        for found in _QUOTED.finditer(masked)
        if not _HELD.fullmatch((found[1] or found[2] or found[3] or "").strip())
    ]
    before: frozenset[Figure] = frozenset()
    last: list[str] = []
    for sentence in _SENTENCE_END.split(masked):
        held = [subjects[mark] for mark in _HELD.findall(sentence) if mark in subjects]
        named = [sheet.figures[name] for name in held if name in sheet.figures]
        allowed = frozenset().union(*named) if named else before
        faults += _wrong_figures(sentence, allowed | sheet.general, language)
        faults += _wrong_words(sentence, by_model=by_model)
        told = [name for name in held if name in sheet.rises] or last
        faults += _turned_round(sentence, [rise for name in told for rise in sheet.rises[name]], sheet, language)
        last = told
        before = allowed
    return faults


def _sheet(choice: Choice, language: Language) -> _Sheet:
    figures: dict[str, set[Figure]] = {item.product.name: set() for item in choice.items}
    if choice.about:
        figures[choice.about] = set()
    for item in choice.items:
        own = figures[item.product.name]
        for fact in item.facts:
            kind: FigureKind = "money" if fact.unit == "money" else "percent" if fact.unit == "percent" else "count"
            own.add((kind, fact.value))
        for reason in item.reasons:
            if reason.other:
                figures.setdefault(reason.other, set())
    windows = choice.windows
    general: set[Figure] = set()
    dates: tuple[str, ...] = ()
    if windows is not None:
        general.add(("count", Decimal(windows.season.days)))
        dates = (word_days(windows.recent.start, windows.recent.end - timedelta(days=1), language),)
    rises = {
        item.product.name: tuple(
            (reason.facts[0].value, fact.value)
            for reason in item.reasons
            for fact in reason.facts[1:]
            if fact.role == "baseline" and fact.value != reason.facts[0].value
        )
        for item in choice.items
    }
    return _Sheet({name: frozenset(own) for name, own in figures.items()}, frozenset(general), dates, rises)


def _mask(text: str, sheet: _Sheet, names: Collection[str]) -> tuple[str, dict[str, str]]:
    """The text with names and dates replaced by a character each, the longest first, and what the characters stand for."""
    subjects: dict[str, str] = {}
    held = sorted(
        {*sheet.figures, *sheet.dates, *(name for name in names if name.strip())}, key=lambda name: (-len(name), name)
    )
    for number, name in enumerate(held):
        mark = chr(0xE000 + number)
        subjects[mark] = name
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", mark, text, flags=re.IGNORECASE)
    return text, subjects


def _wrong_figures(sentence: str, allowed: frozenset[Figure], language: Language) -> Iterator[str]:
    for found in _NUMERAL.finditer(sentence):
        value = _value(found[0], language)
        kind = _kind(sentence, found.start(), found.end())
        if value is None or not any(kind == own and value == rounded for own, rounded in allowed):
            yield found[0]


def _turned_round(
    sentence: str, rises: Sequence[tuple[Decimal, Decimal]], sheet: _Sheet, language: Language
) -> Iterator[str]:
    """Figures that are told as the earlier ones and are not, or are the earlier ones and not told so."""
    if not rises:
        return
    now, then = {rise[0] for rise in rises}, {rise[1] for rise in rises}
    others = {value for _, value in sheet.general} - now - then  # the days that the periods have
    found = [each for each in _NUMERAL.finditer(sentence) if _value(each[0], language) not in others]
    for n, each in enumerate(found):
        value = _value(each[0], language)
        behind = sentence[found[n - 1].end() if n else 0 : each.start()]
        ahead = sentence[each.end() : found[n + 1].start() if n + 1 < len(found) else len(sentence)]
        from_to = n + 1 < len(found) and re.search(r"\b(?:de|from)\W*$", behind, re.IGNORECASE)
        earlier = bool(_EARLIER_BEFORE_IT.search(behind) or _EARLIER_AFTER_IT.search(ahead)) or bool(
            from_to and _FROM_TO.match(sentence[each.end() :])
        )
        if (earlier and value in now and value not in then) or (not earlier and value in then and value not in now):
            yield each[0]


def _without_enumerators(text: str) -> str:
    """The text without the numbers of a list's lines, where they count from one."""
    lines, expected = [], 1
    for line in text.split("\n"):
        found = _ENUMERATOR.match(line)
        if found and int(found[1]) == expected:
            expected += 1
            lines.append(line[found.end() :])
        else:
            lines.append(line)
    return "\n".join(lines)


def _value(written: str, language: Language) -> Decimal | None:
    thousands, decimal = (".", ",") if language == "es" else (",", ".")
    grouped = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|\d+"
    if not re.fullmatch(rf"(?:{grouped})(?:{re.escape(decimal)}\d+)?", written):
        return None
    return Decimal(written.replace(thousands, "").replace(decimal, "."))


def _kind(sentence: str, start: int, end: int) -> FigureKind:
    after, before = sentence[end:].lstrip(" \u00a0\u202f"), sentence[:start].rstrip(" \u00a0\u202f")
    if after.startswith("%") or re.match(r"por ciento|per ?cent", after, re.IGNORECASE):
        return "percent"
    if _CURRENCY.match(after) or re.search(rf"(?:{_CURRENCY.pattern})$", before, re.IGNORECASE):
        return "money"
    return "count"


def _wrong_words(sentence: str, *, by_model: bool) -> Iterator[str]:
    for word in re.findall(r"[^\W\d_]+", sentence):
        folded = fold(word)
        if folded in _NUMBER_WORDS or (by_model and folded in _NEVER_SAID):
            yield word
    start = re.match(r"[\W_]*", _HELD.sub("x", sentence))
    first = start.end() if start else 0
    for found in _CAPITALISED.finditer(sentence):
        opens = found.start() <= first or sentence[: found.start()].rstrip()[-1:] in (":", "¿", "¡")
        if not opens and fold(found[0]) not in _KNOWN_CAPITALS and found[0] != "I":
            yield found[0]
