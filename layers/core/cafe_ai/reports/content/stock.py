"""Stock: how long it will last, and what to order."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from cafe_ai.reports.document import Cell, Column, Paragraph, Section, Table, TableRow
from cafe_ai.reports.model import SalesReport, StockLine
from cafe_ai.reports.voice import Voice


def stock(report: SalesReport, voice: Voice) -> Section | None:
    """The products whose stock is known, what runs out first first; what to order where a forecast has said it of any."""
    if not report.stock:
        return None
    words = voice.words
    lines = sorted(report.stock, key=lambda line: (line.days_left is None, line.days_left or Decimal(0), line.product))
    advised = any(line.order_quantity for line in lines)
    columns = (
        Column(words.table.product, figures=False, weight=2.4),
        Column(words.table.stock, weight=0.9),
        Column(words.table.daily_units, weight=0.9, secondary=True),
        Column(words.table.days_left, weight=1.2),
        Column(words.table.lead_time, weight=1.1, secondary=True),
        *((Column(words.table.order, weight=0.8),) if advised else ()),
    )
    table = Table(words.table.stock_caption, columns, tuple(_row(line, voice, advised=advised) for line in lines))
    return Section("stock", words.headings.stock, (Paragraph(words.stock_intro), table))


def _row(line: StockLine, voice: Voice, *, advised: bool) -> TableRow:
    order = Cell(voice.count(line.order_quantity)) if line.order_quantity else Cell("–", "muted")
    return TableRow(
        (
            Cell(line.product),
            Cell(voice.count(line.stock)),
            Cell(voice.count(voice.tenth(line.daily_units))),
            _left(line, voice),
            Cell("–" if line.lead_time_days is None else voice.days(line.lead_time_days), "muted"),
            *((order,) if advised else ()),
        )
    )


def _left(line: StockLine, voice: Voice) -> Cell:
    """How many whole days are left, and whether an order made today would come too late."""
    if line.days_left is None:
        return Cell(voice.words.does_not_sell, "muted")
    whole = int(line.days_left.to_integral_value(rounding=ROUND_FLOOR))
    if line.lead_time_days is not None and line.days_left <= line.lead_time_days:
        return Cell(voice.days(whole), "alert", note=voice.words.order_now)
    return Cell(voice.days(whole))
