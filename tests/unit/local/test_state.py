"""The state file outlives crashes: it is whole or it counts as none."""

import errno
import os
import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from infra.local import state
from infra.local.layout import Layout
from infra.local.state import Process, Record, State, load, read_state, save

READY = State(**{field.name: f"some {field.name}" for field in fields(State)})


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path, tmp_path / ".local")


def test_what_is_saved_is_loaded(layout: Layout) -> None:
    record = Record(ports={"emulator": 14566}, build="0a1b", processes={"issuer": Process(12, "34")}, ready=READY)
    save(layout, record)
    assert load(layout) == record
    assert read_state(layout) == READY


def test_a_copied_folders_processes_are_the_originals(layout: Layout, tmp_path: Path) -> None:
    save(layout, Record(ports={"emulator": 14566}, processes={"issuer": Process(12, "34")}, ready=READY))
    shutil.copytree(layout.home, tmp_path / "copy" / ".local")
    assert load(Layout(tmp_path / "copy", tmp_path / "copy" / ".local")) == Record()


def test_only_its_owner_reads_it(layout: Layout) -> None:
    save(layout, Record(ready=READY))
    assert layout.state_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content", ["", "{", "null", '{"ports": {}}', '{"ports": {}, "processes": {"a": {}}, "ready": null}']
)
def test_a_file_cut_short_reads_as_a_stack_that_never_started(layout: Layout, content: str) -> None:
    layout.home.mkdir()
    layout.state_file.write_text(content)
    assert load(layout) == Record()
    assert read_state(layout) is None


def test_a_full_disk_leaves_the_old_file_whole(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    save(layout, Record(ports={"emulator": 1}))

    def full(*_args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(state.Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        save(layout, Record(ports={"emulator": 2}))
    assert load(layout).ports == {"emulator": 1}
    assert [path.name for path in layout.home.iterdir()] == ["state.json"]
