"""Which database the metrics are of."""

from __future__ import annotations

from cafe_ai.bootstrap import build
from cafe_ai.platform.db import Database

HOW_TO = (
    "There is no database to read metrics from. Set DATABASE_URL to PostgreSQL as the role cafe_ai_app, or start the local "
    "stack with `make run`."
)


class NoDatabase(LookupError):  # noqa: N818 -- errors state the fact
    """Neither the environment nor a local stack names a database; the message says what to do."""

    def __init__(self) -> None:
        super().__init__(HOW_TO)


def default_database() -> Database:
    """The one that the environment names, as for the functions; else that of the local stack, where one runs.

    Raises NoDatabase, and SettingsError where the environment is wrong.
    """
    runtime = build()
    settings = runtime.settings
    if settings.database_url is not None:
        return runtime.database
    url = _local_stack()
    if url is None:
        raise NoDatabase
    return Database(url)


def _local_stack() -> str | None:
    try:
        from infra.local.state import read_state
    except ImportError:  # the functions' packages do not have it
        return None
    state = read_state()
    return None if state is None else state.dsn_app
