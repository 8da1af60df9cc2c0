"""Products too new to have a pace of their own: they are expected to start as others of their category did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ml.models.demand.arrays import Floats, Ints
from ml.models.demand.panel import SHOP, Panel

LAUNCH_DAYS = 28
YOUNG_DAYS = 28
"""A series with so many days of its own is no longer new."""
PRIOR_DAYS = 7.0
"""A category's start counts as so many days of the product's own."""
SHOP_WEIGHT = 2.0
"""The shop's usual start counts as so many products of the category."""
WITHOUT_LAUNCHES = 0.5
"""Where no product's start was seen, a new one is expected to sell so much of what a middling one does."""


@dataclass(frozen=True, slots=True)
class Launches:
    """Units a day in the first weeks: of a category, and of any product; zero where nothing was ever sold."""

    categories: Mapping[str, float]
    usual: float

    def level(self, category: str | None) -> float:
        """What a new product of that category is expected to sell a day."""
        return self.categories.get(category, self.usual) if category else self.usual


def learn_launches(panel: Panel) -> Launches:
    """From the products whose first sale came at least LAUNCH_DAYS after the shop's records begin (geometric means)."""
    starts: dict[str | None, list[float]] = defaultdict(list)
    everyone, middling = [], []
    for place, (key, category) in enumerate(zip(panel.keys, panel.categories, strict=True)):
        begin = int(panel.begins[place])
        own = panel.values[place]
        if key == SHOP or not np.nan_to_num(own).any():
            continue
        middling.append(float(np.nanmean(own[begin:])))
        first = own[begin : begin + LAUNCH_DAYS]
        if begin >= LAUNCH_DAYS and (~np.isnan(first)).sum() >= LAUNCH_DAYS // 2:
            level = max(float(np.nanmean(first)), 1e-3)
            starts[category].append(level)
            everyone.append(level)
    if not middling:
        return Launches({}, 0.0)
    usual = float(np.exp(np.mean(np.log(everyone)))) if everyone else WITHOUT_LAUNCHES * float(np.median(middling))
    usual = max(usual, 1e-3)
    return Launches(
        {
            category: float(np.exp((sum(np.log(levels)) + SHOP_WEIGHT * np.log(usual)) / (len(levels) + SHOP_WEIGHT)))
            for category, levels in starts.items()
            if category
        },
        usual,
    )


def own_days(panel: Panel) -> Ints:
    """How many days since its first sale each series knows; for one never sold, since it is on record."""
    known = ~np.isnan(panel.values)
    since = np.arange(panel.days)[None, :] >= panel.begins[:, None]
    return np.asarray((known & since).sum(axis=1))


def with_launches(expected: Floats, panel: Panel, launches: Launches, weekday_factor: Floats) -> Floats:
    """expected, weekday_factor (the shop's): [series, days]. New products' days are drawn to their category's start;
    where the shop itself is new, they are not."""
    days = own_days(panel).astype(np.float64)
    level = np.array(
        [0.0 if key == SHOP else launches.level(c) for key, c in zip(panel.keys, panel.categories, strict=True)]
    )
    young = (days < YOUNG_DAYS) & (level > 0) & (panel.begins >= LAUNCH_DAYS)
    started = level[:, None] * np.nan_to_num(weekday_factor, nan=1.0)
    drawn = (days[:, None] * expected + PRIOR_DAYS * started) / (days[:, None] + PRIOR_DAYS)
    return np.where(young[:, None], drawn, expected)
