"""The parts of a date: days, months' names, years."""

from __future__ import annotations

import re

from cafe_ai.assistants.checker.reading import Reading
from cafe_ai.assistants.checker.words import COUNTED_WORDS, CURRENCY_WORDS
from cafe_ai.language.vocabulary import MONTH_NUMBERS, MONTHS

_FULL_MONTHS = frozenset(name for names in MONTHS.values() for name in names) | {"setiembre"}
_OF = frozenset(("de", "del", "of", ","))


def read_day(reading: Reading, place: int) -> tuple[int, int] | None:
    """A day of the month, and where it ends: "15", "15th", "1.º", "primero"."""
    text = reading.word(place)
    if text == "primero" and reading.word(place + 1) == "de":
        return 1, place + 1
    if not (reading.is_number(place) and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= 31):
        return None
    end = place + 1
    while reading.is_glued(end) and reading.word(end) in ("st", "nd", "rd", "th", "o", "er"):
        end += 1
    if (
        reading.word(end) == "."
        and reading.is_glued(end)
        and reading.word(end + 1) in ("o", "er")
        and reading.is_glued(end + 1)
    ):
        end += 2
    return int(text), end


def read_month(reading: Reading, place: int, *, beside_day: bool = False) -> tuple[int, int] | None:
    """A month's name and where it ends. Short forms and English words that mean more need a number beside them."""
    word = reading.word(place)
    number = MONTH_NUMBERS.get(word)
    if number is None:
        return None
    end = place + 1
    dotted = reading.word(end) == "." and reading.is_glued(end)
    if word in ("may", "march") and not beside_day:
        if not reading.tokens[place].written[0].isupper():
            return None
        starts = place == 0 or reading.tokens[place - 1].text in (".", "!", "?")
        return None if word == "may" and starts and not reading.is_number(end) else (number, end)
    if word in _FULL_MONTHS:
        return number, end
    after = end + 1 if dotted else end
    of = 1 if reading.word(after) in ("de", "of") else 0
    if (
        beside_day
        or read_year(reading, after + of)
        or (reading.english and read_day(reading, after))
        or word in ("sept", "nov", "dec", "jan", "oct", "feb")
    ):
        return number, after
    return None


def read_year(reading: Reading, place: int) -> int | None:
    text = reading.word(place)
    return int(text) if reading.is_number(place) and re.fullmatch(r"(?:19|20)\d\d", text) else None


def read_year_behind(reading: Reading, end: int) -> tuple[int | None, int]:
    """A year behind a date, with "de", "of" or a comma before it."""
    at = end + 1 if reading.word(end) in _OF else end
    if reading.word(at) in ("ano",):
        at += 1
    year = read_year(reading, at)
    amount = reading.word(at + 1) in ("%", "€", "£", "$")
    return (year, at + 1) if year is not None and not amount else (None, end)


def is_signed(reading: Reading, place: int) -> bool:
    before = reading.word(place - 1)
    return before in CURRENCY_WORDS or (before in ("+", "-") and reading.is_glued(place))


def is_counted(reading: Reading, place: int) -> bool:
    """Whether what follows a number makes it an amount: a unit of count, a currency, a percent sign, a scale."""
    return reading.word(place) in COUNTED_WORDS or reading.word(place) in CURRENCY_WORDS
