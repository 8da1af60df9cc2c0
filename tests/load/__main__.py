"""`python -m tests.load soak [--minutes 30] [--users 4]` or `chaos [--seconds 10]`, with PYTHONPATH=.:layers/core."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.local.stopping import stop_on_signals
from tests.bench.fresh import PROJECT
from tests.bench.measuring import describe_machine, measure_noise
from tests.bench.report import Result, keep, stamp
from tests.load import chaos, soak
from tests.load.outages import everything
from tests.load.world import World, open_world


def main() -> int:
    """The command line; 1 where something was found wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("what", choices=("soak", "chaos"))
    parser.add_argument("--minutes", type=float, default=30.0, help="of a soak")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each outage of the chaos")
    parser.add_argument("--only", default="", help="the outages whose names hold this")
    parser.add_argument("--users", type=int, default=4)
    parser.add_argument("--home", type=Path, help="the stack's folder; default: a temporary one")
    parser.add_argument("--publish", action="store_true", help="put the result into docs/benchmarks.md")
    options = parser.parse_args()
    stop_on_signals()
    machine, before = describe_machine(PROJECT), measure_noise()
    with open_world(options.home) as world:
        result, complaints = _soak(world, options) if options.what == "soak" else _chaos(world, options)
    keep(options.what, result, stamp(machine, before, measure_noise()), publish=options.publish)
    return 1 if complaints else 0


def _soak(world: World, options: argparse.Namespace) -> tuple[Result, Sequence[str]]:
    outcome = soak.soak(world, options.minutes, options.users)
    raw = {"memory": outcome.memory, "calls": len(outcome.calls), "complaints": list(outcome.complaints)}
    return Result(soak.told(outcome), raw), outcome.complaints


def _chaos(world: World, options: argparse.Namespace) -> tuple[Result, Sequence[str]]:
    outages = [outage for outage in everything(world) if options.only in outage.name]
    outcome = chaos.chaos(world, outages, options.seconds, options.users)
    raw = {"calls": len(outcome.calls), "spool_seconds": outcome.spool_seconds, "complaints": list(outcome.complaints)}
    return Result(chaos.told(outcome), raw), outcome.complaints


if __name__ == "__main__":
    sys.exit(main())
