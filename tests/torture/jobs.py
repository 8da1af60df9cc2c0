"""The whole torture: `python -m tests.torture.jobs [--jobs 20000] [--kills 100] [--stalls 20]`, with PYTHONPATH=.:layers/core."""

from __future__ import annotations

import argparse
import sys

from tests.support.postgres import cloned, create_template, running_server
from tests.support.sqs import running_sqs
from tests.torture.judging import complaints
from tests.torture.run import Plan, open_world, torture


def main() -> int:
    """The command line; 1 where something was lost or done twice."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.jobs", description=__doc__)
    parser.add_argument("--jobs", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--stalls", type=int, default=20)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--senders", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    plan = Plan(**vars(parser.parse_args()))
    with running_server() as server, running_sqs() as sqs, cloned(create_template(server)) as database:
        timing = {"visibility_seconds": plan.visibility_seconds, "lease_seconds": plan.lease_seconds}
        with open_world(database, sqs, **timing) as world:
            report = torture(world, plan)
            print(report.told())
            found = complaints(report)
            print("\n".join(found) or "Nothing was lost, nothing was done twice.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
