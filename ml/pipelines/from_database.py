"""The features of a business's orders, customers and products as of a moment, from the database: one row each.

They are those that extract_features.py makes of the same orders as dicts, given the business's clock and as_of, to the last bit;
a test holds them beside each other. Amounts are sums of what is recorded: where no price is, priced_lines says so.

What the products table holds (price, stock, cost) is of now and has no past: a line without a cost of its own counts the
product's, as in the metrics, and list_price, stock and days_of_stock are known for the present alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from cafe_ai.errors import BusinessNotFound
from cafe_ai.platform.db import UnitOfWork
from ml.pipelines import derived, repository
from ml.pipelines.model import Clock
from ml.pipelines.repository import Window

Features = dict[str, Any]
NOTHING = (
    "orders net gross returned units discounts priced_lines products visits orders_30 orders_90 net_90 weekend_orders repeat_net "
    "days_sold cost costed costed_lines units_28 units_56 net_28"
).split()
UNKNOWN = ("max_order", "weekday", "hour", "first_day", "last_day")


def clock_of(uow: UnitOfWork, business_id: UUID) -> Clock:
    """The business's clock. Raises BusinessNotFound where it is gone."""
    found = repository.clock(uow, business_id)
    if found is None:
        raise BusinessNotFound
    return Clock(ZoneInfo(found[0]), found[1])


def order_features(
    uow: UnitOfWork,
    business_id: UUID,
    moment: datetime,
    *,
    since: date | None = None,
    ids: Sequence[UUID] | None = None,
) -> list[Features]:
    """Of the orders before the moment, in the order of time; of business days from `since`, and of these ids alone."""
    rows = repository.orders(uow, business_id, aware(moment), since, ids)
    return [
        {"order_id": row["id"], "customer_id": row["customer_id"], **derived.order_features(row, derived.SINGLE)}
        for row in rows
    ]


def customer_features(
    uow: UnitOfWork, business_id: UUID, moment: datetime, *, ids: Sequence[UUID] | None = None
) -> list[Features]:
    """Of all customers, those without orders too, by id."""
    window = present_window(uow, business_id, moment, ids)
    last_seen = window.latest.toordinal()
    found = {row["id"]: _with_days(row, last_seen) for row in repository.customers(uow, window)}
    every = repository.customer_ids(uow, business_id, ids)
    return [
        {"customer_id": id, **derived.customer_features(found.get(id) or _nothing(last_seen), derived.SINGLE)}
        for id in every
    ]


def product_features(
    uow: UnitOfWork,
    business_id: UUID,
    moment: datetime,
    *,
    ids: Sequence[UUID] | None = None,
    present: bool = False,
) -> list[Features]:
    """Of all products, those never sold too, by id. present: the moment is now, so that prices and stocks of now are its own."""
    window = present_window(uow, business_id, moment, ids)
    last_seen = window.latest.toordinal()
    found = {row["id"]: _with_days(row, last_seen) for row in repository.products(uow, window)}
    every = repository.products_now(uow, business_id, ids)
    return [
        {
            "product_id": id,
            **derived.product_features(
                {**(found.get(id) or _nothing(last_seen)), **_of_now(now if present else (None, None))}, derived.SINGLE
            ),
        }
        for id, now in every.items()
    ]


def features_at_cuts(uow: UnitOfWork, entity: str, window: Window) -> list[tuple[date, UUID, Features]]:
    """The features of each customer or product of the window at the start of each of its cuts: (cut, id, features)."""
    read: Callable[..., list[dict[str, Any]]]
    read, derive = (
        (repository.customers, derived.customer_features)
        if entity == "customer"
        else (repository.products, derived.product_features)
    )
    rows = []
    for row in read(uow, window):
        base = {**_with_days(row, row["cut"].toordinal() - 1), **_of_now((None, None))}
        rows.append((row["cut"], row["id"], derive(base, derived.SINGLE)))
    return rows


def present_window(uow: UnitOfWork, business_id: UUID, moment: datetime, ids: Sequence[UUID] | None = None) -> Window:
    """What is seen of the business at a moment."""
    moment = aware(moment)
    latest = clock_of(uow, business_id).last_day_of(moment)
    return Window(business_id, moment, date.fromordinal(latest), (date.fromordinal(latest + 1),), ids)


def aware(moment: datetime) -> datetime:
    """The moment in UTC. Raises ValueError where it has no offset, for it would be nobody's time."""
    if moment.tzinfo is None:
        raise ValueError(f"moment: expected a date-time with an offset, got {moment.isoformat()}")
    return moment.astimezone(UTC)


def _with_days(row: dict[str, Any], last_seen: int) -> dict[str, Any]:
    first, last = row["first_day"], row["last_day"]
    return {
        **row,
        "first_day": None if first is None else first.toordinal(),
        "last_day": None if last is None else last.toordinal(),
        "last_seen": last_seen,
    }


def _nothing(last_seen: int) -> dict[str, Any]:
    zeros: dict[str, Any] = dict.fromkeys(NOTHING, 0)
    return {**zeros, **dict.fromkeys(UNKNOWN), "last_seen": last_seen}


def _of_now(now: tuple[float | None, float | None]) -> dict[str, float | None]:
    return {"price": now[0], "stock": now[1]}
