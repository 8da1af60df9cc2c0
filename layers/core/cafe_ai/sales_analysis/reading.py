"""The figures of an analysis, read through the definitions, the compiler and the rollups that answer questions.

Values are unrounded here; `figures` rounds them, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from cafe_ai.analytics import repository as analytics
from cafe_ai.analytics.compiler import Scope, Selection, compile_selection
from cafe_ai.analytics.facts import known_value
from cafe_ai.analytics.model import Dimension, Filters, Metric, Period
from cafe_ai.analytics.periods import ShopCalendar
from cafe_ai.platform.db import UnitOfWork
from cafe_ai.sales_analysis import repository
from cafe_ai.sales_analysis.repository import Stock
from cafe_ai.sales_analysis.span import MISSING_SHARE, Periods, is_comparable
from cafe_ai.tenancy.model import Business

HEADLINE = (
    Metric.NET_SALES,
    Metric.ORDERS,
    Metric.UNITS,
    Metric.AVERAGE_TICKET,
    Metric.RETURNS,
    Metric.MARGIN,
    Metric.MARGIN_RATE,
)
TOTALS = (*HEADLINE, Metric.GROSS_SALES, Metric.RETURN_RATE)
CUSTOMERS = (Metric.CUSTOMERS, Metric.NEW_CUSTOMERS, Metric.RETURNING_CUSTOMERS, Metric.REPEAT_RATE)
OF_ROWS = (Metric.NET_SALES, Metric.UNITS, Metric.RETURNS, Metric.MARGIN)
OF_ROWS_BEFORE = (Metric.NET_SALES, Metric.UNITS, Metric.MARGIN)
OF_SLOTS = (Metric.NET_SALES, Metric.ORDERS)
OF_DAYS = (Metric.NET_SALES, Metric.ORDERS, Metric.UNITS)
INACTIVE_DAYS = 90
HISTORY_DAYS = 182
"""How many days before a period are read to tell which of its days are unusual."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Totals:
    """The metrics over one period; None where one is not known. rows is how many lines (orders) they were made of."""

    values: dict[Metric, Decimal | None]
    rows: int
    coverage: Decimal | None = None  # percent of the net sales whose cost is known

    def __getitem__(self, metric: Metric) -> Decimal | None:
        return self.values.get(metric)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a breakdown: a product, a category, an hour, a weekday or a day."""

    key: Any
    values: dict[Metric, Decimal | None]
    rows: int
    sale_lines: int
    product_id: UUID | None = None
    net: Decimal = Decimal(0)  # also where no line has a price: what discounts took
    coverage: Decimal | None = None

    def __getitem__(self, metric: Metric) -> Decimal | None:
        return self.values.get(metric)


def value_of(row: Totals | Line | None, metric: Metric) -> Decimal | None:
    """A metric's value; None where there is no row, or it is not known."""
    return row[metric] if row is not None else None


@dataclass(frozen=True, slots=True)
class Readings:
    """All that was read of a period and of what it is compared with; previous and last_year only where comparable."""

    business: Business
    calendar: ShopCalendar
    recorded: tuple[date, date]
    period: Period
    previous: Period | None
    last_year: Period | None
    now: Totals
    before: Totals | None
    year_ago: Totals | None
    products: list[Line]
    products_before: list[Line]
    products_year_ago: frozenset[UUID]  # sold on the same dates a year before
    categories: list[Line]
    categories_before: list[Line]
    hours: list[Line]
    weekdays: list[Line]
    days: list[Line]  # of the period and of the history before it
    has_customers: bool
    customers: tuple[Totals | None, Totals | None, Totals | None] = (None, None, None)
    inactive: Totals | None = None
    stock: Mapping[UUID, Stock] = field(default_factory=dict)

    @property
    def is_covered(self) -> bool:
        """Whether the records reach over the whole period, so that averages per day are what they seem."""
        last = self.period.end - timedelta(days=1)
        return (
            is_comparable(self.period, self.recorded)
            and (last - self.recorded[1]).days <= MISSING_SHARE * self.period.days
        )

    @property
    def usual_weekdays(self) -> set[int]:
        """The weekdays on which the shop is open at least every second time, 0 being Monday."""
        days = (self.period.start + timedelta(days=n) for n in range(min(self.period.days, 366)))
        opened = {line.key for line in self.days if line.sale_lines}
        found: dict[int, list[bool]] = {}
        for day in days:
            found.setdefault(day.weekday(), []).append(day in opened)
        return {weekday for weekday, open_days in found.items() if 2 * sum(open_days) >= len(open_days)}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the figures of one business in one transaction."""

    uow: UnitOfWork
    business: Business
    calendar: ShopCalendar

    def totals(self, metrics: tuple[Metric, ...], period: Period) -> Totals:
        """The metrics over a period."""
        row = self._rows(Selection(metrics), period)[0]
        values = {metric: known_value(row, n, metric) for n, metric in enumerate(metrics)}
        return Totals(values, int(row["rows"] or 0), _coverage(row))

    def by(self, dimension: Dimension, metrics: tuple[Metric, ...], period: Period) -> list[Line]:
        """The metrics of each row of a breakdown, in the order of its keys."""
        return [
            Line(
                key=" ".join(row["d0"].split()) if isinstance(row["d0"], str) else row["d0"],  # a name is one line
                values={metric: known_value(row, n, metric) for n, metric in enumerate(metrics)},
                rows=int(row["rows"] or 0),
                sale_lines=int(row["sale_lines"] or 0),
                product_id=row.get("product_id"),
                net=Decimal(row.get("net") or 0),
                coverage=_coverage(row),
            )
            for row in self._rows(Selection(metrics, (dimension,)), period)
        ]

    def inactive(self, days: int, period: Period) -> Totals:
        """The customers whose last order lies more than so many days before as_of."""
        since = self.calendar.as_of - timedelta(days=days)
        selection = Selection((Metric.INACTIVE_CUSTOMERS,), inactive_since=since)
        row = self._rows(selection, period)[0]
        return Totals(
            {Metric.INACTIVE_CUSTOMERS: known_value(row, 0, Metric.INACTIVE_CUSTOMERS)}, int(row["rows"] or 0)
        )

    def _rows(self, selection: Selection, period: Period) -> list[Row]:
        scope = Scope(self.business.id, period, Filters(), self.calendar)
        return analytics.fetch(self.uow, compile_selection(scope, selection))


def read(
    reader: Reader, periods: Periods, recorded: tuple[date, date], *, sees_customers: bool, knows_stock: bool
) -> Readings:
    """Everything an analysis is made of, in about fifteen statements; the period itself must lie within the records.

    Stock is what is on hand now: it is not read (knows_stock) where the analysis is as of an earlier moment.
    """
    period = periods.period
    previous = periods.previous if is_comparable(periods.previous, recorded) else None
    last_year = periods.last_year if is_comparable(periods.last_year, recorded) else None
    compared = (period, previous, last_year)
    categories = reader.by(Dimension.CATEGORY, OF_ROWS, period)
    has_customers = sees_customers and analytics.has_customers(reader.uow, reader.business.id)
    of_customers = [reader.totals(CUSTOMERS, each) if each and has_customers else None for each in compared]
    history = max(recorded[0], period.start - timedelta(days=HISTORY_DAYS))
    return Readings(
        business=reader.business,
        calendar=reader.calendar,
        recorded=recorded,
        period=period,
        previous=previous,
        last_year=last_year,
        now=reader.totals(TOTALS, period),
        before=reader.totals(TOTALS, previous) if previous else None,
        year_ago=reader.totals(TOTALS, last_year) if last_year else None,
        products=reader.by(Dimension.PRODUCT, OF_ROWS, period),
        products_before=reader.by(Dimension.PRODUCT, OF_ROWS_BEFORE, previous) if previous else [],
        products_year_ago=repository.sold_products(reader.uow, reader.business.id, last_year.start, last_year.end)
        if last_year
        else frozenset(),
        categories=categories,
        categories_before=reader.by(Dimension.CATEGORY, OF_ROWS_BEFORE, previous) if previous and categories else [],
        hours=reader.by(Dimension.HOUR, OF_SLOTS, period),
        weekdays=reader.by(Dimension.WEEKDAY, OF_SLOTS, period),
        days=reader.by(
            Dimension.DAY,
            OF_DAYS,
            reader.calendar.period(min(history, period.start), period.end, ends_at=period.ends_at),
        ),
        has_customers=has_customers,
        customers=(of_customers[0], of_customers[1], of_customers[2]),
        inactive=reader.inactive(INACTIVE_DAYS, period) if has_customers else None,
        stock=repository.stock(reader.uow, reader.business.id) if knows_stock else {},
    )


def _coverage(row: Row) -> Decimal | None:
    net = Decimal(row.get("net") or 0)
    return Decimal(row["costed_net"]) / net * 100 if net > 0 and row.get("costed_net") is not None else None
