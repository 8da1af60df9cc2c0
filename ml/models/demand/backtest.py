"""`python -m ml.models.demand.backtest FILE [--origins 6 --days 28 --country FR]`: how well the demand of a shop would
have been forecast.

FILE is a CSV of daily sales, or order lines (see ml.models.demand.reading). For each origin the forecaster is trained
anew on what was known then; beside it stand its parts alone, seasonal naive, and the forecaster that needs nothing but
the standard library. The definition of the measures is in ml.models.demand.evaluation."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cafe_ai.forecasting.model import Prediction
from cafe_ai.forecasting.weekday_smoothing import WeekdaySmoothing
from ml.models.demand.arrays import Floats
from ml.models.demand.evaluation import VARIANTS, Method, Origin, Sales, Score, evaluate, origins
from ml.models.demand.forecaster import DemandForecaster
from ml.models.demand.methods import NAIVE
from ml.models.demand.reading import SalesFileError, read_sales

MODEL = "demand (chosen per shop)"
STANDARD_LIBRARY = "weekday smoothing (standard library)"
MOST_SERIES = 200
"""As many products, those with the most days of sales, are forecast at once, as the product does."""


@dataclass(slots=True)
class Trained:
    """The forecaster of each origin, trained once however many methods ask for it. seconds: of training and of
    forecasting."""

    forecasters: dict[int, DemandForecaster] = field(default_factory=dict)
    parts: dict[int, Mapping[str, Floats]] = field(default_factory=dict)
    seconds: list[tuple[float, float]] = field(default_factory=list)

    def model(self, origin: Origin) -> Sequence[Prediction]:
        """The forecaster's own predictions."""
        begin = time.perf_counter()
        trained = DemandForecaster.train(origin.asks)
        middle = time.perf_counter()
        found = trained.forecast(origin.asks)
        self.seconds.append((middle - begin, time.perf_counter() - middle))
        self.forecasters[origin.place] = trained
        self.parts[origin.place] = trained.parts(origin.asks)
        return found

    def part(self, name: str) -> Method:
        """One of its methods by itself; seasonal naive where it has no such method (too little to learn from)."""

        def expected(origin: Origin) -> Floats:
            parts = self.parts[origin.place]
            return parts.get(name, parts[NAIVE])

        return expected


def run(sales: Sales, count: int, days: int, country: str | None) -> tuple[dict[str, Score], Trained]:
    """The scores of the model, its parts and its fallback. Raises SalesFileError where the records are too short."""
    tried = origins(sales, count, days, country)
    if not tried:
        known = sales.values.shape[1]
        raise SalesFileError(f"{known} days of sales are too few to forecast {days} days from an earlier day.")
    trained = Trained()
    scores = evaluate(sales, tried, {MODEL: trained.model})
    names = sorted({name for parts in trained.parts.values() for name in parts})
    others: dict[str, Method] = {name: trained.part(name) for name in names}
    others[STANDARD_LIBRARY] = lambda origin: WeekdaySmoothing().forecast(origin.asks)
    return scores | evaluate(sales, tried, others), trained


def largest(sales: Sales, most: int = MOST_SERIES) -> Sales:
    """The products with the most days of sales; closed days stay those of the whole shop only as far as these show
    them."""
    order = np.argsort(-(sales.values > 0).sum(axis=1), kind="stable")[:most]
    kept = np.sort(order)
    return Sales(sales.first, tuple(sales.keys[at] for at in kept), sales.values[kept])


def table(scores: Mapping[str, Score]) -> str:
    """One line a method, best first."""
    lines = [f"{'method':38}{'RMSSE':>8}{'MASE':>8}{'MAE':>9}{'bias %':>8}{'80 %':>7}{'95 %':>7}"]
    for name, score in sorted(scores.items(), key=lambda each: each[1].rmsse()):
        covered = "".join(f"{share:7.3f}" if np.isfinite(share) else f"{'':7}" for share in score.coverage)
        lines.append(
            f"{name:38}{score.rmsse():8.3f}{score.mase():8.3f}{np.mean(score.mae):9.3f}{score.bias_percent:8.1f}{covered}"
        )
    return "\n".join(lines)


def variants(score: Score) -> str:
    """RMSSE and MASE of one method under each definition."""
    return "\n".join(
        f"  differences from {lag} day{'s' if lag > 1 else ''} before, "
        f"{'closed days are zeros' if all_days else 'closed days left out'}: "
        f"RMSSE {score.rmsse((lag, all_days)):.3f}, MASE {score.mase((lag, all_days)):.3f}"
        for lag, all_days in VARIANTS
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m ml.models.demand.backtest", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--origins", type=int, default=6)
    parser.add_argument("--days", type=int, default=28)
    parser.add_argument("--country", help="ISO 3166 alpha-2, whose public holidays hold")
    options = parser.parse_args(arguments)
    if options.origins < 1 or not 1 <= options.days <= 365:
        parser.error("--origins is at least 1, --days from 1 to 365")
    write = sys.stdout.write
    try:
        sales = largest(read_sales(options.file))
        scores, trained = run(sales, options.origins, options.days, options.country)
    except SalesFileError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    counted = len(scores[MODEL].mae)
    write(f"{len(sales.keys)} series, {sales.values.shape[1]} days from {sales.first}; ")
    write(f"{len(trained.seconds)} origins, {options.days} days ahead, {counted} (series, origin) counted\n\n")
    write(f"{table(scores)}\n\n{MODEL}, by definition:\n{variants(scores[MODEL])}\n")
    training, forecasting = (float(np.median(each)) for each in zip(*trained.seconds, strict=True))
    write(f"\nTraining takes {training:.1f} s, forecasting {forecasting:.2f} s (medians).\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
