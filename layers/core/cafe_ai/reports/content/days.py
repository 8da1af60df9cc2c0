"""Sales day by day (a long period: week by week), and the days that were out of the ordinary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import groupby

from cafe_ai.language.formats import format_date, pluralize
from cafe_ai.language.period_wording import is_so_far
from cafe_ai.reports.charts.frame import KeyEntry
from cafe_ai.reports.charts.time_series import BARS_UP_TO, Moment, TimeSeries, draw_time_series
from cafe_ai.reports.document import Cell, Column, Figure, Paragraph, Section, Table, TableRow
from cafe_ai.reports.model import SalesReport
from cafe_ai.reports.voice import Voice
from cafe_ai.sales_analysis.model import Analysis, Anomaly, DayPoint

WEEKS_FROM = 93
"""A period of so many days or more is drawn by week: its days would be too many to tell apart."""


def days(report: SalesReport, voice: Voice) -> Section | None:
    """The chart of the period's days, a sentence for a single one; none where there are none."""
    analysis = report.analysis
    if not analysis.days:
        return None
    money, heading = in_money(analysis), voice.words.headings.days
    if len(analysis.days) == 1:
        return Section("days", heading, (Paragraph(f"{_capitalized(_tip(analysis.days[0], voice, money=money))}."),))
    weekly = len(analysis.days) >= WEEKS_FROM
    moments = _weeks(analysis.days, voice, money=money) if weekly else _days(analysis, voice, money=money)
    chart = voice.words.chart
    title = (chart.weeks if weekly else chart.days) if money else (chart.weeks_units if weekly else chart.days_units)
    reference = _previous_average(analysis, "net_sales" if money else "units")
    series = TimeSeries(
        title=title,
        description=_best_and_worst(_whole_days(analysis), voice, money=money),
        moments=moments,
        axis_words=voice.money_axis if money else voice.count_axis,
        key=_key(moments, voice, money=money, reference=reference),
        reference=reference,
        whole=not money,
    )
    figure = Figure(title, series.description, partial(draw_time_series, series))
    return Section("days", heading, (figure,))


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def in_money(analysis: Analysis) -> bool:
    """Whether sales are told in money; a shop without prices counts units instead."""
    return "no_prices" not in analysis.gaps


def axis_day(day: date, voice: Voice) -> str:
    """A day as an axis has room for it: "14 nov"."""
    chart = voice.words.chart
    return chart.axis_day.format(day=day.day, month=chart.months[day.month - 1])


def amount_of(voice: Voice, *, money: bool) -> Callable[[Decimal], str]:
    """How a day's value is written."""
    return voice.money if money else voice.count


def _days(analysis: Analysis, voice: Voice, *, money: bool) -> tuple[Moment, ...]:
    unusual = {each.day: each for each in analysis.anomalies} if money else {}
    few, running = len(analysis.days) <= BARS_UP_TO, is_so_far(analysis.period, analysis.as_of)
    return tuple(
        Moment(
            value=None if _closed(each, analysis) else each.net_sales if money else each.units,
            axis=_axis(each.day, voice, few=few),
            tip=_tip(each, voice, money=money),
            expected=each.expected if money else None,
            low=each.low if money else None,
            high=each.high if money else None,
            note=_note(unusual[each.day], voice) if each.day in unusual else "",
            running=running and each is analysis.days[-1],
        )
        for each in analysis.days
    )


def _closed(point: DayPoint, analysis: Analysis) -> bool:
    """Whether nothing was sold on a day of which nothing was expected, though much was of others: a day of rest."""
    return (
        not point.orders
        and not point.net_sales
        and point.expected is None
        and any(each.expected is not None for each in analysis.days)
    )


def _axis(day: date, voice: Voice, *, few: bool) -> str:
    if few:
        return f"{voice.words.chart.weekdays_short[day.weekday()]} {day.day}"
    return axis_day(day, voice) if day.weekday() == 0 else ""


def _note(anomaly: Anomaly, voice: Voice) -> str:
    return f"{axis_day(anomaly.day, voice)}: {voice.whole_money(anomaly.deviation, signed=True)}"


def _tip(point: DayPoint, voice: Voice, *, money: bool) -> str:
    chart = voice.words.chart
    text = chart.tip.format(
        day=format_date(point.day, voice.language, weekday=True),
        value=voice.money(point.net_sales) if money else f"{voice.count(point.units)} {chart.key_units.lower()}",
        orders=count_orders(point.orders, voice),
    )
    if money and point.low is not None and point.high is not None:
        text += chart.tip_expected.format(low=voice.money(point.low), high=voice.money(point.high))
    return text


def count_orders(orders: int, voice: Voice) -> str:
    """ "1 pedido", "23 orders"."""
    return f"{voice.count(orders)} {pluralize(orders, *voice.words.order_words)}"


def _weeks(points: Sequence[DayPoint], voice: Voice, *, money: bool) -> tuple[Moment, ...]:
    """The average day of each calendar week (a week the period cuts: of the days it has), so that all compare."""
    chart, moments, last_month = voice.words.chart, list[Moment](), None
    for monday, group in groupby(points, key=lambda point: point.day - timedelta(days=point.day.weekday())):
        week = tuple(group)
        average = _mean([each.net_sales if money else each.units for each in week])
        foreseen = any(each.expected for each in week) and all(each.expected or not each.orders for each in week)
        month = week[0].day.month
        tip = chart.tip.format(
            day=chart.week_of.format(day=format_date(monday, voice.language)),
            value=amount_of(voice, money=money)(voice.cents(average)),
            orders=count_orders(sum(each.orders for each in week), voice),
        )
        moments.append(
            Moment(
                value=average,
                axis=chart.months[month - 1] if month != last_month else "",
                tip=tip,
                expected=_mean([each.expected or Decimal(0) for each in week]) if money and foreseen else None,
            )
        )
        last_month = month
    return tuple(moments)


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)


def _previous_average(analysis: Analysis, metric: str) -> Decimal | None:
    figure = analysis.figure(metric)
    if figure is None or figure.previous is None or analysis.previous is None:
        return None
    return figure.previous / max(analysis.previous.days, 1)


def _key(moments: Sequence[Moment], voice: Voice, *, money: bool, reference: Decimal | None) -> tuple[KeyEntry, ...]:
    chart, bars = voice.words.chart, len(moments) <= BARS_UP_TO
    entries = [KeyEntry("bar" if bars else "line", "accent", chart.key_sales if money else chart.key_units)]
    if any(each.expected is not None for each in moments):
        entries.append(KeyEntry("line" if bars else "dashed", "ink" if bars else "muted", chart.key_expected))
    if any(each.low is not None and each.high is not None for each in moments):
        entries.append(KeyEntry("band", "band", chart.key_band))
    if moments[-1].running:
        entries.append(KeyEntry("bar" if bars else "dashed", "faint", chart.key_running))
    if any(each.note for each in moments):
        entries.append(KeyEntry("bar" if bars else "dot", "alert", chart.key_unusual))
    if reference is not None:
        value = voice.money(reference) if money else voice.count(voice.tenth(reference))
        entries.append(KeyEntry("line", "faint", chart.key_previous.format(value=value)))
    return tuple(entries)


def _whole_days(analysis: Analysis) -> Sequence[DayPoint]:
    """The days that are over: a running one would look like the slowest."""
    return analysis.days[:-1] if is_so_far(analysis.period, analysis.as_of) else analysis.days


def _best_and_worst(points: Sequence[DayPoint], voice: Voice, *, money: bool) -> str:
    chart, amount = voice.words.chart, amount_of(voice, money=money)
    everyday = [(each.net_sales if money else each.units, each.day) for each in points]
    valued = [(value, day) for value, day in everyday if value]
    if not valued:
        return chart.no_sales
    best, worst = max(valued, key=lambda pair: pair[0]), min(valued, key=lambda pair: pair[0])
    year = points[0].day.year != points[-1].day.year
    best_day, worst_day = (format_date(day, voice.language, weekday=True, year=year) for _, day in (best, worst))
    if best[0] == worst[0]:
        return chart.day_only.format(day=best_day, value=amount(best[0]))
    sentence = chart.days_best if len(valued) == len(everyday) else chart.days_best_open
    return sentence.format(best=best_day, best_value=amount(best[0]), worst=worst_day, worst_value=amount(worst[0]))


def anomalies(report: SalesReport, voice: Voice) -> Section | None:
    """The unusual days with what was usual for them. None where no day has an expectation to compare with."""
    words, analysis = voice.words, report.analysis
    if not analysis.anomalies:
        if not any(each.expected is not None for each in analysis.days):
            return None
        return Section("anomalies", words.headings.anomalies, (Paragraph(words.nothing_unusual),))
    year = len({each.day.year for each in analysis.anomalies}) > 1
    table = Table(
        words.table.anomalies_caption,
        (
            Column(words.table.day, figures=False, weight=2.2),
            Column(words.table.net_sales),
            Column(words.table.expected, secondary=True),
            Column(words.table.expected_range, weight=1.8, secondary=True),
            Column(words.table.deviation),
        ),
        tuple(_unusual_row(each, voice, year=year) for each in analysis.anomalies),
    )
    return Section("anomalies", words.headings.anomalies, (Paragraph(words.anomalies_intro), table))


def _unusual_row(anomaly: Anomaly, voice: Voice, *, year: bool) -> TableRow:
    return TableRow(
        (
            Cell(format_date(anomaly.day, voice.language, weekday=True, year=year)),
            Cell(voice.money(anomaly.net_sales)),
            Cell(voice.money(anomaly.expected), "muted"),
            Cell(voice.range(voice.money(anomaly.low), voice.money(anomaly.high)), "muted"),
            Cell(voice.money(anomaly.deviation, signed=True), "good" if anomaly.deviation > 0 else "bad"),
        )
    )
