"""`cafe-ai rebuild-index`."""

from __future__ import annotations

import argparse
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from cafe_ai.bootstrap import Runtime
from cafe_ai.catalogue import indexing, repository
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.settings import load_settings
from infra.local.commands.connection import DATABASE_URL, business_id, running_stack
from infra.local.commands.progress import shown_progress
from infra.local.problems import StackError

SECONDS = 6 * 3600.0
LOOK_SECONDS = 0.5

HELP = """\
Make the search index anew from PostgreSQL, of one business or of all. What is there serves until it is replaced.

It is for a vector store that was lost or whose content is in doubt; without it the indexer finds what is missing by itself,
within minutes. The local stack's index is rebuilt unless --database-url names another database; then CHROMA_URL,
EMBEDDING_MODEL, OPENAI_API_KEY ... are read from the environment, as the functions read them."""


def add_parsers(commands: Any) -> None:
    """The command."""
    rebuild: argparse.ArgumentParser = commands.add_parser(
        "rebuild-index",
        help="make the search index anew from the database",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    rebuild.add_argument("--business", type=business_id, metavar="UUID", help="default: all businesses")
    rebuild.add_argument(
        "--database-url",
        metavar="URL",
        default=os.environ.get(DATABASE_URL),
        help=f"another database than the local stack's, as the role cafe_ai_app (also ${DATABASE_URL})",
    )
    rebuild.set_defaults(run=rebuild_index)


def rebuild_index(options: argparse.Namespace) -> None:
    """Run `cafe-ai rebuild-index`."""
    with _runtime(options.database_url) as runtime:
        if runtime.vectors is None:
            raise StackError("There is no vector store to index in: set CHROMA_URL.")
        done = _with_progress(runtime, options.business)
    print(f"{done:,} documents were indexed.")


@contextmanager
def _runtime(database_url: str | None) -> Iterator[Runtime]:
    """What the functions work with: the running stack's, or that of the environment and another database."""
    environ = {**os.environ}
    if database_url:
        environ["DATABASE_URL"] = database_url
    else:
        stack = running_stack()
        environ.update(DATABASE_URL=stack.dsn_app, CHROMA_URL=stack.chroma_url, EMBEDDING_MODEL=stack.embedding_model)
    runtime = Runtime(load_settings(environ))
    try:
        yield runtime
    finally:
        runtime.database.close()


def _with_progress(runtime: Runtime, business: UUID | None) -> int:
    """How many documents were indexed. The vectors that are back, of those that were there before, are the progress."""
    before = lowest = _vectors(runtime.database)
    watching = Database(runtime.settings.require("database_url"))
    work = _Work(lambda: indexing.rebuild(runtime, Deadline.after(SECONDS), business))
    try:
        with shown_progress() as progress:
            while not work.ended(LOOK_SECONDS):
                now = _vectors(watching)
                lowest = min(lowest, now)
                progress("indexing", min(1.0, (now - lowest) / (before - lowest)) if before > lowest else None)
        return work.result()
    finally:
        watching.close()


class _Work:
    """A call in a thread that does not keep the program from ending."""

    def __init__(self, call: Callable[[], int]) -> None:
        self._returned: list[int] = []
        self._raised: list[Exception] = []
        self._thread = threading.Thread(target=self._run, args=(call,), daemon=True)
        self._thread.start()

    def _run(self, call: Callable[[], int]) -> None:
        try:
            self._returned.append(call())
        except Exception as error:  # it is raised where the result is asked for
            self._raised.append(error)

    def ended(self, seconds: float) -> bool:
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def result(self) -> int:
        if self._raised:
            raise self._raised[0]
        return self._returned[0]


def _vectors(database: Database) -> int:
    with database.transaction(read_only=True) as uow:
        return sum(repository.indexed_vectors(uow).values())
