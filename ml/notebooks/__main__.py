"""Run the notebooks, all or those named, and save them with their outputs in place (`make notebooks`)."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from ml.notebooks.execution import NotebookError, find_faults, find_notebooks, run, save


def main() -> int:
    """The command line: 1 where a notebook failed or must not be committed as it is."""
    parser = argparse.ArgumentParser(prog="python -m ml.notebooks", description=__doc__)
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="FILE", help="default: all of ml/notebooks")
    parser.add_argument("--quick", action="store_true", help="on reduced data, as the tests do")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the folder with the real data")
    parser.add_argument("--to", type=Path, metavar="DIR", help="write there instead of in place")
    options = parser.parse_args()
    parameters: dict[str, Any] = {}
    if options.quick:
        parameters["QUICK"] = True
    if options.data:
        parameters["DATA"] = str(options.data.resolve())
    failed = 0
    for path in options.notebooks or find_notebooks():
        started = time.monotonic()
        target = options.to / path.name if options.to else path
        try:
            save(run(path, parameters), target)
        except NotebookError as error:
            print(error, file=sys.stderr)
            failed += 1
            continue
        print(f"{target.name}: {time.monotonic() - started:.1f} s")
        for fault in find_faults(target):
            print(f"{target.name} {fault}", file=sys.stderr)
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
