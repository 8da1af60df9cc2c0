"""What a text asserts without a figure: dates, directions, bests and worsts, ranks."""

from __future__ import annotations

from cafe_ai.analytics.model import FactSheet
from cafe_ai.assistants.checker.calendar import SheetCalendar
from cafe_ai.assistants.checker.directions import Directions
from cafe_ai.assistants.checker.known_dates import check_dates
from cafe_ai.assistants.checker.metric_senses import MetricSenses
from cafe_ai.assistants.checker.ranks import Ranks
from cafe_ai.assistants.checker.reading import Reading
from cafe_ai.assistants.checker.rows import Rows
from cafe_ai.assistants.checker.subjects import Surroundings


def check_claims(reading: Reading, sheet: FactSheet, calendar: SheetCalendar, around: Surroundings, rows: Rows) -> None:
    """Notes a fault for each assertion that the facts contradict or do not carry."""
    check_dates(reading, sheet, calendar, around)
    senses = MetricSenses(sheet, around)
    directions, ranks = Directions(sheet, calendar, around, senses, rows), Ranks(sheet, around, senses, rows)
    for sentence in around.sentences:
        for piece in sentence.pieces:
            for cue in piece.cues:
                reason = None
                if cue.kind in ("direction", "amount", "order"):
                    reason = directions.find_fault(sentence, piece, cue)
                elif cue.kind in ("extreme", "ordinal"):
                    reason = ranks.find_fault(sentence, piece, cue)
                if reason:
                    reading.fault(cue.first, cue.last, reason)
    if disorder := ranks.find_disorder():
        reading.fault(disorder.first, disorder.last, "not in the order of the facts")
