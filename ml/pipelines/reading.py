"""Plain dicts as typed records: the names people use for a field, numbers and dates in whatever form they come.

Of several names for one field the first that is present and not None counts. Numbers: int, float, Decimal, numpy's, or text with
a decimal point; NaN is missing. Dates: ISO text, date, datetime (pandas' too). Raises ValueError naming the field, what was
expected and what came.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ml.pipelines.model import Clock, Line, Order, Seen, When

ORDER_ID = ("order_id", "id")
CUSTOMER_ID = ("customer_id", "id")
PRODUCT_ID = ("product_id", "id")
ORDER_CUSTOMER = ("customer_id", "customer")
ORDERED_AT = ("ordered_at", "created_at", "order_date", "timestamp", "date")
ITEMS = ("items", "lines", "order_items")
TOTAL = ("total_amount", "total", "amount")
LINE_PRODUCT = ("product_id", "sku", "product", "name")
QUANTITY = ("quantity", "qty", "units")
PRICE = ("unit_price", "price")
DISCOUNT = ("discount", "discount_amount")
AMOUNT = ("revenue", "total", "subtotal", "total_amount", "amount")
COST = ("unit_cost", "cost")
SOLD_AT = ("sold_at", "ordered_at", "created_at", "sale_date", "timestamp", "date")
SALE_ORDER = ("order_id",)
LIST_PRICE = ("price", "unit_price")
STOCK = ("stock", "stock_quantity")


def read_clock(timezone: str | ZoneInfo | None, day_starts: time) -> Clock:
    """The clock of a shop in that time zone (an IANA name)."""
    if timezone is None or isinstance(timezone, ZoneInfo):
        return Clock(timezone, day_starts)
    try:
        return Clock(ZoneInfo(timezone), day_starts)
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
        raise ValueError(f"timezone: expected an IANA name such as Europe/Madrid, got {timezone!r}") from None


def read_mapping(value: Any, field: str) -> Mapping[str, Any]:
    """A dict; None is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(f"{field}: expected a dict, got {value!r:.80}")  # noqa: TRY004 -- one error for bad input
    return value


def read_rows(value: Any, field: str) -> Sequence[Any]:
    """A list; None is an empty one. Any iterable but a dict or text will do."""
    if value is None:
        return ()
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise ValueError(f"{field}: expected a list of dicts, got {value!r:.80}")  # noqa: TRY004
    return list(value)


def get(row: Mapping[str, Any], names: Sequence[str]) -> Any:
    """The first value under these names that is not None."""
    for name in names:
        value = row.get(name)
        if value is not None:
            return value
    return None


def is_missing(value: Any) -> bool:
    """Whether a value is None, or NaN or pandas' NaT or NA, which are not equal to themselves."""
    try:
        return value is None or bool(value != value)  # noqa: PLR0124
    except (TypeError, ValueError):
        return type(value).__name__ == "NAType"


def read_number(row: Mapping[str, Any], names: Sequence[str], path: str = "") -> float | None:
    """A finite number; None where it is missing."""
    value = get(row, names)
    if is_missing(value):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"{path}{_named(row, names)}: expected a number such as 12.5, got {value!r:.80}")
    return number


def read_when(value: Any, field: str, clock: Clock) -> When | None:
    """A moment on the shop's clock; None where it is missing."""
    if is_missing(value):
        return None
    try:
        if isinstance(value, str):
            text = value.strip()
            value = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
        if isinstance(value, datetime):
            return clock.read(value)
        if isinstance(value, date):
            return clock.start_of(value.toordinal())
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{field}: expected a date or ISO date-time such as 2026-05-04T09:30:00, got {value!r:.80}")


def read_id(row: Mapping[str, Any], names: Sequence[str], path: str = "") -> Hashable:
    """An id as it was given; None where it is missing."""
    value = get(row, names)
    if is_missing(value):
        return None
    if not isinstance(value, Hashable):
        raise ValueError(f"{path}{_named(row, names)}: expected an id, got {value!r:.80}")  # noqa: TRY004
    return value


def read_order(value: Any, clock: Clock, field: str = "order_data") -> Order:
    """An order; field is how messages call it."""
    row = read_mapping(value, field)
    path = "" if field == "order_data" else f"{field}."
    items = get(row, ITEMS)
    name = path + _named(row, ITEMS)
    lines = tuple(_read_item(item, f"{name}[{place}]") for place, item in enumerate(read_rows(items, name)))
    total = read_number(row, TOTAL, path)
    if lines:
        is_sale = any(line.quantity > 0 for line in lines)
    else:
        is_sale = (items is None and total is None) or (
            total is not None and (total > 0 or (items is None and total == 0))
        )
    when = read_when(get(row, ORDERED_AT), path + _named(row, ORDERED_AT), clock)
    return Order(read_id(row, ORDER_ID, path), read_id(row, ORDER_CUSTOMER, path), when, lines, total, is_sale)


def read_sale(value: Any, clock: Clock, cost: float | None, field: str) -> Line:
    """A sale of a product; cost is what the product costs where the sale does not say."""
    row = read_mapping(value, field)
    path = f"{field}."
    own = read_number(row, COST, path)
    return Line(
        quantity=_one(read_number(row, QUANTITY, path)),
        price=read_number(row, PRICE, path),
        discount=read_number(row, DISCOUNT, path) or 0.0,
        amount=read_number(row, AMOUNT, path),
        cost=cost if own is None else own,
        order=read_id(row, SALE_ORDER, path),
        when=read_when(get(row, SOLD_AT), path + _named(row, SOLD_AT), clock),
    )


def seen_of(as_of: Any, clock: Clock, events: Iterable[When | None]) -> Seen:
    """What is seen as of a moment; without one all that is given, up to the latest of it."""
    if as_of is None:
        days = [when.day for when in events if when is not None]
        return Seen(None, max(days, default=None))
    moment = read_when(as_of, "as_of", clock)
    if moment is None:
        raise ValueError(f"as_of: expected a date or ISO date-time, got {as_of!r:.80}")
    return Seen(moment.instant, clock.last_day_before_instant(moment.instant))


def _read_item(value: Any, field: str) -> Line:
    row = read_mapping(value, field)
    path = f"{field}."
    return Line(
        quantity=_one(read_number(row, QUANTITY, path)),
        price=read_number(row, PRICE, path),
        discount=read_number(row, DISCOUNT, path) or 0.0,
        amount=read_number(row, AMOUNT, path),
        product=read_id(row, LINE_PRODUCT, path),
    )


def _one(quantity: float | None) -> float:
    return 1.0 if quantity is None else quantity


def _named(row: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((name for name in names if row.get(name) is not None), names[0])
