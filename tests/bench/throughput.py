"""How many questions a second the handler answers without a language model: 1, 4 and 16 processes side by side."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from tests.bench import fresh
from tests.bench.measuring import Spread
from tests.bench.processes_cpu import seconds_of
from tests.bench.questions import PLAIN
from tests.bench.report import Result, table
from tests.bench.shops import Shop

CONCURRENCY = (1, 4, 16)
START_SECONDS = {1: 12.0, 4: 20.0, 16: 60.0}  # until then every process has started and warmed up


def measure(shop: Shop, quick: bool) -> Result:
    """Closed loops: each process asks its next question when the last is answered."""
    seconds = 3.0 if quick else 15.0
    everything = shop.source.bodies()
    mixes = {f"all {len(everything)} kinds in turn": everything, f"{PLAIN} plain totals in turn": everything[:PLAIN]}
    rows, raw = [], {}
    for mix, questions in mixes.items():
        for processes in CONCURRENCY:
            measured, database_seconds = _side_by_side(shop, questions, processes, seconds)
            answered = sum(one["answered"] for one in measured)
            of_database = f"{1000 * database_seconds / answered:.1f}"
            spread = Spread.of([milliseconds for one in measured for milliseconds in one["times_ms"]])
            rows.append([mix, processes, f"{answered / seconds:.0f}", spread.text(), f"{spread.p95:.1f}", of_database])
            raw[f"{mix}, {processes}"] = {"probes": measured, "database_seconds": database_seconds}
    heads = (
        "questions",
        "processes",
        "questions a second",
        "ms a question (quartiles)",
        "p95 ms",
        "PostgreSQL's processor ms a question",
    )
    return Result(table(heads, rows), raw)


def _side_by_side(
    shop: Shop, questions: Sequence[dict[str, Any]], processes: int, seconds: float
) -> tuple[list[dict[str, Any]], float]:
    """What each process measured, and the processor time that PostgreSQL took meanwhile, in seconds."""
    server = shop.postmaster()
    start_at = time.time() + START_SECONDS[processes]
    tokens = shop.job().tokens
    started = [
        fresh.start(
            shop.job(
                questions=questions, tokens=tokens[number::processes], seconds=seconds, start_at=start_at, warm_up=2
            )
        )
        for number in range(processes)
    ]
    time.sleep(max(0.0, start_at - time.time()))
    before = seconds_of(server)
    time.sleep(seconds)
    used = seconds_of(server) - before
    return [fresh.finish(process) for process in started], used
