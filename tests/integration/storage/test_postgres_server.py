"""infra.local.postgres: what the local stack relies on."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from infra.local import postgres
from infra.local.postgres import APP, OWNER, SAAS, SUPERUSER, PostgresError, PostgresServer, free_port


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A server in a folder that only its owner may enter, as a private clone of the project is."""
    folder = tmp_path_factory.mktemp("private")
    folder.chmod(0o700)
    passwords = {SUPERUSER: "p@ss:w/rd", OWNER: "o", APP: "a", SAAS: "s"}
    server = PostgresServer(folder / "postgres", free_port(), passwords, {"fsync": "off"})
    yield server
    server.remove()


def connects(dsn: str) -> bool:
    try:
        psycopg.connect(dsn).close()
    except psycopg.OperationalError:
        return False
    return True


def wait_until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        time.sleep(0.01)
    pytest.fail("it never came to be")


def server_pid(server: PostgresServer) -> int:
    return int((server.folder / "data" / "postmaster.pid").read_text().split()[0])


def test_starts_stops_and_keeps_its_data(server: PostgresServer) -> None:
    assert not server.is_running()
    server.start()
    server.start()
    server.prepare()
    server.prepare()
    assert server.is_running()
    with psycopg.connect(server.dsn(OWNER)) as owner:
        owner.execute("CREATE TABLE kept ()")
    with psycopg.connect(server.dsn(SUPERUSER)):  # an open connection does not hold the stop up
        server.stop()
    assert not server.is_running()
    server.stop()
    server.start()
    with psycopg.connect(server.dsn(OWNER)) as owner:
        assert owner.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    server.remove()
    assert not server.folder.exists()


def test_listens_on_loopback_alone_and_asks_for_the_password(server: PostgresServer) -> None:
    server.start()
    server.prepare()
    with psycopg.connect(server.dsn(SUPERUSER)) as superuser:
        assert superuser.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        assert superuser.execute("SHOW unix_socket_directories").fetchone() == ("",)
    wrong = replace(server, passwords=dict.fromkeys(server.passwords, "wrong"))
    assert [connects(wrong.dsn(role)) for role in server.passwords] == [False] * 4
    assert [connects(server.dsn(role)) for role in server.passwords] == [True] * 4


def test_owner_is_no_superuser(server: PostgresServer) -> None:
    server.start()
    server.prepare()
    with psycopg.connect(server.dsn(OWNER)) as owner:
        attributes = "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        assert owner.execute(attributes).fetchone() == (False, False, True)


def test_port_in_use_is_told(server: PostgresServer) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", server.port))
        other.listen()
        with pytest.raises(PostgresError, match=f"Port {server.port} .* is in use"):
            server.start()


def test_starts_again_after_it_was_killed(server: PostgresServer) -> None:
    server.start()
    server.prepare()
    os.kill(server_pid(server), signal.SIGKILL)
    wait_until(lambda: not server.is_running())
    wait_until(lambda: not connects(server.dsn(SUPERUSER)))
    server.start()
    assert connects(server.dsn(APP))


def test_crashed_servers_number_that_another_program_has_now_is_no_obstacle(server: PostgresServer) -> None:
    server.start()
    server.stop()
    lock = server.folder / "data" / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{server.folder / 'data'}\n")
    assert not server.is_running()
    server.start()
    assert server.is_running()


def test_interrupted_setup_starts_over(server: PostgresServer) -> None:
    unfinished = server.folder / "data.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("1")
    server.start()
    assert server.is_running()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("initdb: error: could not write to file: No space left on device", "no space left"),
        ("FATAL: database files are incompatible with server", "another version"),
        ("FATAL: the moon is full", "the moon is full"),
    ],
)
def test_failure_is_explained(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, message: str
) -> None:
    tmp_path.joinpath("initdb").write_text(f"#!/bin/sh\necho '{said}'\nexit 1\n")
    tmp_path.joinpath("initdb").chmod(0o755)
    monkeypatch.setattr(postgres, "_programs", lambda: tmp_path)
    with pytest.raises(PostgresError, match=message):
        server.start()
    assert not server.is_running()
