"""The verdict on a text: every figure and every claim in it must be one of the facts."""

from __future__ import annotations

from collections.abc import Collection

from cafe_ai.analytics.model import FactSheet
from cafe_ai.assistants.checker import characters
from cafe_ai.assistants.checker.agreement import Agreement
from cafe_ai.assistants.checker.calendar import SheetCalendar
from cafe_ai.assistants.checker.claims import check_claims
from cafe_ai.assistants.checker.clauses import split
from cafe_ai.assistants.checker.cues import find_cues
from cafe_ai.assistants.checker.dates import find_dates
from cafe_ai.assistants.checker.figures import find_figures
from cafe_ai.assistants.checker.hours import find_hours
from cafe_ai.assistants.checker.metrics import find_metrics, mark_wholes
from cafe_ai.assistants.checker.model import Fault, Figure, Verdict
from cafe_ai.assistants.checker.names import find_names
from cafe_ai.assistants.checker.plan_figures import PlanFigures
from cafe_ai.assistants.checker.reading import Reading
from cafe_ai.assistants.checker.rows import Rows
from cafe_ai.assistants.checker.scopes import find_scopes
from cafe_ai.assistants.checker.strangers import find_strangers
from cafe_ai.assistants.checker.subjects import Surroundings

LONGEST_TEXT = 20_000
MOST_FIGURES = 600
MOST_PIECES = 250
"""Beyond these nothing is read: no answer of ours is so long."""


def check(text: str, sheet: FactSheet, locale: str, names: Collection[str] = ()) -> Verdict:
    """Whether the facts carry all that the text says in figures, dates, directions and ranks.

    names may occur besides the sheet's own (the business's, those in the question) and say nothing of a figure. In doubt a
    fault is noted: a text refused costs its prose, a wrong figure shown costs the reader's trust.
    """
    if len(text) > LONGEST_TEXT:
        return Verdict((Fault(text[:40], 0, len(text), "too long to be an answer"),))
    reading = Reading(text, locale)
    calendar = SheetCalendar(sheet)
    find_names(reading, sheet, names)
    characters.find_odd(reading)
    find_dates(reading, calendar)
    find_hours(reading, sheet)
    find_metrics(reading)
    find_figures(reading)
    mark_wholes(reading)
    if len(reading.found(Figure)) > MOST_FIGURES:
        return Verdict((Fault(text[:40], 0, len(text), "too many figures"),))
    sentences = split(reading, find_cues(reading, calendar))
    if any(len(sentence.pieces) > MOST_PIECES for sentence in sentences):
        return Verdict((Fault(text[:40], 0, len(text), "too long a sentence"),))
    around = Surroundings(reading, sentences)
    find_strangers(reading, sheet, around.sentences)
    find_scopes(reading, around)
    rows = Rows(sheet)
    check_claims(reading, sheet, calendar, around, rows)
    _check_figures(reading, sheet, calendar, around, rows)
    return Verdict(tuple(sorted(reading.faults, key=lambda fault: fault.start)))


def _check_figures(
    reading: Reading, sheet: FactSheet, calendar: SheetCalendar, around: Surroundings, rows: Rows
) -> None:
    agreement, plan = Agreement(sheet, calendar, around), PlanFigures(reading, sheet, calendar, around, rows)
    for figure in reading.found(Figure):
        if plan.numbers_a_line(figure):
            if not plan.numbers_rightly(figure):
                reading.fault(figure.first, figure.last, "not its place in the list")
            continue
        if plan.owns(figure):
            continue
        if reason := agreement.find_fault(figure):
            reading.fault(figure.first, figure.last, reason)
