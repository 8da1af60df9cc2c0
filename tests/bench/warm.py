"""What our HTTP edge adds to a warm request: the same hello on bare FastAPI + Mangum and behind it, in one process."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.bench.fresh import PROJECT, python_environ
from tests.bench.measuring import Ratio, Spread
from tests.bench.report import Result, table
from tests.bench.shops import Shop

PROCESSES = 3
RATIO_SAMPLE = 2_000  # of the calls, evenly: a bootstrap of all of them takes minutes


def measure(_: Shop, quick: bool) -> Result:
    """Fresh processes, one after the other; all their calls together."""
    rounds = 50 if quick else 600
    times: dict[str, list[float]] = {}
    for _number in range(1 if quick else PROCESSES):
        command = [sys.executable, "-m", "tests.bench.warm_process", str(rounds)]
        done = subprocess.run(command, env=python_environ({}), cwd=PROJECT, capture_output=True, text=True, check=True)
        for name, values in json.loads(done.stdout).items():
            times.setdefault(name, []).extend(values)
    floor = times["bare"]
    rows = []
    for name, values in times.items():
        spread, least = Spread.of(values), Spread.of(floor)
        ratio = Ratio.of(_thinned(values), _thinned(floor), draws=1000).text()
        rows.append([name, spread.text(0), ratio, f"{spread.p10:.0f}", f"{spread.p10 / least.p10:.2f}"])
    heads = (f"handler (n = {len(floor):,} each)", "µs a request", "ratio [95 %]", "µs, fastest tenth", "its ratio")
    return Result(table(heads, rows), {"microseconds": times})


def _thinned(values: list[float]) -> list[float]:
    return values[:: max(1, len(values) // RATIO_SAMPLE)]
