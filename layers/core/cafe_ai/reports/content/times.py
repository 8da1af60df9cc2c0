"""When it sells: weekdays and hours."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from cafe_ai.language.formats import WEEKDAY_NAMES
from cafe_ai.reports.charts.columns import Column, Columns, draw_columns
from cafe_ai.reports.content.days import count_orders, in_money
from cafe_ai.reports.document import Block, Figure, Pair, Section
from cafe_ai.reports.model import SalesReport
from cafe_ai.reports.voice import Voice
from cafe_ai.sales_analysis.model import Slot

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def times(report: SalesReport, voice: Voice) -> Section | None:
    """The weekdays and the hours side by side; None where neither is known, or sales are not told in money."""
    analysis, chart = report.analysis, voice.words.chart
    if not in_money(analysis):
        return None
    weekdays = _figure(_by_weekday(analysis.weekdays), chart.weekdays, chart.weekdays_subtitle, voice)
    hours = _figure(_by_hour(analysis.hours), chart.hours, chart.hours_subtitle, voice)
    shown = tuple(each for each in (weekdays, hours) if each)
    blocks: tuple[Block, ...] = (Pair(weekdays, hours),) if weekdays and hours else shown
    return Section("times", voice.words.headings.times, blocks) if blocks else None


def _by_weekday(slots: Sequence[Slot]) -> list[Slot]:
    """Monday first; none where there is but one, which compares with nothing."""
    return sorted(slots, key=lambda slot: _WEEKDAYS.index(slot.key)) if len(slots) > 1 else []


def _by_hour(slots: Sequence[Slot]) -> list[Slot]:
    """The hours from the first to the last that has sales, those between without any included; where the business day
    goes past midnight, in the order they come."""
    if not slots:
        return []
    by_hour = {int(slot.key[:2]): slot for slot in slots}
    order = [int(slot.key[:2]) for slot in slots]
    start = order[0]
    length = (order[-1] - start) % 24 + 1
    nothing = Decimal(0)
    return [
        by_hour.get(hour % 24) or Slot(f"{hour % 24:02d}:00", nothing, 0, nothing)
        for hour in range(start, start + length)
    ]


def _figure(slots: Sequence[Slot], heading: str, subtitle: str, voice: Voice) -> Figure | None:
    if not slots:
        return None
    chart = voice.words.chart
    columns = tuple(Column(_short(slot.key, voice), slot.average, _tip(slot, voice)) for slot in slots)
    best = max(slots, key=lambda slot: slot.average)
    said = subtitle
    if best.average > 0:
        said = chart.best_slot.format(slot=_long(best.key, voice), value=voice.money(best.average))
    return Figure(
        heading, said, partial(draw_columns, Columns(f"{heading}: {subtitle}", said, columns, voice.money_axis))
    )


def _short(key: str, voice: Voice) -> str:
    return voice.words.chart.weekdays_short[_WEEKDAYS.index(key)] if key in _WEEKDAYS else str(int(key[:2]))


def _long(key: str, voice: Voice) -> str:
    return WEEKDAY_NAMES[voice.language][_WEEKDAYS.index(key)] if key in _WEEKDAYS else key


def _tip(slot: Slot, voice: Voice) -> str:
    return voice.words.chart.slot_tip.format(
        slot=_long(slot.key, voice),
        average=voice.money(slot.average),
        net_sales=voice.money(slot.net_sales),
        orders=count_orders(slot.orders, voice),
    )
