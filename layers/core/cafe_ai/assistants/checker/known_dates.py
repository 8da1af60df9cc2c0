"""Whether the dates, weekdays and hours of a text are ones the sheet speaks of, with or without a figure."""

from __future__ import annotations

from cafe_ai.analytics.model import FactSheet
from cafe_ai.assistants.checker.calendar import WEEKDAYS, SheetCalendar
from cafe_ai.assistants.checker.model import Figure, TimeMention
from cafe_ai.assistants.checker.reading import Reading
from cafe_ai.assistants.checker.subjects import Surroundings
from cafe_ai.assistants.checker.words import ADVICE


def check_dates(reading: Reading, sheet: FactSheet, calendar: SheetCalendar, around: Surroundings) -> None:
    """Notes a fault for each date, weekday or hour that the sheet does not know."""
    for mention in reading.found(TimeMention):
        if reason := _find_fault(mention, reading, sheet, calendar, around):
            reading.fault(mention.first, mention.last, reason)


def _find_fault(
    mention: TimeMention, reading: Reading, sheet: FactSheet, calendar: SheetCalendar, around: Surroundings
) -> str | None:
    if mention.hours is not None:
        return None if _knows_hours(mention.hours, sheet) else "an hour the facts do not have"
    if mention.weekdays and not mention.spans and not mention.written_year:
        return None if _knows_weekdays(mention, sheet, calendar) else "a weekday the facts do not have"
    if not calendar.knows(mention) and not _is_advice(mention, reading, around):
        return "a date the facts do not have"
    if mention.weekdays and not any(span[0].weekday() in mention.weekdays for span in mention.spans):
        return "not the weekday of this date"
    return None


def _knows_hours(hours: tuple[int, int], sheet: FactSheet) -> bool:
    starts = {int(hour[:2]) for fact in sheet.facts if (hour := fact.dimensions.get("hour"))}
    starts |= {int(fact.value) for fact in sheet.facts if fact.unit == "hour"}
    known = {(start % 24, (start + 1) % 24) for start in starts}
    if narrowed := sheet.plan.filters.hours:
        known.add((narrowed[0] % 24, narrowed[1] % 24))
    return (hours[0] % 24, hours[1] % 24) in known


def _knows_weekdays(mention: TimeMention, sheet: FactSheet, calendar: SheetCalendar) -> bool:
    known = {*sheet.plan.filters.weekdays}
    known |= {WEEKDAYS.index(day) for fact in sheet.facts if (day := fact.dimensions.get("weekday"))}
    known |= {span[0].weekday() for span in calendar.spans if (span[1] - span[0]).days == 1}
    return mention.weekdays <= known


def _is_advice(mention: TimeMention, reading: Reading, around: Surroundings) -> bool:
    """Whether a month is named in a sentence that recommends something and asserts nothing."""
    sentence = around.sentence_of(mention)
    kinds = {cue.kind for piece in sentence.pieces for cue in piece.cues}
    recommends = any(reading.word(place) in ADVICE for place in range(sentence.first, sentence.last))
    asserts = sentence.of(Figure) or not kinds.isdisjoint(("direction", "extreme", "order"))
    return recommends and not asserts and not mention.written_year and not mention.weekdays
