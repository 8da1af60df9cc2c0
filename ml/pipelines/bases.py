"""What the features of one order, customer or product are made of, from typed records (see derived.py)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from ml.pipelines.exact_sums import Sums
from ml.pipelines.model import Line, Order, Seen

Base = dict[str, Any]


def order_sums(order: Order) -> Sums:
    """The sums of an order: of its lines, but for what was charged where its total was said."""
    sums = Sums()
    for line in order.lines:
        sums.add_line(line)
    if order.total is None:
        return sums
    if not order.lines:
        sums.add_total(order.total)
    else:
        sums.replace_net(order.total)
    return sums


def order_base(order: Order) -> Base:
    """The numbers that an order's features are made of."""
    sums, when = order_sums(order), order.when
    prices = [line.price for line in order.lines if line.quantity > 0 and line.price is not None]
    day = None if when is None else date.fromordinal(when.day)
    return {
        **_amounts(sums),
        "lines": sums.lines,
        "products": len({line.product for line in order.lines if line.quantity > 0 and line.product is not None}),
        "min_price": min(prices, default=None),
        "max_price": max(prices, default=None),
        "has_return": int(any(line.quantity < 0 for line in order.lines)),
        "hour": None if when is None else when.hour,
        "weekday": None if day is None else day.weekday(),
        "is_weekend": None if day is None else int(day.weekday() >= 5),
        "month": None if day is None else day.month,
        "has_customer": int(order.customer is not None),
    }


def customer_base(orders: Iterable[Order], seen: Seen) -> Base:
    """The numbers that a customer's features are made of, from the orders that are seen."""
    held = [(order, order_sums(order)) for order in orders if seen.holds(order.when)]
    whole, last_90, repeats = Sums(), Sums(), Sums()
    for order, sums in held:
        whole.add(sums)
        if _within(order, seen, 90):
            last_90.add(sums)
    sales = [(order, sums) for order, sums in held if order.is_sale]
    days = {order.when.day for order, _ in sales if order.when is not None}
    first_day = min(days, default=None)
    for order, sums in held:
        if order.when is not None and order.when.day in days and order.when.day != first_day:
            repeats.add(sums)
    weekdays = [(order.when.day - 1) % 7 for order, _ in sales if order.when is not None]
    hours = [order.when.hour for order, _ in sales if order.when is not None and order.when.hour is not None]
    return {
        **_amounts(whole),
        "orders": len(sales),
        "max_order": max((sums.value("net") for _, sums in sales), default=None),
        "products": len(
            {
                line.product
                for order, _ in held
                for line in order.lines
                if line.quantity > 0 and line.product is not None
            }
        ),
        "visits": len(days),
        "first_day": first_day,
        "last_day": max(days, default=None),
        "last_seen": seen.last_day,
        "orders_30": sum(_within(order, seen, 30) for order, _ in sales),
        "orders_90": sum(_within(order, seen, 90) for order, _ in sales),
        "net_90": last_90.value("net"),
        "weekend_orders": sum(weekday >= 5 for weekday in weekdays),
        "weekday": most_common(weekdays),
        "hour": most_common(hours),
        "repeat_net": repeats.value("net"),
    }


def product_base(sales: Sequence[Line], seen: Seen, price: float | None, stock: float | None) -> Base:
    """The numbers that a product's features are made of, from the sales that are seen."""
    whole, recent, before = Sums(), Sums(), Sums()
    days: set[int] = set()
    orders: set[object] = set()
    for place, line in enumerate(sales):
        if not seen.holds(line.when):
            continue
        whole.add_line(line)
        if line.quantity > 0:
            orders.add(("row", place) if line.order is None else ("order", line.order))
        if line.when is None or seen.last_day is None:
            continue
        if line.quantity > 0:
            days.add(line.when.day)
        age = seen.last_day - line.when.day
        if age < 28:
            recent.add_line(line)
        elif age < 56:
            before.add_line(line)
    return {
        **_amounts(whole),
        "orders": len(orders),
        "cost": whole.value("cost"),
        "costed": whole.value("costed"),
        "costed_lines": whole.costed_lines,
        "first_day": min(days, default=None),
        "last_day": max(days, default=None),
        "last_seen": seen.last_day,
        "days_sold": len(days),
        "units_28": recent.value("units"),
        "units_56": before.value("units"),
        "net_28": recent.value("net"),
        "price": price,
        "stock": stock,
    }


def most_common(values: Sequence[int]) -> int | None:
    """The value that is there most often, the least of those that are equally often; None of none."""
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], value), default=None)


def _amounts(sums: Sums) -> Base:
    names = ("net", "gross", "returned", "discounts", "units")
    return {**{name: sums.value(name) for name in names}, "priced_lines": sums.priced_lines}


def _within(order: Order, seen: Seen, days: int) -> bool:
    return order.when is not None and seen.last_day is not None and seen.last_day - order.when.day < days
