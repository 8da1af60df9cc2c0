"""How models of a kind are made and read back, so that what keeps and compares them knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from inspect import getfile
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from cafe_ai.forecasting.model import Ask, Prediction

DEMAND = "demand"
PACKAGES = ("lightgbm", "numpy", "scipy", "holidays")


class TrainedModel(Protocol):
    """What was learnt of one shop."""

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the learner's inputs, in their order."""

    @property
    def summary(self) -> Any:
        """Its backtest over all series: a dataclass."""

    def forecast(self, asks: Sequence[Ask]) -> list[Prediction]:
        """A prediction for each. Histories may go on beyond those of training."""

    def to_files(self) -> dict[str, bytes]:
        """All of it, by file name; nothing pickled."""


@runtime_checkable
class HasLearners(Protocol):
    """A model whose matrix part may be elsewhere: learners by name, each with predict(rows) -> one number a row."""

    @property
    def learners(self) -> Mapping[str, Any]:
        """Its own."""

    def with_learners(self, learners: Mapping[str, Any]) -> TrainedModel:
        """The same model with others in their place."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A kind of model: train learns from all series of a shop, read makes it again of its files.

    code_version changes with the method, so that what it would make of equal data is not taken for made.
    """

    kind: str
    code_version: str
    train: Callable[[Sequence[Ask]], TrainedModel]
    read: Callable[[Mapping[str, bytes]], TrainedModel]
    packages: tuple[str, ...] = ()


@cache
def demand_recipe() -> Recipe:
    """Demand by product and day."""
    from ml.models.demand.forecaster import DemandForecaster

    folder = Path(getfile(DemandForecaster)).parent
    return Recipe(DEMAND, source_version(folder), DemandForecaster.train, DemandForecaster.from_files, PACKAGES)


def source_version(folder: Path) -> str:
    """16 hexadecimal digits of the SHA-256 of a package's modules, by their names."""
    digest = sha256()
    for path in sorted(folder.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
