"""What the commands connect to: the running stack, or another database that is named."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from cafe_ai.platform.db import Database
from infra.local.problems import StackError
from infra.local.state import State, read_state

DATABASE_URL = "CAFE_AI_DATABASE_URL"


def running_stack() -> State:
    """How to reach the stack. Raises StackError where none runs."""
    state = read_state()
    if state is None:
        raise StackError("The local stack does not run. Start it with `make run` (or `DETACH=1 make run`).")
    return state


def add_database_option(parser: argparse.ArgumentParser) -> None:
    """--database-url, for a database that is not the local stack's."""
    parser.add_argument(
        "--database-url",
        metavar="URL",
        default=os.environ.get(DATABASE_URL),
        help=f"another database than the local stack's, as the role cafe_ai_saas (also ${DATABASE_URL})",
    )


@contextmanager
def shop_database(options: argparse.Namespace) -> Iterator[Database]:
    """The database that the options name, with the role that writes the shops' tables."""
    database = Database(options.database_url or running_stack().dsn_saas)
    try:
        yield database
    finally:
        database.close()


def business_id(text: str) -> UUID:
    """An argparse type."""
    try:
        return UUID(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no UUID") from None
