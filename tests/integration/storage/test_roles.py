"""The way from an empty database of RDS to the whole schema: by a master user who is no superuser, on a real server."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from cafe_ai import bootstrap, deployment
from cafe_ai.platform import roles
from cafe_ai.platform.db import Database
from cafe_ai.platform.migrations import MigrationError, migrate
from cafe_ai.platform.roles import make_roles
from cafe_ai.platform.sign_in import as_user_of
from infra.local.postgres import APP, OWNER, SUPERUSER, PostgresServer
from tests.support.postgres import MIGRATIONS, running_server
from tests.support.receiver import certificate_for
from tests.support.tls_database import running_tls_database

OURS = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'cafe!_ai!_%' ESCAPE '!' AND rolname <> 'cafe_ai_master'"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of its own: roles belong to the whole server, and here none of ours is there at first."""
    with running_server() as server:
        yield server


@dataclass(frozen=True)
class Rds:
    """A server with what RDS makes of it: a master user who may make roles and databases, and whose database it is."""

    server: PostgresServer
    master: str  # the URL

    def as_superuser(self, statement: str, database: str = "cafe_ai") -> list[Any]:
        with psycopg.connect(self.server.dsn(SUPERUSER, database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return [row[0] for row in cursor.fetchall()] if cursor.description else []

    def url(self, role: str) -> str:
        """The role's URL, its password set: this server knows no IAM."""
        self.as_superuser(f"ALTER ROLE {role} PASSWORD '{self.server.passwords[role]}'")
        return self.server.dsn(role)

    def set_rules(self, text: str) -> None:
        """Replaces pg_hba.conf, and waits until the server goes by it."""
        (loaded,) = self.as_superuser("SELECT pg_conf_load_time()")
        (self.server.folder / "data" / "pg_hba.conf").write_text(text, encoding="utf-8")
        self.as_superuser("SELECT pg_reload_conf()")
        deadline = time.monotonic() + 10
        while self.as_superuser("SELECT pg_conf_load_time()") == [loaded] and time.monotonic() < deadline:
            time.sleep(0.02)


@pytest.fixture
def rds(server: PostgresServer) -> Iterator[Rds]:
    password = token_urlsafe()
    url = as_user_of(f'{{"username": "cafe_ai_master", "password": "{password}"}}', server.dsn(OWNER))
    rds = Rds(server, url)
    for statement in (
        "CREATE ROLE rds_iam NOLOGIN",
        f"CREATE ROLE cafe_ai_master LOGIN CREATEROLE CREATEDB PASSWORD '{password}'",
        "GRANT rds_iam TO cafe_ai_master WITH ADMIN OPTION",
        "CREATE DATABASE cafe_ai OWNER cafe_ai_master",
    ):
        rds.as_superuser(statement, "postgres")
    yield rds
    rds.as_superuser("DROP DATABASE cafe_ai WITH (FORCE)", "postgres")
    for role in [*rds.as_superuser(OURS, "postgres"), "cafe_ai_master", "rds_iam"]:
        rds.as_superuser(f"DROP ROLE IF EXISTS {role}", "postgres")


def test_an_empty_database_becomes_the_whole_schema_and_a_second_deploy_changes_nothing(rds: Rds) -> None:
    assert make_roles(rds.master) == (
        "made the roles",
        "let cafe_ai_app sign in with IAM",
        "let cafe_ai_owner sign in with IAM",
        "let cafe_ai_saas sign in with IAM",
    )
    owner = rds.url(OWNER)
    assert len(migrate(owner, MIGRATIONS)) == len(list(MIGRATIONS.glob("*.sql")))
    assert make_roles(rds.master) == ()
    assert migrate(owner, MIGRATIONS) == ()
    database = Database(rds.url(APP))
    with database.transaction() as uow:
        assert uow.connection.execute("SELECT count(*) FROM businesses").fetchone() == (0,)
    database.close()


def test_no_role_of_ours_passes_row_level_security_and_only_the_owner_makes_roles(rds: Rds) -> None:
    make_roles(rds.master)
    migrate(rds.url(OWNER), MIGRATIONS)
    assert "cafe_ai_setup" not in rds.as_superuser(OURS)
    assert rds.as_superuser(f"{OURS} AND (rolsuper OR rolbypassrls OR rolcreatedb OR rolreplication)") == []
    assert rds.as_superuser(f"{OURS} AND rolcreaterole") == [OWNER]
    assert set(rds.as_superuser(f"{OURS} AND rolcanlogin")) == {OWNER, APP, "cafe_ai_saas"}


@pytest.mark.parametrize("done", range(len(roles.MAKE_ROLES) + 1))
def test_a_run_that_is_cut_off_leaves_nothing_and_the_next_one_does_it_all(
    rds: Rds, monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    cut = (*roles.MAKE_ROLES[:done], "SELECT pg_terminate_backend(pg_backend_pid())")
    with monkeypatch.context() as patched:
        patched.setattr(roles, "MAKE_ROLES", cut)
        with pytest.raises(MigrationError, match="roles cannot be made"):
            make_roles(rds.master)
    assert rds.as_superuser(OURS) == []
    assert make_roles(rds.master)[0] == "made the roles"


def test_a_migration_that_was_cut_off_goes_on_at_the_next_deploy(rds: Rds, tmp_path: Any) -> None:
    make_roles(rds.master)
    owner = rds.url(OWNER)
    names = sorted(path.name for path in MIGRATIONS.glob("*.sql"))
    for name in names[:5]:
        (tmp_path / name).write_bytes((MIGRATIONS / name).read_bytes())
    whole = (tmp_path / names[4]).read_text(encoding="utf-8")
    (tmp_path / names[4]).write_text(whole + "\nSELECT pg_terminate_backend(pg_backend_pid());", encoding="utf-8")
    with pytest.raises(MigrationError):
        migrate(owner, tmp_path)
    assert make_roles(rds.master) == ()
    assert migrate(owner, MIGRATIONS) == tuple(names[4:])


def test_a_server_without_iam_is_given_the_roles_alone(rds: Rds) -> None:
    rds.as_superuser("DROP ROLE rds_iam")
    assert make_roles(rds.master) == ("made the roles",)


def test_the_master_may_go_on_signing_in_with_its_password(rds: Rds) -> None:
    """RDS lets no member of rds_iam, however indirect, sign in with a password; here such members are refused."""
    rds.as_superuser("DROP ROLE rds_iam")
    make_roles(rds.master)
    rds.as_superuser("CREATE ROLE rds_iam NOLOGIN; GRANT rds_iam TO cafe_ai_owner, cafe_ai_app, cafe_ai_saas")
    owner = rds.url(OWNER)
    before = (rds.server.folder / "data" / "pg_hba.conf").read_text(encoding="utf-8")
    try:
        rds.set_rules(f"host all +rds_iam 127.0.0.1/32 reject\n{before}")
        with pytest.raises(psycopg.OperationalError, match="rejects connection"):
            psycopg.connect(owner)
        assert make_roles(rds.master) == ()
        with psycopg.connect(rds.master, autocommit=True) as connection:
            connection.execute("CREATE ROLE cafe_ai_made_by_hand LOGIN")  # as one would without the role in between
        rds.as_superuser("GRANT rds_iam TO cafe_ai_made_by_hand")
        with pytest.raises(psycopg.OperationalError, match="rejects connection"):
            psycopg.connect(rds.master)
    finally:
        rds.set_rules(before)


def test_a_deploy_has_the_master_make_the_roles_before_it_migrates(rds: Rds, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = json.dumps(psycopg.conninfo.conninfo_to_dict(rds.master) | {"username": "cafe_ai_master"})
    monkeypatch.setattr(deployment, "read_secret", {"arn:master": secret}.__getitem__)
    monkeypatch.setenv("MIGRATION_DATABASE_URL", rds.server.dsn(OWNER))
    monkeypatch.setenv("MIGRATION_MASTER_SECRET_ARN", "arn:master")

    def then_let_the_owner_in(*arguments: Any) -> tuple[str, ...]:
        done = make_roles(*arguments)
        rds.url(OWNER)  # as IAM would
        return done

    monkeypatch.setattr(deployment, "make_roles", then_let_the_owner_in)
    handler = deployment.migration_handler(MIGRATIONS)
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)
    assert len(handler({"action": "migrate"}, context)["applied"]) == len(list(MIGRATIONS.glob("*.sql")))
    assert handler({"action": "migrate"}, context) == {"applied": []}


def test_a_deploy_and_a_function_reach_a_new_database_as_they_do_on_aws(
    rds: Rds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TLS that is verified, the master by its password, all others by tokens, and then the whole schema."""
    for name, value in {"DEFAULT_REGION": "eu-west-1", "ACCESS_KEY_ID": "t", "SECRET_ACCESS_KEY": "t"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setattr(deployment, "read_secret", lambda arn: '{"username": "cafe_ai_master", "password": "p/w?"}')
    before = (rds.server.folder / "data" / "pg_hba.conf").read_text(encoding="utf-8")
    rds.set_rules(f"host all all 127.0.0.1/32 trust\n{before}")
    context, _ = certificate_for("localhost", tmp_path)
    verified = {"sslmode": "verify-full", "sslrootcert": str(tmp_path / "certificate.pem")}
    try:
        with running_tls_database(context, rds.server.port) as proxy:
            for name, value in {
                "MIGRATION_DATABASE_URL": proxy.url(OWNER, **verified),
                "MIGRATION_MASTER_SECRET_ARN": "arn:master",
                "DATABASE_URL": proxy.url(APP, **verified),
                "DATABASE_IAM_AUTH": "YES",
            }.items():
                monkeypatch.setenv(name, value)
            context_of_call = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)
            applied = deployment.migration_handler(MIGRATIONS)({"action": "migrate"}, context_of_call)["applied"]
            database = bootstrap.build().database
            with database.transaction() as uow:
                assert uow.connection.info.pgconn.ssl_in_use
                assert uow.connection.execute("SELECT current_user, count(*) FROM businesses").fetchone() == (APP, 0)
            database.close()
    finally:
        rds.set_rules(before)
    assert len(applied) == len(list(MIGRATIONS.glob("*.sql")))
    assert [user for user, _ in proxy.signed_in] == ["cafe_ai_master", OWNER, APP]
    (_, password), *tokens = proxy.signed_in
    assert password == "p/w?"
    assert all(f"DBUser={user}" in token and "X-Amz-Signature=" in token for user, token in tokens)


def test_a_master_who_may_not_make_roles_is_told_why(rds: Rds) -> None:
    rds.as_superuser("ALTER ROLE cafe_ai_master NOCREATEROLE")
    with pytest.raises(MigrationError, match="permission denied to create role"):
        make_roles(rds.master)
