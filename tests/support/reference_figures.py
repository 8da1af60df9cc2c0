"""The metrics of SPEC section 10 computed line by line in Python, from the raw rows: what the SQL must agree with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from cafe_ai.analytics.model import Dimension, Filters, Metric, Period
from tests.support.generated_shop import RawLine

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CUSTOMER_METRICS = (Metric.CUSTOMERS, Metric.NEW_CUSTOMERS, Metric.RETURNING_CUSTOMERS, Metric.REPEAT_RATE)
Key = tuple[str, ...]


@dataclass(frozen=True)
class Scope:
    """The lines of a shop that a figure may be made of: those of a period, narrowed by filters, none after as_of."""

    lines: Sequence[RawLine]
    period: Period
    filters: Filters
    as_of: datetime

    @property
    def seen(self) -> list[RawLine]:
        """The lines within the scope."""
        return [line for line in self.lines if self._in_period(line) and fits(line, self.filters)]

    def _in_period(self, line: RawLine) -> bool:
        return self.period.start <= line.day < self.period.end and line.ordered_at < self.period.ends_at

    @property
    def days(self) -> list[date]:
        """The calendar days that the scope speaks of."""
        days = [self.period.start + timedelta(days=n) for n in range(self.period.days)]
        return [day for day in days if not self.filters.weekdays or day.weekday() in self.filters.weekdays]


def fits(line: RawLine, filters: Filters) -> bool:
    """Whether a line is within what is asked for."""
    hours = filters.hours
    hour = line.local.hour
    return (
        (not filters.products or line.product in filters.products)
        and (not filters.categories or line.category in filters.categories)
        and (not filters.stores or line.store in filters.stores)
        and (not filters.customers or line.customer in filters.customers)
        and (not filters.payment_methods or line.payment_method in filters.payment_methods)
        and (not filters.weekdays or line.day.weekday() in filters.weekdays)
        and (
            hours is None
            or (hours[0] <= hour < hours[1] if hours[0] < hours[1] else hour >= hours[0] or hour < hours[1])
        )
    )


def key_of(line: RawLine, dimensions: Sequence[Dimension]) -> Key | None:
    """The row of a breakdown that a line belongs to, as it is told; None where it belongs to none."""
    parts = [_part(line, dimension) for dimension in dimensions]
    return None if None in parts else tuple(part for part in parts if part is not None)


def _part(line: RawLine, dimension: Dimension) -> str | None:
    day = line.day
    match dimension:
        case Dimension.PRODUCT:
            return f"{line.product}|{line.product_id}"
        case Dimension.CATEGORY:
            return line.category
        case Dimension.STORE:
            return line.store
        case Dimension.CUSTOMER:
            return line.customer
        case Dimension.PAYMENT_METHOD:
            return line.payment_method
        case Dimension.HOUR:
            return f"{line.local.hour:02}:00"
        case Dimension.WEEKDAY:
            return WEEKDAYS[day.weekday()]
        case Dimension.DAY:
            return day.isoformat()
        case Dimension.WEEK:
            return (day - timedelta(days=day.weekday())).isoformat()
        case Dimension.MONTH:
            return f"{day:%Y-%m}"
        case Dimension.QUARTER:
            return f"{day.year}-Q{(day.month + 2) // 3}"
        case Dimension.YEAR:
            return str(day.year)


def compute(metric: Metric, scope: Scope, dimensions: Sequence[Dimension] = ()) -> Mapping[Key, Decimal | None]:
    """The metric of each row of a breakdown, unrounded; None where it cannot be known."""
    rows: dict[Key, list[RawLine]] = {} if dimensions else {(): []}
    for line in scope.seen:
        if (key := key_of(line, dimensions)) is not None:
            rows.setdefault(key, []).append(line)
    if metric in CUSTOMER_METRICS:
        found = {key: _customers(metric, lines, scope, dimensions, key) for key, lines in rows.items()}
        return {key: value for key, value in found.items() if value is not None or not dimensions}
    return {key: _sales(metric, lines, _days_of(key, dimensions, scope)) for key, lines in rows.items()}


def _days_of(key: Key, dimensions: Sequence[Dimension], scope: Scope) -> int:
    """How many calendar days a row covers."""
    for part, dimension in zip(key, dimensions, strict=True):
        if dimension is Dimension.WEEKDAY:
            return sum(WEEKDAYS[day.weekday()] == part for day in scope.days)
        if dimension in (Dimension.DAY, Dimension.WEEK, Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR):
            return sum(_bucket_name(day, dimension) == part for day in scope.days)
    return max(len(scope.days), 1)


def _bucket_name(day: date, dimension: Dimension) -> str:
    names = {
        Dimension.DAY: day.isoformat(),
        Dimension.WEEK: (day - timedelta(days=day.weekday())).isoformat(),
        Dimension.MONTH: f"{day:%Y-%m}",
        Dimension.QUARTER: f"{day.year}-Q{(day.month + 2) // 3}",
        Dimension.YEAR: str(day.year),
    }
    return names[dimension]


def net(lines: Iterable[RawLine]) -> Decimal:
    """Σ quantity × unit price − discounts, of the lines whose price is recorded."""
    return sum(
        (line.quantity * line.unit_price - line.discount for line in lines if line.unit_price is not None), Decimal(0)
    )


def _ratio(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if whole else None


def _sales(metric: Metric, lines: Sequence[RawLine], days: int) -> Decimal | None:
    sold = [line for line in lines if line.quantity > 0]
    returned = [line for line in lines if line.quantity <= 0]
    orders = len({line.order_id for line in sold})
    units = sum((line.quantity for line in lines), Decimal(0))
    costed = [line for line in lines if line.unit_cost is not None and line.unit_price is not None]
    cost = sum((line.quantity * line.unit_cost for line in costed if line.unit_cost is not None), Decimal(0))
    priced = any(line.unit_price is not None and line.unit_price > 0 for line in lines)
    counts: dict[Metric, Decimal | None] = {
        Metric.ORDERS: Decimal(orders),
        Metric.UNITS: units,
        Metric.UNITS_PER_ORDER: _ratio(units, orders),
        Metric.DAILY_ORDERS: _ratio(orders, days),
        Metric.DAILY_UNITS: _ratio(units, days),
        Metric.PRODUCTS_SOLD: Decimal(len({line.product_id for line in sold})),
    }
    if metric in counts:
        return counts[metric]
    if metric in (Metric.MARGIN, Metric.MARGIN_RATE):
        margin = net(costed) - cost
        if not costed:
            return None
        rate = _ratio(100 * margin, net(costed))
        return margin if metric is Metric.MARGIN else rate
    money: dict[Metric, Decimal | None] = {
        Metric.NET_SALES: net(lines),
        Metric.GROSS_SALES: net(sold),
        Metric.RETURNS: -net(returned),
        Metric.RETURN_RATE: _ratio(-100 * net(returned), net(sold)),
        Metric.DISCOUNTS: sum((line.discount for line in lines), Decimal(0)),
        Metric.AVERAGE_TICKET: _ratio(net(lines), orders),
        Metric.AVERAGE_PRICE: _ratio(net(lines), units),
        Metric.DAILY_AVERAGE: _ratio(net(lines), days),
    }
    return money[metric] if priced else None


def first_orders(lines: Iterable[RawLine], as_of: datetime) -> dict[str, tuple[datetime, date]]:
    """When each known customer first bought, as of a moment: the instant and the shop's day."""
    first: dict[str, tuple[datetime, date]] = {}
    for line in lines:
        if line.customer and line.quantity > 0 and line.ordered_at < as_of:
            first[line.customer] = min(
                first.get(line.customer, (line.ordered_at, line.day)), (line.ordered_at, line.day)
            )
    return first


def _customers(
    metric: Metric, lines: Sequence[RawLine], scope: Scope, dimensions: Sequence[Dimension], key: Key
) -> Decimal | None:
    by_product = bool(scope.filters.products or scope.filters.categories)
    by_product = by_product or bool({Dimension.PRODUCT, Dimension.CATEGORY} & set(dimensions))
    sales = {line.order_id for line in scope.lines if line.quantity > 0}
    visits: dict[str, set[object]] = {}
    here: dict[str, datetime] = {}
    for line in lines:
        counts = line.quantity > 0 if by_product else line.order_id in sales
        if line.customer and counts:
            visits.setdefault(line.customer, set()).add(line.order_id)
            here[line.customer] = min(here.get(line.customer, line.ordered_at), line.ordered_at)
    if not visits:
        return None if metric is Metric.REPEAT_RATE or dimensions else Decimal(0)
    first = first_orders(scope.lines, scope.as_of)
    start = _row_start(key, dimensions, scope)
    counted = {
        Metric.CUSTOMERS: len(visits),
        Metric.NEW_CUSTOMERS: sum(here[customer] == first[customer][0] for customer in visits),
        Metric.RETURNING_CUSTOMERS: sum(first[customer][1] < start for customer in visits),
    }
    if metric is Metric.REPEAT_RATE:
        return Decimal(100 * sum(len(orders) > 1 for orders in visits.values())) / len(visits)
    return Decimal(counted[metric])


def _row_start(key: Key, dimensions: Sequence[Dimension], scope: Scope) -> date:
    for part, dimension in zip(key, dimensions, strict=True):
        if dimension in (Dimension.DAY, Dimension.WEEK, Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR):
            return min(
                scope.period.start + timedelta(days=n)
                for n in range(scope.period.days)
                if _bucket_name(scope.period.start + timedelta(days=n), dimension) == part
            )
    return scope.period.start
