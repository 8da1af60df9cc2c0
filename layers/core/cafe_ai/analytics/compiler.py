"""Plans compiled to SQL: parameterised, tenant-scoped, from a rollup where it can, from the order lines where it must.

Every value is a bound parameter; the only text put together here are the constants of this module, `sources` and
`metrics`. Columns of a result: d0, d1 ... the row's dimensions, v0, v1 ... the metrics' unrounded values (NULL: not
known), and rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from cafe_ai.analytics.metrics import METRICS, Subject
from cafe_ai.analytics.model import Dimension, Filters, Metric, Period
from cafe_ai.analytics.periods import ShopCalendar
from cafe_ai.analytics.sources import COUNTED_ORDERS, MEASURES, ORDERS, Grain, aggregates, order_lines, source

DIMENSION_COLUMNS = {
    Dimension.PRODUCT: "p.name",
    Dimension.CATEGORY: "p.category",
    Dimension.STORE: "nullif(x.store, '')",
    Dimension.CUSTOMER: "c.external_id",
    Dimension.PAYMENT_METHOD: "x.payment_method",
    Dimension.HOUR: "x.local_hour",
    Dimension.WEEKDAY: "extract(isodow FROM x.business_date)::int - 1",
    Dimension.DAY: "x.business_date",
    Dimension.WEEK: "date_trunc('week', x.business_date)::date",
    Dimension.MONTH: "date_trunc('month', x.business_date)::date",
    Dimension.QUARTER: "date_trunc('quarter', x.business_date)::date",
    Dimension.YEAR: "date_trunc('year', x.business_date)::date",
}
INTERVALS = {
    Dimension.DAY: "1 day",
    Dimension.WEEK: "7 days",
    Dimension.MONTH: "1 month",
    Dimension.QUARTER: "3 months",
    Dimension.YEAR: "1 year",
}
"""How long the time dimensions are."""

_FIRST_ORDERS = """
    SELECT customer_id, min(ordered_at) AS first_at, min(business_date) AS first_date, max(ordered_at) AS last_at
      FROM orders
     WHERE business_id = %(business_id)s AND customer_id IS NOT NULL AND is_sale AND ordered_at < %(as_of)s
     GROUP BY customer_id"""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with named parameters."""

    sql: str
    parameters: dict[str, object]


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows a figure is made of: one business, one period, what it is narrowed to, and nothing after as_of."""

    business_id: UUID
    period: Period
    filters: Filters
    calendar: ShopCalendar


@dataclass(frozen=True, slots=True)
class Selection:
    """What is wanted of a scope: metrics of one subject, by which dimensions, in which order, how many rows.

    average: per weekday or hour, not the total. order "time" sorts by the dimensions themselves. from_lines forbids the
    rollups (the figures must be the same).
    """

    metrics: tuple[Metric, ...]
    dimensions: tuple[Dimension, ...] = ()
    order: Literal["top", "bottom", "time"] = "time"
    limit: int | None = None
    average: bool = False
    inactive_since: datetime | None = None
    from_lines: bool = False

    @property
    def subject(self) -> Subject:
        """The subject its metrics share."""
        return METRICS[self.metrics[0]].subject


def compile_selection(scope: Scope, selection: Selection) -> Statement:
    """The statement that gives a selection's rows."""
    match selection.subject:
        case "sales":
            return _compile_sales(scope, selection)
        case "customers":
            return _compile_customers(scope, selection)
        case "inactive":
            return _compile_inactive(scope, selection)
        case _:
            return _compile_catalogue(scope, selection)


def choose_grain(filters: Filters, selection: Selection) -> Grain:
    """The coarsest source that carries every dimension and filter, and in which the metrics still add up."""
    dimensions = set(selection.dimensions)
    by_product = bool(dimensions & {Dimension.PRODUCT, Dimension.CATEGORY} or filters.products or filters.categories)
    by_product = by_product or Metric.PRODUCTS_SOLD in selection.metrics
    by_hour = bool(Dimension.HOUR in dimensions or filters.hours)
    by_order = bool(dimensions & {Dimension.CUSTOMER, Dimension.PAYMENT_METHOD})
    by_order = by_order or bool(filters.customers or filters.payment_methods)
    counts_orders = any(METRICS[metric].per_order for metric in selection.metrics)
    if selection.from_lines or by_order or (by_product and (by_hour or counts_orders)):
        return "lines"
    return "products" if by_product else "hours"


def compile_unsold(scope: Scope, sold_in: Period | None) -> Statement:
    """The products without a positive line in the period: of those sold in `sold_in`, or of the whole catalogue.

    d0 is the name, rows how many such products there are in all; those that had sold best stand first.
    """
    parameters = _parameters(scope, Selection((Metric.UNSOLD_PRODUCTS,)))
    conditions = "".join(f" AND {condition}" for condition in _catalogue_conditions(scope.filters, parameters))
    sold = _sold_products(scope.period, scope.calendar, parameters, "")
    if sold_in:
        candidates = _sold_products(sold_in, scope.calendar, parameters, "before_")
    else:
        candidates = "SELECT id AS product_id, 0 AS net FROM products WHERE business_id = %(business_id)s AND listed"
    sql = f"""
WITH sold AS MATERIALIZED ({sold}),
     candidates AS MATERIALIZED ({candidates})
SELECT p.name AS d0, count(*) OVER () AS rows
  FROM candidates
  JOIN products p ON p.business_id = %(business_id)s AND p.id = candidates.product_id{conditions}
  LEFT JOIN sold USING (product_id)
 WHERE sold.product_id IS NULL
 ORDER BY candidates.net DESC, p.name
 LIMIT 10"""
    return Statement(sql, parameters)


def _sold_products(period: Period, calendar: ShopCalendar, parameters: dict[str, object], prefix: str) -> str:
    """The products with a positive line in a period, and their net sales."""
    cut = _bind_period(period, calendar, parameters, prefix)
    rows = source("products", ("sale_lines", "net"), cut=cut)
    for name in ("start", "end", "ends_at", "whole_days_end"):
        rows = rows.replace(f"%({name})s", f"%({prefix}{name})s")
    return f"SELECT x.product_id, sum(x.net) AS net FROM ({rows}) x WHERE x.sale_lines > 0 GROUP BY x.product_id"


def _compile_sales(scope: Scope, selection: Selection) -> Statement:
    parameters = _parameters(scope, selection)
    cut = _bind_period(scope.period, scope.calendar, parameters, "")
    grain = choose_grain(scope.filters, selection)
    products = ", count(DISTINCT x.product_id) FILTER (WHERE x.sale_lines > 0) AS products"
    measures = _measures(selection.metrics)
    measured = _grouped(
        source(grain, measures, cut=cut),
        aggregates(grain, measures) + (products if Metric.PRODUCTS_SOLD in selection.metrics else ""),
        scope.filters,
        selection,
        parameters,
    )
    row_days = _row_days(selection.dimensions)
    values = [_formula(metric, row_days, average=selection.average) for metric in selection.metrics]
    return Statement(
        _ranked(f"measured AS ({measured})", "measured", values, "lines", selection, parameters), parameters
    )


def _measures(metrics: Sequence[Metric]) -> list[str]:
    """The measures that the metrics' formulas name, and those that tell whether there is anything to measure."""
    needed = {"lines", "sale_lines"}
    for metric in metrics:
        definition = METRICS[metric]
        needed |= set(re.findall(r"[a-z_]+", definition.formula)) | {definition.needs}
        needed |= {"net", "costed_net"} if definition.needs == "costed_lines" else set()
    return [name for name in MEASURES if name in needed]


def _compile_customers(scope: Scope, selection: Selection) -> Statement:
    parameters = _parameters(scope, selection)
    _bind_period(scope.period, scope.calendar, parameters, "")
    product_dimensions = set(selection.dimensions) & {Dimension.PRODUCT, Dimension.CATEGORY}
    by_product = bool(scope.filters.products or scope.filters.categories or product_dimensions)
    rows = order_lines("%(start)s", "%(end)s", costs=False) + " AND l.quantity > 0" if by_product else ORDERS
    visits = _grouped(
        rows,
        f"x.customer_id, {COUNTED_ORDERS}, min(x.ordered_at) AS first_here",
        scope.filters,
        selection,
        parameters,
        by=("x.customer_id",),
        where=("x.customer_id IS NOT NULL",),
    )
    keys = _keys(selection)
    time = next((f"d{n}" for n, d in enumerate(selection.dimensions) if d in INTERVALS), None)
    row_start = f"greatest({time}, %(start)s::date)" if time else "%(start)s::date"
    values = [METRICS[metric].formula.replace("row_start", row_start) for metric in selection.metrics]
    listed = ", ".join([*keys, *(f"{value} AS v{n}" for n, value in enumerate(values)), "sum(orders) AS rows"])
    grouped = f" GROUP BY {', '.join(keys)}" if keys else ""
    sql = f"""
WITH firsts AS ({_FIRST_ORDERS}),
     visits AS ({visits}),
     counted AS (SELECT {listed} FROM visits JOIN firsts USING (customer_id){grouped})
SELECT * FROM counted{_order(selection, parameters)}"""
    return Statement(sql, parameters)


def _compile_inactive(scope: Scope, selection: Selection) -> Statement:
    parameters = _parameters(scope, selection)
    parameters["inactive_since"] = selection.inactive_since
    formula = METRICS[Metric.INACTIVE_CUSTOMERS].formula
    sql = f"WITH firsts AS ({_FIRST_ORDERS}) SELECT {formula} AS v0, count(*) AS rows FROM firsts"
    return Statement(sql, parameters)


def _compile_catalogue(scope: Scope, selection: Selection) -> Statement:
    parameters = _parameters(scope, selection)
    conditions = ["p.business_id = %(business_id)s", "p.listed", *_catalogue_conditions(scope.filters, parameters)]
    if Metric.OUT_OF_STOCK in selection.metrics:
        conditions.append("p.stock IS NOT NULL")
        if selection.dimensions:
            conditions.append("p.stock <= 0")
    values = [METRICS[metric].formula for metric in selection.metrics]
    keys = [DIMENSION_COLUMNS[dimension] for dimension in selection.dimensions]
    conditions += [f"{key} IS NOT NULL" for key in keys]
    listed = [f"{key} AS d{n}" for n, key in enumerate(keys)]
    listed += [f"{value} AS v{n}" for n, value in enumerate(values)] + ["count(*) AS rows"]
    grouped = f" GROUP BY {', '.join(keys)}" if keys else ""
    sql = f"""
WITH counted AS (SELECT {", ".join(listed)} FROM products p WHERE {" AND ".join(conditions)}{grouped})
SELECT * FROM counted{_order(selection, parameters)}"""
    return Statement(sql, parameters)


def _grouped(
    rows: str,
    select: str,
    filters: Filters,
    selection: Selection,
    parameters: dict[str, object],
    *,
    by: Sequence[str] = (),
    where: Sequence[str] = (),
) -> str:
    """Rows x, narrowed by the filters and grouped by the dimensions (d0, d1 ...) and `by`."""
    columns = [DIMENSION_COLUMNS[dimension] for dimension in selection.dimensions]
    conditions = [*_conditions(filters, parameters), *where, *(f"{column} IS NOT NULL" for column in columns)]
    joins = ""
    used = " ".join([*columns, *conditions, select])
    if "p." in used:
        joins += " JOIN products p ON p.business_id = %(business_id)s AND p.id = x.product_id"
    if "c." in used:
        joins += " JOIN customers c ON c.business_id = %(business_id)s AND c.id = x.customer_id"
    identity = ["p.id AS product_id"] if Dimension.PRODUCT in selection.dimensions else []
    listed = ", ".join([*(f"{column} AS d{n}" for n, column in enumerate(columns)), *identity, select])
    where_clause = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    keys = [*columns, *(["p.id"] if identity else []), *by]
    group_clause = f" GROUP BY {', '.join(keys)}" if keys else ""
    return f"SELECT {listed} FROM ({rows}) x{joins}{where_clause}{group_clause}"


def _ranked(
    ctes: str, table: str, values: Sequence[str], rows: str, selection: Selection, parameters: dict[str, object]
) -> str:
    listed = ", ".join(
        [*_keys(selection), *(f"{value} AS v{n}" for n, value in enumerate(values)), f"{rows} AS rows", "sale_lines"]
    )
    extra = ", costed_net, net" if any(METRICS[m].needs == "costed_lines" for m in selection.metrics) else ""
    return f"""
WITH {ctes},
     counted AS (SELECT {listed}{extra} FROM {table})
SELECT * FROM counted{_order(selection, parameters)}"""


def _keys(selection: Selection) -> list[str]:
    """What tells the rows apart; products of one name are told apart by their id."""
    keys = [f"d{n}" for n in range(len(selection.dimensions))]
    return [*keys, "product_id"] if Dimension.PRODUCT in selection.dimensions else keys


def _order(selection: Selection, parameters: dict[str, object]) -> str:
    """The clauses that rank rows; the worst sellers are among those sold. Ties go by name, so that answers are stable."""
    keys = ", ".join(f"d{n}" for n in range(len(selection.dimensions)))
    if not keys:
        return ""
    if selection.order == "time":
        return f"\n ORDER BY {keys}"
    parameters["limit"] = selection.limit
    known = "v0 IS NOT NULL"
    if selection.subject == "sales":
        known += " AND sale_lines > 0" if selection.order == "bottom" else " AND v0 <> 0"
    direction = "DESC" if selection.order == "top" else "ASC"
    return f"\n WHERE {known}\n ORDER BY v0 {direction}, {keys}\n LIMIT %(limit)s"


def _formula(metric: Metric, row_days: str, *, average: bool) -> str:
    definition = METRICS[metric]
    value = definition.formula.replace("%(days)s", row_days)
    if average and "%(days)s" not in definition.formula:
        value = f"({value})::numeric / {row_days}"
    return value if definition.needs == "none" else f"CASE WHEN {definition.needs} > 0 THEN {value} END"


def _row_days(dimensions: tuple[Dimension, ...]) -> str:
    """The calendar days a row covers, as an expression: those of its bucket, of its weekday, or of the whole period."""
    for n, dimension in enumerate(dimensions):
        if dimension is Dimension.WEEKDAY:
            return f"nullif((%(weekday_days)s::int[])[d{n} + 1], 0)"
        if dimension in INTERVALS:
            first = f"greatest(d{n}, %(start)s::date)"
            last = f"least(d{n} + interval '{INTERVALS[dimension]}', %(end)s::date) - interval '1 day'"
            return (
                f"(SELECT nullif(count(*), 0) FROM generate_series({first}, {last}, interval '1 day') g"
                " WHERE extract(isodow FROM g)::int - 1 = ANY(%(counted_weekdays)s))"
            )
    return "%(days)s"


def _parameters(scope: Scope, selection: Selection) -> dict[str, object]:
    period = scope.period
    weekday_days = [0] * 7
    for offset in range(min(period.days, 7)):
        weekday = (period.start.weekday() + offset) % 7
        weekday_days[weekday] = (period.days - offset + 6) // 7
    counted = list(scope.filters.weekdays) or list(range(7))
    days = sum(weekday_days[weekday] for weekday in counted)
    parameters: dict[str, object] = {"business_id": scope.business_id, "as_of": scope.calendar.as_of}
    if selection.subject == "sales":
        parameters |= {"days": max(days, 1), "weekday_days": weekday_days, "counted_weekdays": counted}
    return parameters


def _bind_period(period: Period, calendar: ShopCalendar, parameters: dict[str, object], prefix: str) -> bool:
    """Binds the period's days; says whether its last day is cut short."""
    cut = calendar.is_running(period)
    parameters[f"{prefix}start"] = period.start
    parameters[f"{prefix}end"] = period.end
    parameters[f"{prefix}ends_at"] = period.ends_at
    parameters[f"{prefix}whole_days_end"] = period.end - timedelta(days=1) if cut else period.end
    return cut


_NARROWED = {
    "products": "x.product_id = ANY(ARRAY(SELECT id FROM products"
    " WHERE business_id = %(business_id)s AND name = ANY(%(products)s)))",
    "categories": "p.category = ANY(%(categories)s)",
    "stores": "x.store = ANY(%(stores)s)",
    "customers": "x.customer_id = ANY(ARRAY(SELECT id FROM customers"
    " WHERE business_id = %(business_id)s AND external_id = ANY(%(customers)s)))",
    "payment_methods": "x.payment_method = ANY(%(payment_methods)s)",
    "weekdays": "extract(isodow FROM x.business_date)::int - 1 = ANY(%(weekdays)s)",
}
"""How rows x are narrowed to each list of the filters."""
_CATALOGUE_NARROWED = {"products": "p.name = ANY(%(products)s)", "categories": "p.category = ANY(%(categories)s)"}


def _conditions(filters: Filters, parameters: dict[str, object]) -> list[str]:
    conditions = _narrow(_NARROWED, filters, parameters)
    if filters.hours:
        parameters["from_hour"], parameters["to_hour"] = filters.hours
        either = "AND" if filters.hours[0] < filters.hours[1] else "OR"
        conditions.append(f"(x.local_hour >= %(from_hour)s {either} x.local_hour < %(to_hour)s)")
    return conditions


def _catalogue_conditions(filters: Filters, parameters: dict[str, object]) -> list[str]:
    return _narrow(_CATALOGUE_NARROWED, filters, parameters)


def _narrow(conditions: Mapping[str, str], filters: Filters, parameters: dict[str, object]) -> list[str]:
    """The conditions of the filters' lists that are not empty; their values are bound."""
    lists = {name: list(getattr(filters, name)) for name in conditions if getattr(filters, name)}
    parameters.update(lists)
    return [conditions[name] for name in lists]
