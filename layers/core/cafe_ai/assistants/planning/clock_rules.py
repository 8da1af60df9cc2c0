"""How weekdays and hours are said in Spanish and English."""

from __future__ import annotations

from cafe_ai.assistants.planning.lexemes import Lexeme
from cafe_ai.assistants.planning.reading import Found, Reading

_WITHIN = r"(?:(?:en|de|del|durante|on|over|at|during|only|solo|for|por) )*"
_WEEKDAY_RULES = (
    rf"{_WITHIN}(?:(?:los|todos|cada|every|each|the|solo|dias) )+[WV](?:(?: ,)?(?: (?:y|e|and|o|or|,))* (?:(?:los|el|on|the) )*[WV])*",
    rf"{_WITHIN}V(?:(?: ,)?(?: (?:y|e|and|o|or|,))* (?:(?:los|on) )*[WV])*",
    r"(?:(?:en|on) )?W(?: (?:y|e|and) (?:(?:en|on) )?W)+",
    r"(?:(?:de|en|on|for) )*(?:un|a|an) W(?: (?:normal|cualquiera))?",
    r"(?<=average )W|(?<=typical )W|(?<=avg )W|W(?= average)|W(?= medio)",
)
_WEEKDAY_RANGE = r"(?:de|from|entre|between) [WV] (?:a|to|through|y|and) [WV]"
_WORKDAYS = r"(?:on |during |in )?(?:the )?(?:weekdays|workdays|working U)|(?:en |de |los )*U (?:laborables?|de diario)"
_WEEKENDS = rf"{_WITHIN}(?:(?:los|the|each|every|cada|todos|solo|el) )*U"

_HALF = r"(?: (?:am|pm|h|hs|hrs|horas?|de la manana|de la tarde|de la noche|del mediodia|o'clock|en punto))?"
_TIME = rf"(?:[CN]{_HALF}|mediodia|noon|midday|medianoche|midnight)"
_RANGE = rf"(?:entre|between|de|desde|from) (?:las? |el )?{_TIME} (?:y|e|and|a|al|to|hasta|till|until|-) (?:las? |el )?{_TIME}|{_TIME} - {_TIME}"
_BEFORE = rf"(?:antes de|antes del|before|hasta|until|till) (?:las? |el )?{_TIME}"
_AFTER = rf"(?:despues de|despues del|after|a partir de|a partir del|desde|from|since) (?:las? |el )?{_TIME}(?: (?:en adelante|onwards?|on))?"
_AT = rf"(?:a|at|sobre|hacia|about|around) (?:las? )?{_TIME}"
_PARTS_OF_DAY: tuple[tuple[str, tuple[int, int]], ...] = (
    (r"(?:(?:por|de|en|durante) la )?madrugadas?|in the early hours", (0, 6)),
    (
        r"(?:por|en|durante|de) las? mananas?|de mananas?|(?:in|during) the mornings?|mornings?|(?:esta|this) (?:manana|morning)",
        (6, 12),
    ),
    (
        r"(?:al|a|del|en el) mediodia|(?:at|during|over) (?:lunch|lunchtime|midday|noon)|lunchtime|a la hora de comer",
        (12, 15),
    ),
    (
        r"(?:por|de|en|durante) las? tardes?|(?:esta|this) (?:tarde|afternoon)|(?:in|during) the afternoons?|afternoons?",
        (12, 20),
    ),
    (r"(?:in|during) the evenings?|evenings?|this evening", (18, 22)),
    (r"(?:por|de|en|durante) las? noches?|esta noche|anoche|at night|tonight|last night", (20, 24)),
)
"""Parts of the day and their hours, the end excluded."""


def read_weekdays(reading: Reading) -> tuple[int, ...]:
    """The weekdays a question is narrowed to (0 is Monday); their words are taken."""
    between = reading.find(r"entre U(?! y| e| and)")
    if between and between.values("U") == ["week"]:
        reading.blank(between)
        return (0, 1, 2, 3, 4)
    if reading.take(_WORKDAYS):
        return (0, 1, 2, 3, 4)
    if found := reading.take(_WEEKDAY_RANGE):
        first, last = (int(lexeme.value) for lexeme in found.lexemes if lexeme.kind in "WV")
        return tuple(sorted((first + n) % 7 for n in range((last - first) % 7 + 1)))
    for rule in _WEEKDAY_RULES:
        if found := reading.take(rule):
            return tuple(sorted({int(lexeme.value) for lexeme in found.lexemes if lexeme.kind in "WV"}))
    return ()


def read_weekend(reading: Reading) -> Found | None:
    """Weekends as they are left when the periods, which know "last weekend", have been read; their words are taken."""
    for found in reading.find_all(_WEEKENDS):
        if found.values("U") == ["weekend"]:
            reading.blank(found)
            return found
    return None


def is_every(weekend: Found) -> bool:
    """Whether every weekend is meant: "los fines de semana", "each weekend"."""
    return bool({"los", "each", "every", "cada", "todos"} & {lexeme.text for lexeme in weekend.lexemes})


def read_hours(reading: Reading) -> tuple[tuple[int, int] | None, str]:
    """The hours [from, to) a question is narrowed to, and the words for them; the words are taken."""
    for rule, read in ((_RANGE, _between), (_BEFORE, _until), (_AFTER, _from), (_AT, _at)):
        found = reading.find(rule)
        if found and _tells_the_time(found) and (hours := read(_times(found))):
            reading.blank(found)
            return hours, found.text
    for rule, hours in _PARTS_OF_DAY:
        if found := reading.take(rule):
            return hours, found.text
    return None, ""


def _tells_the_time(found: Found) -> bool:
    """ "De 8 a 14" alone may be days: a clock is meant where "las", "h", "am", ":00" or noon is said."""
    said = found.text.split()
    clock_words = {
        "las",
        "la",
        "am",
        "pm",
        "h",
        "hs",
        "hrs",
        "hora",
        "horas",
        "o'clock",
        "mediodia",
        "noon",
        "midday",
        "midnight",
        "medianoche",
    }
    return bool(found.values("C")) or bool(clock_words & set(said))


def _times(found: Found) -> list[int]:
    """The hours said; "entre las 2 y las 5 de la tarde" gives both the half of the day."""
    times: list[tuple[int, str]] = []
    for place, lexeme in enumerate(found.lexemes):
        after = " ".join(other.text for other in found.lexemes[place + 1 : place + 4])
        half = next(
            (
                said
                for said in ("am", "pm", "de la manana", "de la tarde", "de la noche", "del mediodia")
                if after.startswith(said)
            ),
            "",
        )
        if (hour := _hour_of(lexeme)) is not None:
            times.append((hour, half))
    shared = times[-1][1] if times else ""
    return [_on_the_clock(hour, half or (shared if hour <= times[-1][0] else "")) for hour, half in times]


def _hour_of(lexeme: Lexeme) -> int | None:
    if lexeme.kind in ("C", "N") and int(lexeme.value) <= 24:
        return int(lexeme.value)
    if lexeme.text in ("mediodia", "noon", "midday"):
        return 12
    return 24 if lexeme.text in ("medianoche", "midnight") else None


def _on_the_clock(hour: int, half: str) -> int:
    if half in ("pm", "de la tarde", "de la noche", "del mediodia") and hour < 12:
        return hour + 12
    return 0 if half == "am" and hour == 12 else hour


def _between(times: list[int]) -> tuple[int, int] | None:
    return (times[0] % 24, times[1]) if len(times) == 2 and times[0] != times[1] else None


def _until(times: list[int]) -> tuple[int, int] | None:
    return (0, times[0]) if times and times[0] else None


def _from(times: list[int]) -> tuple[int, int] | None:
    return (times[0], 24) if times and times[0] < 24 else None


def _at(times: list[int]) -> tuple[int, int] | None:
    return (times[0] % 24, times[0] % 24 + 1) if times else None
