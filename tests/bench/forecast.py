"""Demand forecasts on a shop's real sales: beside seasonal naive, the parts alone, and statsforecast's AutoETS.

SALES=french_bakery_daily.csv names the file (a CSV that `python -m ml.models.demand.backtest` reads; COUNTRY=FR its
holidays); without it a generated bakery is taken, which shows how fast it is and not how good. Time and memory are
those of a fresh process with one thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from infra.local.environment import VirtualEnvironment, ensure_environment
from infra.local.layout import current, python_of
from ml.models.demand.arrays import Floats
from ml.models.demand.backtest import MODEL, largest, run, variants
from ml.models.demand.evaluation import Method, Origin, Sales, Score, evaluate, origins
from ml.models.demand.reading import read_sales
from tests.bench.fresh import PROJECT, python_environ
from tests.bench.report import Result, details, table
from tests.bench.shops import Shop

BENCH = PROJECT / "tests" / "bench"
ORIGINS, DAYS = 6, 28
PEERS = ("AutoETS",)
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Source:
    """title: as the document calls it."""

    title: str
    sales: Sales
    country: str | None


def measure(shop: Shop, quick: bool) -> Result:
    """The shop that is loaded for the other benchmarks is not used: a forecast needs two years."""
    source = _source()
    count = 1 if quick else ORIGINS
    scores, _ = run(source.sales, count, DAYS, source.country)
    tried = origins(source.sales, count, DAYS, source.country)
    scores |= evaluate(source.sales, tried, _peers(tried))
    speed = _speed(quick)
    text = "\n\n".join(
        (
            f"Units by product of {source.title}, {DAYS} days ahead from {len(tried)} origins {DAYS} days apart, the "
            f"last forecast ending on the last day: {len(scores[MODEL].mae)} (series, origin). RMSSE by differences from "
            "the day before, MASE by those from the week before, closed days counting as zero.",
            _table(scores),
            details("The model under other definitions", variants(scores[MODEL])),
            f"150 series of 730 days and the shop's own: training with its backtest {speed['train']:.1f} s "
            f"({speed['train_processor']:.1f} s of the processor), forecast from files {speed['forecast']:.1f} s, most "
            f"memory {speed['megabytes']:.0f} MB (a fresh process, one thread); the files "
            f"{speed['files_megabytes']:.1f} MB.",
        )
    )
    return Result(text, {"scores": {name: _raw(score) for name, score in scores.items()}, "speed": speed})


def _source() -> Source:
    if path := os.environ.get("SALES"):
        return Source(Path(path).name, largest(read_sales(Path(path))), os.environ.get("COUNTRY"))
    chance = np.random.default_rng(1)
    week = np.array([0.7, 0.8, 0.9, 1.0, 1.3, 1.6, 0.7])
    days = 400
    factor = week[np.arange(days) % 7] * (1 + 0.4 * np.sin(np.arange(days) / 58))
    values = np.stack([chance.poisson((1 + number % 12) * factor) for number in range(40)]).astype(np.float64)
    return Source("a generated bakery", Sales(date(2025, 1, 1), tuple(f"p{n}" for n in range(40)), values), "ES")


def _peers(tried: list[Origin]) -> dict[str, Method]:
    """All origins are computed at once, in the peers' own environment."""
    layout = current()
    environment = VirtualEnvironment(
        "statsforecast", layout.shared / "venvs" / "forecasting", BENCH / "requirements" / "forecasting.txt"
    )
    ensure_environment(layout, environment)
    found = {origin.place: _asked(python_of(environment.folder), origin) for origin in tried}

    def method(name: str) -> Method:
        def expected(origin: Origin) -> Floats:
            return np.asarray(found[origin.place][name], dtype=np.float64)

        return expected

    return {name: method(name) for name in PEERS}


def _asked(python: Path, origin: Origin) -> dict[str, Any]:
    """Series that do not count are not asked for, and zero."""
    series = [
        [value or 0.0 for value in ask.history.values] if counts else [0.0] * 14
        for ask, counts in zip(origin.asks, origin.counts, strict=True)
    ]
    ran = subprocess.run(
        [str(python), str(BENCH / "peers" / "statsforecast_runner.py")],
        input=json.dumps({"days": DAYS, "series": series}),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **ONE_THREAD},
    )
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def _speed(quick: bool) -> dict[str, float]:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench.forecast_speed", "20" if quick else "150"],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
        env=python_environ(ONE_THREAD),
    )
    measured: dict[str, float] = json.loads(ran.stdout)
    return measured


def _table(scores: Mapping[str, Score]) -> str:
    rows = []
    for name, score in sorted(scores.items(), key=lambda each: each[1].rmsse()):
        covered = [f"{100 * share:.1f} %" if np.isfinite(share) else "" for share in score.coverage]
        label = f"**{name}**" if name == MODEL else name.replace("_", " ")
        rows.append((label, f"{score.rmsse():.3f}", f"{score.mase():.3f}", f"{score.bias_percent:+.1f} %", *covered))
    return table(("method", "RMSSE", "MASE", "bias", "80 % interval holds", "95 %"), rows)


def _raw(score: Score) -> dict[str, object]:
    return {
        "rmsse": score.rmsse(), "mase": score.mase(), "bias_percent": score.bias_percent,
        "coverage": score.coverage, "counted": len(score.mae),
    }  # fmt: skip
