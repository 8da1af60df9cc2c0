"""How periods are said in Spanish and English. Patterns are over lexeme shapes (see `lexemes`), the more particular first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from cafe_ai.analytics.model import PeriodSpec
from cafe_ai.analytics.periods import WEEKDAY_NAMES, CalendarUnit, add_months
from cafe_ai.assistants.planning.reading import Found, Reading

_IN = r"(?:(?:en|de|del|durante|in|on|for|during|of|over|from|within|para|a|al|desde|el|la|los|las|the|our|todo|toda|todos|all|whole|entire|ultimamente) )*"
_N = r"(?:N|un|una|one|a)"

_PASSED = ("pasado", "anterior", "previo", "last", "previous")
EACH_MONTH = "each month"
"""The text of a mention of months listed one by one."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A period named at a place of the question."""

    place: int
    spec: PeriodSpec
    text: str
    end: int = 0  # the place after its last word


Read = Callable[[Found, date], PeriodSpec | None]


def read_periods(reading: Reading, today: date) -> list[Mention]:
    """The periods a question names, in the order it names them; their words are taken."""
    mentions = _read_months_listed(reading)
    for pattern, read in RULES:
        for found in reading.find_all(pattern):
            if spec := read(found, today):
                reading.blank(found)
                mentions.append(Mention(found.place, spec, found.text, found.end))
    return _the_other_one(reading, sorted(mentions, key=lambda mention: mention.place))


def _the_other_one(reading: Reading, mentions: list[Mention]) -> list[Mention]:
    """ "El tercer trimestre con el segundo": the second is a quarter too."""
    numbered = [mention.spec.start for mention in mentions if mention.spec.kind == "named" and mention.spec.start]
    found = reading.find(r"(?:el|the|del|al) O(?: one)?(?= ,|$)") if len(numbered) == 1 else None
    if not found or numbered[0][-2:-1] not in ("Q", "H"):
        return mentions
    reading.blank(found)
    start = f"{numbered[0][:-1]}{int(found.values('O')[0])}"
    return [*mentions, Mention(found.place, PeriodSpec("named", start=start), found.text, found.end)]


def _unit(found: Found) -> CalendarUnit:
    return found.values("U")[-1]  # type: ignore[return-value]


def _dates(found: Found) -> list[str]:
    """The date parts said; a bare number or ordinal is a day of the month."""
    return [
        str(lexeme.value) if lexeme.kind == "D" else f"---{int(lexeme.value):02}"
        for lexeme in found.lexemes
        if lexeme.kind in "DNO"
    ]


def _range(found: Found, today: date) -> PeriodSpec | None:
    start, end = _dates(found)[:2]
    if start.startswith("---") and not end.startswith("---"):
        start = f"{end[:-3]}-{start[3:]}" if _has_day(end) else f"{end}-{start[3:]}"
    elif end.startswith("---") and not start.startswith("---"):
        if not _has_day(start):
            return None
        end = f"{start[:-3]}-{end[3:]}"
    return PeriodSpec("range", start=start, end=end)


def _has_day(part: str) -> bool:
    return len(part) == 10 or (part.startswith("--") and len(part) == 7)


def _is_year(part: str) -> bool:
    return part.isdigit()


def _numbered(letter: str, last: int) -> Read:
    """Quarters and halves: "primer trimestre de 2010", "Q3", "último trimestre de 2009"."""

    def read(found: Found, today: date) -> PeriodSpec | None:
        number = next((int(lexeme.value) for lexeme in found.lexemes if lexeme.kind in "NO"), 0)
        number = number or next(
            (
                int(said[0])
                for lexeme in found.lexemes
                if (said := lexeme.text.strip("qth")).isdigit() and len(said) == 1
            ),
            last,
        )
        if not 1 <= number <= last:
            return None
        years = [str(value) for value in found.values("D")]
        said = found.text
        if not years and ("ano pasado" in said or "last year" in said or "ano anterior" in said):
            years = [str(today.year - 1)]
        elif not years and ("este ano" in said or "this year" in said):
            years = [str(today.year)]
        return PeriodSpec("named", start=f"{years[0]}-{letter}{number}" if years else f"{letter}{number}")

    return read


def _part_of_month(found: Found, today: date) -> PeriodSpec | None:
    """The first or last half, fortnight or week of a month."""
    month = _dates(found)[-1]
    if _has_day(month) or _is_year(month) or month.startswith("---"):
        return None
    year = int(month[:4]) if month[0] != "-" else today.year
    last_day = (add_months(date(year, int(month[-2:]), 1), 1) - timedelta(days=1)).day
    number = next((int(lexeme.value) for lexeme in found.lexemes[:-1] if lexeme.kind == "O"), -1)
    if "day" in found.values("U"):
        return PeriodSpec("named", start=f"{month}-{number if number > 0 else last_day:02}")
    if "week" in found.values("U"):
        first, last = (7 * number - 6, min(7 * number, last_day)) if number > 0 else (last_day - 6, last_day)
    else:
        first, last = (1, 15) if number == 1 else (16, last_day)
    return PeriodSpec("range", start=f"{month}-{first:02}", end=f"{month}-{last:02}")


def _named(found: Found, today: date) -> PeriodSpec:
    return PeriodSpec("named", start=_dates(found)[0])


def _week_of(found: Found, today: date) -> PeriodSpec | None:
    """The week a day lies in: "la semana del 8 de noviembre"."""
    part = _dates(found)[0]
    if found.values("U")[0] != "week" or not _has_day(part):
        return None
    for year in (int(part[:4]),) if part[0] != "-" else (today.year, today.year - 1):
        try:
            day = date.fromisoformat(f"{year}{part[-6:]}")
        except ValueError:
            continue  # a 31 February
        if day <= today or part[0] != "-":
            break
    else:
        return None
    year, week, _ = day.isocalendar()
    return PeriodSpec("named", start=f"{year}-W{week:02}")


def _quarters(found: Found) -> list[str]:
    return [lexeme.text.upper() for lexeme in found.lexemes if lexeme.text[:1] == "q"]


def _passed(found: Found, today: date) -> PeriodSpec:
    return PeriodSpec("named", start=_dates(found)[0], offset=-1)


def _calendar(offset: int, unit: CalendarUnit | None = None) -> Read:
    return lambda found, today: PeriodSpec("calendar", unit=unit or _unit(found), offset=offset)


def _weekday(offset: int) -> Read:
    return lambda found, today: PeriodSpec("named", start=WEEKDAY_NAMES[int(found.values("W")[0])], offset=offset)


def _a_year_before(found: Found, today: date) -> PeriodSpec:
    """The same dates a year before; "el mismo periodo del mes pasado" is as much of the month before."""
    units = found.values("U")
    a_month_before = bool(units) and units[-1] == "month" and any(word in found.text.split() for word in _PASSED)
    return PeriodSpec("previous" if a_month_before else "same_last_year")


def _whole(kind: str) -> Read:
    return lambda found, today: PeriodSpec(kind)  # type: ignore[arg-type]


def _before(found: Found, today: date) -> PeriodSpec:
    return PeriodSpec("previous", unit=_unit(found) if found.values("U") else None)


def _quarter_or_half(found: Found, today: date) -> PeriodSpec | None:
    said = found.text
    if (
        "half" in found.values("U")
        or "mitad" in said
        or "half" in said
        or any(lexeme.text in ("h1", "h2") for lexeme in found.lexemes)
    ):
        return _numbered("H", 2)(found, today)
    if "quarter" in found.values("U") or any(
        lexeme.text[:1] in "qt1234" and len(lexeme.text) == 2 for lexeme in found.lexemes
    ):
        return _numbered("Q", 4)(found, today)
    return None


_OF_YEAR = r"(?: (?:,|de|del|of|in|en|el|the|ano|year))*(?: (?:D|U pasado|U anterior|last U|este U|this U))?"
_SO_FAR = r"(?: (?:so far|hasta ahora|hasta hoy|hasta la fecha|to date|en curso))?"
_FROM = r"(?:(?:principios|comienzos|inicios|inicio|primeros|start|beginning|early|the|el|la|de|del|of) )*"

RULES: tuple[tuple[str, Read], ...] = (
    (r"(?:el |la |los |las |the )?mism[oa]s? (?:U|periodo|fechas?|epoca|D) (?:pero )?(?:del?|hace) (?:el |hace )?(?:un )?U(?: (?:pasado|anterior|previo))?"
     r"|(?:the )?same (?:U|period|dates?|time) (?:of |in )?(?:the )?(?:last|previous|prior) U|(?:the )?same (?:U|period|dates?|time) (?:of )?(?:a|one|the) U (?:ago|before|earlier)"
     r"|hace un U(?= ,|$)|(?:el )?U pasado por estas fechas|this time last U|U (?:over|on) U|yoy|y-o-y|interanual(?:mente)?|(?:a|one) year (?:ago|earlier)", _a_year_before),
    (rf"{_IN}(?:O|ultima|last) (?:quincena|mitad|U|half|fortnight) (?:(?:de|del|of|in|mes) )+D", _part_of_month),
    (rf"{_IN}(?:entre|between) (?:(?:el|la|the|dia|los dias) )*[DNO] (?:y|e|and) (?:(?:el|la|the|dia) )*D"
     rf"|{_IN}D (?:al?|hasta|to|through|thru|till|until|-) (?:(?:el|la|the|dia) )*[DO]"
     rf"|{_IN}(?:(?:el|the|dia|U) )*[NO] (?:al?|hasta|to|through|thru|till|until|-) (?:(?:el|la|the|dia) )*D"
     rf"|{_IN}D (?:al?|hasta|to|through|-) (?:(?:el|la|the|dia) )*N(?! U)"
     r"|(?:del|desde el|entre el|from the|between the) (?:U )?[NO] (?:al|hasta el|y el|to the|and the) (?:U )?[NO](?! U)", _range),
    (r"(?:de|del|from|entre|between) q[1-4] (?:a|al|to|through|y|and|-) q[1-4]|q[1-4] - q[1-4]", lambda found, today: PeriodSpec("range", start=_quarters(found)[0], end=_quarters(found)[1])),
    (rf"{_IN}(?:O|ultimo|last) (?:trimestre|quarter|U)(?: del?| of)(?: (?:el|ano|U|the))* D|{_IN}(?:q[1-4]|[1-4][qt]|t[1-4]){_OF_YEAR}|{_IN}O (?:trimestre|quarter){_OF_YEAR}|D -? ?(?:q[1-4]|t[1-4])|[NO] ?t D", _quarter_or_half),
    (rf"{_IN}O U{_OF_YEAR}|{_IN}h[12]{_OF_YEAR}|{_IN}O (?:mitad|half)(?: del?| of)(?: (?:el|the))*(?: (?:D|U))", _quarter_or_half),
    (r"(?:en |in |el |this )*(?:pasado|ultimo|last|past) D(?! D)|(?:en )?D (?:pasado|ultimo)", _passed),
    (rf"(?:desde|from|since|de) {_FROM}D (?:hasta|to|until|a|up to) (?:now|ahora|hoy|today|la fecha|date)", lambda found, today: PeriodSpec("since", start=_dates(found)[0])),
    (rf"(?:desde|a partir de|since|from|de) {_FROM}D(?: (?:en adelante|onwards?|on|until now|hasta ahora|hasta hoy|to date|to today|hasta la fecha))|(?:desde|a partir de|since) {_FROM}D",
     lambda found, today: PeriodSpec("since", start=_dates(found)[0])),
    (r"(?:desde|since) (?:que (?:abrimos|empezamos|hay datos|tenemos datos|abrio)|siempre|el principio|el inicio|el comienzo|we opened|the beginning|the start|opening)|de siempre|de la historia|en la historia|de nuestra historia|in history|on record|de todos los tiempos|(?:en|de|a lo largo de) toda (?:la|nuestra) historia|historic[oa]s?|all - time|all-time"
     r"|of all time|all time|hasta la fecha|ever|en todo el historico|en total hasta ahora", _whole("all")),
    (r"(?:hasta|until|up to|through) (?:(?:el|finales|final|fin|the|end|of|de) )*D", lambda found, today: PeriodSpec("until", end=_dates(found)[0])),
    (rf"{_IN}U (?:(?:del?|of|que empieza|que empezo|starting|beginning|commencing|el|the) )+D", _week_of),
    (rf"{_IN}(?:W )?(?:el )?D{_SO_FAR}", _named),
    (r"(?:el |on |the )*U [NO](?! U)|(?:el|on the|del) [NO](?= ,|$)|(?:el |los )?U N", lambda found, today: _day_or_week(found)),
    (rf"{_IN}(?:ultim[oa]s|pasad[oa]s|last|past|previous|prior|recent|trailing) N U(?: complet[oa]s)?|{_IN}N (?:ultim[oa]s|pasad[oa]s|last|past) U|{_IN}N U (?:anteriores|pasad[oa]s|previ[oa]s)",
     lambda found, today: _rolling(found)),
    (rf"hace {_N} U|{_N} U (?:ago|atras)", lambda found, today: PeriodSpec("calendar", unit=_unit(found), offset=-found.number())),
    (r"(?:the )?U before last|(?:la |el )?U antepasad[oa]", _calendar(-2)),
    (r"(?:the )?U before yesterday|anteayer|antes de ayer|antier", _calendar(-2, "day")),
    (r"(?:de |el U de )?ayer(?: mismo)?|yesterday(?: 's)?|yesterday's", _calendar(-1, "day")),
    (r"(?:de |el U de )?hoy(?: mismo)?|today(?:'s)?", _calendar(0, "day")),
    (rf"{_IN}(?:ultim[oa]|last|past|pasad[oa]) U(?: (?:complet[oa]|enter[oa]|pasad[oa]|cerrad[oa]))?|{_IN}U pasad[oa]|last U's", _calendar(-1)),
    (rf"(?:en )?lo que (?:va|llevamos)(?: transcurrido)? (?:de |del )?(?:este |esta |la |el )?U|{_IN}U (?:actual|en curso|corriente|to date|so far)|{_IN}(?:est[ea]|this|(?:the )?current|presente) (?:mism[oa] )?U{_SO_FAR}", _calendar(0)),
    (r"mtd|month-to-date", _calendar(0, "month")),
    (r"ytd|year-to-date", _calendar(0, "year")),
    (rf"{_IN}U (?:anterior|previ[oa]|antes|before|earlier|precedente)(?: (?:that|a es[ea]|a est[ea]|a eso))?|{_IN}(?:anterior|previous|prior|preceding|previ[oa]) U"
     r"|(?:el |la |al |a la |the )(?:anterior|previous one|one before|prior one)|(?:el |al |the )?(?:periodo anterior|previous period|prior period|periodo previo)", _before),
    (rf"{_IN}(?:proxim[oa]s?|siguientes?|next|coming|upcoming) (?:N )?(?:U|W|D)|{_IN}U (?:que viene|proxim[oa]|siguiente)", _calendar(1, "month")),
    (r"(?:el |on )?(?:pasado|ultimo|last|past) W|(?:el |on )?W pasado", _weekday(-1)),
    (r"(?:este|this) W|(?:el|on|del) W", _weekday(0)),
    (r"(?:del|de la|en la|de este|of the|in the|of this|en el|de todo el|durante el) U(?! de| pasado| of)|anual", lambda found, today: _running(found)),
)  # fmt: skip
"""Each way to name a period."""


def _rolling(found: Found) -> PeriodSpec:
    unit = _unit(found)
    return PeriodSpec("rolling", unit="week" if unit == "weekend" else unit, count=found.number())


def _day_or_week(found: Found) -> PeriodSpec | None:
    said = next(lexeme for lexeme in found.lexemes if lexeme.kind in "NO")
    if not said.text[0].isdigit():
        return None  # "el segundo" is no day
    number = int(said.value)
    unit = next(iter(found.values("U")), "day")
    if unit == "week":
        return PeriodSpec("named", start=f"W{number:02}") if 1 <= number <= 53 else None
    return PeriodSpec("named", start=f"---{number:02}") if unit == "day" and 1 <= number <= 31 else None


def _running(found: Found) -> PeriodSpec | None:
    unit = next(iter(found.values("U")), "year")
    return PeriodSpec("calendar", unit=unit, offset=0) if unit in ("month", "quarter", "half", "year", "week") else None  # type: ignore[arg-type]


def _read_months_listed(reading: Reading) -> list[Mention]:
    """Months named one after the other: "julio, agosto y septiembre" is the range of the three, if they follow each other."""
    pattern = rf"(?<!entre )(?<!between ){_IN}D(?:(?: ,| y| e| and)+ (?:(?:de|en|in|el|mes|the) )*D)+"
    found = reading.find(pattern)
    if not found:
        return []
    parts = [str(value) for value in found.values("D")]
    numbers = [int(part[-2:]) for part in parts]
    follow_each_other = all(after == before % 12 + 1 for before, after in pairwise(numbers))
    if not follow_each_other or any(_has_day(part) or _is_year(part) for part in parts):
        return []
    reading.blank(found)
    return [Mention(found.place, PeriodSpec("range", start=parts[0], end=parts[-1]), EACH_MONTH)]
