"""What is expected of customers: tested on what was not known, told of groups, and a rival to the churn score."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

import pytest

from cafe_ai.customers.churn import Past, Rival, assess
from cafe_ai.customers.lifetime import LEAST_TESTED, buyer_of, look_ahead, measure, rival_of
from cafe_ai.customers.model import Buyer, Expectation, NoLifetime
from cafe_ai.platform.ids import uuid7
from tests.unit.customers.standings import CUT, standing
from tests.unit.customers.test_churn import RHYTHM, a_past, low


@dataclass
class Habit:
    """Expects of everybody the share of the oftenest visitor's frequency, and remembers what it was taught."""

    most: int
    correlation: float | None = 0.1
    no_value: NoLifetime | None = None

    @property
    def parameters(self) -> Mapping[str, float]:
        return {"most": self.most}

    def expect(self, buyers: Sequence[Buyer], days: int) -> list[Expectation]:
        shares = [one.frequency / self.most for one in buyers]
        return [
            Expectation(share, share, share * days / 30, None if self.no_value else share * 100) for share in shares
        ]


class Habits:
    def __init__(self, least: int = 1) -> None:
        self.least, self.taught = least, 0

    def learn(self, buyers: Sequence[Buyer]) -> Habit | NoLifetime:
        self.taught += 1
        return Habit(max(one.frequency for one in buyers)) if len(buyers) >= self.least else "few_customers"


def buyers(count: int) -> list[Buyer]:
    return [Buyer(uuid7(), n % 5, 10 * (n % 5), 60, 3.0) for n in range(count)]


def test_a_standing_is_counted_as_the_models_count() -> None:
    one = standing(idle=5, visits=4, gap=20, net=100, net_repeats=Decimal(60))
    buyer = buyer_of(one)
    assert (buyer.frequency, buyer.recency_days, buyer.age_days, buyer.value) == (3, 60, 65, 20.0)
    assert one.cut == CUT and buyer.age_days == (CUT - one.first_day).days - 1
    assert buyer_of(standing(visits=1, net=100)).value == 0.0


def test_the_test_expects_with_what_was_known_then() -> None:
    then = buyers(200)
    now = [replace(one, frequency=one.frequency + n % 2) for n, one in enumerate(then)] + buyers(10)
    habits = Habits()
    outlook = look_ahead(habits, now, then, [one.customer_id for one in then[:100]], 90)
    assert habits.taught == 2
    assert set(outlook.expected) == {one.customer_id for one in now}
    assert set(outlook.expected_then) == {one.customer_id for one in then[:100]}
    assert outlook.expected_then[then[4].customer_id].buys == 1.0  # 4 of 4, not of the 5 that some have now
    test = outlook.report.test
    assert test is not None
    assert (test.customers, test.buyers, test.purchases) == (100, 50, 50)
    assert test.expected_buyers == pytest.approx(50)
    assert sum(customers for customers, _, _ in test.tenths) == 100
    assert [expected for _, expected, _ in test.tenths] == sorted(expected for _, expected, _ in test.tenths)


def test_too_few_then_are_no_test() -> None:
    then = buyers(LEAST_TESTED - 1)
    outlook = look_ahead(Habits(), then, then, [one.customer_id for one in then], 90)
    assert outlook.report.test is None and outlook.expected


def test_a_model_that_then_could_not_be_fitted_is_not_tested() -> None:
    outlook = look_ahead(Habits(least=100), buyers(120), (then := buyers(60)), [one.customer_id for one in then], 90)
    assert outlook.expected and not outlook.expected_then
    assert outlook.report.test is None and rival_of(outlook) is None


def test_without_a_model_nothing_is_expected_and_it_says_why() -> None:
    outlook = look_ahead(Habits(least=1000), buyers(120), [], [], 90)
    report = outlook.told_of([], [])
    assert (report.missing, report.of_year, report.at_risk) == ("few_customers", None, None)


@pytest.mark.parametrize(("bought", "reliable"), [(0.5, True), (0.8, False), (0.1, False)])
def test_reliable_is_what_came_true(bought: float, reliable: bool) -> None:
    some = [replace(one, customer_id=UUID(int=n)) for n, one in enumerate(buyers(400))]
    test = measure(some, [Expectation(1, 0.5, 0.5, None)] * 400, [int(n % 10 < 10 * bought) for n in range(400)], 90)
    assert test.reliable == reliable
    assert test.off_points == abs(Decimal(50) - Decimal(str(100 * bought)))


def test_small_groups_may_be_off_by_chance() -> None:
    """Of 60 customers each tenth has 6: one of them more or less is 17 points."""
    some = [replace(one, customer_id=UUID(int=n)) for n, one in enumerate(buyers(60))]
    visits = [int(n % 6 < 3 + (-1) ** (n // 6)) for n in range(60)]
    test = measure(some, [Expectation(1, 0.5, 0.5, None)] * 60, visits, 90)
    assert test.off_points > 15 and test.reliable


def test_visits_far_off_are_not_reliable_though_buyers_are() -> None:
    some = buyers(100)
    test = measure(some, [Expectation(1, 1.0, 1.0, None)] * 100, [2] * 100, 90)
    assert test.off_points == 0 and not test.reliable


def test_groups_add_up() -> None:
    now = buyers(50)
    outlook = look_ahead(Habits(), now, [], [], 90)
    of = outlook.of(one.customer_id for one in now[:10])
    assert of is not None
    assert (of.customers, of.buyers, of.purchases, of.value) == (
        10,
        pytest.approx(5),
        pytest.approx(15),
        pytest.approx(500),
    )
    unpriced = replace(outlook, report=replace(outlook.report, no_value="no_values")).of([now[0].customer_id])
    assert unpriced is not None and unpriced.value is None


def oracle(past: Sequence[Past]) -> Rival:
    """Knows who stays away."""
    fate = {one.customer_id: float(away) for one, away in past}
    return Rival(lambda one: fate[one.customer_id], lambda one: fate[one.customer_id])


def test_the_better_rival_takes_the_place_of_the_shops_own_model() -> None:
    past, older = a_past(600, 1), a_past(600, 2)
    standings = [one for one, _ in past]
    churn = assess(standings, past, older, RHYTHM, low, oracle(past))
    assert churn.report.method == "lifetime"
    tested = churn.report.backtest
    assert tested is not None
    assert tested.auc == tested.compared["lifetime"] == 1
    assert set(tested.compared) == {"history", "lifetime", "rhythm"}
    gone = {one.customer_id for one, away in past if away}
    assert {customer for customer, risk in churn.risks.items() if risk.level == "high"} <= gone


def test_a_worse_rival_does_not() -> None:
    past, older = a_past(600, 1), a_past(600, 2)
    chance = random.Random(3)
    churn = assess([one for one, _ in past], past, older, RHYTHM, low, Rival(*[lambda _: chance.random()] * 2))
    assert churn.report.method == "history"
    tested = churn.report.backtest
    assert tested is not None
    assert tested.auc == tested.compared["history"] > tested.compared["lifetime"]


def test_a_rival_that_could_not_be_compared_is_not_used() -> None:
    past = [(standing(), True) for _ in range(300)]
    churn = assess([one for one, _ in past], past, [], RHYTHM, low, oracle(past))
    assert churn.report.method == "rhythm"
