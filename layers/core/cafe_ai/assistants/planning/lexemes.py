"""Questions cut into lexemes: words, and numbers, dates, units, weekdays and clock times as values.

A lexeme's shape is its folded word, or a capital letter for what has a value, so that rules are short patterns over
shapes: "ventas del 8 al 14 de noviembre" has the shape "ventas del N al D".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from cafe_ai.analytics.periods import CalendarUnit
from cafe_ai.language.text import fold
from cafe_ai.language.vocabulary import MONTH_NUMBERS, NUMBER_WORDS, ORDINALS, WEEKDAY_NUMBERS

TAKEN = "_"
"""The shape of a lexeme that a rule has taken: no rule reads across it."""

UNITS: dict[str, CalendarUnit] = {
    "dia": "day", "dias": "day", "day": "day", "days": "day",
    "semana": "week", "semanas": "week", "week": "week", "weeks": "week",
    "finde": "weekend", "findes": "weekend", "weekend": "weekend", "weekends": "weekend",
    "mes": "month", "meses": "month", "month": "month", "months": "month",
    "trimestre": "quarter", "trimestres": "quarter", "quarter": "quarter", "quarters": "quarter",
    "semestre": "half", "semestres": "half", "half-year": "half",
    "ano": "year", "anos": "year", "year": "year", "years": "year",
}  # fmt: skip

_LEXEME = re.compile(
    r"[ap]\.m\b\.?|(?<= )'\d\d(?!\w)|[^\W\d_]{1,5}-\d{2,}(?![^\W_])"
    r"|\d{4}-\d\d-\d\d|\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d\d)(?!\d)|\d{4}-\d\d(?!\d)|\d{1,2}/\d{1,2}(?!\d)"
    r"|\d{1,2}:\d\d|\d+(?:[.,]\d+)*(?:st|nd|rd|th|er|am|pm|hs?|o|a)?(?![^\W_])|[^\W_]+(?:['&/+][^\W_]+|-(?=[^\W\d_])[^\W_]+)*|[,.;:?!%()\-]"
)
_NOT_COUNTED = frozenset({"un", "uno", "una", "one"})
_SHORT_MONTHS = frozenset(name for name in MONTH_NUMBERS if len(name) < 4 or name == "sept") - {"may"}
_SHORT_WEEKDAYS = frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun"})
_YEAR_WORDS = {
    ("ano", "pasado"): -1, ("pasado", "ano"): -1, ("ano", "anterior"): -1, ("last", "year"): -1, ("previous", "year"): -1,
    ("este", "ano"): 0, ("this", "year"): 0,
}  # fmt: skip
_BEFORE_A_MONTH = frozenset(
    "in of from to and since until during last this for between or than versus vs with en de desde hasta y e o contra del al "
    "por ventas sales revenue orders pedidos , -".split()
)
"""Words after which "may" or a short name ("oct") is a month."""
_JOINS = frozenset({"de", "del", "of", "el", "in", "en", ",", "year", "ano"})


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of the question at [start, end).

    kind: "word", or N a number, O an ordinal, D a date part (value as in `PeriodSpec`), U a calendar unit, W a weekday
    (0 is Monday), V weekdays in the plural, C a clock time (the hour), ":" with minutes that are not zero, "," any punctuation.
    """

    text: str
    start: int
    end: int
    kind: str = "word"
    value: int | str = 0

    @property
    def shape(self) -> str:
        """What rules see of it."""
        return self.text if self.kind == "word" else self.kind


def read_words(question: str) -> list[Lexeme]:
    """The lexemes of a question, each word by itself."""
    folded = fold(question)
    return [_read(Lexeme(match[0], match.start(), match.end())) for match in _LEXEME.finditer(folded)]


def word_texts(text: str) -> list[str]:
    """The folded words and numbers of a text, without punctuation."""
    return [match[0] for match in _LEXEME.finditer(fold(text)) if match[0][0].isalnum()]


def shape_of(phrase: str) -> str:
    """The shapes of a phrase, as a rule sees them in a question."""
    return " ".join(lexeme.shape for lexeme in read_words(phrase))


def _read(lexeme: Lexeme) -> Lexeme:
    text = lexeme.text
    if text[0].isdigit():
        return _read_digits(lexeme)
    if text.endswith("'s") and (text[:-2] in UNITS or text[:-2] in MONTH_NUMBERS or text[:-2] in WEEKDAY_NUMBERS):
        return _read(replace(lexeme, text=text[:-2]))
    if text.startswith(("a.m", "p.m")):
        return replace(lexeme, text=f"{text[0]}m")
    if text in UNITS:
        return replace(lexeme, kind="U", value=UNITS[text])
    if text in WEEKDAY_NUMBERS and text not in _SHORT_WEEKDAYS:
        several = text in ("sabados", "domingos") or text.endswith("days")
        return replace(lexeme, kind="V" if several else "W", value=WEEKDAY_NUMBERS[text])
    if text in ORDINALS and ORDINALS[text] > 0:
        return replace(lexeme, kind="O", value=ORDINALS[text])
    if text in NUMBER_WORDS and text not in _NOT_COUNTED:
        return replace(lexeme, kind="N", value=NUMBER_WORDS[text])
    return replace(lexeme, kind=",") if not text[0].isalnum() and text not in ("-", "%") else lexeme


def _read_digits(lexeme: Lexeme) -> Lexeme:
    text = lexeme.text
    if re.fullmatch(r"\d{4}-\d\d(?:-\d\d)?", text):
        return replace(lexeme, kind="D", value=text)
    if match := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2,4}))?", text):
        if (match[3] or "/" in text) and min(int(match[1]), int(match[2])) <= 12:
            return replace(lexeme, kind="D", value=_numeric_date(int(match[1]), int(match[2]), match[3]))
        return lexeme
    if match := re.fullmatch(r"(\d{1,2}):(\d\d)", text):
        whole = int(match[1]) <= 24 and match[2] == "00"
        return replace(lexeme, kind="C" if whole else ":", value=int(match[1]))
    if match := re.fullmatch(r"(\d{1,2})(am|pm|hs?)", text):
        return replace(lexeme, kind="C", value=_half_of_day(int(match[1]), match[2]))
    if match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|er|o|a)", text):
        return replace(lexeme, kind="O", value=int(match[1]))
    if re.fullmatch(r"(?:19|20)\d\d", text):
        return replace(lexeme, kind="D", value=text)
    return replace(lexeme, kind="N", value=int(text)) if text.isdecimal() and len(text) < 10 else lexeme


def _numeric_date(first: int, second: int, year: str | None) -> str:
    """Day first, as in Spain and Britain, unless that can't be."""
    day, month = (first, second) if second <= 12 else (second, first)
    if not year:
        return f"--{month:02}-{day:02}"
    return f"{year if len(year) == 4 else '20' + year}-{month:02}-{day:02}"


def _half_of_day(hour: int, half: str) -> int:
    if half == "pm" and hour < 12:
        return hour + 12
    return 0 if half == "am" and hour == 12 else hour


def merge_dates(lexemes: list[Lexeme], today: date) -> list[Lexeme]:
    """Months with their days and years made one date each: "15 de noviembre de 2010", "November 15th, 2010"."""
    merged: list[Lexeme] = []
    place = 0
    while place < len(lexemes):
        found = _date_at(lexemes, place, today) or _two_words_at(lexemes, place)
        if found:
            lexeme, place = found
            merged.append(lexeme)
        else:
            merged.append(lexemes[place])
            place += 1
    return merged


def _two_words_at(lexemes: list[Lexeme], place: int) -> tuple[Lexeme, int] | None:
    """ "Fin de semana" and "day of the week" are one unit each."""
    shapes = [lexeme.text for lexeme in lexemes[place : place + 4]]
    for said, kind, value in (
        (("fin", "de", "semana"), "U", "weekend"),
        (("fines", "de", "semana"), "U", "weekend"),
        (("half", "year"), "U", "half"),
    ):
        if tuple(shapes[: len(said)]) == said:
            last = lexemes[place + len(said) - 1]
            return Lexeme(" ".join(said), lexemes[place].start, last.end, kind, value), place + len(said)
    return None


def _date_at(lexemes: list[Lexeme], place: int, today: date) -> tuple[Lexeme, int] | None:
    start, day = place, None
    grouped = place and lexemes[place - 1].text in ("por", "by", "per", "cada", "each")
    if lexemes[place].text in ("mes", "month", "ano", "year") and not grouped:
        place = _skip(lexemes, place + 1, ("de", "of"))
        if place == len(lexemes):
            return None
        if lexemes[place].kind == "D" and lexemes[start].text in ("ano", "year"):
            return replace(lexemes[place], start=lexemes[start].start), place + 1
    if _is_day(lexemes[place]):
        after = _skip(lexemes, place + 1, ("de", "of", "mes", "del"))
        if after < len(lexemes) and _is_month(lexemes, after):
            day, place = int(lexemes[place].value), after
    if not _is_month(lexemes, place):
        return None
    month, place = MONTH_NUMBERS[lexemes[place].text], place + 1
    if place < len(lexemes) and lexemes[place].text == "." and place + 1 < len(lexemes):
        place += 1  # an abbreviation's dot
    if day is None:
        after = _skip(lexemes, place, ("the", "el"))
        if after < len(lexemes) and _is_day(lexemes[after]) and not _starts_a_date(lexemes, after):
            day, place = int(lexemes[after].value), after + 1
    year, place = _year_at(lexemes, place, today)
    value = f"{year or '-'}-{month:02}" + (f"-{day:02}" if day else "")
    text = " ".join(lexeme.text for lexeme in lexemes[start:place])
    return Lexeme(text, lexemes[start].start, lexemes[place - 1].end, "D", value), place


def _starts_a_date(lexemes: list[Lexeme], place: int) -> bool:
    """Whether the number belongs to the month after it: "octubre 15 noviembre" is no 15 October."""
    after = _skip(lexemes, place + 1, ("de", "of"))
    return after > place + 1 and after < len(lexemes) and lexemes[after].text in MONTH_NUMBERS


def _year_at(lexemes: list[Lexeme], place: int, today: date) -> tuple[str | None, int]:
    after = _skip(lexemes, place, tuple(_JOINS - {"ano", "year"}))
    if after < len(lexemes):
        said = lexemes[after]
        if said.text[0] == "'" and said.text[1:].isdigit():
            return f"20{said.text[1:]}", after + 1
        if said.kind == "D" and isinstance(said.value, str) and len(said.value) == 4:
            return said.value, after + 1
        pair = tuple(lexeme.text for lexeme in lexemes[after : after + 2])
        if len(pair) == 2 and pair in _YEAR_WORDS and (after > place or pair[1] == "year"):
            return str(today.year + _YEAR_WORDS[pair]), after + 2
        if pair and pair[0] in ("ano", "year") and len(pair) == 2 and re.fullmatch(r"(?:19|20)\d\d", pair[1]):
            return pair[1], after + 2
    return None, place


def _skip(lexemes: list[Lexeme], place: int, said: tuple[str, ...]) -> int:
    while place < len(lexemes) and lexemes[place].text in said:
        place += 1
    return place


def _is_day(lexeme: Lexeme) -> bool:
    return lexeme.kind in ("N", "O") and lexeme.text[0].isdigit() and 1 <= int(lexeme.value) <= 31


def _is_month(lexemes: list[Lexeme], place: int) -> bool:
    """Whether a month stands there; "may" and short names only where what stands beside them makes a date of them."""
    lexeme = lexemes[place]
    if lexeme.kind != "word" or lexeme.text not in MONTH_NUMBERS:
        return False
    before = lexemes[place - 1] if place else None
    after = lexemes[place + 1] if place + 1 < len(lexemes) else None
    numbered = any(other is not None and (other.kind in ("N", "D") or _is_day(other)) for other in (before, after))
    beside = after is not None and after.text in ("vs", "versus", "frente", "contra", "-")
    told = numbered or beside or (before is not None and before.text in _BEFORE_A_MONTH)
    if lexeme.text in _SHORT_MONTHS:
        return told and (numbered or lexeme.text != "mar")
    if lexeme.text == "may":
        return told or (after is not None and after.text in ("through", "to", "until", "-"))
    return True
