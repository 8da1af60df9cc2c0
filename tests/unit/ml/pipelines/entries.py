"""Orders, customers and products as plain dicts, with all that people leave out or write in another form."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

FIRST, LAST = datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2026-12-31")
MOMENTS = st.datetimes(FIRST, LAST)
OFFSETS = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-3))])
UUIDS = st.integers(1, 3).map(lambda number: UUID(int=number))
IDS = st.one_of(st.none(), st.integers(1, 4), st.sampled_from(["a", "b", "1", 2.0, math.nan]), UUIDS)


def money(least: int = 0) -> st.SearchStrategy[Any]:
    """An amount in any form: of cents mostly, of more decimals than are summed exactly now and then, or huge."""
    cents = st.decimals(least, 10_000, places=2)
    return st.one_of(
        cents,
        cents.map(float),
        cents.map(str),
        st.integers(least, 1000),
        st.floats(least, 1000),
        st.none(),
        st.just(math.nan),
        st.sampled_from([Decimal("123456789.1234"), 3e11, 1e15]),
    )


QUANTITIES = st.one_of(
    st.integers(-3, 5), st.none(), st.sampled_from([0.333, "2", Decimal("1.5"), -0.5, 1 / 3, 123456789.123, 5e11])
)
WHEN = st.one_of(
    MOMENTS,
    MOMENTS.map(datetime.isoformat),
    MOMENTS.map(datetime.date),
    MOMENTS.map(lambda moment: moment.date().isoformat()),
    st.datetimes(FIRST, LAST, timezones=OFFSETS),
    st.none(),
)


def some(required: dict[str, st.SearchStrategy[Any]], **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A dict of these fields, of which any but the required may be left out."""
    return st.fixed_dictionaries(required, optional=optional)


ITEMS = some({}, product_id=IDS, sku=IDS, quantity=QUANTITIES, price=money(), unit_price=money(), discount=money(),
             total=money(-1000))  # fmt: skip
ORDERS = some({}, id=IDS, order_id=IDS, customer_id=IDS, created_at=WHEN, date=WHEN, total=money(-1000),
              items=st.one_of(st.none(), st.lists(ITEMS, max_size=4)))  # fmt: skip
PLAIN_ORDERS = some(
    {
        "ordered_at": WHEN,
        "items": st.lists(
            st.fixed_dictionaries(
                {"product_id": UUIDS, "quantity": st.integers(-3, 5), "unit_price": st.decimals(0, 99, places=4)}
            ),
            max_size=4,
        ),
    }
)
SALES = some({}, order_id=IDS, date=WHEN, quantity=QUANTITIES, price=money(), revenue=money(-1000), discount=money(),
             unit_cost=money())  # fmt: skip
CUSTOMERS = st.one_of(st.none(), some({}, id=IDS))
PRODUCTS = st.one_of(st.none(), some({}, id=IDS, price=money(), cost=money(), stock=money(-5)))
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "timezone": st.sampled_from(["Europe/Madrid", "America/Bogota", "Asia/Kolkata"]),
        "day_starts": st.times(max_value=time(6)),
    },
)
AS_OF = st.one_of(st.just({}), st.builds(dict, as_of=st.one_of(MOMENTS, st.dates(date(2025, 1, 1), date(2027, 1, 1)))))
