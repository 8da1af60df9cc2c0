"""What bases.py computes of one order, customer or product, computed of many in whole columns: the same sums and features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from ml.pipelines import derived, reading
from ml.pipelines.columns import (
    Amounts,
    Flags,
    Floats,
    Groups,
    Ints,
    OutOfOrdinary,
    Rows,
    Times,
    amounts,
    codes,
    ids,
    product,
    times,
    whole,
)
from ml.pipelines.exact_sums import SCALE, THOUSANDTHS
from ml.pipelines.model import Clock

MIDNIGHT = time(0)
_EPOCH_DAY = 719163.0
_DAYS = 10_000_000  # beyond the last ordinal


class Arrays:
    """derived.Arithmetic on arrays; NaN is missing."""

    def over(self, part: Any, whole: Any) -> Floats:
        """As Arithmetic says."""
        part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
        found = np.full(np.broadcast(part, whole).shape, np.nan)
        np.divide(part, whole, out=found, where=whole > 0)
        return found

    def less(self, left: Any, right: Any) -> Any:
        """As Arithmetic says."""
        return left - right

    def where(self, condition: Any, value: Any) -> Floats:
        """As Arithmetic says."""
        return np.where(condition, value, np.nan)

    def at_most(self, value: Any, limit: int) -> Any:
        """As Arithmetic says."""
        return np.minimum(value, limit)

    def at_least(self, value: Any, limit: int) -> Any:
        """As Arithmetic says."""
        return np.maximum(value, limit)


ARRAYS = Arrays()


@dataclass(frozen=True, slots=True)
class LineColumns:
    """Lines in groups, with their amounts. exact: the lines whose numbers all are."""

    groups: Groups
    quantities: Floats
    prices: Floats
    known: Flags
    sold: Flags
    priced: Flags
    costed: Flags
    units: Amounts
    discounts: Amounts
    net: Amounts
    cost: Amounts
    exact: Flags


def read_lines(rows: Rows, counts: Ints, cost: Floats | None) -> LineColumns:
    """The lines of each group; cost of a unit where it counts, NaN where not known."""
    quantities = rows.numbers(reading.QUANTITY)
    quantities = np.where(np.isnan(quantities), 1.0, quantities)
    prices, stated = rows.numbers(reading.PRICE), rows.numbers(reading.AMOUNT)
    discounts = rows.numbers(reading.DISCOUNT)
    discounts = np.where(np.isnan(discounts), 0.0, discounts)
    has_price, has_amount = ~np.isnan(prices), ~np.isnan(stated)
    known = has_price | has_amount
    by_price = product(quantities, np.where(has_price, prices, 0.0))
    less = amounts(discounts)
    said = amounts(np.where(has_amount, stated, 0.0))
    units, counted = whole(quantities, THOUSANDTHS)
    net = Amounts(
        np.where(has_amount, said.floats, by_price.floats - less.floats),
        np.where(has_amount, said.wholes, by_price.wholes - less.wholes),
        np.where(has_amount, said.exact, by_price.exact & less.exact),
    ).held(known)
    costed = known & ~np.isnan(cost) if cost is not None else np.zeros(len(quantities), np.bool_)
    costs = product(quantities, np.where(costed, cost if cost is not None else 0.0, 0.0)).held(costed)
    return LineColumns(
        groups=Groups.of(counts),
        quantities=quantities,
        prices=prices,
        known=known,
        sold=quantities > 0,
        priced=(has_price & (prices != 0)) | (has_amount & (stated != 0)),
        costed=costed,
        units=Amounts(quantities, units, counted),
        discounts=less,
        net=net,
        cost=costs,
        exact=counted & less.exact & net.exact & costs.exact,
    )


def line_sums(lines: LineColumns, held: Flags, exact: Flags | None = None) -> dict[str, Amounts]:
    """The sums of each group, of the lines that are held: exact where all numbers of the group are, and `exact` says so."""
    groups = lines.groups
    fine = ~groups.any(held & ~lines.exact)
    exact = fine if exact is None else fine & exact
    returned = lines.net.negative().held(held & ~lines.sold)
    return {
        "net": lines.net.held(held).grouped(groups, exact),
        "gross": lines.net.held(held & lines.sold).grouped(groups, exact),
        "returned": returned.grouped(groups, exact),
        "discounts": lines.discounts.held(held).grouped(groups, exact),
        "units": lines.units.held(held).grouped(groups, exact, THOUSANDTHS),
        "cost": lines.cost.held(held).grouped(groups, exact),
        "costed": lines.net.held(held & lines.costed).grouped(groups, exact),
    }


@dataclass(frozen=True, slots=True)
class OrderColumns:
    """Orders, one entry each, and their lines."""

    rows: Rows
    lines: LineColumns
    products: Ints
    sums: dict[str, Amounts]
    priced_lines: Ints
    times: Times
    is_sale: Flags


def read_orders(rows: Rows, clock: Clock, instants: bool) -> OrderColumns:
    """The orders of these dicts. Raises OutOfOrdinary as columns.py says."""
    items = rows.values(reading.ITEMS)
    listed = np.array([each is not None for each in items], np.bool_)
    if not set(map(type, items)) <= {list, tuple, type(None)}:
        raise OutOfOrdinary
    items = [each or () for each in items]
    counts = np.fromiter(map(len, items), np.int64, len(items))
    line_rows = Rows(list(chain.from_iterable(items)))
    lines = read_lines(line_rows, counts, None)
    total = rows.numbers(reading.TOTAL)
    stated, alone = ~np.isnan(total), counts == 0
    said_total = amounts(np.where(stated, total, 0.0))
    sums = line_sums(lines, np.ones(len(lines.exact), np.bool_), said_total.exact | ~stated)
    sums = _with_totals(sums, said_total, stated, alone)
    sold = lines.groups.any(lines.sold)
    nothing = ~stated & ~listed
    said = stated & ((total > 0) | (~listed & (total == 0)))
    priced = lines.groups.add(lines.priced.astype(np.int64)) + (stated & alone)
    read = _when_reader(reading.ORDERED_AT, clock)
    return OrderColumns(
        rows=rows,
        lines=lines,
        products=codes(ids(line_rows.values(reading.LINE_PRODUCT))),
        sums=sums,
        priced_lines=priced,
        times=times(rows.values(reading.ORDERED_AT), clock, read, instants),
        is_sale=np.where(alone, nothing | said, sold),
    )


def _with_totals(sums: dict[str, Amounts], total: Amounts, stated: Flags, alone: Flags) -> dict[str, Amounts]:
    """The sums of orders, with what was charged for the whole where that was said."""
    positive = Amounts(np.maximum(total.floats, 0), np.maximum(total.wholes, 0), total.exact)
    negative = total.negative()
    negative = Amounts(np.maximum(negative.floats, 0), np.maximum(negative.wholes, 0), total.exact)
    replaced = {"net": (total, stated), "gross": (positive, stated & alone), "returned": (negative, stated & alone)}
    found = {}
    for name, own in sums.items():
        floats, wholes = own.floats, own.wholes
        if name in replaced:
            other, where = replaced[name]
            floats, wholes = np.where(where, other.floats, floats), np.where(where, other.wholes, wholes)
        found[name] = Amounts(floats, wholes, own.exact)
    return found


def _when_reader(names: Sequence[str], clock: Clock) -> Any:
    def read(value: Any) -> Any:
        try:
            return reading.read_when(value, names[0], clock)
        except ValueError:
            raise OutOfOrdinary from None

    return read


def _weekday(days: Floats) -> Floats:
    return np.mod(days - 1, 7)


def order_columns(
    data: Sequence[Any], *, timezone: str | ZoneInfo | None = None, day_starts: time = MIDNIGHT
) -> dict[str, Any]:
    """The columns of extract_order_features."""
    orders = read_orders(Rows(data), reading.read_clock(timezone, day_starts), instants=False)
    lines, when = orders.lines, orders.times
    groups = lines.groups
    own_ids, customers = ids(orders.rows.values(reading.ORDER_ID)), ids(orders.rows.values(reading.ORDER_CUSTOMER))
    weekday = _weekday(when.days)
    sold_at_price = lines.sold & ~np.isnan(lines.prices)
    months = (when.days[when.dated] - _EPOCH_DAY).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    month = np.full(len(when.days), np.nan)
    month[when.dated] = months + 1
    base = {
        **{name: orders.sums[name].floats for name in ("net", "gross", "returned", "discounts", "units")},
        "priced_lines": orders.priced_lines,
        "lines": groups.counts,
        "products": groups.distinct(orders.products, lines.sold),
        "min_price": groups.extreme(lines.prices, sold_at_price, np.minimum),
        "max_price": groups.extreme(lines.prices, sold_at_price, np.maximum),
        "has_return": groups.any(lines.quantities < 0).astype(np.int64),
        "hour": when.hours,
        "weekday": weekday,
        "is_weekend": np.where(when.dated, weekday >= 5, np.nan),
        "month": month,
        "has_customer": np.array([value is not None for value in customers], np.int64),
    }
    return {"order_id": own_ids, "customer_id": customers, **derived.order_features(base, ARRAYS)}


def customer_columns(
    customers: Sequence[Any],
    orders: Sequence[Any],
    *,
    as_of: Any = None,
    timezone: str | ZoneInfo | None = None,
    day_starts: time = MIDNIGHT,
) -> dict[str, Any]:
    """The columns of extract_customer_features."""
    clock = reading.read_clock(timezone, day_starts)
    whose = Rows([{} if each is None else each for each in customers])
    groups, rows = _flat(orders)
    placed = read_orders(rows, clock, instants=as_of is not None)
    seen = _Seen(as_of, clock, groups, placed.times)
    held, when = seen.held, placed.times
    sales = held & placed.is_sale
    dated = sales & when.dated
    days = np.where(when.dated, when.days, 0).astype(np.int64)
    visits = np.unique(_pairs(groups, days)[dated])
    first_day = groups.extreme(when.days, dated, np.minimum)
    on_visit = np.isin(_pairs(groups, days), visits) & held & when.dated
    repeats = on_visit & (when.days != first_day[groups.ids])
    weekday = _weekday(when.days)
    base = {
        **_totals(placed.sums, groups, held),
        "priced_lines": groups.add(np.where(held, placed.priced_lines, 0)),
        "orders": groups.count(sales),
        "max_order": groups.extreme(placed.sums["net"].floats, sales, np.maximum),
        "products": _products(placed, groups, held),
        "visits": np.bincount(visits // _DAYS, minlength=len(groups.counts)).astype(np.int64),
        "first_day": first_day,
        "last_day": groups.extreme(when.days, dated, np.maximum),
        "last_seen": seen.last_day,
        "orders_30": groups.count(sales & seen.within(30)),
        "orders_90": groups.count(sales & seen.within(90)),
        "net_90": _total(placed.sums["net"], groups, held & seen.within(90)),
        "weekend_orders": groups.count(dated & (weekday >= 5)),
        "weekday": groups.most_common(weekday, dated, 7),
        "hour": groups.most_common(when.hours, sales & ~np.isnan(when.hours), 24),
        "repeat_net": _total(placed.sums["net"], groups, repeats),
    }
    return {"customer_id": ids(whose.values(reading.CUSTOMER_ID)), **derived.customer_features(base, ARRAYS)}


def product_columns(
    products: Sequence[Any],
    sales: Sequence[Any],
    *,
    as_of: Any = None,
    timezone: str | ZoneInfo | None = None,
    day_starts: time = MIDNIGHT,
) -> dict[str, Any]:
    """The columns of extract_product_features."""
    clock = reading.read_clock(timezone, day_starts)
    whose = Rows([{} if each is None else each for each in products])
    groups, rows = _flat(sales)
    own, costs = rows.numbers(reading.COST), whose.numbers(reading.COST)
    lines = read_lines(rows, groups.counts, np.where(np.isnan(own), costs[groups.ids], own))
    read = _when_reader(reading.SOLD_AT, clock)
    when = times(rows.values(reading.SOLD_AT), clock, read, as_of is not None)
    seen = _Seen(as_of, clock, groups, when)
    held = seen.held
    sold = held & lines.sold & when.dated
    order = codes(ids(rows.values(reading.SALE_ORDER)))
    order = np.where(order < 0, np.arange(len(order)) + len(order), order)
    sums = line_sums(lines, held)
    recent, before = (line_sums(lines, held & seen.within(to, since)) for since, to in ((0, 28), (28, 56)))
    base = {
        **{name: sums[name].floats for name in sums},
        "priced_lines": groups.count(held & lines.priced),
        "costed_lines": groups.count(held & lines.costed),
        "orders": groups.distinct(order, held & lines.sold),
        "first_day": groups.extreme(when.days, sold, np.minimum),
        "last_day": groups.extreme(when.days, sold, np.maximum),
        "last_seen": seen.last_day,
        "days_sold": groups.distinct(np.where(when.dated, when.days, -1).astype(np.int64), sold),
        "units_28": recent["units"].floats,
        "units_56": before["units"].floats,
        "net_28": recent["net"].floats,
        "price": whose.numbers(reading.LIST_PRICE),
        "stock": whose.numbers(reading.STOCK),
    }
    return {"product_id": ids(whose.values(reading.PRODUCT_ID)), **derived.product_features(base, ARRAYS)}


class _Seen:
    """reading.seen_of of each group: which events are held, and the last day of what is seen (NaN without any)."""

    def __init__(self, as_of: Any, clock: Clock, groups: Groups, when: Times) -> None:
        one = None if as_of is None else reading.seen_of(as_of, clock, ())
        self.held = when.seen(None if one is None else one.before)
        if one is None or one.last_day is None:
            self.last_day = groups.extreme(when.days, when.dated, np.maximum)
        else:
            self.last_day = np.full(len(groups.counts), float(one.last_day))
        self._age = self.last_day[groups.ids] - when.days

    def within(self, days: int, since: int = 0) -> Flags:
        """The events of the last so many days, but for the last `since`."""
        return (self._age < days) & ((self._age >= since) if since else True)


def _flat(events: Sequence[Any]) -> tuple[Groups, Rows]:
    """All events one after another, and whose they are."""
    if not set(map(type, events)) <= {list, tuple, type(None)}:
        raise OutOfOrdinary
    listed = [each or () for each in events]
    counts = np.fromiter(map(len, listed), np.int64, len(listed))
    return Groups.of(counts), Rows(list(chain.from_iterable(listed)))


def _pairs(groups: Groups, days: Ints) -> Ints:
    return groups.ids * _DAYS + days


def _totals(sums: dict[str, Amounts], groups: Groups, held: Flags) -> dict[str, Floats]:
    names = ("net", "gross", "returned", "discounts")
    found = {name: _total(sums[name], groups, held) for name in names}
    return {**found, "units": _total(sums["units"], groups, held, THOUSANDTHS)}


def _total(own: Amounts, groups: Groups, held: Flags, parts: int = SCALE) -> Floats:
    return own.held(held).grouped(groups, ~groups.any(held & ~own.exact), parts).floats


def _products(placed: OrderColumns, groups: Groups, held: Flags) -> Ints:
    """How many different products each customer bought."""
    of_order = placed.lines.groups
    of_customer = Groups(groups.add(of_order.counts), groups.ids[of_order.ids])
    return of_customer.distinct(placed.products, placed.lines.sold & held[of_order.ids])
