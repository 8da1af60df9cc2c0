"""Churn risk: who will not come back within HORIZON_DAYS, learned from what the shop's customers did one horizon ago.

A logistic regression (Newton's method, ridge 1) on what a shop owner would look at: how often somebody came, the usual
interval, for how many of these intervals not, and that all the more the oftener somebody came. It is fitted on the customers
as they stood HORIZON_DAYS ago, of whom it is known who came. Its probabilities carry the season of that horizon, so only the
order and three levels are told. Where the past is too short or too uniform, days since the last visit in own intervals take
its place. A rival, a model of all visits, takes the place of either where it ranked the customers of one horizon ago better
than both, as far as they could be tried on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import exp, log
from uuid import UUID

from cafe_ai.customers.model import Backtest, ChurnMethod, ChurnReport, Risk, RiskGroup, RiskLevel, Standing
from cafe_ai.customers.rhythm import Rhythm
from cafe_ai.language.formats import round_half_up

HORIZON_DAYS = 90
"""As long as a customer must stay away to count as inactive (analytics)."""
LEAST_CUSTOMERS, LEAST_OF_EACH = 200, 30
MOST_FITTED = 20_000
RIDGE, STEPS = 1.0, 25
LEVELS: tuple[RiskLevel, ...] = ("high", "medium", "low")
RANKS = (80.0, 50.0)
"""Of 100 customers so many are at less risk than one at high, and at medium risk."""
RATIOS = (3.0, 1.5)
"""Without a model: so many of the own intervals has one waited at high, and at medium risk."""
MOST_WAITED = 6.0

Scorer = Callable[[Standing], float]
Least = Callable[[Standing], RiskLevel]
Past = tuple[Standing, bool]
"""A customer as of then, and whether no visit followed within the horizon."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another score of staying away, as of now, and as it would have been one horizon ago without knowing what came."""

    now: Scorer
    then: Scorer


@dataclass(frozen=True, slots=True)
class Churn:
    """The risks of the year's customers, and how they were made."""

    risks: Mapping[UUID, Risk]
    report: ChurnReport


def assess(
    standings: Sequence[Standing],
    past: Sequence[Past],
    older: Sequence[Past],
    rhythm: Rhythm,
    least: Least,
    rival: Rival | None = None,
) -> Churn:
    """The risk of each customer who bought in the year.

    past: the customers one horizon ago with what became of them; older: the same two horizons ago, by which the method is
    tested on `past`. Either may be empty. least: the level that a customer has at least.
    """
    model = fit(past, rhythm)
    tested = fit(older, rhythm) if model else None
    compared = _compare(past, tested, rhythm, rival)
    method: ChurnMethod = "history" if model else "rhythm"
    if rival and "lifetime" in compared and _is_best("lifetime", compared):
        method, model, tested = "lifetime", rival.now, rival.then
    year = [one for one in standings if one.visits_year > 0]
    waited = [rhythm.waited(one) for one in year]
    scores = [model(one) for one in year] if model else waited
    ranks = [100 * (rank - 1) / len(year) for rank in _ranks(scores)]
    told = [_level(rank, *RANKS) for rank in ranks] if model else [_level(ratio, *RATIOS) for ratio in waited]
    levels = [_higher(level, least(one)) for level, one in zip(told, year, strict=True)]
    risks = {
        one.customer_id: Risk(
            level, round_half_up(Decimal(rank), 1), one.idle_days, max(1, round(rhythm.interval_of(one)))
        )
        for one, level, rank in zip(year, levels, ranks, strict=True)
    }
    groups = []
    for level in LEVELS:
        members = [one for one in year if risks[one.customer_id].level == level]
        groups.append(RiskGroup(level, len(members), sum((one.net_year for one in members), Decimal(0))))
    proven = replace(measure(past, tested, least), compared=compared) if tested else None
    return Churn(risks, ChurnReport(HORIZON_DAYS, method, tuple(groups), proven))


def _compare(
    past: Sequence[Past], tested: Scorer | None, rhythm: Rhythm, rival: Rival | None
) -> dict[ChurnMethod, Decimal]:
    """How well each method ranked the customers of one horizon ago; none where their fate says too little."""
    if not _tells(past):
        return {}
    away = [gone for _, gone in past]
    scorers: dict[ChurnMethod, Scorer | None] = {
        "history": tested,
        "lifetime": rival.then if rival else None,
        "rhythm": rhythm.waited,
    }
    return {name: area_under_curve([score(one) for one, _ in past], away) for name, score in scorers.items() if score}


def _is_best(method: ChurnMethod, compared: Mapping[ChurnMethod, Decimal]) -> bool:
    return all(compared[method] > auc for name, auc in compared.items() if name != method)


def outcomes(then: Sequence[Standing], later: Mapping[UUID, Standing]) -> list[Past]:
    """The year's customers of an earlier cut, each with whether no visit followed until the later one."""
    return [(one, later[one.customer_id].visits == one.visits) for one in then if one.visits_year > 0]


def fit(past: Sequence[Past], rhythm: Rhythm) -> Scorer | None:
    """The probability of staying away, as the past has it; None where there is too little of it."""
    if not _tells(past):
        return None
    taken = past[:: -(-len(past) // MOST_FITTED)]
    rows = [(_features(one, rhythm), float(away)) for one, away in taken]
    weights = _regress(rows)
    return lambda one: _logistic(weights, _features(one, rhythm))


def _tells(past: Sequence[Past]) -> bool:
    lost = sum(away for _, away in past)
    return len(past) >= LEAST_CUSTOMERS and min(lost, len(past) - lost) >= LEAST_OF_EACH


def measure(past: Sequence[Past], score: Scorer, least: Least) -> Backtest:
    """How a score that knew nothing of `past` ranks it, beside the days since the last visit."""
    away = [gone for _, gone in past]
    scores, idle = [score(one) for one, _ in past], [float(one.idle_days) for one, _ in past]
    tenth = max(1, len(past) // 10)
    at_level = [
        _higher(_level(100 * (rank - 1) / len(past), *RANKS), least(one))
        for (one, _), rank in zip(past, _ranks(scores), strict=True)
    ]
    levels = []
    for level in LEVELS:
        at = [gone for each, gone in zip(at_level, away, strict=True) if each == level]
        levels.append((level, len(at), _percent(sum(at), len(at))))
    return Backtest(
        customers=len(past),
        base_percent=_percent(sum(away), len(away)),
        auc=area_under_curve(scores, away),
        recency_auc=area_under_curve(idle, away),
        precision_percent=_percent(sum(_first(scores, away, tenth)), tenth),
        recency_precision_percent=_percent(sum(_first(idle, away, tenth)), tenth),
        lost_percent=tuple(levels),
    )


def area_under_curve(scores: Sequence[float], positive: Sequence[bool]) -> Decimal:
    """The probability that a positive has the higher score, ties counting half (Mann-Whitney); 0.5 without both kinds."""
    ones = sum(positive)
    others = len(positive) - ones
    if not ones or not others:
        return Decimal("0.5")
    total = sum(rank for rank, is_one in zip(_ranks(scores), positive, strict=True) if is_one)
    return round_half_up(Decimal((total - ones * (ones + 1) / 2) / (ones * others)), 3)


def _first(scores: Sequence[float], away: Sequence[bool], count: int) -> list[bool]:
    order = sorted(range(len(scores)), key=lambda n: -scores[n])
    return [away[n] for n in order[:count]]


def _percent(part: int, whole: int) -> Decimal:
    return round_half_up(Decimal(100 * part) / whole, 1) if whole else Decimal(0)


def _level(value: float, high: float, medium: float) -> RiskLevel:
    return "high" if value >= high else "medium" if value >= medium else "low"


def _higher(one: RiskLevel, other: RiskLevel) -> RiskLevel:
    return min(one, other, key=LEVELS.index)


def _ranks(values: Sequence[float]) -> list[float]:
    """The rank of each value from 1, equal ones sharing the middle of theirs."""
    order = sorted(range(len(values)), key=lambda n: values[n])
    ranks, place = [0.0] * len(values), 0
    while place < len(order):
        end = place
        while end < len(order) and values[order[end]] == values[order[place]]:
            end += 1
        for n in order[place:end]:
            ranks[n] = (place + end + 1) / 2
        place = end
    return ranks


def _features(one: Standing, rhythm: Rhythm) -> tuple[float, ...]:
    visits, waited = log(one.visits), min(MOST_WAITED, rhythm.waited(one))
    return (1.0, visits, waited, waited * visits, log(rhythm.interval_of(one)))


def _logistic(weights: Sequence[float], features: Sequence[float]) -> float:
    total = sum(weight * feature for weight, feature in zip(weights, features, strict=True))
    return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


def _regress(rows: Sequence[tuple[tuple[float, ...], float]]) -> list[float]:
    """The weights of a ridge logistic regression by Newton's method; the intercept, first, is not drawn to zero."""
    size = len(rows[0][0])
    weights = [0.0] * size
    for _ in range(STEPS):
        gradient = [0.0] + [-RIDGE * weight for weight in weights[1:]]
        curve = [[RIDGE if i == j and i else 0.0 for j in range(size)] for i in range(size)]
        for features, outcome in rows:
            guess = _logistic(weights, features)
            steep = guess * (1 - guess)
            for i, feature in enumerate(features):
                gradient[i] += (outcome - guess) * feature
                row = curve[i]
                for j in range(i + 1):
                    row[j] += steep * feature * features[j]
        change = _solve(curve, gradient)
        weights = [weight + step for weight, step in zip(weights, change, strict=True)]
        if max(map(abs, change)) < 1e-6:
            break
    return weights


def _solve(lower: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """The solution of a symmetric positive definite system, of whose matrix the lower half is given (Cholesky)."""
    size = len(right)
    root = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = lower[i][j] - sum(root[i][k] * root[j][k] for k in range(j))
            root[i][j] = max(rest, 1e-12) ** 0.5 if i == j else rest / root[j][j]
    half: list[float] = []
    for i in range(size):
        half.append((right[i] - sum(root[i][k] * half[k] for k in range(i))) / root[i][i])
    solved = [0.0] * size
    for i in reversed(range(size)):
        solved[i] = (half[i] - sum(root[k][i] * solved[k] for k in range(i + 1, size))) / root[i][i]
    return solved
