"""`python -m tests.bench.forecast_speed N`: trains on N generated products over two years and their shop, writes the
files, forecasts from them; prints seconds and the most memory that the process used, as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import date, timedelta

import numpy as np

from cafe_ai.forecasting.model import Ask, Circumstances, History
from ml.models.demand.forecaster import DemandForecaster

END, DAYS = date(2026, 6, 1), 730


def main() -> None:
    asks = _asks(int(sys.argv[1]))
    begin, used = time.perf_counter(), time.process_time()
    trained = DemandForecaster.train(asks)
    middle, used = time.perf_counter(), time.process_time() - used
    files = trained.to_files()
    loaded = time.perf_counter()
    DemandForecaster.from_files(files).forecast(asks)
    end = time.perf_counter()
    found = {
        "train": middle - begin,
        "train_processor": used,
        "forecast": end - loaded,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "files_megabytes": sum(map(len, files.values())) / 1e6,
    }
    print(json.dumps(found))


def _asks(products: int) -> list[Ask]:
    chance = np.random.default_rng(7)
    first = END - timedelta(days=DAYS)
    week = np.array([0.7, 0.8, 0.9, 1.0, 1.3, 1.6, 0.7])
    weekday = (first.weekday() + np.arange(DAYS)) % 7
    factor = week[weekday] * (1 + 0.4 * np.sin(2 * np.pi * np.arange(DAYS) / 365))
    units = [chance.poisson(0.2 * 1.035**n * factor).astype(np.float64) for n in range(products)]
    series = {f"p{n}": each for n, each in enumerate(units)} | {"shop": 2.5 * np.sum(units, axis=0)}
    return [
        Ask(History(first, tuple(each.tolist())), 28, (3, 10), 0.95, Circumstances(key, f"c{at % 9}", country="ES"))
        for at, (key, each) in enumerate(series.items())
    ]


if __name__ == "__main__":
    main()
