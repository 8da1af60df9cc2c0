"""The work of train_demand_models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cafe_ai.assistants.service import moment_of
from cafe_ai.parameters import moment_in
from cafe_ai.platform.telemetry import log, measures
from ml.serving.recipe import Recipe, demand_recipe
from ml.serving.registry import plain
from ml.serving.training import Training

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.jobs.running import JobRun


def work(runtime: Runtime, run: JobRun, recipe: Callable[[], Recipe] = demand_recipe) -> Mapping[str, Any]:
    """How the training ended: what was learnt, whether it was put into use, and why."""
    business = run.member.business
    training = Training(runtime, business, recipe(), run.deadline, run.progress)
    outcome = training.run(moment_of(moment_in(run.job.params), business))
    measures().count("SeriesForetold", outcome.forecasts)
    log("A training ended", what=outcome.what, version=outcome.version, promoted=outcome.promoted)
    return dict(plain(asdict(outcome)))
