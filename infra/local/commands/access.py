"""`cafe-ai token` and `cafe-ai url`."""

from __future__ import annotations

import argparse
from typing import Any
from uuid import UUID

from cafe_ai.intake import service
from infra.local.commands.connection import add_database_option, business_id, running_stack, shop_database
from infra.local.dev_users import DEV_USERS
from infra.local.tokens import make_token

API = "/api/v1/ai"


def add_parsers(commands: Any) -> None:
    """The two commands."""
    token = commands.add_parser(
        "token",
        help="print a token for the API",
        description="Print a bearer token of the local user with a role, and make that user a member of the business.",
    )
    token.add_argument("--business", type=business_id, metavar="UUID", help="default: Café Central")
    token.add_argument("--role", choices=tuple(DEV_USERS), default="owner", help="default: owner")
    token.add_argument("--seconds", type=int, default=12 * 3600, help="how long it is good for (12 hours)")
    token.add_argument("--operator", action="store_true", help="of one who operates the service, for GET /metrics")
    add_database_option(token)
    token.set_defaults(run=print_token)
    url = commands.add_parser("url", help="print the API's base URL", description="Print the API's base URL.")
    url.set_defaults(run=print_url)


def print_token(options: argparse.Namespace) -> None:
    """Run `cafe-ai token`."""
    stack = running_stack()
    user = DEV_USERS[options.role]
    with shop_database(options) as database:
        service.add_member(database, options.business or UUID(stack.business_id), user, options.role)
    print(make_token(stack, user, operator=options.operator, seconds=options.seconds))


def print_url(options: argparse.Namespace) -> None:  # noqa: ARG001  # every command takes its options
    """Run `cafe-ai url`."""
    print(running_stack().base_url.rstrip("/") + API)
