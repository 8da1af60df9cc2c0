"""What a new database of RDS lacks before the migrations can run: the roles that log in, made by the master user.

The master is no superuser. Whoever makes a role is its member for ever (PostgreSQL 16), and on RDS a member of a role that
signs in with IAM may no longer use a password, which is all the master has. So a role for the purpose makes the owner,
and is dropped: with it goes the master's tie to those it made.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import LiteralString

import psycopg
from psycopg import sql

from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.migrations import MigrationError
from cafe_ai.platform.sign_in import connection_string

LOGINS = ["cafe_ai_owner", "cafe_ai_app", "cafe_ai_saas"]
ADVISORY_LOCK = 7_421_903_312  # any number of our own: two runs at once wait for one another

LOCK = "SELECT pg_advisory_xact_lock(%s)"
SET_TIMEOUT = "SELECT set_config('statement_timeout', %s, true)"
SELECT_OWNER = "SELECT oid FROM pg_roles WHERE rolname = 'cafe_ai_owner'"
MAKE_ROLES: tuple[LiteralString, ...] = (
    "CREATE ROLE cafe_ai_setup NOLOGIN CREATEROLE",
    "GRANT cafe_ai_setup TO CURRENT_USER WITH SET TRUE, INHERIT FALSE",
    "SET LOCAL ROLE cafe_ai_setup",
    "CREATE ROLE cafe_ai_owner LOGIN CREATEROLE NOCREATEDB",
    "GRANT cafe_ai_owner TO cafe_ai_setup WITH SET TRUE, INHERIT FALSE",
    "SET LOCAL ROLE cafe_ai_owner",  # who owns the tables administers the roles that use them
    "CREATE ROLE cafe_ai_app LOGIN NOCREATEDB NOCREATEROLE",
    "CREATE ROLE cafe_ai_saas LOGIN NOCREATEDB NOCREATEROLE",
    "RESET ROLE",
    """DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO cafe_ai_owner', current_database()); END $$""",
    "DROP ROLE cafe_ai_setup",
)
SELECT_WITHOUT_IAM = """
SELECT login.rolname FROM pg_roles AS login
WHERE login.rolname = ANY (%s)
  AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam')
  AND NOT EXISTS (
      SELECT FROM pg_auth_members AS membership JOIN pg_roles AS iam ON iam.oid = membership.roleid
      WHERE membership.member = login.oid AND iam.rolname = 'rds_iam')
ORDER BY 1"""
GRANT_IAM: LiteralString = "GRANT rds_iam TO {}"


def make_roles(master_dsn: str, deadline: Deadline | None = None) -> tuple[str, ...]:
    """Makes the owner of the database and the functions' roles where there is no owner yet, and lets those sign in with
    IAM where the server is RDS; what it did, for the log.

    All of it or nothing, and nothing where it was done already. Raises MigrationError where it cannot be done.
    """
    try:
        with psycopg.connect(connection_string(master_dsn), connect_timeout=10) as connection:
            if deadline is not None:
                milliseconds = str(max(1, int(deadline.remaining() * 1000)))
                connection.execute(SET_TIMEOUT, [milliseconds])
            connection.execute(LOCK, [ADVISORY_LOCK])
            return tuple(_make_missing(connection))
    except psycopg.Error as error:
        raise MigrationError(f"The database's roles cannot be made: {error}") from error


def _make_missing(connection: psycopg.Connection) -> Iterator[str]:
    if connection.execute(SELECT_OWNER).fetchone() is None:
        for statement in MAKE_ROLES:
            connection.execute(statement)
        yield "made the roles"
    for (role,) in connection.execute(SELECT_WITHOUT_IAM, [LOGINS]).fetchall():
        connection.execute(sql.SQL(GRANT_IAM).format(sql.Identifier(role)))
        yield f"let {role} sign in with IAM"
