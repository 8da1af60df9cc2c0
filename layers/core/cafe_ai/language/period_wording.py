"""Periods in words, exactly: "en noviembre de 2010", "in the week of 22 to 28 November 2010".

What is spoken includes the last day, although `Period.end` does not. A period that ends before its last day is over
says until when it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from cafe_ai.analytics.model import Period
from cafe_ai.language.formats import Language, format_date, format_month, format_time, language_of

Shape = Literal["day", "week", "weekend", "month", "quarter", "half", "year", "months", "years", "days"]

_ORDINALS: dict[Language, tuple[str, ...]] = {
    "es": ("primer", "segundo", "tercer", "cuarto"),
    "en": ("first", "second", "third", "fourth"),
}


@dataclass(frozen=True, slots=True)
class PeriodWording:
    """A period as an adverb ("en octubre de 2010", "del 8 al 14 de mayo de 2010") and as a noun with its article
    ("octubre de 2010", "el periodo del 8 al 14 de mayo de 2010")."""

    adverb: str
    noun: str


def describe_period(period: Period, locale: str, *, as_of: datetime | None = None) -> str:
    """When: the period with the preposition that fits it. See `word_period`."""
    return word_period(period, locale, as_of=as_of).adverb


def name_period(period: Period, locale: str, *, as_of: datetime | None = None) -> str:
    """The period as a noun, with its article where it has one. See `word_period`."""
    return word_period(period, locale, as_of=as_of).noun


def word_period(period: Period, locale: str, *, as_of: datetime | None = None) -> PeriodWording:
    """The period in words. One that is still running at as_of is told as "so far", until the minute it counts to."""
    language = language_of(locale)
    last = period.end - timedelta(days=1)
    if not _is_cut(period):
        return _word(shape_of(period.start, last), period.start, last, language)
    running = _running_shape(period.start, last) if is_so_far(period, as_of) else "days"
    if running in ("month", "quarter", "year"):
        return _word_so_far(_word(running, period.start, last, language).noun, period, language)
    shape: Shape = "day" if period.days == 1 else "days"
    words, until = (
        _word(shape, period.start, last, language),
        _until(period, language, dated=_ends_next_morning(period)),
    )
    return PeriodWording(f"{words.adverb} ({until})", f"{words.noun} ({until})")


def word_days(start: date, last: date, locale: str) -> str:
    """The days from start to last, both included: "del 8 al 14 de mayo de 2010", "8 to 14 May 2010"."""
    return _days_es(start, last) if language_of(locale) == "es" else _days_en(start, last)


def is_so_far(period: Period, as_of: datetime | None) -> bool:
    """Whether the period was still running at as_of."""
    return _is_cut(period) and period.ends_at == as_of


def shape_of(start: date, last: date) -> Shape:
    """The calendar's name for the days from start to last, both included."""
    if start == last:
        return "day"
    if start.day == 1 and (last + timedelta(days=1)).day == 1:
        return _shape_of_months(start, (last.year - start.year) * 12 + last.month - start.month + 1)
    if start.weekday() == 0 and (last - start).days == 6:
        return "week"
    return "weekend" if start.weekday() == 5 and (last - start).days == 1 else "days"


def _shape_of_months(start: date, months: int) -> Shape:
    if months == 1:
        return "month"
    if start.month == 1 and months % 12 == 0:
        return "year" if months == 12 else "years"
    if months == 6 and start.month in (1, 7):
        return "half"
    return "quarter" if months == 3 and start.month % 3 == 1 else "months"


def _running_shape(start: date, last: date) -> Shape:
    if start.day == 1 and start != last:
        if (start.year, start.month) == (last.year, last.month):
            return "month"
        if start.month == 1 and start.year == last.year:
            return "year"
        if start.month % 3 == 1 and start.year == last.year and last.month < start.month + 3:
            return "quarter"
    return "days"


def _is_cut(period: Period) -> bool:
    """Whether the period ends before its last day does; on the shop's clock, as a change of the hour moves instants."""
    full = datetime.combine(period.end, period.starts_at.time())
    return period.ends_at.replace(tzinfo=None) < full


def _ends_next_morning(period: Period) -> bool:
    return period.ends_at.date() >= period.end


def _word_so_far(noun: str, period: Period, language: Language) -> PeriodWording:
    until = _until(period, language, dated=True)
    if language == "es":
        so_far = f"lo que va {'del ' + noun.removeprefix('el ') if noun.startswith('el ') else 'de ' + noun}"
        return PeriodWording(f"en {so_far} ({until})", f"{so_far} ({until})")
    return PeriodWording(f"in {noun} so far ({until})", f"{noun} so far ({until})")


def _until(period: Period, language: Language, *, dated: bool) -> str:
    clock = format_time(period.ends_at.time())
    if language == "es":
        article = "la" if period.ends_at.hour == 1 else "las"
        day = f" del {format_date(period.ends_at.date(), language, year=False)}" if dated else ""
        return f"hasta {article} {clock}{day}"
    return f"to {clock}" + (f" on {format_date(period.ends_at.date(), language, year=False)}" if dated else "")


def _word(shape: Shape, start: date, last: date, language: Language) -> PeriodWording:
    return _word_es(shape, start, last) if language == "es" else _word_en(shape, start, last)


def _word_es(shape: Shape, start: date, last: date) -> PeriodWording:
    match shape:
        case "day" | "weekend":
            span = _days_es(start, last)
            noun = f"el {format_date(start, 'es', weekday=True)}" if shape == "day" else f"el fin de semana {span}"
            return PeriodWording(noun, noun)
        case "months" | "years":
            span = f"de {_span_of_units(shape, start, last, 'es', ' a ')}"
            return PeriodWording(span, f"el periodo {span}")
        case "days":
            span = _days_es(start, last)
            return PeriodWording(span, f"el periodo {span}")
        case "week":
            noun = f"la semana {_days_es(start, last)}"
        case "quarter":
            noun = f"el {_ORDINALS['es'][(start.month - 1) // 3]} trimestre de {start.year}"
        case "half":
            noun = f"el {_ORDINALS['es'][(start.month - 1) // 6]} semestre de {start.year}"
        case "month":
            noun = format_month(start.year, start.month, "es")
        case "year":
            noun = str(start.year)
    return PeriodWording(f"en {noun}", noun)


def _word_en(shape: Shape, start: date, last: date) -> PeriodWording:
    match shape:
        case "day":
            noun = format_date(start, "en", weekday=True)
            return PeriodWording(f"on {noun}", noun)
        case "weekend":
            noun = f"the weekend of {_days_en(start, last)}"
            return PeriodWording(f"over {noun}", noun)
        case "months" | "years":
            span = f"from {_span_of_units(shape, start, last, 'en', ' to ')}"
            return PeriodWording(span, f"the period {span}")
        case "days":
            span = f"from {_days_en(start, last)}"
            return PeriodWording(span, f"the period {span}")
        case "week":
            noun = f"the week of {_days_en(start, last)}"
        case "quarter":
            noun = f"the {_ORDINALS['en'][(start.month - 1) // 3]} quarter of {start.year}"
        case "half":
            noun = f"the {_ORDINALS['en'][(start.month - 1) // 6]} half of {start.year}"
        case "month":
            noun = format_month(start.year, start.month, "en")
        case "year":
            noun = str(start.year)
    return PeriodWording(f"in {noun}", noun)


def _span_of_units(shape: Shape, start: date, last: date, language: Language, to: str) -> str:
    if shape == "years":
        return f"{start.year}{to}{last.year}"
    first = format_month(start.year, start.month, language)
    if start.year == last.year:
        first = first.removesuffix(str(start.year)).removesuffix(" de " if language == "es" else " ")
    return f"{first}{to}{format_month(last.year, last.month, language)}"


def _days_es(start: date, last: date) -> str:
    return f"del {_first_day(start, last, 'es')} al {format_date(last, 'es')}"


def _days_en(start: date, last: date) -> str:
    return f"{_first_day(start, last, 'en')} to {format_date(last, 'en')}"


def _first_day(start: date, last: date, language: Language) -> str:
    """The first day of a range, with as much of its date as the last day's does not tell."""
    if (start.year, start.month) == (last.year, last.month):
        return str(start.day)
    return format_date(start, language, year=start.year != last.year)
