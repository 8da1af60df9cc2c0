"""Drift of inputs by the population stability index.

PSI = Σ (p − q) ln(p / q) over classes, p the present's shares and q the reference's (Siddiqi, "Credit Risk Scorecards", 2006,
whose rule of thumb calls more than 0.25 a change). Between two samples of one population it is distributed as
(1/n + 1/m) χ² with one degree of freedom less than there are classes (Yurdakul and Naranjo, "Statistical properties of the
population stability index", 2020): few products scatter by more than 0.25 without any change, so the larger of the two is the
limit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml.monitoring.drift.model import FeatureRows, Finding, Kind

CLASSES = 10
RULE_OF_THUMB = 0.25
FALSE_ALARMS = 0.001
LEAST_PRODUCTS = 20
"""With fewer products nothing can be said."""


def drift_of(feature: str, reference: FeatureRows, present: FeatureRows) -> Finding | None:
    """How far the feature's distribution moved; None where there are too few products on either side.

    Classes are the reference's deciles; missing values are a class of their own. A product counts once on each side, however
    many weeks it has rows of.
    """
    before, now = len(set(reference.owners)), len(set(present.owners))
    if min(before, now) < LEAST_PRODUCTS:
        return None
    edges = _edges(reference)
    expected, found = _shares(reference, edges), _shares(present, edges)
    used = (expected > 0) | (found > 0)
    expected, found = _smoothed(expected[used], before), _smoothed(found[used], now)
    measured = float(np.sum((found - expected) * np.log(found / expected)))
    allowed = max(RULE_OF_THUMB, _scatter(int(used.sum()), before, now))
    index = f"population stability index {measured:.2f} of {now} products against {before} before"
    said = f"{feature}: {index}; up to {allowed:.2f} is usual."
    return Finding(Kind.INPUTS, feature, measured, allowed, said)


def _edges(rows: FeatureRows) -> NDArray[np.float64]:
    known = np.array([value for value in rows.values if value is not None], dtype=np.float64)
    return np.unique(np.quantile(known, np.linspace(0, 1, CLASSES + 1)[1:-1])) if len(known) else np.array([])


def _shares(rows: FeatureRows, edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of products in each class, the last of them for missing values; a product is spread over its rows' classes."""
    owners, places, counts = np.unique(np.array(rows.owners), return_inverse=True, return_counts=True)
    known = np.array([value is not None for value in rows.values])
    numbers = np.array([0.0 if value is None else value for value in rows.values])
    classes = np.where(known, np.searchsorted(edges, numbers, side="right"), len(edges) + 1)
    weights = 1.0 / counts[places] / len(owners)
    return np.bincount(classes, weights=weights, minlength=len(edges) + 2)


def _smoothed(shares: NDArray[np.float64], products: int) -> NDArray[np.float64]:
    """With half a product more in each class, so that an empty one is no infinity."""
    return (shares * products + 0.5) / (products + 0.5 * len(shares))


def _scatter(classes: int, before: int, now: int) -> float:
    """What the index exceeds by chance alone once in 1 / FALSE_ALARMS."""
    from scipy.special import chdtri

    return float((1 / before + 1 / now) * chdtri(max(1, classes - 1), FALSE_ALARMS))
