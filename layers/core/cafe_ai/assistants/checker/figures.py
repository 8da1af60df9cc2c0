"""Every figure of a text with what is written beside it: sign, currency, percent, scale, "about" and "more than"."""

from __future__ import annotations

from decimal import Decimal

from cafe_ai.assistants.checker.model import Bound, Figure, Kind
from cafe_ai.assistants.checker.numerals import Numeral, read_digits, read_words
from cafe_ai.assistants.checker.reading import Phrases, Reading
from cafe_ai.assistants.checker.words import (
    ABOUT,
    CARDINALS,
    CLOSE,
    CURRENCY_WORDS,
    FRACTIONS,
    INCLUSIVE,
    LESS_THAN,
    MORE_THAN,
    MULTIPLES,
    PERCENT_WORDS,
    POINT_WORDS,
    SCALES,
    SUBUNITS,
    VAGUE,
)

_UNITS = Phrases([(word, "percent") for word in PERCENT_WORDS] + [(word, "points") for word in POINT_WORDS])
_FRACTIONS = Phrases(FRACTIONS)
_APPROXIMATELY = Phrases(
    [(word, "about") for word in ABOUT]
    + [(word, "more") for word in MORE_THAN]
    + [(word, "less") for word in LESS_THAN]
)
_ARTICLES = frozenset(("un", "una", "a", "an", "se", "ha", "han"))
_SCALES_BY_LETTER = frozenset(("m", "k", "mm", "mn", "bn"))
# Letters that may touch a number, beside currencies and scales.
_SUFFIXES = frozenset(("h", "am", "pm", "st", "nd", "rd", "th", "o", "a", "er", "pp", "pts", "hrs"))
LONGEST_PHRASE = 6


def find_figures(reading: Reading) -> None:
    """Claims every figure; notes a fault for what holds a number and cannot be read as one."""
    place = 0
    while place < len(reading.tokens):
        figure = _read_at(reading, place)
        if figure:
            reading.claim(figure)
            place = figure.last
        else:
            place += 1


def _read_at(reading: Reading, place: int) -> Figure | None:
    word = reading.word(place)
    if not word:
        return None
    if (found := _FRACTIONS.match(reading, place)) and not (word == "most" and reading.text_at(place - 1) == "the"):
        return _read_fraction(reading, place, *found)
    if word in MULTIPLES:
        return _finish(reading, place, Numeral(Decimal(MULTIPLES[word]), Decimal(1), 3, place + 1), "multiple")
    if word in VAGUE:
        reading.fault(place, place + 1, "an amount that says no number")
        return None
    numeral = read_digits(reading, place) if reading.is_number(place) else read_words(reading, place)
    if numeral:
        return _read_amount(reading, place, numeral)
    if reading.is_number(place):
        reading.fault(place, place + 1, "not written as a number is")
    elif word == "%" or (
        word in CURRENCY_WORDS
        and not word.isalpha()
        and not reading.is_number(place + 1)
        and reading.word(place + 1) not in ("-", "+", *CARDINALS)
    ):
        reading.fault(place, place + 1, "a unit without its number")
    elif (
        len(word) > 1
        and set(reading.tokens[place].written) <= set("IVXLCDM")
        and word not in ("mm", "cd", "dm", "xl", "cc")
    ):
        reading.fault(place, place + 1, "a Roman numeral")
    return None


def _read_fraction(reading: Reading, place: int, length: int, meaning: object) -> Figure | None:
    end = place + length
    if meaning == "0":
        reading.fault(place, end, "a share that no fact carries")
        return None
    if meaning == "most":
        return Figure(place, end, Decimal(50), Decimal(1), 2, "fraction", bound="more", in_words=True)
    over, _, under = str(meaning).partition("/")
    value = Decimal(over) * 100 / Decimal(under)
    return _finish(reading, place, Numeral(value, Decimal("0.1"), 3, end), "fraction")


def _read_amount(reading: Reading, place: int, numeral: Numeral) -> Figure | None:
    """A number with its scale, unit and currency."""
    value, step, digits, end = numeral
    in_words, scaled = not reading.is_number(place), False
    while (scale := _scale(reading, end)) is not None:
        value, step, end, scaled = value.scaleb(scale), step.scaleb(scale), end + 1, True
    if scaled and reading.word(end) in ("y", "and") and reading.word(end + 1) in ("medio", "half"):
        reading.fault(place, end + 2, "a number with a half")
        return None
    if reading.word(end) in ("de", "of") and reading.word(end + 1) in CURRENCY_WORDS and (scaled or in_words):
        end += 1
    if frac := _read_ratio(reading, place, numeral):
        return frac
    kind: Kind = "count"
    currencies: frozenset[str] = frozenset()
    if found := _UNITS.match(reading, end):
        kind, end = str(found[1]), end + found[0]  # type: ignore[assignment]
    elif reading.word(end) in CURRENCY_WORDS:
        kind, currencies, end = "money", CURRENCY_WORDS[reading.word(end)], end + 1
        if reading.word(end) in ("esterlinas", "sterling", "esterlina"):
            end += 1
    if reading.word(end) in SUBUNITS or (reading.word(end) in ("con", "and") and reading.word(end + 2) in SUBUNITS):
        reading.fault(place, end + 1, "an amount in cents")
        return None
    if _touches_letters(reading, place, end):
        return None
    figure = Figure(place, end, value, step, digits, kind, currencies, scaled=scaled, in_words=in_words)
    return _with_context(reading, figure)


def _scale(reading: Reading, place: int) -> int | None:
    word = reading.word(place)
    if word in _SCALES_BY_LETTER and not (reading.is_glued(place) or reading.tokens[place].written == "M"):
        return None
    return SCALES.get(word)


def _read_ratio(reading: Reading, place: int, numeral: Numeral) -> Figure | None:
    """ "1 de cada 3", "one in four", "2 out of 3"; "3 veces", "3 times", "x2", "2x" are multiples no fact carries."""
    end = numeral.end
    words = (reading.word(end), reading.word(end + 1))
    length = {("de", "cada"): 2, ("out", "of"): 2}.get(
        words, 1 if words[0] == "in" and not reading.is_number(place) else 0
    )
    if length:
        after = end + length
        whole = read_digits(reading, after) if reading.is_number(after) else read_words(reading, after)
        if whole and whole.value:
            value = numeral.value * 100 / whole.value
            return Figure(place, whole.end, value, Decimal("0.1"), 3, "fraction", in_words=True)
    if words[0] in ("veces", "times", "vez", "fold", "x", "×") or (
        reading.word(place - 1) in ("x", "×") and reading.is_glued(place)
    ):
        reading.fault(place, end + 1 if words[0] else end, "a multiple that no fact carries")
    return None


def _touches_letters(reading: Reading, place: int, end: int) -> bool:
    """Whether letters touch the number that belong to no unit: "1O0", "A4", "12abc"."""
    if (
        reading.is_glued(end)
        and end < len(reading.tokens)
        and reading.tokens[end].kind == "word"
        and reading.tokens[end].text not in _SUFFIXES
    ):
        reading.fault(place, end + 1, "letters within a number")
        return True
    before = place - 1
    if (
        reading.is_glued(place)
        and reading.tokens[before].kind in ("word", "number")
        and reading.tokens[before].text not in CURRENCY_WORDS
    ):
        reading.fault(before, end, "letters within a number")
        return True
    return False


def _finish(reading: Reading, place: int, numeral: Numeral, kind: Kind) -> Figure:
    return _with_context(
        reading, Figure(place, numeral.end, numeral.value, numeral.step, numeral.digits, kind, in_words=True)
    )


def _with_context(reading: Reading, figure: Figure) -> Figure:
    """The figure with its sign, the currency before it, and how exact it claims to be."""
    first, value, kind, currencies = figure.first, figure.value, figure.kind, figure.currencies
    sign, first = _sign(reading, first)
    before = reading.word(first - 1)
    if before in CURRENCY_WORDS and kind == "count" and (not before.isalpha() or len(before) == 3):
        kind, currencies, first = "money", CURRENCY_WORDS[before], first - 1
        if before == "$" and reading.word(first - 1) in ("us", "r", "mx", "a", "c") and reading.is_glued(first):
            first -= 1
        outer, first = _sign(reading, first)
        sign = sign or outer
    phrase, meaning = _exactness(reading, first)
    bound: Bound | None = "more" if meaning == "more" else "less" if meaning == "less" else None
    return Figure(
        first,
        figure.last,
        -value if sign == "-" else value,
        figure.step,
        figure.digits,
        kind,
        currencies,
        bool(sign),
        figure.scaled,
        meaning == "about",
        bound,
        phrase in INCLUSIVE,
        phrase in CLOSE,
        figure.in_words,
    )


def _sign(reading: Reading, first: int) -> tuple[str, int]:
    """A plus or minus that touches the number and nothing before it, or the word "minus"."""
    if reading.is_glued(first) and reading.word(first - 1) in ("-", "+"):
        loose = not reading.is_glued(first - 1) or reading.tokens[first - 2].text in (
            "€",
            "£",
            "$",
            "(",
            "[",
            "|",
            '"',
            ":",
            "~",
            "≈",
        )
        if loose:
            return reading.word(first - 1), first - 1
    if reading.word(first - 1) in ("minus", "plus"):
        return ("-" if reading.word(first - 1) == "minus" else "+"), first - 1
    return "", first


def _exactness(reading: Reading, first: int) -> tuple[str, str]:
    """What is said of how exact the number is, and whether it means "about", "more" or "less"; articles are passed over."""
    end = first
    while reading.word(end - 1) in _ARTICLES:
        end -= 1
    for last in (first, end):
        for start in range(max(0, last - LONGEST_PHRASE), last):
            found = _APPROXIMATELY.match(reading, start)
            if found and start + found[0] == last:
                return " ".join(reading.word(place) for place in range(start, last)), str(found[1])
    return "", ""
