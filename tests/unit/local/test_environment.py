"""When a virtual environment counts as whole, and what is passed on to the installer."""

import shutil
from pathlib import Path

import pytest

from infra.local import environment
from infra.local.environment import PTH, STAMP, VirtualEnvironment, ensure_importable, install_environ, require_space
from infra.local.layout import Layout
from infra.local.problems import StackError


@pytest.fixture
def whole(tmp_path: Path) -> VirtualEnvironment:
    lock = tmp_path / "lock.txt"
    lock.write_text("fastapi==1.0\n")
    made = VirtualEnvironment("the packages", tmp_path / "project" / ".venv", lock)
    (made.folder / "bin").mkdir(parents=True)
    (made.folder / "bin" / "python").touch()
    (made.folder / STAMP).write_text(made.stamp())
    return made


def test_a_finished_install_is_whole(whole: VirtualEnvironment) -> None:
    assert whole.is_whole()


def test_an_interrupted_install_is_not_whole(whole: VirtualEnvironment) -> None:
    (whole.folder / STAMP).unlink()
    assert not whole.is_whole()


def test_a_changed_lock_file_asks_for_a_new_install(whole: VirtualEnvironment) -> None:
    whole.lock.write_text("fastapi==2.0\n")
    assert not whole.is_whole()


def test_an_environment_copied_with_its_folder_is_noticed(whole: VirtualEnvironment, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "project", tmp_path / "copy")
    assert not VirtualEnvironment(whole.title, tmp_path / "copy" / ".venv", whole.lock).is_whole()


def test_an_environment_whose_python_is_gone_is_noticed(whole: VirtualEnvironment) -> None:
    python = whole.folder / "bin" / "python"
    python.unlink()
    python.symlink_to("/nonexistent/python3.13")
    assert not whole.is_whole()


def test_an_environment_of_another_python_is_noticed(
    whole: VirtualEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.sys, "version_info", (3, 9, 1))
    assert not whole.is_whole()


def test_too_little_space_is_said_before_anything_is_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=50_000_000)
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(StackError, match=r"50 MB free; a first run needs about 2 GB"):
        require_space(Layout(tmp_path, tmp_path / ".local"))


def test_pips_mirror_is_the_installers_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.invalid/simple")
    monkeypatch.delenv("UV_CACHE_DIR", raising=False)
    environ = install_environ(Layout(tmp_path, tmp_path / ".local"))
    assert environ["UV_DEFAULT_INDEX"] == "https://mirror.invalid/simple"
    assert environ["UV_CACHE_DIR"] == str(tmp_path / ".local" / "cache" / "uv")


def test_the_projects_code_is_found_without_pythonpath(tmp_path: Path) -> None:
    packages = tmp_path / ".venv" / "lib" / "python3.13" / "site-packages"
    packages.mkdir(parents=True)
    for before in (None, "/where/it/was\n"):
        if before:
            (packages / PTH).write_text(before)
        ensure_importable(Layout(tmp_path, tmp_path / ".local"))
        assert (packages / PTH).read_text().splitlines() == [str(tmp_path), str(tmp_path / "layers" / "core")]
