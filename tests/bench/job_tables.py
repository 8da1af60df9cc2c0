"""What the benchmark of jobs found, as tables."""

from __future__ import annotations

from statistics import median
from typing import Any

from tests.bench.measuring import Spread
from tests.bench.report import table

COLUMNS = ("worker_us", "function_us", "postgres_us", "broker_us", "per_core")

Samples = dict[str, list[dict[str, Any]]]


def describe(samples: Samples, jobs: int) -> str:
    """Throughput, acceptance, and ours against theirs."""

    def middle(rows: list[dict[str, Any]], name: str, digits: int = 0) -> str:
        values = [row[name] for row in rows if row[name] is not None]
        return f"{median(values):,.{digits}f}" if values else ""

    throughput = table(
        ("", "jobs/s (rounds)", "worker CPU µs a job", "of it in the function", "PostgreSQL CPU µs", "broker CPU µs",
         "jobs a second of a worker's core"),
        [
            [
                name,
                f"{middle(rows, 'jobs_per_s')} ({', '.join(format(row['jobs_per_s'], '.0f') for row in rows)})",
                *(middle(rows, column) for column in COLUMNS),
            ]
            for name, rows in samples.items()
        ],
    )  # fmt: skip
    accepting = table(
        ("", "accept, back to back, µs (quartiles)", "p99", "of it waiting for the broker", "at 50 a second", "PostgreSQL CPU µs",
         "broker CPU µs", "accepted to done, at 50 a second, ms"),
        [
            [
                name,
                Spread.of(every := _all(rows, "accept_us")).text(0),
                f"{sorted(every)[int(len(every) * 0.99)]:,.0f}",
                Spread.of(waits).text(0) if (waits := _all(rows, "accept_queue_us")) else "",
                Spread.of(_all(rows, "accept_paced_us")).text(0),
                *(middle(rows, column) for column in ("accept_postgres_us", "accept_broker_us")),
                Spread.of(_all(rows, "to_row_ms")).text(1),
            ]
            for name, rows in samples.items()
            if name.endswith("1 worker")
        ],
    )  # fmt: skip
    return f"A full queue of {jobs:,} jobs:\n\n{throughput}\n\n{accepting}\n\n{_ratios(samples)}"


def _ratios(samples: Samples) -> str:
    def of(column: str, ours: str, theirs: str) -> str:
        pairs = [(a[column], b[column]) for a, b in zip(samples[ours], samples[theirs], strict=True)]
        ratios = sorted(a / b for a, b in pairs)
        return f"{median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})"

    rows = []
    columns = ("jobs_per_s", "per_core", "per_core_with_postgres")
    for name in samples:
        if name.startswith("ours"):
            workers = name.rsplit(", ", 1)[1]
            for theirs in (one for one in samples if one.startswith("Celery") and one.endswith(workers)):
                rows.append([name, theirs, *(of(column, name, theirs) for column in columns)])
    heads = ("ours", "against", "jobs/s", "jobs a second of a worker's core", "the same with PostgreSQL's time")
    return "Ours / theirs, the median of the rounds (and all of them):\n\n" + table(heads, rows)


def _all(rows: list[dict[str, Any]], column: str) -> list[float]:
    return [value for row in rows for value in row[column] or ()]
