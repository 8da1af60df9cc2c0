"""`make bench`, or `python -m tests.bench [--quick] [NAME ...]`: all benchmarks or those named.

Results are printed, kept as JSON in .local/bench and written to docs/benchmarks.md; --quick tries everything with few
samples and leaves the document alone. UCI=lines.csv measures on that shop, SALES=daily.csv on those daily sales (see
docs/benchmarks.md).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import ExitStack

from tests.bench import (
    analyses,
    cold_start,
    cost,
    features,
    forecast,
    growth,
    importing,
    isolation,
    jobs,
    lifetimes,
    model_path,
    monitoring,
    question_parts,
    recommendations,
    rollups,
    search_quality,
    search_speed,
    stock,
    through_gateway,
    throughput,
    traces,
    training,
    warm,
)
from tests.bench.fresh import PROJECT
from tests.bench.measuring import describe_machine, measure_noise
from tests.bench.report import Result, keep, stamp
from tests.bench.shops import Shop, choose_source, open_shop

Benchmark = Callable[[Shop, bool], Result]
BENCHMARKS: dict[str, Benchmark] = {
    "cold": cold_start.measure,
    "warm": warm.measure,
    "parts": question_parts.measure,
    "throughput": throughput.measure,
    "traces": traces.measure,
    "rollups": rollups.measure,
    "model": model_path.measure,
    "cost": cost.measure,
    "growth": growth.measure,
    "import": importing.measure,
    "recommendations": recommendations.measure,
    "analyses": analyses.measure,
    "gateway": through_gateway.measure,
    "isolation": isolation.measure,
    "search-quality": search_quality.measure,
    "search-speed": search_speed.measure,
    "jobs": jobs.measure,
    "features": features.measure,
    "stock": stock.measure,
    "training": training.measure,
    "lifetime": lifetimes.measure,
    "monitoring": monitoring.measure,
    "forecast": forecast.measure,
}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="few samples, the document stays as it is")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {', '.join(unknown)}: there are {', '.join(BENCHMARKS)}")
    machine = describe_machine(PROJECT)
    source = choose_source()
    print(f"Loading {source.title} ...", flush=True)
    with ExitStack() as stack:
        shop = stack.enter_context(open_shop(source))
        for name in options.names or BENCHMARKS:
            print(f"== {name} ...", flush=True)
            before = measure_noise()
            result = BENCHMARKS[name](shop, options.quick)
            keep(name, result, stamp(machine, before, measure_noise()), publish=not options.quick)


if __name__ == "__main__":
    main()
