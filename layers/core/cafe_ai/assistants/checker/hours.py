"""Hours of the clock in a text: "12:00", "a las 12", "9 pm", "de 8 a 12 h", "noon"."""

from __future__ import annotations

import re
from datetime import time
from typing import NamedTuple

from cafe_ai.analytics.model import FactSheet
from cafe_ai.assistants.checker.model import TimeMention
from cafe_ai.assistants.checker.reading import Reading

_NAMED = {"noon": 12, "mediodia": 12, "midday": 12, "midnight": 0, "medianoche": 0}
_AMOUNTS = frozenset((
    "%", "€", "£", "$", "unidades", "pedidos", "ventas", "productos", "semanas", "personas", "tiendas", "categorias",
    "transacciones", "compras", "facturas", "piezas", "referencias", "horas", "que",
))  # fmt: skip
_TO = frozenset(("a", "y", "to", "and", "hasta", "-", "until", "till"))
_CLOCK = re.compile(r"([01]?\d|2[0-4])(?::([0-5]\d))?")


class _Clock(NamedTuple):
    """A time of day; explicit where it cannot be an amount."""

    hour: int
    minute: int
    end: int
    explicit: bool
    half: str


def find_hours(reading: Reading, sheet: FactSheet) -> None:
    """Claims hours and ranges of hours. A time of day that says until when a running period counts names no hour."""
    reading.claim_each(lambda place: _read_at(reading, sheet, place))


def _read_at(reading: Reading, sheet: FactSheet, place: int) -> TimeMention | None:
    if joined := re.fullmatch(r"(\d{1,2}:\d\d)-(\d{1,2}:\d\d)", reading.word(place)):
        first, last = (_parse(text) for text in joined.groups())
        if first and last:
            return TimeMention(place, _unit_end(reading, place + 1), hours=_range(*first, *last))
    clock = _read_clock(reading, place)
    if clock is None:
        return None
    joint = clock.end
    if reading.word(joint) in _TO:
        joint += 1
        while reading.word(joint) in ("las", "la", "the"):
            joint += 1
        last_clock = _read_clock(reading, joint)
        if last_clock and (clock.explicit or last_clock.explicit):
            start = (
                clock.hour + 12
                if last_clock.half == "pm"
                and not clock.half
                and clock.hour < 12 <= last_clock.hour
                and clock.hour + 12 < last_clock.hour
                else clock.hour
            )
            return TimeMention(
                place, last_clock.end, hours=_range(start, clock.minute, last_clock.hour, last_clock.minute)
            )
    if not clock.explicit:
        return None
    if time(clock.hour % 24, clock.minute) in _cuts(sheet) and _says_until(reading, place):
        return TimeMention(place, clock.end, neutral=True)
    if clock.minute:
        reading.fault(place, clock.end, "a time of day the facts do not have")
        return None
    return TimeMention(place, clock.end, hours=(clock.hour % 24, clock.hour % 24 + 1))


def _read_clock(reading: Reading, place: int) -> _Clock | None:
    word = reading.word(place)
    if word in _NAMED:
        return _Clock(_NAMED[word], 0, place + 1, True, "")
    parsed = _parse(word) if reading.is_number(place) else None
    if parsed is None or reading.text_at(place - 1) in ("-", "+", "€", "£", "$"):
        return None
    hour, minute = parsed
    half, end = _half(reading, place + 1)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    after = reading.word(end)
    marked = after in ("h", "hs", "hrs", "horas", "o'clock") and (
        after != "horas" or ":" in word or reading.word(place - 1) in ("las", "a")
    )
    before = reading.word(place - 1) in ("las", "la") and (
        reading.word(place - 2) in ("a", "de", "desde", "hasta", "entre", "y", "sobre", "son") or ":" in word
    )
    explicit = bool(half) or marked or ":" in word or (before and not _is_amount(reading, end))
    return _Clock(hour, minute, _unit_end(reading, end), explicit, half)


def _parse(text: str) -> tuple[int, int] | None:
    found = _CLOCK.fullmatch(text)
    return (int(found[1]), int(found[2] or 0)) if found else None


def _half(reading: Reading, place: int) -> tuple[str, int]:
    word = reading.word(place)
    if word in ("am", "pm"):
        return word, place + 1
    if word in ("a", "p") and [reading.text_at(place + n) for n in (1, 2)] == [".", "m"]:
        return f"{word}m", place + 3 + (reading.text_at(place + 3) == "." and reading.is_glued(place + 3))
    return "", place


def _unit_end(reading: Reading, end: int) -> int:
    return end + 1 if reading.word(end) in ("h", "hs", "hrs", "horas", "o'clock") else end


def _range(hour: int, minute: int, last_hour: int, last_minute: int) -> tuple[int, int]:
    """[from, to) in hours; an end at :59 belongs to its hour; other minutes name nothing."""
    if last_minute == 59:
        last_hour, last_minute = last_hour + 1, 0
    return (-1, -1) if minute or last_minute else (hour, last_hour)


def _is_amount(reading: Reading, end: int) -> bool:
    return reading.text_at(end) in _AMOUNTS


def _cuts(sheet: FactSheet) -> set[time]:
    moments = [sheet.as_of] if sheet.as_of else []
    periods = [sheet.period, sheet.comparison, *(p for fact in sheet.facts for p in (fact.period, fact.compared_with))]
    moments += [p.ends_at for p in periods if p and p.ends_at.time() != p.starts_at.time()]
    return {moment.time().replace(second=0, microsecond=0) for moment in moments}


def _says_until(reading: Reading, place: int) -> bool:
    while reading.text_at(place - 1) in ("las", "la", "the"):
        place -= 1
    return reading.text_at(place - 1) in ("hasta", "to", "until", "till", "at", "a")
