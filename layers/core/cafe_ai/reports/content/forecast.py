"""What is expected in the coming days, with its interval."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial

from cafe_ai.language.formats import format_date
from cafe_ai.reports.charts.frame import KeyEntry
from cafe_ai.reports.charts.time_series import Moment, TimeSeries, draw_time_series
from cafe_ai.reports.content.days import amount_of, axis_day
from cafe_ai.reports.document import Block, Cell, Column, Figure, Section, Table, TableRow
from cafe_ai.reports.model import ForecastDay, SalesForecast, SalesReport
from cafe_ai.reports.voice import Voice

TABLE_UP_TO = 14
"""So many days are also told one by one."""


def forecast(report: SalesReport, voice: Voice) -> Section | None:
    """The forecast's chart and, where it is short, its days; None without a forecast."""
    found = report.forecast
    if found is None or not found.days:
        return None
    chart, money = voice.words.chart, found.unit == "money"
    heading = chart.forecast if money else chart.forecast_units
    amount = amount_of(voice, money=money)
    total = sum((each.expected for each in found.days), Decimal(0))
    subtitle = chart.forecast_total.format(
        total=amount(total) if money else f"{amount(voice.tenth(total))} {chart.key_units.lower()}",
        days=voice.days(len(found.days)),
    )
    series = TimeSeries(
        title=heading,
        description=subtitle,
        moments=tuple(_moment(each, voice, found) for each in found.days),
        axis_words=voice.money_axis if money else voice.count_axis,
        key=(KeyEntry("line", "accent", chart.key_forecast), KeyEntry("band", "band", chart.key_interval)),
        whole=not money,
    )
    note = (
        "" if found.error_percent is None else chart.forecast_error.format(percent=voice.percent(found.error_percent))
    )
    blocks: list[Block] = [Figure(heading, subtitle, partial(draw_time_series, series), note)]
    if len(found.days) <= TABLE_UP_TO:
        blocks.append(_table(found, voice))
    return Section("forecast", voice.words.headings.forecast, tuple(blocks))


def _moment(day: ForecastDay, voice: Voice, found: SalesForecast) -> Moment:
    amount = amount_of(voice, money=found.unit == "money")
    interval = voice.range(amount(day.low), amount(day.high))
    tip = f"{format_date(day.day, voice.language, weekday=True)}: {amount(day.expected)} ({interval})"
    few = len(found.days) <= TABLE_UP_TO
    axis = f"{voice.words.chart.weekdays_short[day.day.weekday()]} {day.day.day}" if few else axis_day(day.day, voice)
    return Moment(None, axis, tip, day.expected, day.low, day.high)


def _table(found: SalesForecast, voice: Voice) -> Table:
    words, amount = voice.words.table, amount_of(voice, money=found.unit == "money")
    columns = (
        Column(words.day, figures=False, weight=2.0),
        Column(words.expected),
        Column(words.interval, weight=1.6),
    )
    rows = tuple(
        TableRow(
            (
                Cell(_short(each.day, voice)),
                Cell(amount(each.expected)),
                Cell(voice.range(amount(each.low), amount(each.high)), "muted"),
            )
        )
        for each in found.days
    )
    return Table(words.forecast_caption, columns, rows)


def _short(day: date, voice: Voice) -> str:
    """ "mar 1 dic": days that are near need no more."""
    return f"{voice.words.chart.weekdays_short[day.weekday()]} {axis_day(day, voice)}"
