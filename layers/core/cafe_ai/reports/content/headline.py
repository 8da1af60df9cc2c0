"""The headline figures as tiles."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from cafe_ai.reports.document import Block, Change, Tile, Tiles
from cafe_ai.reports.model import SalesReport
from cafe_ai.reports.voice import Voice
from cafe_ai.sales_analysis.model import Analysis, Figure


def headline(report: SalesReport, voice: Voice) -> tuple[Block, ...]:
    """The figures that are known, the first larger; nothing where none is."""
    made = tiles(report.analysis, report.analysis.headline, voice)
    return (Tiles(made, leading=True),) if made else ()


def tiles(analysis: Analysis, figures: Iterable[Figure], voice: Voice) -> tuple[Tile, ...]:
    """A tile for each figure that is known. That there is nothing to compare one with is said where others have it."""
    alone = analysis.previous is None and analysis.last_year is None
    return tuple(_tile(each, each.value, voice, alone=alone) for each in figures if each.value is not None)


def _tile(figure: Figure, value: Decimal, voice: Voice, *, alone: bool) -> Tile:
    words = voice.words
    label = words.metrics.get(figure.metric, figure.metric.replace("_", " ").capitalize())
    previous = voice.change(figure.metric, figure.unit, figure.change_percent, figure.difference)
    last_year = voice.change(figure.metric, figure.unit, figure.last_year_change_percent, figure.last_year_difference)
    changes = []
    for change, before, sentence in (
        (previous, figure.previous, words.against_previous),
        (last_year, figure.last_year, words.against_last_year),
    ):
        if change is not None and before is not None:
            beside = sentence.format(value=voice.amount(before, figure.unit))
            changes.append(Change(change.text, change.tone, beside))
    if not changes and not alone:
        changes.append(Change("", "muted", words.nothing_to_compare))
    return Tile(label, voice.amount(value, figure.unit), tuple(changes))
