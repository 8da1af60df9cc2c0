"""The forecaster of the functions that forecast: the model in use where it may be used, else one trained on the spot.

A model is used when it has seen nothing of the day the forecast starts or later, and was trained at most 14 days before.
Otherwise (a question about the past, no model yet, files that are not what was kept) the same method learns from what was
known then. The method that needs nothing but the standard library is taken where even that fails, where there is too little
to learn from, and where it did better in the trial of the model that was trained last. Which of them it was, each
prediction's method says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from cafe_ai.errors import ModelCorrupt, Unavailable
from cafe_ai.forecasting.model import Ask, Prediction
from cafe_ai.forecasting.port import Forecaster, default_forecaster
from cafe_ai.platform.telemetry import log, log_failure, measures
from ml.serving import registry
from ml.serving.material import lessons
from ml.serving.model import ModelVersion, Status
from ml.serving.recipe import HasLearners, Recipe, TrainedModel, demand_recipe
from ml.serving.trial import FALLBACK, is_usable

if TYPE_CHECKING:
    from cafe_ai.bootstrap import Runtime
    from cafe_ai.platform.clock import Deadline
    from cafe_ai.tenancy.model import Member

LEAST_DAYS = 56
"""Of the longest series: with less there is nothing to learn that the simple method does not know."""


@dataclass(frozen=True, slots=True)
class ServedForecaster:
    """Forecasts for one business."""

    runtime: Runtime
    business_id: UUID
    deadline: Deadline
    recipe: Callable[[], Recipe] = demand_recipe

    def forecast(self, asks: Sequence[Ask]) -> list[Prediction]:
        """See port.Forecaster."""
        sold = [ask for ask in asks if any(ask.history.values)]
        if not sold:
            return default_forecaster().forecast(asks)
        for make in (self._in_use, self._on_the_spot):
            try:
                model = make(sold)
                if model is not None:
                    return self._told_by(make.__name__.strip("_"), model, asks)
            except Exception as error:  # whatever it is, there is a simpler way to an answer
                measures().count("ForecastersFailed")
                log_failure("A forecaster failed; a simpler one is taken", error, forecaster=make.__name__)
        return self._told_by("fallback", default_forecaster(), asks)

    def _told_by(self, name: str, forecaster: Forecaster, asks: Sequence[Ask]) -> list[Prediction]:
        predictions = forecaster.forecast(asks)
        log("Demand was forecast", forecaster=name, series=len(asks))
        return predictions

    def _in_use(self, asks: Sequence[Ask]) -> Forecaster | None:
        """The model in use, where it may forecast from that day on; the simple method where that is what is in use."""
        recipe = self.recipe()
        made, newest = registry.in_use_and_newest(self.runtime, self.business_id, recipe.kind, self.deadline)
        if made is None or not is_usable(made.trained_until, _start(asks)):
            return default_forecaster() if newest and _lost_to_the_simple(newest, _start(asks)) else None
        try:
            model = registry.load(self.runtime, made, recipe)
        except (ModelCorrupt, Unavailable):
            return None
        return self._with_server(made, model)

    def _with_server(self, made: ModelVersion, model: TrainedModel) -> TrainedModel:
        """The model with its learners on the model server, where one is configured."""
        settings = self.runtime.settings
        if settings.model_server_url is None or not isinstance(model, HasLearners):
            return model
        from ml.serving.remote import ModelServer, RemoteLearner

        name = settings.model_server_name.replace("{business_id}", str(self.business_id))
        server = ModelServer(settings.model_server_url, name, made.version)
        return model.with_learners(
            {key: RemoteLearner(server, local, self.deadline, key) for key, local in model.learners.items()}
        )

    def _on_the_spot(self, asks: Sequence[Ask]) -> TrainedModel | None:
        """A model of what is asked for, taught by the histories alone."""
        if max(len(ask.history.values) for ask in asks) < LEAST_DAYS:
            return None
        return self.recipe().train(lessons(asks))


def forecaster_for(runtime: Runtime, member: Member) -> ServedForecaster:
    """What forecasts for the member's business."""
    return ServedForecaster(runtime, member.business.id, member.deadline)


def _lost_to_the_simple(newest: ModelVersion, start: date) -> bool:
    """Whether the simple method did better than the model that was trained last, by what was known before that day."""
    lost = newest.status is Status.REJECTED and newest.trial is not None and newest.trial["opponent"] == FALLBACK
    return lost and is_usable(newest.trained_until, start)


def _start(asks: Sequence[Ask]) -> date:
    return asks[0].history.start
