"""The report's figures as one table, a figure a line.

UTF-8 with a byte order mark (Excel reads accents right by it), lines ended by CR LF, fields apart by commas, as RFC 4180
has it. Numbers are exact, with a point and without grouping, whatever the language, so that programs read them; texts a
spreadsheet would run as a formula are led by an apostrophe.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import NamedTuple

from cafe_ai.analytics.model import Period
from cafe_ai.reports.legible import without_controls
from cafe_ai.reports.model import SalesReport
from cafe_ai.sales_analysis.model import Analysis, Figure, Finding, Row, Slot

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Line(NamedTuple):
    """A line of the file. start and end are the days it counts, both included; text is what is not a figure."""

    section: str
    name: str
    metric: str
    value: Decimal | int | None
    unit: str
    start: date | None
    end: date | None
    text: str = ""


COLUMNS = (*Line._fields[:5], "currency", *Line._fields[5:])


def write_csv(report: SalesReport) -> bytes:
    """The file. A figure that is not known has no line."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in _lines(report):
        if line.value is not None or line.text:
            writer.writerow(_fields(line, report.currency))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def guarded(text: str) -> str:
    """The text as a spreadsheet shows it and never runs it."""
    text = without_controls(text)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def plain_number(value: Decimal | int) -> str:
    """All the number's digits, without an exponent: it reads back as the same number."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _fields(line: Line, currency: str) -> list[str]:
    return [
        line.section,
        guarded(line.name),
        line.metric,
        "" if line.value is None else plain_number(line.value),
        line.unit,
        currency if line.unit == "money" else "",
        "" if line.start is None else line.start.isoformat(),
        "" if line.end is None else line.end.isoformat(),
        guarded(line.text),
    ]


def _lines(report: SalesReport) -> Iterator[Line]:
    analysis = report.analysis
    yield from _figures("headline", analysis.headline, analysis)
    yield from _figures("customers", analysis.customers, analysis)
    yield from _days(analysis)
    for section, rows in (
        ("product_best", analysis.products_best),
        ("product_worst", analysis.products_worst),
        ("category_best", analysis.categories_best),
        ("category_worst", analysis.categories_worst),
    ):
        yield from _rows(section, rows, analysis)
    yield from _slots("weekday", analysis.weekdays, analysis.period)
    yield from _slots("hour", analysis.hours, analysis.period)
    yield from _drivers(analysis)
    yield from _findings("insight", analysis.insights, analysis.period)
    yield from _findings("recommendation", analysis.recommendations, analysis.period)
    yield from _beside(report)


def _span(period: Period) -> tuple[date, date]:
    return period.start, period.end - timedelta(days=1)


def _figures(section: str, figures: Sequence[Figure], analysis: Analysis) -> Iterator[Line]:
    for each in figures:
        now = _span(analysis.period)
        yield Line(section, "", each.metric, each.value, each.unit, *now)
        if analysis.previous is not None:
            yield Line(section, "previous", each.metric, each.previous, each.unit, *_span(analysis.previous))
            yield Line(section, "previous", f"{each.metric}_difference", each.difference, each.unit, *now)
            yield Line(section, "previous", f"{each.metric}_change", each.change_percent, "percent", *now)
        if analysis.last_year is not None:
            yield Line(section, "last_year", each.metric, each.last_year, each.unit, *_span(analysis.last_year))
            yield Line(section, "last_year", f"{each.metric}_difference", each.last_year_difference, each.unit, *now)
            yield Line(section, "last_year", f"{each.metric}_change", each.last_year_change_percent, "percent", *now)


def _days(analysis: Analysis) -> Iterator[Line]:
    for each in analysis.days:
        for metric, value, unit in (
            ("net_sales", each.net_sales, "money"),
            ("orders", each.orders, "count"),
            ("units", each.units, "count"),
            ("expected", each.expected, "money"),
            ("expected_low", each.low, "money"),
            ("expected_high", each.high, "money"),
        ):
            yield Line("day", each.day.isoformat(), metric, value, unit, each.day, each.day)
    for unusual in analysis.anomalies:
        yield Line(
            "anomaly", unusual.day.isoformat(), "deviation", unusual.deviation, "money", unusual.day, unusual.day
        )


def _rows(section: str, rows: Sequence[Row], analysis: Analysis) -> Iterator[Line]:
    now = _span(analysis.period)
    for each in rows:
        yield Line(section, each.name, "net_sales", each.net_sales, "money", *now)
        yield Line(section, each.name, "units", each.units, "count", *now)
        yield Line(section, each.name, "net_sales_share", each.share_percent, "percent", *now)
        if analysis.previous is not None:
            yield Line(section, each.name, "net_sales", each.previous, "money", *_span(analysis.previous))
        yield Line(section, each.name, "net_sales_difference", each.difference, "money", *now)
        yield Line(section, each.name, "net_sales_change", each.change_percent, "percent", *now)


def _slots(section: str, slots: Sequence[Slot], period: Period) -> Iterator[Line]:
    for each in slots:
        yield Line(section, each.key, "net_sales", each.net_sales, "money", *_span(period))
        yield Line(section, each.key, "orders", each.orders, "count", *_span(period))
        yield Line(section, each.key, "net_sales_average", each.average, "money", *_span(period))


def _drivers(analysis: Analysis) -> Iterator[Line]:
    if analysis.drivers is None:
        return
    now = _span(analysis.period)
    for part in analysis.drivers.parts:
        yield Line("driver", part.name, "amount", part.amount, "money", *now)
    yield Line("driver", "change", "amount", analysis.drivers.change, "money", *now)
    for each in analysis.drivers.contributions:
        yield Line("contribution", each.product, each.driver, each.amount, "money", *now)


def _findings(section: str, findings: Sequence[Finding], period: Period) -> Iterator[Line]:
    for each in findings:
        yield Line(section, "", each.kind, each.money, "money", *_span(period), each.text)


def _beside(report: SalesReport) -> Iterator[Line]:
    """What belongs beside the analysis: promotions, segments, stock and the forecast."""
    now = _span(report.analysis.period)
    for promotion in report.promotions:
        yield Line("promotion", promotion.product, "", None, "", *now, promotion.reason)
    for segment in report.segments:
        yield Line("segment", segment.name, "customers", segment.customers, "count", *now)
        yield Line("segment", segment.name, "net_sales", segment.net_sales, "money", *now)
        yield Line("segment", segment.name, "net_sales_share", segment.share_percent, "percent", *now)
    for line in report.stock:
        yield Line("stock", line.product, "stock", line.stock, "count", None, None)
        yield Line("stock", line.product, "daily_units", line.daily_units, "count", None, None)
        yield Line("stock", line.product, "days_left", line.days_left, "days", None, None)
        yield Line("stock", line.product, "lead_time", line.lead_time_days, "days", None, None)
        yield Line("stock", line.product, "order_quantity", line.order_quantity, "count", None, None)
    if report.forecast is not None:
        unit = report.forecast.unit
        for day in report.forecast.days:
            for metric, value in (("expected", day.expected), ("low", day.low), ("high", day.high)):
                yield Line("forecast", day.day.isoformat(), metric, value, unit, day.day, day.day)
