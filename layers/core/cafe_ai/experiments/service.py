"""The report of an experiment with prompts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from cafe_ai.experiments import repository
from cafe_ai.experiments.model import Comparison, Outcome, Report, VariantReport
from cafe_ai.experiments.statistics import difference_interval, e_values, pair, wilson_interval
from cafe_ai.llm.prompt_book import Experiment

if TYPE_CHECKING:
    from cafe_ai.platform.db import Database

ALPHA = 0.05
"""How probable a difference that is none may be told as one, ever, however often the report is looked at."""


def report(database: Database, experiment: Experiment) -> Report:
    """How the experiment stands, over all businesses that took part. Raises Unavailable where the database is away."""
    since = datetime.combine(experiment.since, time(), UTC)
    with database.transaction(read_only=True) as uow:
        return summarise(experiment, repository.outcomes(uow, experiment.name, since))


def summarise(experiment: Experiment, outcomes: Sequence[Outcome]) -> Report:
    """The report of these outcomes, which stand in the order of their first ratings.

    A business that was given two variants, because weights were changed against the rules, is in both.
    """
    versions = [variant.version for variant in experiment.variants]
    control, *others = versions
    return Report(
        name=experiment.name,
        running=experiment.running,
        since=experiment.since,
        variants=tuple(_variant(version, [o for o in outcomes if o.variant == version]) for version in versions),
        comparisons=tuple(_compare(control, other, outcomes, comparisons=len(others)) for other in others),
    )


def _variant(version: str, outcomes: Sequence[Outcome]) -> VariantReport:
    inferences = sum(outcome.inferences for outcome in outcomes)
    rated = [outcome.first_rating == "up" for outcome in outcomes if outcome.first_rating]
    ups, downs = sum(outcome.ups for outcome in outcomes), sum(outcome.downs for outcome in outcomes)
    divisor = inferences or 1
    return VariantReport(
        version=version,
        businesses=len(outcomes),
        inferences=inferences,
        degraded=sum(outcome.degraded for outcome in outcomes) / divisor,
        tokens=sum(outcome.tokens_used for outcome in outcomes) / divisor,
        cost_usd=sum((outcome.cost_usd for outcome in outcomes), Decimal(0)) / divisor,
        milliseconds=sum(outcome.milliseconds for outcome in outcomes) / divisor,
        ratings=ups + downs,
        ratings_up=ups,
        rated=len(rated),
        up=sum(rated),
        interval=wilson_interval(sum(rated), len(rated)),
    )


def _compare(control: str, other: str, outcomes: Sequence[Outcome], *, comparisons: int) -> Comparison:
    """Each comparison may err with its part of ALPHA, so that all of them together err with ALPHA at most."""
    ratings = [
        (int(outcome.variant == other), outcome.first_rating == "up")
        for outcome in outcomes
        if outcome.first_rating and outcome.variant in (control, other)
    ]
    ups = tuple(sum(up for group, up in ratings if group == wanted) for wanted in (0, 1))
    rated = tuple(sum(group == wanted for group, _ in ratings) for wanted in (0, 1))
    evidence = [1.0, *e_values(pair(ratings))]
    return Comparison(
        version=other,
        pairs=len(evidence) - 1,
        difference=ups[1] / rated[1] - ups[0] / rated[0] if all(rated) else None,
        interval=difference_interval((ups[0], ups[1]), (rated[0], rated[1])),
        e_value=evidence[-1],
        p_value=min(1.0, 1 / max(evidence)),
        decided=max(evidence) >= comparisons / ALPHA,
    )
