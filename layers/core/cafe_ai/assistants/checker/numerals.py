"""Numbers written in digits, in both number styles, and in words."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from cafe_ai.assistants.checker.reading import Reading
from cafe_ai.assistants.checker.words import CARDINALS, NUMERAL_SCALES, SINGULAR_COUNTED

_SPANISH = re.compile(r"(?:0|[1-9]\d*|[1-9]\d{0,2}(?:\.\d{3})+)(?:,(\d+))?")
_ENGLISH = re.compile(r"(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d+))?")
_ONLY = frozenset(
    (
        "solo",
        "solamente",
        "unicamente",
        "fue",
        "hubo",
        "tuvo",
        "tuviste",
        "vendio",
        "registro",
        "registraste",
        "con",
        "hizo",
        "de",
        "a",
        "y",
        "tiene",
    )
)
_SPOKEN_ONCE = frozenset(("one", "uno", "once", "ten", "a", "an", "un", "una", "par", "pair", "score", "couple"))
_LARGEST = 60  # tokens of one number in words


class Numeral(NamedTuple):
    """A number as written: its value, the size of its last digit, its significant digits, and where it ends."""

    value: Decimal
    step: Decimal
    digits: int
    end: int


def read_digits(reading: Reading, place: int) -> Numeral | None:
    """The number in digits at a place: "1.234,56", "1,234.56", "1 234,5". None where it is not written as numbers are.

    The text's own style is tried first: "1.234" is 1234 in Spanish and 1.234 in English.
    """
    text, end = reading.word(place), place + 1
    if re.fullmatch(r"\d{1,3}", text):
        while (
            re.fullmatch(r"\d{3}(?:[.,]\d+)?", reading.word(end))
            and _is_one_space(reading, end)
            and text[-1].isdigit()
            and "." not in text
            and "," not in text
        ):
            text, end = text + reading.word(end), end + 1
    for style, decimal in ((_ENGLISH, "."), (_SPANISH, ",")) if reading.english else ((_SPANISH, ","), (_ENGLISH, ".")):
        if found := style.fullmatch(text):
            plain = text.replace("." if decimal == "," else ",", "").replace(decimal, ".")
            places = len(found[1] or "")
            digits = len(plain.replace(".", "").lstrip("0"))
            return Numeral(Decimal(plain), Decimal(1).scaleb(-places), digits, end)
    return None


def _is_one_space(reading: Reading, place: int) -> bool:
    gap = reading.text[reading.tokens[place - 1].end : reading.tokens[place].start]
    return len(gap) == 1 and gap != "\n"


def read_words(reading: Reading, place: int) -> Numeral | None:
    """The number in words at a place: "doce", "mil doscientos", "twenty-three", "a thousand", "media docena"."""
    if (half := _read_half(reading, place)) is not None:
        return half
    total, current, end, spoken = 0, 0, place, False
    while end < place + _LARGEST:
        values = _values(reading, end)
        if values is None:
            skip = reading.word(end) in ("y", "and") and spoken and _continues(reading, end + 1)
            if not skip:
                break
            end += 1
            continue
        for kind, value in values:
            if kind == "scale" and value >= 1000:
                total, current = total + (current or 1) * value, 0
            elif kind == "scale":
                current = (current or 1) * value
            else:
                current += value
        spoken, end = True, end + 1
        if reading.word(end) == "de" and reading.word(end + 1) in ("millones", "millon"):
            break
    if not spoken:
        return None
    return Numeral(Decimal(total + current), Decimal(1), len(str(total + current)), end)


def _continues(reading: Reading, place: int) -> bool:
    """Whether "and" joins two parts of one number: "ciento veinte y dos", "a hundred and five"."""
    word = reading.word(place).split("-")[0]
    return (
        word in CARDINALS
        and CARDINALS[word] not in (0,)
        and word not in ("un", "una", "a", "an", "both", "ambos", "ambas")
        and CARDINALS[word] < 100
    )


def _values(reading: Reading, place: int) -> list[tuple[str, int]] | None:
    parts = reading.word(place).split("-")
    found: list[tuple[str, int]] = []
    for part in parts:
        if part in NUMERAL_SCALES:
            found.append(("scale", NUMERAL_SCALES[part]))
        elif part in CARDINALS:
            found.append(("number", CARDINALS[part]))
        else:
            return None
    if not found or (len(parts) == 1 and parts[0] in _SPOKEN_ONCE and not _is_number_here(reading, place, parts[0])):
        return None
    return found


def _is_number_here(reading: Reading, place: int, word: str) -> bool:
    """Whether a word that is also an article, an adverb or a verb is a number: "a thousand", "un millón", "once pedidos"."""
    after, before = reading.text_at(place + 1), reading.text_at(place - 1)
    if word == "one":
        return after in SINGULAR_COUNTED or after in NUMERAL_SCALES or after in ("percent", "%", "in", "out")
    if word in ("a", "an", "un", "una", "uno"):
        if word in ("un", "una") and after in SINGULAR_COUNTED:
            return reading.text_at(place + 2) not in ("medio", "media", "promedio", "mas", "tipo") and before in _ONLY
        return after in NUMERAL_SCALES or (word in ("un", "una", "uno") and before == "y")
    if word in ("par", "pair", "couple", "score"):
        return before in ("un", "a") or after == "of"
    if word == "once":
        return not reading.english or before in ("los", "las", "fueron")
    return reading.english or after not in ("en", "presente", "cuidado", "por", "cuenta")


def _read_half(reading: Reading, place: int) -> Numeral | None:
    """ "medio millón", "media docena", "half a million"."""
    word, after = reading.word(place), place + 1
    if word in ("medio", "media") and reading.word(after) in NUMERAL_SCALES:
        return Numeral(Decimal(NUMERAL_SCALES[reading.word(after)]) / 2, Decimal(1), 1, after + 1)
    if word == "half" and reading.word(after) in ("a", "of", "an") and reading.word(after + 1) in NUMERAL_SCALES:
        return Numeral(Decimal(NUMERAL_SCALES[reading.word(after + 1)]) / 2, Decimal(1), 1, after + 2)
    return None
