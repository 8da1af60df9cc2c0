"""The database: one connection per execution environment, and short transactions that name their tenant."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import ceil
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import ClientCursor
from psycopg import errors as sql_errors
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

from cafe_ai.errors import DeadlineExceeded, DependencyDown
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.sign_in import Address, connection_string

# Each goes out as one message, so a transaction costs its own statements and two round trips.
_SETTINGS: LiteralString = """; SELECT set_config('app.business_id', %s, true), set_config('app.user_id', %s, true),
 set_config('statement_timeout', %s, true)"""
BEGIN: LiteralString = "BEGIN" + _SETTINGS
BEGIN_READ_ONLY: LiteralString = "BEGIN READ ONLY" + _SETTINGS
BEGIN_MAY_BE_LOST: LiteralString = BEGIN + ", set_config('synchronous_commit', 'off', true)"

CONNECTION_OPTIONS: dict[str, Any] = {
    "autocommit": True,  # transactions are opened and closed here, by hand
    "prepare_threshold": None,  # prepared statements would pin a connection of RDS Proxy
    "application_name": "cafe-ai",
    "tcp_user_timeout": 3000,  # ms: a connection that silently died is noticed and replaced
}
POSTGRESQL: tracing.Attributes = {"db.system.name": "postgresql"}
SETS_BEFORE = 2  # results: of BEGIN and of its settings
FRESH_SECONDS = (
    5.0  # a connection that was idle for longer may be dead, and whether a statement was done could not be told
)
SERVER_GRACE_SECONDS = 1.0  # how long after the deadline a server that cuts its own statements may still answer


class Connection(psycopg.Connection[tuple[Any, ...]]):
    """A connection that gives up on a server that does not answer by the deadline, not even to say it timed out."""

    deadline: Deadline | None = None
    round_trips = 0  # statements, or groups of them, that were waited for

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """As psycopg's, with the deadline as the timeout."""
        if timeout is None and self.deadline is not None:
            timeout = self.deadline.remaining() + SERVER_GRACE_SECONDS
        self.round_trips += 1
        return super().wait(gen, interval, timeout)


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """One open transaction. Repositories run their statements on its connection; only its opener commits."""

    connection: Connection


class Database:
    """Opens transactions on one cached connection, which is replaced when it is broken.

    Not for several threads at once: an execution environment serves one request at a time.
    """

    def __init__(self, address: Address, *, connect_timeout: float = 5.0) -> None:
        """connect_timeout: seconds to wait for a new connection, at most; a deadline cuts it, down to 2."""
        self._address = address
        self._connect_timeout = connect_timeout
        self._connection: Connection | None = None
        self._used_at = 0.0  # when a transaction last ended, on the monotonic clock

    def another(self) -> Database:
        """The same database on a connection of its own, for another thread."""
        return Database(self._address, connect_timeout=self._connect_timeout)

    @contextmanager
    def transaction(
        self,
        business_id: UUID | None = None,
        user_id: UUID | None = None,
        deadline: Deadline | None = None,
        read_only: bool = False,
        may_be_lost: bool = False,
    ) -> Iterator[UnitOfWork]:
        """One transaction that sees this business's rows (and this user's own); committed on leaving, rolled back
        after an exception.

        may_be_lost: the commit does not wait for the server's disk. Should the server crash within the next second, it may
        be as if it had not been, unless a later commit that did wait was told of: for what is then done again anyway.
        Each statement may take what is left of the deadline. Raises DependencyDown where the database cannot be
        reached or the connection breaks, DeadlineExceeded where the time is over.
        """
        name = "READ TRANSACTION" if read_only else "TRANSACTION"
        with tracing.span(name, tracing.Kind.CLIENT, POSTGRESQL) as span, self._told_of_trouble(deadline):
            connection = self._begin(business_id, user_id, deadline, _statement(read_only, may_be_lost))
            before = connection.round_trips
            try:
                yield UnitOfWork(connection)
            except BaseException:
                self._roll_back(connection)
                raise
            finally:
                span.set("cafe_ai.db.round_trips", connection.round_trips - before)
            if connection.execute("COMMIT").statusmessage != "COMMIT":
                raise RuntimeError(
                    "A statement of this transaction failed, its error was swallowed: nothing was written."
                )
            self._used_at = time.monotonic()

    def run(
        self,
        statement: LiteralString,
        values: Mapping[str, Any],
        business_id: UUID | None = None,
        user_id: UUID | None = None,
        deadline: Deadline | None = None,
        may_be_lost: bool = False,
    ) -> list[dict[str, Any]]:
        """A transaction of this one statement, which takes values by name; its rows.

        It is one message and one round trip, instead of three, on a connection that was in use a moment ago. Raises as
        `transaction` does.
        """
        with tracing.span("STATEMENT", tracing.Kind.CLIENT, POSTGRESQL) as span:
            if span.trace_id is not None:
                span.set("db.operation.name", _operation(statement))
            rows = self._run(statement, values, business_id, user_id, deadline, may_be_lost)
            span.set("db.response.returned_rows", len(rows))
        return rows

    def _run(
        self,
        statement: LiteralString,
        values: Mapping[str, Any],
        business_id: UUID | None,
        user_id: UUID | None,
        deadline: Deadline | None,
        may_be_lost: bool,
    ) -> list[dict[str, Any]]:
        connection = self._connection
        if connection is None or connection.broken or time.monotonic() - self._used_at > FRESH_SECONDS:
            with self.transaction(business_id, user_id, deadline, may_be_lost=may_be_lost) as uow:
                return _rows(ClientCursor(uow.connection, row_factory=dict_row).execute(statement, values))
        with self._told_of_trouble(deadline):
            if connection.info.transaction_status != TransactionStatus.IDLE:
                raise RuntimeError("A transaction is open already: they do not nest.")
            connection.deadline = deadline
            cursor = ClientCursor(connection, row_factory=dict_row)
            begin = cursor.mogrify(_statement(False, may_be_lost), _settings(business_id, user_id, deadline))
            whole = f"{begin}; {cursor.mogrify(statement, values)}; COMMIT"
            try:
                cursor.execute(whole.encode())
            except BaseException:
                self._roll_back(connection)
                raise
            for _ in range(SETS_BEFORE):
                cursor.nextset()
            self._used_at = time.monotonic()
            return _rows(cursor)

    @contextmanager
    def _told_of_trouble(self, deadline: Deadline | None) -> Iterator[None]:
        """The driver's failures as ours; what broke the connection has it replaced."""
        if deadline is not None and deadline.expired:
            raise DeadlineExceeded
        try:
            yield
        except sql_errors.QueryCanceled as error:
            raise DeadlineExceeded from error
        except sql_errors._WaitTimeout as error:
            self.close()
            raise DeadlineExceeded from error
        except psycopg.OperationalError as error:
            self.close()
            raise DependencyDown("database") from error

    def close(self) -> None:
        """Closes the connection; the next transaction opens a new one."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def _begin(
        self, business_id: UUID | None, user_id: UUID | None, deadline: Deadline | None, statement: LiteralString
    ) -> Connection:
        settings = _settings(business_id, user_id, deadline)
        cached = self._connection
        if cached is not None:
            if cached.info.transaction_status not in (TransactionStatus.IDLE, TransactionStatus.UNKNOWN):
                raise RuntimeError("A transaction is open already: they do not nest.")
            try:
                return _execute_begin(cached, deadline, statement, settings)
            except sql_errors._WaitTimeout:
                raise
            except psycopg.OperationalError:
                self.close()  # it broke while it was idle: nothing is lost yet
        self._connection = self._connect(deadline)
        return _execute_begin(self._connection, deadline, statement, settings)

    def _connect(self, deadline: Deadline | None) -> Connection:
        timeout = self._connect_timeout if deadline is None else deadline.at_most(self._connect_timeout)
        dsn = connection_string(self._address)
        with tracing.span("CONNECT", tracing.Kind.CLIENT, POSTGRESQL):
            return Connection.connect(dsn, connect_timeout=ceil(timeout), **CONNECTION_OPTIONS)

    def _roll_back(self, connection: Connection) -> None:
        try:
            connection.execute("ROLLBACK")
        except psycopg.Error:
            self.close()


def _statement(read_only: bool, may_be_lost: bool) -> LiteralString:
    if read_only:
        return BEGIN_READ_ONLY
    return BEGIN_MAY_BE_LOST if may_be_lost else BEGIN


def _operation(statement: LiteralString) -> str | None:
    """What a statement does; None where its first word does not say."""
    first = statement.split(maxsplit=1)[0]
    return None if first == "WITH" else first


def _settings(business_id: UUID | None, user_id: UUID | None, deadline: Deadline | None) -> list[str]:
    milliseconds = 0 if deadline is None else max(1, ceil(deadline.remaining() * 1000))
    return [str(business_id or ""), str(user_id or ""), str(milliseconds)]


def _rows(cursor: psycopg.Cursor[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of a statement that has any. cursor.description would tell as well, at the cost of describing each column."""
    return cursor.fetchall() if cursor.pgresult is not None and cursor.pgresult.nfields else []


def _execute_begin(
    connection: Connection, deadline: Deadline | None, statement: LiteralString, settings: list[str]
) -> Connection:
    connection.deadline = deadline
    ClientCursor(connection).execute(statement, settings)
    return connection
