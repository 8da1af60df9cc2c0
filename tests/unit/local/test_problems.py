"""Full disks, taken ports and failed programs are said so that they can be put right."""

import errno
import os
import socket
import sys
from pathlib import Path

import pytest

from infra.local import ports
from infra.local.layout import Layout
from infra.local.ports import choose_ports
from infra.local.postgres import PostgresError
from infra.local.problems import CommandFailed, PortInUse, StackError, explain
from infra.local.processes import run_to_end


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path, tmp_path / ".local")


def test_a_full_disk_is_explained_wherever_it_shows(layout: Layout) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    from_a_program = PostgresError("initdb failed. It said:\ncould not write: No space left on device")
    from_postgres = PostgresError(
        "initdb failed. It said:\nFATAL:  wrote only 4096 of 8192 bytes\nHINT:  Check free disk space."
    )
    wrapped = StackError("The database is not available.")
    wrapped.__cause__ = full
    for error in (full, from_a_program, from_postgres, wrapped):
        message = explain(error, layout)
        assert f"The disk that holds {layout.project} is full" in message
        assert "goes on where it stopped" in message


def test_other_errors_keep_their_own_words(layout: Layout) -> None:
    assert explain(StackError("The API has 0 routes."), layout) == "The API has 0 routes."


def test_a_failed_programs_last_lines_are_shown(layout: Layout) -> None:
    script = (
        "import sys; print('\\n'.join(f'line {n}' for n in range(100))); print('No space left on device'); sys.exit(1)"
    )
    with pytest.raises(CommandFailed) as caught:
        run_to_end("Building", [sys.executable, "-c", script], layout.log("build"), env=os.environ)
    assert "Building failed" in str(caught.value)
    assert "line 99" in str(caught.value)
    assert "line 10\n" not in str(caught.value)
    assert "is full" in explain(caught.value, layout)


@pytest.fixture
def taken() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_replaced_and_that_is_said(
    taken: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CAFE_AI_PORT", raising=False)
    chosen = choose_ports({"emulator": taken, "issuer": taken, "postgres": taken})
    assert taken not in chosen.values()
    assert f"Port {taken} is in use" in capsys.readouterr().out
    assert all(ports.is_free(port) for port in chosen.values())


def test_free_ports_are_kept_from_start_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAFE_AI_PORT", "0")
    chosen = choose_ports({})
    assert choose_ports(chosen) == chosen


def test_a_port_that_is_asked_for_is_never_replaced(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAFE_AI_PORT", str(taken))
    with pytest.raises(PortInUse, match=rf"Port {taken} is in use by another program"):
        choose_ports({})


@pytest.mark.parametrize("asked", ["http", "-1", "70000"])
def test_what_is_no_port_is_refused(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAFE_AI_PORT", asked)
    with pytest.raises(StackError, match="is no port"):
        choose_ports({})
