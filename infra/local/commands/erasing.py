"""`cafe-ai erase-customer` and `cafe-ai erase-business`."""

from __future__ import annotations

import argparse
import json
from typing import Any
from urllib.parse import urlsplit

from infra.local import emulator
from infra.local.commands.connection import business_id, running_stack
from infra.local.problems import StackError

CUSTOMER = """\
Forget one of a shop's customers, as the shop asked: the customer, what was learnt of them, and every text that names them. Their
orders stay as nobody's, so no figure changes. docs/privacy.md says what goes where."""
BUSINESS = """\
Remove a business with all it has: orders, customers, documents, conversations, jobs, reports, models. The audit keeps figures,
without words and without who asked. There is no way back: --confirm takes the business's name as it is written."""
WHERE = """

The local stack's, unless --function names another stack's function EraseFunction; then AWS's own settings (profile, region) say
whose it is."""


def add_parsers(commands: Any) -> None:
    """Both commands."""
    customer = _add(commands, "erase-customer", "forget one of a shop's customers", CUSTOMER)
    customer.add_argument("--customer", required=True, metavar="ID", help="the shop's own id of the customer, or ours")
    customer.set_defaults(run=erase)
    business = _add(commands, "erase-business", "remove a business with all it has", BUSINESS)
    business.add_argument("--confirm", required=True, metavar="NAME", help="the business's name")
    business.set_defaults(run=erase)


def _add(commands: Any, name: str, what: str, description: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=what, description=description + WHERE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--business", type=business_id, metavar="UUID", required=True)
    parser.add_argument("--function", metavar="NAME", help="the function in AWS, by its name or ARN")
    return parser


def erase(options: argparse.Namespace) -> None:
    """Run either command."""
    asked = {"business_id": str(options.business)}
    for name in ("customer", "confirm"):
        if value := getattr(options, name, None):
            asked[name] = value
    name, functions = _function(options.function)
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(asked).encode())
    said = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise StackError(f"Nothing was erased: {said.get('errorMessage', said)}")
    print("Erased: " + ", ".join(f"{number:,} {what.replace('_', ' ')}" for what, number in said.items()))


def _function(name: str | None) -> tuple[str, Any]:
    """The function's name, and a client of Lambda where it is."""
    if name:
        import boto3

        return name, boto3.client("lambda")
    stack = running_stack()
    return stack.erase, emulator.client("lambda", urlsplit(stack.emulator_url).port or 80)
