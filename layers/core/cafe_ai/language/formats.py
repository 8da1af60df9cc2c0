"""Figures, dates and lists as they are written in Spanish and English.

Own code instead of Babel: two languages are 10 KB here and 10 MB of locale data there. A locale is "es", "en" or a
longer tag that begins so ("es-MX"); any other is written as Spanish. Figures are rounded half up to the places shown.
Periods in words (`describe_period`) are in `language.period_wording`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from cafe_ai.language.text import fold

Language = Literal["es", "en"]

NO_BREAK_SPACE = "\u00a0"

CURRENCY_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥", "INR": "₹", "BRL": "R$"}
# ISO 4217's currencies without minor units, and COP, whose minor units nobody uses any more.
CURRENCIES_WITHOUT_DECIMALS = frozenset(
    {
        "BIF", "CLP", "COP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
        "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
    }
)  # fmt: skip

MONTH_NAMES: dict[Language, tuple[str, ...]] = {
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio",
        "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip

WEEKDAY_NAMES: dict[Language, tuple[str, ...]] = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}

_SEPARATORS: dict[Language, tuple[str, str]] = {"es": (".", ","), "en": (",", ".")}


def language_of(locale: str) -> Language:
    """The language in which texts for this locale are written."""
    return "en" if locale.lower().startswith("en") else "es"


def round_half_up(value: Decimal, places: int) -> Decimal:
    """The value at so many decimal places; halves go away from zero, and there is no negative zero."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


def format_number(value: Decimal, locale: str, places: int) -> str:
    """The value with exactly so many decimal places and its thousands grouped: "-1.234,50"."""
    thousands, decimal = _SEPARATORS[language_of(locale)]
    whole, _, fraction = f"{round_half_up(value, places):,f}".partition(".")
    return whole.replace(",", thousands) + (decimal + fraction if fraction else "")


def money_places(currency: str) -> int:
    """The decimal places amounts in this currency are shown with."""
    return 0 if currency in CURRENCIES_WITHOUT_DECIMALS else 2


def format_money(value: Decimal, currency: str, locale: str) -> str:
    """The amount with its currency: "1.422.654,64 £", "£1,422,654.64"; "1.234,50 MXN", "MXN 1,234.50".

    A minus stands next to the digits in English too ("£-12.50"), so that whatever reads the figure reads its sign.
    """
    number = format_number(value, locale, money_places(currency))
    symbol = CURRENCY_SYMBOLS.get(currency)
    if language_of(locale) == "es":
        return f"{number}{NO_BREAK_SPACE}{symbol or currency}"
    return f"{symbol}{number}" if symbol else f"{currency}{NO_BREAK_SPACE}{number}"


def format_count(value: Decimal | int, locale: str) -> str:
    """A quantity with at most three decimal places and no trailing zeros: "1.234", "12,5"."""
    number = format_number(Decimal(value), locale, 3)
    decimal = _SEPARATORS[language_of(locale)][1]
    return number.rstrip("0").rstrip(decimal)


def format_percent(value: Decimal, locale: str, *, signed: bool = False) -> str:
    """A percentage with one decimal place: "31,2 %" (its space does not break) or "31.2%"; signed: "+31.2%"."""
    number = format_number(value, locale, 1)
    sign = "+" if signed and not number.startswith("-") and round_half_up(value, 1) != 0 else ""
    return f"{sign}{number}{NO_BREAK_SPACE if language_of(locale) == 'es' else ''}%"


def format_hour(hour: int) -> str:
    """The start of an hour on the shop's clock: "09:00"."""
    return f"{hour:02d}:00"


def format_hour_range(start: int, end: int, locale: str) -> str:
    """From one hour to another, the latter not included: "de 12:00 a 13:00", "between 12:00 and 13:00"."""
    first, last = format_hour(start % 24), format_hour(end % 24)
    return f"de {first} a {last}" if language_of(locale) == "es" else f"between {first} and {last}"


def format_time(moment: time) -> str:
    """A time of day to the minute: "09:30"."""
    return f"{moment:%H:%M}"


def format_date(day: date, locale: str, *, weekday: bool = False, year: bool = True) -> str:
    """The date in words: "martes 30 de noviembre de 2010", "Tuesday 30 November 2010"."""
    language = language_of(locale)
    of = " de " if language == "es" else " "
    text = f"{day.day}{of}{MONTH_NAMES[language][day.month - 1]}"
    if year:
        text += f"{of}{day.year}"
    return f"{WEEKDAY_NAMES[language][day.weekday()]} {text}" if weekday else text


def format_month(year: int, month: int, locale: str) -> str:
    """The month in words: "noviembre de 2010", "November 2010"."""
    language = language_of(locale)
    return f"{MONTH_NAMES[language][month - 1]}{' de ' if language == 'es' else ' '}{year}"


def join_list(items: Sequence[str], locale: str, *, alternatives: bool = False) -> str:
    """The items as one enumeration: "a, b y c", "a, b and c"; as alternatives "a o b", "a or b".

    Spanish "y" becomes "e" before the sound i, "o" becomes "u" before the sound o.
    """
    if len(items) < 2:
        return "".join(items)
    conjunction = _conjunction(items[-1], language_of(locale), alternatives)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"


def _conjunction(before: str, language: Language, alternatives: bool) -> str:
    if language == "en":
        return "or" if alternatives else "and"
    sound = re.sub(r"^\W+", "", fold(before))
    if alternatives:
        return "u" if re.match(r"h?o", sound) else "o"
    return "e" if re.match(r"h?i(?![aeou])", sound) else "y"


def pluralize(value: Decimal | int, singular: str, plural: str) -> str:
    """The noun for so many: the singular for exactly one (or minus one), the plural otherwise, zero included."""
    return singular if abs(value) == 1 else plural
