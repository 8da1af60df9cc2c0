"""The search index of a stack that starts: the indexer is called at once, not at its next minute."""

import time

import psycopg

from infra.local import emulator
from infra.local.problems import StackError

SECONDS = 120
PAUSE_SECONDS = 0.2
# What waits to be indexed. The vector store may hold less than the database believes; the indexer sees to that itself.
COUNT_WAITING = "SELECT count(*) FROM index_outbox"


def index_all(dsn: str, function: str, port: int) -> None:
    """Call the indexer until nothing waits; `dsn` is a superuser's, who sees all businesses.

    Raises StackError where it fails, or has not ended within two minutes.
    """
    deadline = time.monotonic() + SECONDS
    functions = emulator.client("lambda", port)
    while time.monotonic() < deadline:
        answer = functions.invoke(FunctionName=function, Payload=b"{}")
        if "FunctionError" in answer:
            raise StackError(f"The catalogue was not indexed: {answer['Payload'].read().decode()[:500]}")
        with psycopg.connect(dsn) as connection:
            waiting = connection.execute(COUNT_WAITING).fetchone()
        if waiting == (0,):
            return
        time.sleep(PAUSE_SECONDS)
    raise StackError(f"The catalogue was not indexed within {SECONDS} s.")
