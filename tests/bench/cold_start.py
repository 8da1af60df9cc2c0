"""What a fresh process takes: importing the query function's handler, its memory, and its first question."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from collections import defaultdict
from typing import Any

from tests.bench.fresh import PROJECT, Job, interleave, python_environ, run
from tests.bench.measuring import Ratio, Spread
from tests.bench.parts import PARTS
from tests.bench.report import Result, table
from tests.bench.shops import HANDLER, Shop
from tests.support.gateway import http_event

HELLO = http_event("/hello", method="GET")
OURS, BARE, AGAIN, EVERYTHING = (
    "query function",
    "bare FastAPI + Mangum",
    "bare, once more",
    "everything at module level",
)
FORBIDDEN = ("openai", "chromadb", "boto3", "botocore", "httpx")
IMPORT_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)$")


def measure(shop: Shop, quick: bool) -> Result:
    """Import time and memory beside the floor and beside the naive way; what the time goes to."""
    jobs = {
        BARE: Job("tests.bench.apps.bare:handler", HELLO),
        AGAIN: Job("tests.bench.apps.bare:handler", HELLO),
        OURS: shop.job(),
        EVERYTHING: Job("tests.bench.apps.everything:handler", HELLO, environ={"OPENAI_API_KEY": "sk-bench"}),
    }
    samples = interleave(jobs, 2 if quick else 30)
    for sample in samples[OURS]:
        _refuse_early_imports(sample)
    first = [run(shop.job(parts=True)) for _ in range(2 if quick else 15)]
    modules = _import_times(2 if quick else 9)
    text = "\n\n".join(
        (
            _compare(samples),
            _ratios(samples),
            "Of openai, chromadb, boto3, botocore and httpx the query function had imported none after its import and "
            f"none after its first question, in all {len(samples[OURS])} processes; of the packages watched there was "
            f"{', '.join(samples[OURS][0]['loaded_first']) or 'none'} after it.",
            "**The first question** of a fresh process (it connects, fetches the issuer's keys, reads the shop's names "
            "and compiles the planner's patterns), by parts:",
            _first_question(first),
            "**What the import consists of** (`-X importtime`, own time of all modules of a package; tracing itself "
            "makes it slower, so the shares count):",
            _packages(modules),
        )
    )
    return Result(text, {"samples": samples, "first_question": first, "import_times": modules})


def _refuse_early_imports(sample: dict[str, Any]) -> None:
    early = set(FORBIDDEN) & {*sample["loaded_import"], *sample["loaded_first"]}
    if early:
        raise AssertionError(f"The query function imports {', '.join(sorted(early))} before it uses them.")


def _compare(samples: dict[str, list[dict[str, Any]]]) -> str:
    columns = ("import_ms", "rss_import_mb", "first_ms", "rss_first_mb", "start_to_answer_ms")
    rows = [
        [name, *(Spread.of([sample[column] for sample in measured]).text() for column in columns)]
        for name, measured in samples.items()
        if name != AGAIN
    ]
    n = len(samples[OURS])
    return table(
        (f"handler (n = {n})", "import ms", "RSS MB", "first request ms", "RSS MB", "process start to answer ms"), rows
    )


def _ratios(samples: dict[str, list[dict[str, Any]]]) -> str:
    def ratio(above: str, below: str, column: str) -> str:
        above_values, below_values = ([sample[column] for sample in samples[name]] for name in (above, below))
        return Ratio.of(above_values, below_values).text()

    pairs = ((AGAIN, BARE), (OURS, BARE), (OURS, EVERYTHING))
    columns = ("import_ms", "rss_import_mb", "start_to_answer_ms")
    rows = [[f"{above} / {below}", *(ratio(above, below, column) for column in columns)] for above, below in pairs]
    return table(("ratio [95 %]", "import", "RSS after import", "process start to answer"), rows)


def _first_question(first: list[dict[str, Any]]) -> str:
    totals = [sample["first_ms"] for sample in first]
    parts = {title: [sample["first_parts"].get(part, 0.0) for sample in first] for part, title in PARTS.items()}
    parts["the rest (FastAPI, Mangum, JSON, logs)"] = [
        total - sum(sample["first_parts"].values()) for total, sample in zip(totals, first, strict=True)
    ]
    rows = [[title, Spread.of(values).text()] for title, values in parts.items() if max(values) > 0]
    return table((f"part (n = {len(first)})", "ms"), [*rows, ["**whole**", Spread.of(totals).text()]])


def _import_times(n: int) -> dict[str, float]:
    """The median own time of each module that importing the handler imports, in ms."""
    module = HANDLER.partition(":")[0]
    command = [sys.executable, "-X", "importtime", "-c", f"import {module}"]
    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(n):
        done = subprocess.run(command, env=python_environ({}), cwd=PROJECT, capture_output=True, text=True, check=True)
        for line in done.stderr.splitlines():
            if found := IMPORT_LINE.match(line.rstrip()):
                times[found[2]].append(int(found[1]) / 1000)
    return {name: statistics.median(values) for name, values in times.items()}


def _package_of(module: str) -> str:
    package = module.split(".", maxsplit=1)[0]
    return "Python itself" if {package, package.lstrip("_")} & sys.stdlib_module_names else package


def _packages(modules: dict[str, float]) -> str:
    spent: dict[str, float] = defaultdict(float)
    heaviest: dict[str, tuple[float, str]] = {}
    counted: dict[str, int] = defaultdict(int)
    for name, milliseconds in modules.items():
        package = _package_of(name)
        spent[package] += milliseconds
        counted[package] += 1
        heaviest[package] = max(heaviest.get(package, (0.0, "")), (milliseconds, name))
    total = sum(spent.values())
    rows = [
        [
            package,
            counted[package],
            f"{spent[package]:.1f}",
            f"{spent[package] / total:.0%}",
            f"{heaviest[package][1]} {heaviest[package][0]:.1f}",
        ]
        for package in sorted(spent, key=lambda package: -spent[package])[:15]
    ]
    return table(("package", "modules", "ms", "share", "its heaviest module, ms"), rows)
