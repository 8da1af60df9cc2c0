"""What is known of customers, against the plainest way to count it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.models.lifetime.counting import count, visits_between

START = date(2026, 1, 1)
PURCHASES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 60), st.integers(-20, 100)), max_size=40)


@given(PURCHASES, st.integers(0, 61), st.integers(1, 30))
def test_counts_are_those_of_a_loop(purchases: list[tuple[int, int, int]], cut: int, horizon: int) -> None:
    who = np.array([customer for customer, _, _ in purchases], dtype=np.int64)
    days = np.array([START + timedelta(days=day) for _, day, _ in purchases], dtype="datetime64[D]")
    net = np.array([amount for _, _, amount in purchases], dtype=float)
    end = np.datetime64(START + timedelta(days=cut))
    known = count(who, days, net, end)
    by: dict[int, dict[int, float]] = {}
    for customer, day, amount in purchases:
        if day < cut:
            spent = by.setdefault(customer, {})
            spent[day] = spent.get(day, 0.0) + amount
    assert list(known.customers) == sorted(by)
    for place, customer in enumerate(known.customers):
        seen = sorted(by[customer])
        assert known.frequency[place] == len(seen) - 1
        assert known.recency[place] == seen[-1] - seen[0]
        assert known.age[place] == cut - 1 - seen[0]
        repeats = [by[customer][day] for day in seen[1:]]
        assert known.value[place] == pytest.approx(sum(repeats) / len(repeats) if repeats else 0.0)
    later = visits_between(known, who, days, end, end + np.timedelta64(horizon, "D"))
    for place, customer in enumerate(known.customers):
        came = {day for each, day, _ in purchases if each == customer and cut <= day < cut + horizon}
        assert later[place] == len(came)


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError):
        count(
            np.array([1, 2]), np.array(["2026-01-01"], dtype="datetime64[D]"), np.zeros(1), np.datetime64("2026-02-01")
        )
