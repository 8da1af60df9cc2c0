"""Standings as tests want them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from cafe_ai.customers.model import Standing, Yardsticks
from cafe_ai.platform.ids import uuid7

CUT = date(2026, 6, 1)
BY = Yardsticks(30, 90, 4, Decimal(200), Decimal(300))


def standing(idle: int = 5, visits: int = 3, net: Decimal | int = 100, gap: int = 20, **more: Any) -> Standing:
    """A customer who came `visits` times, every `gap` days, the last time `idle` days before the last day seen."""
    last = CUT - timedelta(days=idle + 1)
    values: dict[str, Any] = {
        "customer_id": uuid7(), "cut": CUT, "first_day": last - timedelta(days=gap * (visits - 1)), "last_day": last,
        "visits": visits, "orders": visits, "net": Decimal(net), "visits_year": visits, "orders_year": visits,
        "net_year": Decimal(net), "gaps": visits - 1, "gap_days": gap * (visits - 1), "net_step": Decimal(0),
        "net_before": Decimal(0), "net_repeats": Decimal(net) * (visits - 1) / visits,
    }  # fmt: skip
    return Standing(**{**values, **more})


STANDINGS = st.builds(
    standing,
    idle=st.integers(0, 800),
    visits=st.integers(1, 40),
    net=st.integers(-500, 5000),
    gap=st.integers(1, 120),
)
