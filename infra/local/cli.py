"""`cafe-ai`: import a shop's files, get a token, ask a question, rebuild the search index, see how the service does."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import httpx
import psycopg

from cafe_ai.errors import CafeAIError, DependencyDown
from cafe_ai.intake.model import BusinessRefused, IntakeRefused
from infra.local.commands import (
    access,
    asking,
    dashboard,
    erasing,
    experiments,
    fine_tuning,
    importing,
    indexing,
    notifying,
    redriving,
    reporting,
    reviewing,
    training,
)
from infra.local.postgres import PostgresError
from infra.local.problems import StackError, is_full_disk

DESCRIPTION = """\
Bring a shop's own data and ask about it. The commands reach the local stack that `make run` starts."""

EXAMPLES = """\
examples:
  cafe-ai import --name "Tienda" --timezone Europe/London --currency GBP --locale es lines.csv
  cafe-ai import --business UUID lines.csv          again, with more or corrected orders
  cafe-ai import-catalogue --business UUID products.csv
  cafe-ai notify --business UUID --email ana@example.com --weekly-report on
  cafe-ai ask "¿Cuáles fueron las ventas del último mes?" --business UUID
  cafe-ai report --period monthly                   a page, a PDF, a table and data to download
  cafe-ai train --business UUID                     the demand model, its backtest, and whether it is used
  cafe-ai dashboard --watch                         traffic, errors, cost, queues, jobs, alarms
  curl -H "Authorization: Bearer $(cafe-ai token --business UUID --role owner)" "$(cafe-ai url)/..."

`cafe-ai COMMAND --help` says more about each."""

FAILURE, USAGE, INTERRUPTED = 1, 2, 130


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="cafe-ai",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (
        importing, reviewing, access, asking, reporting, training, notifying, indexing, redriving, erasing, dashboard,
        experiments, fine_tuning,
    ):  # fmt: skip
        module.add_parsers(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. A failure is one line on stderr, never a traceback."""
    options = build_parser().parse_args(arguments)
    try:
        options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE
    except KeyboardInterrupt:
        return _complain("interrupted; an import that had not ended has written nothing", INTERRUPTED)
    except BusinessRefused as error:
        return _complain(str(error), USAGE)
    except Exception as error:  # the last line of defence: the person at the terminal gets a sentence
        return _complain(explain(error), FAILURE)
    return 0


def explain(error: Exception) -> str:
    """What went wrong, in one sentence for the person at the terminal."""
    if is_full_disk(error):
        return "The disk is full; nothing was written."
    if isinstance(error, DependencyDown) and error.dependency != "database":
        cause = str(error.__cause__ or type(error).__name__).strip().partition("\n")[0]
        return f"The {error.dependency} cannot be used ({cause}). What was not done is done by the indexer, or by another try."
    if isinstance(error, DependencyDown | psycopg.OperationalError):
        cause = str(error.__cause__ or error).strip().partition("\n")[0]
        return f"The database cannot be reached ({cause}). The local stack is started with `make run`."
    if isinstance(error, httpx.ConnectError):
        return "The API does not answer. The local stack is started with `make run`."
    if isinstance(error, httpx.HTTPError):
        return f"The API gave no answer: {error}."
    if isinstance(error, CafeAIError | IntakeRefused | StackError | PostgresError):
        return str(error)
    return f"Unexpected {type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"


def _complain(message: str, status: int) -> int:
    print(f"cafe-ai: {message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
