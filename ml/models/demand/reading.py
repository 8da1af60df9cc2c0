"""Daily sales from a CSV file: one row a product and day, or order lines as `cafe-ai import` reads them.

Columns, by any of their names: the day (date, ds, day, ordered_at), the product (product, unique_id, product_id, item),
and units (units, quantity), or revenue with a price (y or revenue, unit_price: units are one over the other; none where
the price is zero). A negative quantity is a return; a product's day is at least zero."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from math import isfinite
from pathlib import Path

import numpy as np

from ml.models.demand.evaluation import Sales

DAYS = ("date", "ds", "day", "ordered_at")
PRODUCTS = ("product_id", "product", "unique_id", "item")
UNITS = ("units", "quantity")
REVENUE = ("y", "revenue", "sales")
PRICE = "unit_price"
MOST_DAYS = 4_000


class SalesFileError(ValueError):
    """The file is not one of daily sales; the message names the column, and the row where it is one row's."""


def read_sales(path: Path) -> Sales:
    """All products of the file. Raises SalesFileError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _collect(csv.DictReader(file))
    except OSError as error:
        raise SalesFileError(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise SalesFileError(f"{path} is not a CSV file in UTF-8.") from error


def _collect(rows: csv.DictReader[str]) -> Sales:
    columns = rows.fieldnames or ()
    day_column = _column(columns, DAYS, "the day")
    product_column = _column(columns, PRODUCTS, "the product")
    units_column = next((name for name in UNITS if name in columns), None)
    revenue_column = None if units_column else _column(columns, REVENUE, "units, or revenue with unit_price")
    if revenue_column and PRICE not in columns:
        raise SalesFileError(f"There is revenue in column {revenue_column}, but no column {PRICE} to make units of it.")
    sold: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for number, row in enumerate(rows, 2):
        day = _day(row, day_column, number)
        if units_column:
            units = _number(row, units_column, number)
        else:
            price = _number(row, PRICE, number)
            units = _number(row, str(revenue_column), number) / price if price > 0 else 0.0
        sold[(row[product_column] or "").strip()][day] += units
    return _side_by_side(sold)


def _side_by_side(sold: Mapping[str, Mapping[date, float]]) -> Sales:
    days = [day for of_product in sold.values() for day in of_product]
    if not days:
        raise SalesFileError("The file has a header and no rows.")
    first, last = min(days), max(days)
    count = (last - first).days + 1
    if count > MOST_DAYS:
        raise SalesFileError(f"The days go from {first} to {last}: more than {MOST_DAYS}, so some must be wrong.")
    keys = sorted(sold)
    values = np.zeros((len(keys), count))
    for place, key in enumerate(keys):
        for day, units in sold[key].items():
            values[place, (day - first).days] = max(0.0, units)
    return Sales(first, tuple(keys), values)


def _column(columns: Iterable[str], names: tuple[str, ...], what: str) -> str:
    found = next((name for name in names if name in columns), None)
    if found is None:
        raise SalesFileError(f"There is no column with {what}: it may be called {', '.join(names)}.")
    return found


def _day(row: Mapping[str, str | None], column: str, number: int) -> date:
    try:
        return datetime.fromisoformat((row[column] or "").strip()).date()
    except ValueError:
        raise SalesFileError(f"Row {number}, column {column}: {row[column]!r} is no date in ISO form.") from None


def _number(row: Mapping[str, str | None], column: str, number: int) -> float:
    try:
        found = float(row[column] or "")
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        raise SalesFileError(f"Row {number}, column {column}: {row[column]!r} is no number.")
    return found
