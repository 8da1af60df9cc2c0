"""The nightly training of a business's models: learn, keep, compare, put into use, foretell.

Each step is written by itself and may be the last: a run that is stopped anywhere leaves the model in use as it was, or the
new one whole; the next run goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cafe_ai.errors import ModelCorrupt
from cafe_ai.platform.clock import now_utc
from cafe_ai.platform.telemetry import log, log_failure
from ml.serving import material, registry, trial
from ml.serving.material import Material
from ml.serving.model import ModelVersion, Outcome, Status
from ml.serving.recipe import Recipe, TrainedModel
from ml.serving.repository import Foretold

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline
    from cafe_ai.tenancy.model import Business

LEAST_DAYS = trial.LEAST_BEFORE
DAY = timedelta(days=1)

Progress = Callable[[int], None]
"""Is told how far the work is, in percent; raises where somebody else does it now."""


@dataclass(frozen=True, slots=True)
class InUse:
    """The version in use, and its model where that can be read."""

    made: ModelVersion
    model: TrainedModel | None


@dataclass(frozen=True)
class Training:
    """One run for one business."""

    runtime: Runtime
    business: Business
    recipe: Recipe
    deadline: Deadline
    progress: Progress

    def run(self, moment: datetime) -> Outcome:
        """Trains as of a moment, aware, in the shop's time zone. Raises DependencyDown, PromotionLost."""
        known = self._read(moment)
        if known.is_stale or not known.series:
            said = "Nothing was sold in the last 28 days." if known.last_day else "There are no sales on record."
            return Outcome(self.recipe.kind, "no_sales", said)
        if known.days < LEAST_DAYS:
            said = f"There are {known.days} days of history; {LEAST_DAYS} are needed."
            return Outcome(self.recipe.kind, "short_history", said, series=len(known.series))
        self.progress(5)
        before = self._in_use()
        outcome = self._learn(known, before)
        self.progress(85)
        after = before if outcome.in_use == (before and before.made.version) else self._in_use()
        stored = self._foretell(known, after)
        self.progress(95)
        registry.prune(self.runtime, self.business.id, self.recipe.kind, self.deadline)
        return replace(outcome, forecasts=stored, series=len(known.series))

    def _read(self, moment: datetime) -> Material:
        with self.runtime.database.transaction(self.business.id, None, self.deadline, read_only=True) as uow:
            return material.read(uow, self.business, moment)

    def _in_use(self) -> InUse | None:
        made = registry.in_use(self.runtime, self.business.id, self.recipe.kind, self.deadline)
        if made is None:
            return None
        try:
            return InUse(made, registry.load(self.runtime, made, self.recipe))
        except ModelCorrupt:
            return InUse(made, None)
        except (ValueError, KeyError, TypeError) as error:  # whole, but of an older kind of file
            log_failure("A model's files cannot be read any more", error, version=made.version)
            return InUse(made, None)

    def _learn(self, known: Material, before: InUse | None) -> Outcome:
        """Teaches a candidate and judges it, unless it would be the one in use again."""
        until = known.start - DAY
        version = before.made.version if before else None
        if before and before.model and self._is_the_same(known, before.made):
            said = "The data and the method are those of the model in use."
            return Outcome(self.recipe.kind, "unchanged", said, until, in_use=version, backtest=before.made.backtest)
        model = self.recipe.train(known.lessons)
        self.progress(40)
        broken_off = registry.new_version(now_utc())
        registry.give_up_unjudged(self.runtime, self.business.id, self.recipe.kind, broken_off, self.deadline)
        made = registry.save(
            self.runtime, self.business.id, self.recipe, model,
            trained_until=until, data_hash=known.data_hash, deadline=self.deadline,
        )  # fmt: skip
        self.progress(50)
        can_be_used = before and before.model and not trial.is_too_old(before.made.trained_until, known.start)
        opponent = before if can_be_used else None
        seen = opponent.made.trained_until if opponent else None
        held = trial.hold(known.asks, known.start, self.recipe, opponent.model if opponent else None, seen)
        verdict = trial.judge(held, seen)
        self.progress(80)
        registry.apply(self.runtime, made, verdict, held, compared_with=version, deadline=self.deadline)
        promoted = verdict.status is Status.PROMOTED
        return Outcome(
            self.recipe.kind, "trained", verdict.reason, until, made.version, promoted,
            made.version if promoted else version, made.backtest, held,
        )  # fmt: skip

    def _is_the_same(self, known: Material, made: ModelVersion) -> bool:
        return (made.data_hash, made.code_version) == (known.data_hash, self.recipe.code_version)

    def _foretell(self, known: Material, used: InUse | None) -> int:
        """Stores what the model in use expects of every series from the day of asking on; of how many."""
        if used is None or used.model is None or not trial.is_usable(used.made.trained_until, known.start):
            log("No model can be used to foretell", kind=self.recipe.kind)
            return 0
        predictions = used.model.forecast(known.asks)
        self.progress(90)
        foretold = [
            Foretold(each.product_id, prediction) for each, prediction in zip(known.series, predictions, strict=True)
        ]
        registry.store_forecasts(self.runtime, used.made, known.start, foretold, self.deadline)
        return len(foretold)
