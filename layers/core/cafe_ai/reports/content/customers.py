"""Customers: how many, new and returning, and their segments."""

from __future__ import annotations

from functools import partial

from cafe_ai.customers.model import SegmentLine
from cafe_ai.language.formats import pluralize
from cafe_ai.reports.charts.ranking import Ranked, Ranking, draw_ranking
from cafe_ai.reports.content.headline import tiles
from cafe_ai.reports.document import Block, Figure, Section, Tiles
from cafe_ai.reports.model import SalesReport
from cafe_ai.reports.voice import Voice


def customers(report: SalesReport, voice: Voice) -> Section | None:
    """The section; None where customers are not recorded."""
    blocks: list[Block] = []
    figures = tiles(report.analysis, report.analysis.customers, voice)
    if figures:
        blocks.append(Tiles(figures))
    if report.segments:
        blocks.append(_chart(report, voice))
    return Section("customers", voice.words.headings.customers, tuple(blocks)) if blocks else None


def _chart(report: SalesReport, voice: Voice) -> Figure:
    chart = voice.words.chart
    bars = tuple(
        Ranked(each.name, each.net_sales, voice.money(each.net_sales), aside=_customers(each, voice))
        for each in report.segments
    )
    description = "; ".join(f"{bar.name}: {bar.words}, {bar.aside}" for bar in bars)
    return Figure(chart.segments, "", partial(draw_ranking, Ranking(chart.segments, description, bars)))


def _customers(segment: SegmentLine, voice: Voice) -> str:
    words = voice.words
    people = f"{voice.count(segment.customers)} {pluralize(segment.customers, *words.customer_words)}"
    if segment.share_percent is None:
        return people
    return words.chart.segment_share.format(customers=people, share=voice.percent(segment.share_percent))
