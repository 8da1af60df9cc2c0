"""`cafe-ai redrive`."""

from __future__ import annotations

import argparse
import json
from typing import Any
from urllib.parse import urlsplit

from cafe_ai.jobs.model import JobKind
from infra.local import emulator
from infra.local.commands.connection import business_id, running_stack
from infra.local.problems import StackError

HELP = """\
Have jobs done again that failed for want of attempts: all, of one kind, or one alone. They begin anew, with as many attempts
as a new job. What their requests themselves made impossible is not among them.

The local stack's, unless --function names another stack's function RedriveFunction; then AWS's own settings (profile,
region) say whose it is."""


def add_parsers(commands: Any) -> None:
    """The command."""
    redrive: argparse.ArgumentParser = commands.add_parser(
        "redrive",
        help="have failed jobs done again",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    which = redrive.add_mutually_exclusive_group()
    which.add_argument("--kind", choices=[kind.value for kind in JobKind], help="default: all kinds")
    which.add_argument("--job", type=business_id, metavar="UUID", help="this job alone")
    redrive.add_argument("--function", metavar="NAME", help="the function in AWS, by its name or ARN")
    redrive.set_defaults(run=redrive_jobs)


def redrive_jobs(options: argparse.Namespace) -> None:
    """Run `cafe-ai redrive`."""
    asked = {"kind": options.kind, "job_id": options.job and str(options.job)}
    name, functions = _function(options.function)
    answer = functions.invoke(
        FunctionName=name, Payload=json.dumps({key: value for key, value in asked.items() if value}).encode()
    )
    said = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise StackError(f"{name} failed: {said.get('errorMessage', said)}")
    count = said["redriven"]
    print(f"{count:,} job{'' if count == 1 else 's'} will be done again.")


def _function(name: str | None) -> tuple[str, Any]:
    """The function's name, and a client of Lambda where it is."""
    if name:
        import boto3

        return name, boto3.client("lambda")
    stack = running_stack()
    return stack.redrive, emulator.client("lambda", urlsplit(stack.emulator_url).port or 80)
