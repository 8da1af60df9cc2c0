"""A shop's stock day by day."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench.simulation import Terms, simulate, up_to

checked = settings(deadline=None)  # a busy machine is no fault


def test_what_is_not_there_is_lost_and_counted_by_day() -> None:
    told = simulate([4, 4, 4, 4], lambda *_: 0, Terms(1, 7), opening=6)
    assert (told.asked, told.missed, told.days_missed, told.sold) == (16, 10, 3, 6)
    assert told.stock == pytest.approx(((6 + 2) + (2 + 0)) / 2 / 4)


def test_an_order_arrives_after_its_lead_time_before_the_days_first_sale() -> None:
    asked: list[tuple[int, float, float]] = []

    def order(day: int, stock: float, coming: float) -> float:
        asked.append((day, stock, coming))
        return 5.0

    told = simulate([3, 3, 3, 3, 3], order, Terms(2, 2), opening=6)
    assert asked == [(0, 6, 0), (2, 5, 0), (4, 5, 0)]
    assert (told.missed, told.orders, told.ordered) == (1, 3, 15)


def test_without_a_lead_time_an_order_serves_the_same_day() -> None:
    assert simulate([3, 3], up_to(3), Terms(0, 1)).missed == 0
    assert simulate([3, 3], up_to(3), Terms(1, 1)).missed == 3


def test_the_par_level_counts_what_is_on_its_way() -> None:
    told = simulate([2] * 6, up_to(6), Terms(2, 1), opening=6)
    assert (told.missed, told.ordered) == (0, 10)


def test_what_has_reached_its_date_is_thrown_away_oldest_first() -> None:
    bread = simulate([3, 5], up_to(4), Terms(0, 1, keeps=1))
    assert (bread.wasted, bread.missed) == (1, 1)
    cake = simulate([1, 1, 1, 0], lambda day, *_: 4.0 if day == 0 else 0.0, Terms(0, 1, keeps=3))
    assert (cake.wasted, cake.missed) == (1, 0)


@checked
@given(
    st.lists(st.integers(0, 20), min_size=1, max_size=60),
    st.integers(0, 60), st.integers(0, 8), st.integers(1, 8), st.one_of(st.none(), st.integers(1, 9)), st.integers(0, 60),
)  # fmt: skip
def test_every_unit_is_sold_thrown_away_there_or_on_its_way(
    demand: list[int], level: int, lead: int, review: int, keeps: int | None, opening: int
) -> None:
    seen: list[float] = []

    def order(day: int, stock: float, coming: float) -> float:
        seen.append(stock + coming)
        return max(0.0, level - stock - coming)

    told = simulate([*demand, *[0.0] * review], order, Terms(lead, review, keeps), opening)
    assert 0 <= told.missed <= told.asked
    assert told.sold + told.wasted <= opening + told.ordered + 1e-9
    assert all(left <= max(level, opening) + 1e-9 for left in seen)
    if keeps is None:
        assert told.wasted == 0
