"""What customers will do by a model of all their visits: learnt now for the coming horizon, and one horizon ago for its test.

The test fits the model again on what was seen then, and compares what it expected of each customer with what came since. The
model has no seasons: where the horizon's season differs from the rest of the year, the test shows by how much it was off; a
correction from the horizon before would carry that one's season (on UCI it made it worse), and is not made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import pi, sqrt
from uuid import UUID

from cafe_ai.customers.churn import Rival
from cafe_ai.customers.model import Buyer, Expectation, ExpectedOf, LifetimeReport, LifetimeTest, Standing
from cafe_ai.customers.port import Lifetime, LifetimeModel
from cafe_ai.language.formats import round_half_up

RELIABLE_POINTS, RELIABLE_PERCENT = 5.0, 15.0
"""Expectations are relied on that were off by at most so many points beyond what chance makes of groups so small, and by at most
so much of the visits."""
MEAN_OF_NORMAL = sqrt(2 / pi)  # of its absolute value
LEAST_TESTED = 50
TENTHS = 10


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected of each customer now, what was one horizon ago, and the report, which of groups knows nothing yet."""

    expected: Mapping[UUID, Expectation]
    expected_then: Mapping[UUID, Expectation]
    report: LifetimeReport

    def of(self, customers: Iterable[UUID]) -> ExpectedOf | None:
        """What is expected of these together; None where nothing is expected of anybody."""
        members = [self.expected[each] for each in customers if each in self.expected]
        if not self.expected:
            return None
        values = [each.value for each in members]
        return ExpectedOf(
            len(members),
            sum(each.buys for each in members),
            sum(each.purchases for each in members),
            None if self.report.no_value else sum(value for value in values if value is not None),
        )

    def told_of(self, year: Iterable[UUID], at_risk: Iterable[UUID]) -> LifetimeReport:
        """The report with what is expected of the year's customers, and of those at high risk."""
        return replace(self.report, of_year=self.of(year), at_risk=self.of(at_risk))


def buyer_of(one: Standing) -> Buyer:
    """The customer as a model of visits knows them."""
    frequency = one.visits - 1
    value = float(one.net_repeats) / frequency if frequency else 0.0
    recency = (one.last_day - one.first_day).days
    return Buyer(one.customer_id, frequency, recency, recency + one.idle_days, value)


def look_ahead(
    model: LifetimeModel, now: Sequence[Buyer], then: Sequence[Buyer], tested: Iterable[UUID], days: int
) -> Outlook:
    """What to expect within the coming days, tested on the same number of days before now.

    now and then: all customers as they are, and as they were `days` earlier. tested: the customers of then on whom it is tested,
    those who had bought within a year; with fewer than LEAST_TESTED there is no test.
    """
    learnt = model.learn(now)
    if isinstance(learnt, str):
        return Outlook({}, {}, LifetimeReport(days, missing=learnt))
    wanted = set(tested)
    taken = [one for one in then if one.customer_id in wanted]
    before = _learn(model, then)
    expected_then = _expected(before, taken, days) if before else {}
    came = {one.customer_id: one.frequency for one in now}
    test = None
    if before and len(taken) >= LEAST_TESTED:
        visits = [came[one.customer_id] - one.frequency for one in taken]
        test = measure(taken, [expected_then[one.customer_id] for one in taken], visits, days)
    report = LifetimeReport(
        days,
        no_value=learnt.no_value,
        test=test,
        parameters=dict(learnt.parameters),
        correlation=learnt.correlation,
    )
    return Outlook(_expected(learnt, now, days), expected_then, report)


def rival_of(outlook: Outlook) -> Rival | None:
    """The probability of no visit, as a score beside the others'; None where nothing was expected then or is now."""
    if not outlook.expected or not outlook.expected_then:
        return None
    return Rival(
        lambda one: 1 - outlook.expected[one.customer_id].buys,
        lambda one: 1 - outlook.expected_then[one.customer_id].buys,
    )


def measure(buyers: Sequence[Buyer], expected: Sequence[Expectation], visits: Sequence[int], days: int) -> LifetimeTest:
    """How what was expected of these customers compares with their visits since; at least one customer."""
    count = len(buyers)
    order = sorted(range(count), key=lambda n: (expected[n].buys, str(buyers[n].customer_id)))
    tenths, by_chance = [], 0.0
    for tenth in range(TENTHS):
        members = order[tenth * count // TENTHS : (tenth + 1) * count // TENTHS]
        if members:
            hoped = sum(expected[n].buys for n in members) / len(members)
            came = sum(visits[n] > 0 for n in members) / len(members)
            tenths.append((len(members), _percent(hoped), _percent(came)))
            by_chance += 100 * MEAN_OF_NORMAL * sqrt(hoped * (1 - hoped) * len(members)) / count
    off = sum((size * abs(hoped - came) for size, hoped, came in tenths), Decimal(0)) / count
    hoped_visits, actual = sum(each.purchases for each in expected), sum(visits)
    return LifetimeTest(
        customers=count,
        expected_buyers=sum(each.buys for each in expected),
        buyers=sum(each > 0 for each in visits),
        expected_purchases=hoped_visits,
        purchases=actual,
        mean_error=sum(abs(each.purchases - came) for each, came in zip(expected, visits, strict=True)) / count,
        rate_error=sum(
            abs(one.frequency / max(1, one.age_days) * days - came) for one, came in zip(buyers, visits, strict=True)
        )
        / count,
        tenths=tuple(tenths),
        off_points=round_half_up(off, 1),
        reliable=float(off) <= RELIABLE_POINTS + by_chance
        and abs(hoped_visits - actual) <= RELIABLE_PERCENT / 100 * max(1, actual),
    )


def _learn(model: LifetimeModel, buyers: Sequence[Buyer]) -> Lifetime | None:
    learnt = model.learn(buyers)
    return None if isinstance(learnt, str) else learnt


def _expected(model: Lifetime, buyers: Sequence[Buyer], days: int) -> dict[UUID, Expectation]:
    found = model.expect(buyers, days)
    return {one.customer_id: each for one, each in zip(buyers, found, strict=True)}


def _percent(share: float) -> Decimal:
    return round_half_up(Decimal(100 * share), 1)
