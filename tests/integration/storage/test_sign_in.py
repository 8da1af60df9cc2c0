"""Signing in to the database: a new token for each connection, told to no server that is not verified, written nowhere."""

from __future__ import annotations

import ssl
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import boto3
import psycopg
import pytest

from cafe_ai.bootstrap import Runtime
from cafe_ai.errors import DependencyDown
from cafe_ai.platform.db import Database
from cafe_ai.platform.migrations import MigrationError, migrate
from cafe_ai.platform.sign_in import WithIamToken, as_user_of, connection_string
from cafe_ai.settings import Settings
from infra.local.postgres import APP
from tests.support.postgres import MIGRATIONS, TestDatabase
from tests.support.receiver import certificate_for
from tests.support.tls_database import TlsDatabase, running_tls_database

HOST = "cafe.proxy-abc.eu-west-1.rds.amazonaws.com"
ADDRESS = f"postgresql://cafe_ai_app@{HOST}:5432/cafe_ai?sslmode=verify-full&sslrootcert=system"


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-function")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session-of-the-function")


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))


@pytest.fixture
def tls_database(tmp_path: Path) -> Iterator[TlsDatabase]:
    """Its certificate is in tmp_path/certificate.pem, and nobody trusts it but who names that file."""
    context, _ = certificate_for("localhost", tmp_path)
    with running_tls_database(context) as database:
        yield database


def without_password(database: TestDatabase) -> tuple[str, str]:
    """The app's URL without its password, and the password."""
    password = database.server.passwords[APP]
    url = f"postgresql://{APP}@127.0.0.1:{database.server.port}/{database.name}"
    return url, password


@pytest.mark.usefixtures("credentials")
def test_a_token_is_the_one_that_the_rds_client_signs() -> None:
    client = boto3.client("rds")
    sign = WithIamToken(ADDRESS).token
    for _ in range(5):  # both name the second, which may end in between
        theirs = client.generate_db_auth_token(HOST, 5432, "cafe_ai_app")
        ours = sign()
        if parse_qs(ours)["X-Amz-Date"] == parse_qs(theirs)["X-Amz-Date"]:
            break
    assert sorted(ours.partition("?")[2].split("&")) == sorted(theirs.partition("?")[2].split("&"))
    assert ours.partition("?")[0] == theirs.partition("?")[0]


@pytest.mark.usefixtures("credentials")
def test_a_token_is_for_one_user_at_one_server_and_for_a_quarter_of_an_hour() -> None:
    token = urlsplit("https://" + WithIamToken(ADDRESS).token())
    asked = {name: values[0] for name, values in parse_qs(token.query).items()}
    assert token.netloc == f"{HOST}:5432"
    assert (asked["Action"], asked["DBUser"], asked["X-Amz-Expires"]) == ("connect", "cafe_ai_app", "900")
    assert asked["X-Amz-Credential"].endswith("/eu-west-1/rds-db/aws4_request")
    assert asked["X-Amz-Security-Token"] == "session-of-the-function"
    assert "secret-of-the-function" not in token.geturl()


@pytest.mark.usefixtures("credentials")
def test_credentials_that_were_renewed_sign_the_next_token(monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.credentials import ReadOnlyCredentials

    sign = WithIamToken(ADDRESS).token
    names = iter(["first", "second"])  # as botocore hands out what the container's endpoint gives after a restore
    renewed = SimpleNamespace(get_frozen_credentials=lambda: ReadOnlyCredentials(next(names), "secret", None))
    monkeypatch.setattr("botocore.session.Session.get_credentials", lambda session: renewed)
    assert ["first%2F" in sign(), "second%2F" in sign()] == [True, True]


@pytest.mark.usefixtures("no_credentials")
def test_a_function_without_credentials_has_no_database() -> None:
    with pytest.raises(DependencyDown):
        WithIamToken(ADDRESS)()


def with_password(url: str, password: str) -> str:
    return psycopg.conninfo.make_conninfo(url, password=password)


def test_each_connection_asks_for_a_password_of_its_own(module_database: TestDatabase) -> None:
    url, password = without_password(module_database)
    asked: list[int] = []
    database = Database(lambda: asked.append(1) or with_password(url, password))  # type: ignore[func-returns-value]
    other = database.another()
    for each in (database, database, other):
        with each.transaction() as uow:
            assert uow.connection.execute("SELECT current_user").fetchone() == (APP,)
    assert len(asked) == 2
    with database.transaction() as uow:
        (pid,) = uow.connection.execute("SELECT pg_backend_pid()").fetchone()
    with psycopg.connect(module_database.superuser, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    with database.transaction():
        assert len(asked) == 3
    database.close()
    other.close()


def test_a_token_that_ran_out_is_a_database_that_is_away_and_shows_nowhere(
    module_database: TestDatabase, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    url, _ = without_password(module_database)
    token = f"{HOST}:5432/?Action=connect&X-Amz-Signature=0123456789abcdef"
    database = Database(lambda: with_password(url, token))
    with pytest.raises(DependencyDown) as away, database.transaction():
        pass
    with pytest.raises(MigrationError) as failed:
        migrate(lambda: with_password(url, token), MIGRATIONS)
    output = capfd.readouterr()
    shown = [*traceback.format_exception(away.value), *traceback.format_exception(failed.value), caplog.text]
    assert "X-Amz-Signature" not in "".join([*shown, output.out, output.err])


def test_the_runtime_signs_in_with_iam_where_it_is_told_to(module_database: TestDatabase) -> None:
    for settings, signs in ((Settings(database_url=module_database.app), False), (iam_settings(), True)):
        database = Runtime(settings).database
        assert isinstance(database._address, WithIamToken) is signs


def iam_settings() -> Settings:
    return Settings(database_url=ADDRESS, database_iam_auth=True)


def test_a_server_that_nobody_vouches_for_hears_nothing(tls_database: TlsDatabase) -> None:
    for roots in ("system", str(Path(__file__).parents[3] / "tests")):
        url = tls_database.url(sslmode="verify-full", sslrootcert=roots)
        database = Database(with_password(url, "token"), connect_timeout=5)
        with pytest.raises(DependencyDown), database.transaction():
            pass
    with pytest.raises(MigrationError, match=r"certificate"):
        url = tls_database.url(sslmode="verify-full", sslrootcert="system")
        migrate(with_password(url, "token"), MIGRATIONS)
    assert tls_database.signed_in == []


def test_a_server_under_another_name_hears_nothing(tmp_path: Path) -> None:
    context, _ = certificate_for("another.example", tmp_path)
    with running_tls_database(context) as impostor:
        url = impostor.url(sslmode="verify-full", sslrootcert=str(tmp_path / "certificate.pem"))
        with pytest.raises(DependencyDown) as refused, Database(with_password(url, "token")).transaction():
            pass
        assert "does not match host name" in str(refused.value.__cause__)
        assert impostor.signed_in == []


def test_a_server_that_the_system_vouches_for_is_told_the_token(
    tls_database: TlsDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = ssl.get_default_verify_paths()._replace(cafile=str(tmp_path / "certificate.pem"))
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: trusted)
    url = tls_database.url(sslmode="verify-full", sslrootcert="system")
    with pytest.raises(DependencyDown), Database(with_password(url, "token")).transaction():
        pass  # this server refuses all it is told
    assert tls_database.signed_in == [("cafe_ai_app", "token")]


def test_the_systems_authorities_are_a_file_that_is_there_and_verify_the_name() -> None:
    told = connection_string("postgresql://app@db.example/cafe_ai?sslrootcert=system&application_name=one%20two")
    parameters = psycopg.conninfo.conninfo_to_dict(told)
    assert parameters["sslmode"] == "verify-full"
    assert parameters["application_name"] == "one two"
    assert parameters["sslrootcert"] == (ssl.get_default_verify_paths().cafile or "system")
    for other in ("postgresql://app@db.example/cafe_ai", "postgresql://app@db.example/cafe_ai?sslrootcert=/ca.pem"):
        parsed = psycopg.conninfo.conninfo_to_dict
        assert parsed(connection_string(other)) == parsed(other)


def test_the_master_signs_in_with_what_rds_keeps() -> None:
    secret = '{"username": "cafe_ai_master", "password": "a\'b c/@?&%"}'
    parameters = psycopg.conninfo.conninfo_to_dict(as_user_of(secret, ADDRESS))
    assert (parameters["user"], parameters["password"]) == ("cafe_ai_master", "a'b c/@?&%")
    assert (parameters["host"], parameters["sslmode"]) == (HOST, "verify-full")
