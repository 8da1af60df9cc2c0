"""The learners: LightGBM over all series of a shop, which corrects what profile × smoothing expects.

Two objectives, for their errors differ: L1 (the median: small absolute errors) learns what is to be added to the
smoothed value, in levels; Tweedie (the mean of counts with many zeros) by what it is to be multiplied. Where there is
little to learn from, both stay near the smoothed value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ml.models.demand.arrays import Floats
from ml.models.demand.features import NAMES, Rows

L1, TWEEDIE = "lightgbm_l1", "lightgbm_tweedie"
OBJECTIVES: dict[str, dict[str, Any]] = {
    L1: {"objective": "regression_l1"},
    TWEEDIE: {"objective": "tweedie", "tweedie_variance_power": 1.2},
}
PARAMETERS: dict[str, Any] = {
    "num_leaves": 31,
    "learning_rate": 0.05,
    "min_data_in_leaf": 50,
    "lambda_l2": 1.0,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 127,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
QUICK = {"learning_rate": 0.1}
"""For tests, with half as many trees."""
TREES, QUICK_TREES = 200, 100
LEAST_BASE = 0.05
"""Levels: a factor is learnt for no less than this."""
MOST = 20.0
"""Levels: a target beyond this is taken for this."""


class Learner(Protocol):
    """The matrix part of the model, which may be elsewhere."""

    def predict(self, rows: Floats) -> Floats:
        """[rows, NAMES] to [rows]."""
        ...


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows whose demand is known, with their weights."""

    rows: Rows
    demand: Floats
    weight: Floats


class LightGbm:
    """A trained booster."""

    def __init__(self, booster: Any) -> None:
        self._booster = booster

    @classmethod
    def fit(cls, method: str, examples: Examples, seed: int, *, quick: bool = False) -> LightGbm:
        """The same examples and seed give the same booster. quick: in half the time, nearly as good."""
        import lightgbm

        target, weight = _target(method, examples)
        data = lightgbm.Dataset(
            examples.rows.matrix,
            target,
            weight=weight,
            feature_name=list(NAMES),
            params={"max_bin": 127, "verbose": -1},
        )
        parameters = PARAMETERS | (QUICK if quick else {}) | OBJECTIVES[method] | {"seed": seed}
        return cls(lightgbm.train(parameters, data, QUICK_TREES if quick else TREES))

    def predict(self, rows: Floats) -> Floats:
        """See Learner."""
        return np.asarray(self._booster.predict(rows, num_threads=1), dtype=np.float64)

    def to_text(self) -> str:
        """LightGBM's own format."""
        return str(self._booster.model_to_string())

    @classmethod
    def from_text(cls, text: str) -> LightGbm:
        """What to_text gave."""
        import lightgbm

        return cls(lightgbm.Booster(model_str=text))


def expected(method: str, learner: Learner, rows: Rows) -> Floats:
    """What the method expects, in units; zero where there is no level."""
    learnt = learner.predict(rows.matrix)
    units = (
        rows.smoothed + learnt * rows.level
        if method == L1
        else np.maximum(rows.smoothed, LEAST_BASE * rows.level) * learnt
    )
    return np.where(rows.level > 0, np.maximum(units, 0.0), 0.0)


def _target(method: str, examples: Examples) -> tuple[Floats, Floats]:
    """The Tweedie deviance of power p scales with the base as base ** (2 - p): so does the weight."""
    rows = examples.rows
    if method == L1:
        return np.clip((examples.demand - rows.smoothed) / rows.level, -MOST, MOST), examples.weight
    base = np.maximum(rows.smoothed / rows.level, LEAST_BASE)
    power = OBJECTIVES[TWEEDIE]["tweedie_variance_power"]
    return np.minimum(examples.demand / rows.level / base, MOST / LEAST_BASE), examples.weight * base ** (2 - power)
