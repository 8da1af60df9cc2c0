"""What sells most and least, by product and by category."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from cafe_ai.language.formats import round_half_up
from cafe_ai.reports.charts.frame import KeyEntry
from cafe_ai.reports.charts.marks import Ink
from cafe_ai.reports.charts.ranking import Ranked, Ranking, draw_ranking
from cafe_ai.reports.content.days import in_money
from cafe_ai.reports.document import Block, Cell, Column, Figure, Section, Table, TableRow
from cafe_ai.reports.model import SalesReport
from cafe_ai.reports.voice import Voice, tone_of
from cafe_ai.sales_analysis.model import Row

_TONE_INKS: dict[str, Ink] = {"good": "rise", "bad": "alert"}


def products(report: SalesReport, voice: Voice) -> Section | None:
    """The best products as a chart and in figures, then those that sell least."""
    words, analysis = voice.words, report.analysis
    best, worst, money = analysis.products_best, analysis.products_worst, in_money(analysis)
    if not best and not worst:
        return None
    blocks: list[Block] = []
    if best:
        blocks.append(_chart(best, words.chart.products, voice, money=money))
        blocks.append(_table(best, words.table.best_caption, words.table.product, voice, money=money))
    if worst:
        blocks.append(_table(worst, words.table.worst_caption, words.table.product, voice, money=money))
    return Section("products", words.headings.products, tuple(blocks))


def categories(report: SalesReport, voice: Voice) -> Section | None:
    """The categories, likewise."""
    words, analysis = voice.words, report.analysis
    best, worst, money = analysis.categories_best, analysis.categories_worst, in_money(analysis)
    if not best and not worst:
        return None
    blocks: list[Block] = []
    if best:
        blocks.append(_chart(best, words.chart.categories, voice, money=money))
    if worst:
        blocks.append(_table(worst, words.table.worst_categories_caption, words.table.category, voice, money=money))
    return Section("categories", words.headings.categories, tuple(blocks))


def _chart(rows: Sequence[Row], heading: str, voice: Voice, *, money: bool) -> Figure:
    words = voice.words
    bars = tuple(_bar(each, voice, money=money) for each in rows)
    key = (
        KeyEntry("bar", "accent", words.chart.key_sales if money else words.chart.key_units),
        *((KeyEntry("tick", "ink", words.chart.key_before),) if any(bar.before is not None for bar in bars) else ()),
    )
    description = "; ".join(f"{bar.name}: {bar.words}" for bar in bars)
    return Figure(heading, "", partial(draw_ranking, Ranking(heading, description, bars, key)))


def _bar(row: Row, voice: Voice, *, money: bool) -> Ranked:
    if not money:
        return Ranked(row.name, row.units, voice.count(row.units))
    change = row.change_percent
    tone = "plain" if change is None else tone_of(round_half_up(change, 1), "net_sales")
    return Ranked(
        row.name,
        row.net_sales,
        voice.money(row.net_sales),
        before=row.previous,
        aside="" if change is None else voice.percent(change, signed=True),
        aside_ink=_TONE_INKS.get(tone, "muted"),
        aside_bold=True,
    )


def _table(rows: Sequence[Row], caption: str, first: str, voice: Voice, *, money: bool) -> Table:
    words = voice.words.table
    name, units = Column(first, figures=False, weight=2.6), Column(words.units, weight=0.9, secondary=money)
    if not money:
        return Table(
            caption, (name, units), tuple(TableRow((Cell(each.name), Cell(voice.count(each.units)))) for each in rows)
        )
    columns = [name, Column(words.net_sales, weight=1.2), units, Column(words.share, weight=0.9, secondary=True)]
    compared = any(each.previous is not None for each in rows)
    if compared:
        columns += [Column(words.previous, weight=1.2, secondary=True), Column(words.change, weight=0.9)]
    return Table(caption, tuple(columns), tuple(_row(each, voice, compared=compared) for each in rows))


def _row(row: Row, voice: Voice, *, compared: bool) -> TableRow:
    cells = [
        Cell(row.name),
        Cell(voice.money(row.net_sales)),
        Cell(voice.count(row.units)),
        Cell("–" if row.share_percent is None else voice.percent(row.share_percent)),
    ]
    if compared:
        before = "–" if row.previous is None else voice.money(row.previous)
        cells += [Cell(before, "muted"), voice.change_cell(row.change_percent)]
    return TableRow(tuple(cells))
