"""How long `cafe-ai import` takes for a whole file, into a new database each time."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from infra.local.sample_business import loading
from tests.bench.fresh import PROJECT, python_environ
from tests.bench.measuring import Spread
from tests.bench.report import Result, table
from tests.bench.shops import Shop, create_database, drop_database
from tests.support.postgres import TestDatabase


def measure(shop: Shop, quick: bool) -> Result:
    """The command from its start to its end, and the memory of its process at its peak."""
    with tempfile.TemporaryDirectory(prefix="cafe-ai-bench-") as folder:
        csv = shop.source.csv or _generate(Path(folder), shop.source.as_of)
        with csv.open("rb") as file:
            lines = sum(1 for _ in file) - 1
        runs = []
        for number in range(1 if quick else 5):
            database = create_database(shop.database.server, f"import_{number}")
            try:
                runs.append(_import(csv, database, shop))
            finally:
                drop_database(database)
            print(f"   {runs[-1][0]:.1f} s", flush=True)
    seconds = Spread.of([run[0] for run in runs])
    rows = [
        [
            f"{lines:,}",
            seconds.text(),
            f"{lines / seconds.median:,.0f}",
            f"{max(run[1] for run in runs):.0f}",
            seconds.n,
        ]
    ]
    heads = ("lines", "seconds (quartiles)", "lines a second", "peak memory of the importer, MB", "n")
    return Result(table(heads, rows), {"seconds_and_peak_mb": runs})


def _import(csv: Path, database: TestDatabase, shop: Shop) -> tuple[float, float]:
    business = shop.source.business
    options = {
        "--name": business.name,
        "--timezone": business.timezone,
        "--currency": business.currency,
        "--locale": business.locale,
        "--database-url": database.saas,
    }
    command = [sys.executable, "-m", "infra.local.cli", "import", *(part for pair in options.items() for part in pair)]
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, str(csv)], env=python_environ({}), cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"The import ended with {process.returncode}.")
    return seconds, used.ru_maxrss / 1024


def _generate(folder: Path, as_of: datetime) -> Path:
    local = as_of.replace(tzinfo=None)
    return loading.write_csv(folder, loading.first_day_at(local.date()), local)["lines"]
