"""AutoETS of statsforecast, run in an environment of its own.

`python statsforecast_runner.py`: reads JSON from standard input, {"days": n, "series": [[units, ...], ...]} (daily,
zero on closed days), and writes {"AutoETS": [[...], ...], "seconds": {...}} to standard output. A
season is a week."""

import json
import sys
import time

import numpy as np
from statsforecast.models import AutoETS


def main() -> None:
    asked = json.load(sys.stdin)
    found: dict[str, object] = {}
    seconds = {}
    for name, model in (("AutoETS", AutoETS),):
        begin = time.perf_counter()
        found[name] = [_forecast(model, np.asarray(series, dtype=float), asked["days"]) for series in asked["series"]]
        seconds[name] = time.perf_counter() - begin
    json.dump({**found, "seconds": seconds}, sys.stdout)


def _forecast(model: type, series: np.ndarray, days: int) -> list[float]:
    """Never negative."""
    expected = model(season_length=7).forecast(y=series, h=days)["mean"]
    return np.maximum(0.0, np.nan_to_num(expected)).tolist()


if __name__ == "__main__":
    main()
