"""Churn risk: ranks, levels, and whether the past is learned from and tested on honestly."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cafe_ai.customers.churn import LEAST_CUSTOMERS, Past, area_under_curve, assess, fit, outcomes
from cafe_ai.customers.model import RiskLevel, Segment, Standing
from cafe_ai.customers.rhythm import Rhythm
from cafe_ai.customers.segments import least_risk, segment_of
from tests.unit.customers.standings import BY, STANDINGS, standing

checked = settings(deadline=None)  # a busy machine is no fault

RHYTHM = Rhythm.of(20.0, {0.5: 50, 1.0: 100, 2.0: 50, 4.0: 10})


def low(_: Standing) -> RiskLevel:
    return "low"


def a_past(count: int, seed: int) -> list[Past]:
    """Customers of whom those who came often mostly come back, whatever the days since."""
    chance = random.Random(seed)
    past = []
    for _ in range(count):
        one = standing(idle=chance.randrange(200), visits=chance.choice([1, 2, 3, 10, 20]), gap=chance.randrange(5, 40))
        past.append((one, chance.random() < 1 / (1 + 0.4 * one.visits)))
    return past


def test_model_beats_recency_where_frequency_tells_more() -> None:
    past, older = a_past(600, 1), a_past(600, 2)
    churn = assess([one for one, _ in past], past, older, RHYTHM, low)
    assert churn.report.method == "history"
    tested = churn.report.backtest
    assert tested is not None
    assert tested.auc > Decimal("0.7") > tested.recency_auc
    assert tested.precision_percent > tested.base_percent
    shares = {level: percent for level, _, percent in tested.lost_percent}
    assert shares["high"] > shares["medium"] > shares["low"]
    assert sum(customers for _, customers, _ in tested.lost_percent) == tested.customers == 600


def test_backtest_knows_nothing_of_what_it_is_tested_on() -> None:
    """A past in which those who came often stay away tells nothing of one in which they come back."""
    older = [(one, one.visits > 3) for one, _ in a_past(600, 3)]
    past = [(one, one.visits <= 3) for one, _ in a_past(600, 4)]
    tested = assess([one for one, _ in past], past, older, RHYTHM, low).report.backtest
    assert tested is not None
    assert tested.auc < Decimal("0.2")


def test_without_a_past_the_own_rhythm_decides() -> None:
    waits = {1: "low", 31: "medium", 200: "high"}
    standings = [standing(idle=idle, visits=11, gap=20) for idle in waits]
    churn = assess(standings, [], [], RHYTHM, low)
    assert churn.report.method == "rhythm"
    assert churn.report.backtest is None
    assert [churn.risks[one.customer_id].level for one in standings] == list(waits.values())


@pytest.mark.parametrize("lost", [0, 29, LEAST_CUSTOMERS - 29])
def test_a_past_that_tells_too_little_is_not_learned_from(lost: int) -> None:
    past = [(standing(), number < lost) for number in range(LEAST_CUSTOMERS)]
    assert fit(past, RHYTHM) is None


def test_a_model_stands_also_where_all_customers_are_alike() -> None:
    past = [(standing(), number % 2 == 0) for number in range(400)]
    score = fit(past, RHYTHM)
    assert score is not None
    assert score(standing()) == pytest.approx(0.5, abs=0.01)


@checked
@given(st.lists(STANDINGS, min_size=1, max_size=40))
def test_risks_are_of_the_years_customers_and_the_groups_add_up(standings: list[Standing]) -> None:
    churn = assess(standings, [], [], RHYTHM, low)
    assert set(churn.risks) == {one.customer_id for one in standings}
    assert all(0 <= risk.rank_percent < 100 for risk in churn.risks.values())
    assert sum(group.customers for group in churn.report.groups) == len(standings)
    assert sum(group.net_year for group in churn.report.groups) == sum(one.net_year for one in standings)


def test_who_stays_away_is_at_some_risk_whatever_the_model_says() -> None:
    past, older = a_past(600, 1), a_past(600, 2)
    standings = [one for one, _ in past]
    churn = assess(standings, past, older, RHYTHM, lambda one: least_risk(one, BY))
    for one in standings:
        least = {Segment.LOST: ("high",), Segment.AT_RISK: ("medium", "high")}.get(segment_of(one, BY))
        assert least is None or churn.risks[one.customer_id].level in least


def test_who_has_not_bought_in_the_year_has_no_risk_left() -> None:
    gone = standing(visits_year=0)
    assert assess([gone], [], [], RHYTHM, low).risks == {}
    assert outcomes([gone], {gone.customer_id: gone}) == []


@checked
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=30))
def test_area_under_the_curve_counts_pairs(pairs: list[tuple[int, bool]]) -> None:
    ones = [score for score, positive in pairs if positive]
    others = [score for score, positive in pairs if not positive]
    met = [(a > b) + 0.5 * (a == b) for a in ones for b in others] or [0.5]
    wins = sum(met) / len(met)
    scores, positive = [float(score) for score, _ in pairs], [is_one for _, is_one in pairs]
    assert float(area_under_curve(scores, positive)) == pytest.approx(wins, abs=0.0006)
