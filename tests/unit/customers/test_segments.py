"""Segments: every customer in exactly one, equals together, and moves that add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cafe_ai.customers.model import Segment, Standing
from cafe_ai.customers.segments import (
    RULES,
    measure_moves,
    measure_segments,
    measure_yardsticks,
    segment_name,
    segment_of,
)
from tests.unit.customers.standings import BY, STANDINGS, standing

checked = settings(deadline=None)  # a busy machine is no fault


@pytest.mark.parametrize(
    ("one", "segment"),
    [
        (standing(idle=3, visits=8, net=900), Segment.CHAMPIONS),
        (standing(idle=3, visits=8, net=50), Segment.LOYAL),
        (standing(idle=30, visits=2), Segment.PROMISING),
        (standing(idle=0, visits=1), Segment.NEW),
        (standing(idle=31, visits=2, net=300), Segment.VALUABLE_AT_RISK),
        (standing(idle=90, visits=2, net=299), Segment.AT_RISK),
        (standing(idle=31, visits=1, net=9000), Segment.ONE_TIME),
        (standing(idle=91, visits=30, net=9000), Segment.LOST),
        (standing(idle=50, visits=5, gap=50), Segment.LOYAL),  # not late for one who comes every fifty days
        (standing(idle=51, visits=5, gap=50), Segment.AT_RISK),
        (standing(idle=150, visits=5, gap=50), Segment.AT_RISK),
        (standing(idle=151, visits=5, gap=50), Segment.LOST),
        (standing(idle=50, visits=2, gap=50), Segment.AT_RISK),  # one return is no rhythm yet
    ],
)
def test_rules(one: Standing, segment: Segment) -> None:
    assert segment_of(one, BY) is segment


def test_there_is_one_rule_a_segment_and_the_last_one_takes_all() -> None:
    assert sorted(rule.segment for rule in RULES) == sorted(Segment)
    assert RULES[-1].holds(standing(), BY)
    assert len({segment_name(segment, language) for segment in Segment for language in ("es", "en")}) == 16


@checked
@given(st.lists(STANDINGS, max_size=40))
def test_every_customer_is_in_one_segment_and_the_figures_add_up(standings: list[Standing]) -> None:
    by = measure_yardsticks(standings, {20: 100, 60: 5})
    groups: dict[Segment, list[Standing]] = {}
    for one in standings:
        assert sum(rule.segment is segment_of(one, by) for rule in RULES) == 1
        groups.setdefault(segment_of(one, by), []).append(one)
    figures = measure_segments(groups, Counter(), ())
    assert [each.segment for each in figures] == list(Segment)
    assert sum(each.customers for each in figures) == len(standings)
    assert sum(each.net_year for each in figures) == sum(one.net_year for one in standings)
    assert sum(each.net_ever for each in figures) == sum(one.net for one in standings)
    assert by.usual_days < by.long_days


@checked
@given(STANDINGS, st.integers(1, 30))
def test_customers_with_equal_figures_stand_together(one: Standing, twins: int) -> None:
    standings = [one, *(replace(standing(), customer_id=standing().customer_id) for _ in range(3))]
    equals = [replace(one, customer_id=standing().customer_id) for _ in range(twins)]
    by = measure_yardsticks([*standings, *equals], {})
    assert len({segment_of(each, by) for each in (one, *equals)}) == 1


@checked
@given(st.lists(st.tuples(STANDINGS, STANDINGS), max_size=30), st.lists(STANDINGS, max_size=10))
def test_moves_explain_every_change_of_size(pairs: list[tuple[Standing, Standing]], new: list[Standing]) -> None:
    before = [then for then, _ in pairs]
    now = [replace(later, customer_id=then.customer_id) for then, later in pairs] + new
    moves = measure_moves(now, before, BY)
    groups: dict[Segment, list[Standing]] = {}
    for one in now:
        groups.setdefault(segment_of(one, BY), []).append(one)
    earlier = Counter(segment_of(one, BY) for one in before)
    for each in measure_segments(groups, earlier, moves):
        assert each.customers == each.customers_before + each.came - each.left
    assert sum(move.customers for move in moves if move.source is None) == len(new)
    assert all(move.source is not move.target for move in moves)


def test_yardsticks_are_the_shops_own() -> None:
    gaps = {7: 80, 30: 15, 60: 5}
    by = measure_yardsticks([standing(visits=n, net=10 * n) for n in range(1, 11)], gaps)
    assert (by.usual_days, by.long_days) == (14, 30)  # four of five within a week, but never sooner than two weeks
    assert (by.frequent_visits, by.valuable_year) == (8, Decimal(80))


def test_without_returns_the_default_rhythm_stands() -> None:
    by = measure_yardsticks([], {3: 29})
    assert (by.usual_days, by.long_days, by.frequent_visits, by.valuable_year) == (60, 180, 3, Decimal(0))
