"""What was read, made into the parts of an analysis: rounded once, compared, ranked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from cafe_ai.analytics.facts import WEEKDAYS
from cafe_ai.analytics.metrics import METRICS, round_half_up, round_metric
from cafe_ai.analytics.model import Gap, Metric, Period
from cafe_ai.sales_analysis.anomalies import expect_days, find_unusual
from cafe_ai.sales_analysis.drivers import Sold, split_change, tell_drivers
from cafe_ai.sales_analysis.model import Anomaly, DayPoint, Drivers, Figure, Row, Slot
from cafe_ai.sales_analysis.reading import CUSTOMERS, HEADLINE, Line, Readings, Totals, value_of

ROWS_TOLD = 10
ZERO = Decimal(0)


def compare_all(
    metrics: Sequence[Metric], now: Totals, before: Totals | None, year_ago: Totals | None, currency: str
) -> tuple[Figure, ...]:
    """Each metric with its change, in the order given."""
    return tuple(
        compare(metric, now[metric], value_of(before, metric), value_of(year_ago, metric), currency)
        for metric in metrics
    )


def compare(
    metric: Metric, value: Decimal | None, before: Decimal | None, year_ago: Decimal | None, currency: str
) -> Figure:
    """A figure of unrounded values: differences and changes are those of the exact values, rounded."""

    def shown(exact: Decimal | None) -> Decimal | None:
        return None if exact is None else round_metric(metric, exact, currency)

    return Figure(
        metric=metric.value,
        unit=METRICS[metric].unit,
        value=shown(value),
        previous=shown(before),
        last_year=shown(year_ago),
        difference=shown(_apart(value, before)),
        change_percent=_change(metric, value, before),
        last_year_difference=shown(_apart(value, year_ago)),
        last_year_change_percent=_change(metric, value, year_ago),
    )


def headline(readings: Readings) -> tuple[Figure, ...]:
    """The figures of the period as a whole."""
    return compare_all(HEADLINE, readings.now, readings.before, readings.year_ago, readings.business.currency)


def customers(readings: Readings) -> tuple[Figure, ...]:
    """The customers of the period; nothing where the shop knows none."""
    now, before, year_ago = readings.customers
    return compare_all(CUSTOMERS, now, before, year_ago, readings.business.currency) if now else ()


def rank(readings: Readings, lines: Iterable[Line], before: Iterable[Line]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """The best and the worst of those sold, by net sales (by units where no prices are known), at most ten each.

    No row is in both: of few rows the better half are the best.
    """
    by = Metric.NET_SALES if readings.now[Metric.NET_SALES] is not None else Metric.UNITS
    then = {_identity(line): line for line in before}
    sold = [line for line in lines if line.sale_lines > 0 and line[by] is not None]
    sold.sort(key=lambda line: (-(line[by] or ZERO), str(line.key)))
    best = min(ROWS_TOLD, (len(sold) + 1) // 2)
    worst = min(ROWS_TOLD, len(sold) - best)
    rows = [
        _row(readings, line, then.get(_identity(line))) for line in (*sold[:best], *sold[len(sold) - worst :][::-1])
    ]
    return tuple(rows[:best]), tuple(rows[best:])


def hours(readings: Readings) -> tuple[Slot, ...]:
    """The hours that had sales, in order; averages are per day of the period."""
    days = {line.key: readings.period.days for line in readings.hours}
    return tuple(_slot(readings, line, f"{line.key:02}:00", days[line.key]) for line in readings.hours)


def weekdays(readings: Readings) -> tuple[Slot, ...]:
    """The weekdays that had sales, Monday first; averages are per such day of the period."""
    count = weekday_days(readings.period)
    return tuple(_slot(readings, line, WEEKDAYS[line.key], count[line.key]) for line in readings.weekdays)


def weekday_days(period: Period) -> list[int]:
    """How many of each weekday a period has, Monday first."""
    found = [0] * 7
    for n in range(7):
        if n < period.days:
            found[(period.start.weekday() + n) % 7] = (period.days - n + 6) // 7
    return found


def days(readings: Readings) -> tuple[tuple[DayPoint, ...], tuple[Anomaly, ...], list[Gap]]:
    """Each recorded day of the period, with what was to be expected of it, and the unusual ones among them.

    A day that as_of cuts short is told but never judged. Without prices nothing is expected of a day.
    """
    period, currency = readings.period, readings.business.currency
    first, last = max(period.start, readings.recorded[0]), min(period.end - timedelta(days=1), readings.recorded[1])
    lines = {line.key: line for line in readings.days}
    judged_to = last
    if readings.calendar.is_running(period):
        judged_to = min(last, period.end - timedelta(days=2))
    sales = {day: float(line[Metric.NET_SALES] or 0) for day, line in lines.items() if line.sale_lines or line.rows}
    priced = readings.now[Metric.NET_SALES] is not None
    expected = expect_days(sales, first, judged_to) if priced and judged_to >= first else {}
    points = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        told = expected.get(day)
        bounds = [_money(value, currency) for value in (told.expected, told.low, told.high)] if told else [None] * 3
        points.append(_point(day, lines.get(day), bounds, currency))
    unusual = set(find_unusual(sales, expected))
    anomalies = [
        Anomaly(point.day, point.net_sales, point.expected, point.low, point.high, point.net_sales - point.expected)
        for point in points
        if point.day in unusual and point.expected is not None and point.low is not None and point.high is not None
    ]
    anomalies.sort(key=lambda found: (-abs(found.deviation), found.day))
    gaps: list[Gap] = ["short_history"] if priced and not expected else []
    return tuple(points), tuple(anomalies), gaps


def drivers(readings: Readings) -> Drivers | None:
    """Why net sales changed; None where they are not known in both periods."""
    if readings.before is None or readings.now[Metric.NET_SALES] is None or readings.before[Metric.NET_SALES] is None:
        return None
    then, now = _sold(readings.products_before), _sold(readings.products)
    names: dict[object, str] = {
        line.product_id: str(line.key) for line in (*readings.products_before, *readings.products)
    }
    return tell_drivers(split_change(then, now), names, readings.business.currency)


def coverage(readings: Readings) -> Decimal | None:
    """The percentage of the net sales whose cost is known; None where none is."""
    known = readings.now.coverage if readings.now[Metric.MARGIN] is not None else None
    return None if known is None else round_half_up(known, "percent")


def gaps(readings: Readings) -> list[Gap]:
    """What cannot be known of the period, and why."""
    found: list[Gap] = []
    if not readings.now.rows:
        found.append("no_sales")
    elif readings.now[Metric.NET_SALES] is None:
        found.append("no_prices")
    if readings.now.rows and readings.now[Metric.MARGIN] is None:
        found.append("no_costs")
    if not readings.has_customers:
        found.append("no_customers")
    if readings.now.rows and not readings.categories:
        found.append("no_categories")
    if readings.before is None:
        found.append("no_baseline")
    return found


def _sold(lines: Iterable[Line]) -> dict[object, Sold]:
    return {
        line.product_id: Sold(
            Fraction(line.net), Fraction(line[Metric.UNITS] or ZERO), is_priced=line[Metric.NET_SALES] is not None
        )
        for line in lines
    }


def _row(readings: Readings, line: Line, then: Line | None) -> Row:
    currency = readings.business.currency
    value, whole = line[Metric.NET_SALES], readings.now[Metric.NET_SALES]
    told = compare(Metric.NET_SALES, value, value_of(then, Metric.NET_SALES), None, currency)
    share = value / whole * 100 if value is not None and whole is not None and whole > 0 else None
    return Row(
        name=str(line.key),
        net_sales=told.value or ZERO,
        units=round_metric(Metric.UNITS, line[Metric.UNITS] or ZERO, currency),
        share_percent=None if share is None else round_half_up(share, "percent"),
        previous=told.previous,
        difference=told.difference,
        change_percent=told.change_percent,
        product_id=line.product_id,
    )


def _slot(readings: Readings, line: Line, key: str, count: int) -> Slot:
    currency = readings.business.currency
    net = line[Metric.NET_SALES] or ZERO
    return Slot(
        key,
        round_metric(Metric.NET_SALES, net, currency),
        int(line[Metric.ORDERS] or 0),
        round_metric(Metric.NET_SALES, net / max(count, 1), currency),
    )


def _point(day: object, line: Line | None, bounds: Sequence[Decimal | None], currency: str) -> DayPoint:
    def shown(metric: Metric) -> Decimal:
        return round_metric(metric, (line[metric] if line else None) or ZERO, currency)

    return DayPoint(
        day,  # type: ignore[arg-type]
        shown(Metric.NET_SALES),
        int(shown(Metric.ORDERS)),
        shown(Metric.UNITS),
        *bounds,
    )


def _identity(line: Line) -> object:
    return line.product_id or line.key


def _apart(value: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if value is None or other is None else value - other


def _change(metric: Metric, value: Decimal | None, other: Decimal | None) -> Decimal | None:
    """The change in percent; None for percentages, and where there was nothing positive to compare with."""
    if value is None or other is None or other <= 0 or METRICS[metric].unit == "percent":
        return None
    return ((value - other) / other * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _money(value: float, currency: str) -> Decimal:
    return round_metric(Metric.NET_SALES, Decimal(repr(value)), currency)
