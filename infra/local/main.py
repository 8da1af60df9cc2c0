"""`python -m infra.local.main run | stop`: the local stack's commands, behind `make run` and `make stop`."""

import argparse
import os
import signal
import sys
import tempfile
import time

from infra.local import stack
from infra.local.console import complain, say, step
from infra.local.layout import Layout, current
from infra.local.postgres import PostgresError
from infra.local.problems import StackError, explain, is_full_disk, tail
from infra.local.report import ask, readiness
from infra.local.state import State, load
from infra.local.stopping import Stopped, stop_on_signals

WATCH_SECONDS = 1.0


def run(layout: Layout, *, detach: bool) -> int:
    """Start the stack, show an answer, and serve until Ctrl-C; with `detach`, return once it is ready."""
    _revived(layout)
    state = stack.running(layout)
    if state:
        say("The stack is already running (`make stop` stops it).")
        if stack.is_out_of_date(layout):
            say("The code has changed since it started: `make stop`, then `make run`, to run the new one.")
        say(readiness(state, layout, ask(state, layout)))
        return 0
    say("Starting the stack.")
    detached = False
    try:
        _show_answer(stack.start(layout), layout)
        if not detach:
            return _serve(layout)
        detached = True
        say("It runs in the background; `make stop` stops it.")
        return 0
    finally:
        if not detached and stack.stop(layout):
            say("Stopped.")


def stop(layout: Layout) -> int:
    say("Stopped." if stack.stop(layout) else "Nothing was running.")
    return 0


def _show_answer(state: State, layout: Layout) -> None:
    with step("Asking the first question"):
        answer = ask(state, layout)
    say(readiness(state, layout, answer))


def _serve(layout: Layout) -> int:
    """Until Ctrl-C, until another command stops the stack, or until a part of it ends by itself."""
    try:
        say("Serving until Ctrl-C.")
        while stack.running(layout) or _revived(layout):
            time.sleep(WATCH_SECONDS)
    except Stopped:
        return 0
    if load(layout).ready is None:
        return 0
    complain(
        f"\nA part of the stack has ended. The last lines of the emulator's log:\n\n{tail(layout.log('emulator'))}"
    )
    return 1


def _revived(layout: Layout) -> bool:
    if not stack.revive_vector_store(layout):
        return False
    say("The vector store had ended; it runs again.")
    return True


def main() -> int:
    parser = argparse.ArgumentParser(prog="infra.local.main", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    runner = commands.add_parser("run", help="start the stack and serve until Ctrl-C")
    runner.add_argument("--detach", action="store_true", default=bool(os.environ.get("DETACH")))
    commands.add_parser("stop", help="stop the stack")
    arguments = parser.parse_args()
    layout = current()
    stop_on_signals()
    tempfile.tempdir = str(layout.tmp)
    try:
        return run(layout, detach=arguments.detach) if arguments.command == "run" else stop(layout)
    except Stopped:
        complain("\nInterrupted; the next start goes on from here.")
        return 128 + signal.SIGINT
    except Exception as error:
        if not isinstance(error, StackError | PostgresError | OSError) and not is_full_disk(error):
            raise
        complain(f"\n{explain(error, layout)}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
