"""The rolling-origin test within a shop's own past, by which methods are chosen and intervals calibrated.

Learners are fitted once on what was known TEST_DAYS before the end (less with a shorter past); then each origin after
it is forecast with what was known at that origin. So the test is told nothing of what came later, and its learners are
a little older than those that will be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ml.models.demand.arrays import Floats, Ints
from ml.models.demand.features import Features
from ml.models.demand.learner import OBJECTIVES, Examples, Learner, LightGbm
from ml.models.demand.methods import expectations
from ml.models.demand.panel import Panel
from ml.models.demand.sampling import examples

TEST_DAYS = 84
OLDER_DAYS, OLDER_STEP_DAYS, OLDER_BLOCKS = 140, 28, 2
"""Of blocks of origins before those, each with learners of its own."""
LEAST_OLDER = 120
LEAST_KNOWN = 14
"""Days that the first origin must have behind it."""
STEP_DAYS, SHORT_STEP_DAYS = 14, 7
LEAST_WINDOW = 7
"""Days of which the demand must be known after an origin."""
LEAST_EXAMPLES = 1_000
LEAST_LEARNING_DAYS = 70
LEAST_SERIES_DAYS = 14
MOST_ROWS = 24_000
"""Of which learners in a test learn."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One entry a day that was forecast and is known. forecasts: what each method expected, by its name."""

    series: Ints
    origin: Ints
    ahead: Ints
    actual: Floats
    forecasts: Mapping[str, Floats]
    origins: tuple[int, ...]


def fit_learners(found: Examples, seed: int, *, quick: bool = False) -> dict[str, Learner]:
    """A learner for each objective; none where there is too little to learn from."""
    if len(found.demand) < LEAST_EXAMPLES or not found.demand.any():
        return {}
    return {method: LightGbm.fit(method, found, seed, quick=quick) for method in OBJECTIVES}


@dataclass(frozen=True, slots=True)
class Block:
    """Origins that are forecast by learners fitted on what was known at the first of them."""

    origins: tuple[int, ...]

    @property
    def fitted_until(self) -> int:
        """The first day of which the learners know nothing."""
        return self.origins[0]


def blocks_of(days: int) -> tuple[Block, ...]:
    """The test over so many days of history, the oldest block first; none with too few."""
    window = min(TEST_DAYS, days // 3)
    first = days - window
    if window < LEAST_WINDOW or first < LEAST_KNOWN:
        return ()
    step = STEP_DAYS if window > 2 * STEP_DAYS else SHORT_STEP_DAYS
    blocks = [Block(tuple(range(first, days - LEAST_WINDOW + 1, step)))]
    for _ in range(OLDER_BLOCKS):
        first -= OLDER_DAYS
        if first < LEAST_OLDER:
            break
        blocks.insert(0, Block(tuple(range(first, first + OLDER_DAYS, OLDER_STEP_DAYS))))
    return tuple(blocks)


def run_trial(features: Features, horizon: int, seed: int) -> Trial | None:
    """The test; None where the past is too short for one."""
    parts = [part for block in blocks_of(features.panel.days) if (part := _run(features, block, horizon, seed))]
    if not parts:
        return None
    methods = [name for name in parts[-1].forecasts if all(name in part.forecasts for part in parts)]
    return Trial(
        np.concatenate([part.series for part in parts]),
        np.concatenate([part.origin for part in parts]),
        np.concatenate([part.ahead for part in parts]),
        np.concatenate([part.actual for part in parts]),
        {name: np.concatenate([part.forecasts[name] for part in parts]) for name in methods},
        tuple(origin for part in parts for origin in part.origins),
    )


def _run(features: Features, block: Block, horizon: int, seed: int) -> Trial | None:
    learners: dict[str, Learner] = {}
    if block.fitted_until >= LEAST_LEARNING_DAYS:
        learners = fit_learners(examples(features, block.fitted_until, horizon, seed, MOST_ROWS), seed, quick=True)
    series, origin, ahead = _days_after(features.panel, block.origins, horizon)
    if not len(series):
        return None
    rows = features.rows(series, origin, ahead)
    actual = features.panel.values[series, origin + ahead]
    return Trial(series, origin, ahead, actual, expectations(rows, learners), block.origins)


def _days_after(panel: Panel, origins: tuple[int, ...], horizon: int) -> tuple[Ints, Ints, Ints]:
    """The known days after each origin of every series that was old enough then; not those on which the stock ran out,
    whose demand is not known, nor closed ones."""
    parts = []
    for start in origins:
        old_enough = np.flatnonzero(panel.begins + LEAST_SERIES_DAYS <= start)
        length = min(horizon, panel.days - start)
        days = np.tile(np.arange(length), len(old_enough))
        parts.append((np.repeat(old_enough, length), np.full(len(days), start), days))
    series, origin, ahead = (np.concatenate(part) for part in zip(*parts, strict=True))
    day = origin + ahead
    known = ~np.isnan(panel.values[series, day]) & ~panel.sold_out[series, day] & ~panel.closed_on(series, day)
    return series[known], origin[known], ahead[known]
