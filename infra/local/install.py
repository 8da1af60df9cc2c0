"""`python -m infra.local.install`: everything a fresh machine lacks, into the project's own folder; with `checks` the tools
of `make checks` too.
"""

import signal
import sys

from infra.local.console import complain
from infra.local.environment import checks_environment, ensure_environment, ensure_environments, ensure_importable
from infra.local.layout import current
from infra.local.openmp import ensure_openmp
from infra.local.problems import StackError, explain
from infra.local.stopping import Stopped, stop_on_signals


def main() -> int:
    layout = current()
    stop_on_signals()
    try:
        ensure_environments(layout)
        ensure_openmp(layout)
        ensure_importable(layout)
        if "checks" in sys.argv[1:]:
            ensure_environment(layout, checks_environment(layout))
    except Stopped:
        complain("\nInterrupted; the next run goes on from here.")
        return 128 + signal.SIGINT
    except (StackError, OSError) as error:
        complain(f"\n{explain(error, layout)}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
