"""What a trained forecaster knows beside its boosters, and its JSON. Numbers are written so that they are read back to
the bit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from cafe_ai.forecasting.model import Backtest, Errors
from ml.models.demand.features import NAMES
from ml.models.demand.intervals import NO_SPREAD, Spread
from ml.models.demand.launch import Launches
from ml.models.demand.methods import SMOOTHING
from ml.models.demand.panel import ShopDays
from ml.models.demand.summary import MethodErrors, ShopBacktest

VERSION = 1


@dataclass(frozen=True, slots=True)
class State:
    """horizon: days ahead the learners were trained for. weights: of the methods, summing to 1. backtests: by series'
    key. shop: None where nothing was ever sold."""

    horizon: int
    weights: Mapping[str, float]
    spread: Spread
    summary: ShopBacktest
    backtests: Mapping[str, Backtest]
    launches: Launches
    shop: ShopDays | None

    @classmethod
    def empty(cls, horizon: int) -> State:
        """That of a shop of which nothing is known."""
        weights = {SMOOTHING: 1.0}
        return cls(horizon, weights, NO_SPREAD, ShopBacktest(SMOOTHING, weights, 0, 0), {}, Launches({}, 0.0), None)


def to_json(state: State) -> bytes:
    """UTF-8 JSON."""
    shop = {"first": state.shop.first.isoformat(), "total": state.shop.total} if state.shop else None
    content = {**asdict(state), "shop": shop, "version": VERSION, "features": NAMES}
    return json.dumps(content, allow_nan=False, separators=(",", ":")).encode()


def from_json(content: bytes) -> State:
    """What to_json gave. Raises ValueError for another version's, whose features mean something else."""
    found: dict[str, Any] = json.loads(content)
    if found.get("version") != VERSION or tuple(found.get("features", ())) != NAMES:
        raise ValueError("The model was made by another version.")
    spread, summary, shop = found["spread"], found["summary"], found["shop"]
    return State(
        found["horizon"],
        found["weights"],
        Spread(
            tuple(spread["edges"]),
            _nested(spread["offsets"]),
            tuple(spread["spans"]),
            _nested(spread["totals"]),
            spread["own"],
            tuple(spread["widened"]),
        ),
        ShopBacktest(
            **{**summary, "methods": {name: MethodErrors(**each) for name, each in summary["methods"].items()}}
        ),
        {key: _backtest(each) for key, each in found["backtests"].items()},
        Launches(found["launches"]["categories"], found["launches"]["usual"]),
        ShopDays(date.fromisoformat(shop["first"]), tuple(shop["total"])) if shop else None,
    )


def _nested(table: list[list[list[float]]]) -> tuple[tuple[tuple[float, ...], ...], ...]:
    return tuple(tuple(tuple(cell) for cell in row) for row in table)


def _backtest(found: dict[str, Any]) -> Backtest:
    parts = {name: Errors(**each) for name, each in found["parts"].items()}
    return Backtest(
        **{
            **found,
            "model": Errors(**found["model"]),
            "seasonal_naive": Errors(**found["seasonal_naive"]),
            "parts": parts,
        }
    )
