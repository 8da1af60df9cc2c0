"""What is missing and why, and how the figures are defined."""

from __future__ import annotations

from cafe_ai.reports.document import Block, Item, Items, Paragraph, Section
from cafe_ai.reports.model import SalesReport
from cafe_ai.reports.voice import Voice


def notes(report: SalesReport, voice: Voice) -> Section:
    """A line for each gap and each part that is missing, then the definitions in small letters."""
    words = voice.words
    lines = [words.gaps[gap] for gap in report.analysis.gaps] + [words.missing[part] for part in report.missing]
    if report.analysis.drivers is None and "no_baseline" not in report.analysis.gaps:
        lines.append(words.no_drivers)
    coverage = report.analysis.margin_coverage
    if coverage is not None and 0 < coverage < 100:
        lines.append(words.margin_coverage.format(percent=voice.percent(coverage)))
    blocks: list[Block] = [Items(tuple(Item(line) for line in dict.fromkeys(lines)))] if lines else []
    blocks.append(Paragraph(" ".join((*words.definitions, words.rounding)), "note"))
    return Section("notes", words.headings.notes, tuple(blocks))
