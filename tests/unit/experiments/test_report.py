"""The arithmetic of the report, and how often it errs when it is looked at every day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.experiments.model import Outcome
from cafe_ai.experiments.service import summarise
from cafe_ai.experiments.statistics import difference_interval, e_values, pair, wilson_interval
from cafe_ai.llm.prompt_book import Experiment, Variant

DAYS = 60
BUSINESSES_A_DAY = 10
MOMENT = datetime(2026, 11, 25)  # noqa: DTZ001
EXPERIMENT = Experiment(
    "opening", "prose", True, date(2026, 11, 25), "s", (Variant("prose.v1", 1), Variant("prose.v2", 1))
)


def outcome(variant: str, rating: str | None = None, **changes: object) -> Outcome:
    columns: dict[str, object] = {
        "inferences": 2,
        "degraded": 0,
        "tokens_used": 800,
        "cost_usd": Decimal("0.0001"),
        "milliseconds": 2000,
        "ups": int(rating == "up"),
        "downs": int(rating == "down"),
        "first_rating": rating,
        "first_rated_at": MOMENT if rating else None,
    }
    return Outcome(variant=variant, **(columns | changes))  # type: ignore[arg-type]


def stream(random: Random, shares: tuple[float, float], days: int = DAYS) -> list[tuple[int, bool]]:
    """The first ratings of businesses that were drawn for either variant with even chances."""
    drawn = [random.randrange(2) for _ in range(days * BUSINESSES_A_DAY)]
    return [(group, random.random() < shares[group]) for group in drawn]


def is_ever_decided(ratings: list[tuple[int, bool]], days: int = DAYS) -> bool:
    """Whether the evidence has reached 20 on any of the evenings on which someone looks."""
    evidence = [1.0, *e_values(pair(ratings))]
    groups = list(accumulate((group for group, _ in ratings), initial=0))
    a_day = len(ratings) // days
    seen = range(a_day, len(ratings) + 1, a_day)
    return any(evidence[min(groups[count], count - groups[count])] >= 20 for count in seen)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.95])
def test_a_difference_that_is_none_is_told_as_one_in_less_than_five_percent_of_experiments(share: float) -> None:
    """1,000 experiments, looked at on each of 60 evenings."""
    alarms = sum(is_ever_decided(stream(Random(f"A/A {share} {n}"), (share, share))) for n in range(1000))
    print(f"false alarms at {share}: {alarms / 10:.1f} %")
    assert alarms <= 50


@pytest.mark.parametrize(("shares", "least"), [((0.6, 0.8), 0.9), ((0.6, 0.75), 0.6), ((0.9, 0.7), 0.9)])
def test_a_real_difference_is_found(shares: tuple[float, float], least: float) -> None:
    found = sum(is_ever_decided(stream(Random(f"A/B {shares} {n}"), shares)) for n in range(200))
    print(f"found {shares}: {found / 2:.1f} %")
    assert found >= 200 * least


def test_counting_every_rating_would_err_where_counting_businesses_does_not() -> None:
    """Businesses differ in how content they are, and their users rate again and again."""
    naive = honest = 0
    for number in range(200):
        random = Random(f"clustered {number}")
        every: list[tuple[int, bool]] = []
        outcomes: list[Outcome] = []
        for _ in range(60):
            group, contentment = random.randrange(2), random.choice((0.2, 0.9))
            ratings = [random.random() < contentment for _ in range(20)]
            every += [(group, up) for up in ratings]
            rating = "up" if ratings[0] else "down"
            outcomes.append(outcome(f"prose.v{group + 1}", rating, ups=sum(ratings), downs=20 - sum(ratings)))
        naive += is_ever_decided(every, days=60)
        honest += summarise(EXPERIMENT, outcomes).comparisons[0].decided
    print(f"false alarms by ratings: {naive / 2} %, by businesses: {honest / 2} %")
    assert naive > 200 * 0.2
    assert honest <= 200 * 0.05


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40))
def test_evidence_is_a_fair_bet_whatever_the_share(pairs: list[tuple[bool, bool]]) -> None:
    """One more pair, of equal shares, is expected to change nothing for the better."""
    before = e_values(pairs)[-1] if pairs else 1.0
    for share in (0.1, 0.5, 0.8):
        expected = sum(
            (share if a else 1 - share) * (share if b else 1 - share) * e_values([*pairs, (a, b)])[-1]
            for a in (True, False)
            for b in (True, False)
        )
        assert expected <= before * (1 + 1e-9)


@given(st.lists(st.tuples(st.integers(0, 1), st.booleans()), max_size=60), st.integers(0, 60))
def test_what_was_seen_yesterday_is_not_rewritten_by_today(ratings: list[tuple[int, bool]], days: int) -> None:
    yesterday, today = e_values(pair(ratings[:days])), e_values(pair(ratings))
    assert today[: len(yesterday)] == yesterday


def test_intervals_are_the_textbooks() -> None:
    """Wilson's of 81 of 263 and Newcombe's of 56/70 and 48/80 are worked in Newcombe (1998)."""
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    low, high = difference_interval((48, 56), (80, 70))
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert wilson_interval(0, 0) == (0.0, 1.0)
    assert wilson_interval(0, 10)[0] == 0.0
    assert difference_interval((0, 0), (0, 0)) == (-1.0, 1.0)


def test_a_report_counts_businesses_and_averages_inferences() -> None:
    outcomes = [
        outcome("prose.v1", "up", ups=5, downs=2),
        outcome("prose.v2", "down"),
        outcome("prose.v1"),
        outcome("prose.v2", "up", inferences=4, degraded=3, tokens_used=400, milliseconds=1000),
        outcome("prose.v9", "up"),
    ]
    report = summarise(EXPERIMENT, outcomes)
    first, second = report.variants
    assert (first.businesses, first.rated, first.up, first.ratings, first.ratings_up) == (2, 1, 1, 7, 5)
    assert (second.businesses, second.inferences, second.degraded) == (2, 6, 0.5)
    assert (second.tokens, second.milliseconds) == (200, 500)
    assert second.cost_usd == Decimal("0.0002") / 6
    assert second.up_rate == 0.5
    [comparison] = report.comparisons
    assert (comparison.version, comparison.pairs, comparison.difference) == ("prose.v2", 1, -0.5)
    assert (comparison.e_value, comparison.decided) == (1.0, False)


def test_evidence_that_was_once_enough_stays_decided() -> None:
    clear = [outcome(f"prose.v{1 + n % 2}", "up" if n % 2 else "down") for n in range(40)]
    undone = [outcome(f"prose.v{1 + n % 2}", "down" if n % 2 else "up") for n in range(40)]
    comparison = summarise(EXPERIMENT, [*clear, *undone]).comparisons[0]
    assert comparison.decided
    assert comparison.e_value < 20
    assert comparison.p_value < 0.05


def test_three_variants_share_the_chance_to_err() -> None:
    """Two comparisons: each needs 40 where one alone needs 20."""
    variants = (*EXPERIMENT.variants, Variant("prose.v3", 1))
    three = Experiment("opening", "prose", True, EXPERIMENT.since, "s", variants)
    for pairs in range(1, 30):
        outcomes = [outcome(f"prose.v{1 + n % 2}", "up" if n % 2 else "down") for n in range(2 * pairs)]
        if 20 <= summarise(EXPERIMENT, outcomes).comparisons[0].e_value < 40:
            assert summarise(EXPERIMENT, outcomes).comparisons[0].decided
            assert not summarise(three, outcomes).comparisons[0].decided
            assert summarise(three, outcomes).comparisons[1].difference is None
            return
    pytest.fail("there were no such ratings")


def test_nothing_rated_is_no_difference() -> None:
    report = summarise(EXPERIMENT, [])
    assert [variant.up_rate for variant in report.variants] == [None, None]
    assert (report.comparisons[0].difference, report.comparisons[0].p_value) == (None, 1.0)
