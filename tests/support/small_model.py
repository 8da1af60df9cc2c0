"""A model that is learnt in no time and whose quality is chosen: what keeps, compares and serves models is tried with it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from cafe_ai.forecasting.model import Ask, Prediction
from cafe_ai.forecasting.weekday_smoothing import WeekdaySmoothing
from ml.serving.recipe import Recipe

METHOD = "small_model"


@dataclass(frozen=True)
class Summary:
    """Its backtest."""

    method: str
    rmsse: float


@dataclass(frozen=True)
class SmallModel:
    """Expects `scale` times what weekday profile × smoothing does; it knows up to which day it was taught.

    It refuses to forecast a day that it has seen: who asks it to is looking ahead.
    """

    seen_until: date
    scale: float = 1.0
    features: tuple[str, ...] = ("level", "weekday")

    @property
    def summary(self) -> Summary:
        return Summary(METHOD, float("nan") if self.scale == 0 else 0.8)

    def forecast(self, asks: Sequence[Ask]) -> list[Prediction]:
        for ask in asks:
            assert ask.history.start > self.seen_until, "a model forecasts what it has seen"
        return [self._scaled(one) for one in WeekdaySmoothing().forecast(asks)]

    def _scaled(self, one: Prediction) -> Prediction:
        days = tuple(
            replace(
                day,
                **{
                    name: getattr(day, name) * self.scale for name in ("expected", "low80", "high80", "low95", "high95")
                },
            )
            for day in one.days
        )
        return replace(one, method=METHOD, days=days)

    def to_files(self) -> dict[str, bytes]:
        told = {"seen_until": self.seen_until.isoformat(), "scale": self.scale}
        return {"model.json": json.dumps(told).encode(), "weights.txt": b"tree\n" * 100}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> SmallModel:
        assert files["weights.txt"].startswith(b"tree")
        told = json.loads(files["model.json"])
        return cls(date.fromisoformat(told["seen_until"]), told["scale"])


@dataclass
class Teacher:
    """Trains small models, and keeps what it was given."""

    scale: float = 1.0
    code_version: str = "1"
    taught: list[Sequence[Ask]] = field(default_factory=list)

    def train(self, asks: Sequence[Ask]) -> SmallModel:
        self.taught.append(asks)
        return SmallModel(max(ask.history.start for ask in asks) - timedelta(days=1), self.scale)

    @property
    def recipe(self) -> Recipe:
        return Recipe("demand", self.code_version, self.train, SmallModel.from_files, ("numpy", "no-such-package"))
