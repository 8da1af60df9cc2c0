"""What a row of a breakdown stands for, in whichever language it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from cafe_ai.analytics.model import Dimension, Metric, Period

SOLD_ITEMS = {Dimension.PRODUCT, Dimension.CATEGORY}
SALES_ONLY = {Metric.NET_SALES, Metric.GROSS_SALES, Metric.UNITS, Metric.ORDERS}
WEEKDAY_NUMBERS = {
    name: number
    for number, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
}


@dataclass(frozen=True, slots=True)
class Bucket:
    """The days of a week, month, quarter or year that lie in a period, both included, and where it is cut."""

    start: date
    last: date
    cut_at_start: bool
    cut_at_end: bool


def bucket(dimension: str, value: str, period: Period) -> Bucket:
    """The days that a row of a series stands for."""
    start, last = _whole(dimension, value)
    first_seen, last_seen = period.start, period.end - timedelta(days=1)
    return Bucket(max(start, first_seen), min(last, last_seen), start < first_seen, last > last_seen)


def counts_only_what_sold(metric: Metric, dimension: Dimension) -> bool:
    """Whether the worst of this ranking are the worst of those that sold at all."""
    return dimension in SOLD_ITEMS and metric in SALES_ONLY


def _whole(dimension: str, value: str) -> tuple[date, date]:
    if dimension == "week":
        monday = date.fromisoformat(value)
        return monday, monday + timedelta(days=6)
    if dimension == "year":
        return date(int(value), 1, 1), date(int(value), 12, 31)
    months, first = (3, 3 * int(value[-1]) - 2) if dimension == "quarter" else (1, int(value[5:7]))
    year = int(value[:4])
    after = year * 12 + first - 1 + months
    return date(year, first, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
