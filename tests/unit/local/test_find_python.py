"""Which Python the virtual environments are made with: the newest that really runs, wherever it hides."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from infra.local.layout import PROJECT


def fake_python(path: Path, minor: int | None) -> Path:
    """An executable that passes the script's check for Python 3.<minor>, or, with None, one that cannot run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    check = f'case "$2" in *"(3, {minor})"*) exit 0 ;; esac' if minor else "echo 'pyenv: command not found' >&2"
    path.write_text(f"#!/bin/sh\n{check}\nexit 1\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder with the script, the few programs that it needs itself, and no Python."""
    folder = tmp_path / "tools"
    folder.mkdir()
    script = tmp_path / "project" / "infra" / "local" / "find-python"
    script.parent.mkdir(parents=True)
    shutil.copy(PROJECT / "infra" / "local" / "find-python", script)
    for name in ("ls", "sort", "dirname"):
        (folder / name).symlink_to(next(p for p in map(Path, ("/bin/" + name, "/usr/bin/" + name)) if p.exists()))
    return folder


def find_python(*path: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    variables = {"PATH": os.pathsep.join(map(str, path)), "HOME": "/nonexistent", **environ}
    script = path[-1].parent / "project" / "infra" / "local" / "find-python"
    return subprocess.run(["/bin/sh", script], env=variables, capture_output=True, text=True, check=False)


def test_prefers_the_newest_version(tmp_path: Path, tools: Path) -> None:
    fake_python(tmp_path / "bin" / "python3.11", 11)
    newest = fake_python(tmp_path / "bin" / "python3.13", 13)
    assert find_python(tmp_path / "bin", tools).stdout.strip() == str(newest)


def test_passes_over_a_shim_that_leads_nowhere(tmp_path: Path, tools: Path) -> None:
    fake_python(tmp_path / "bin" / "python3.13", None)
    fake_python(tmp_path / "bin" / "python3.12", None)
    plain = fake_python(tmp_path / "bin" / "python3", 12)
    assert find_python(tmp_path / "bin", tools).stdout.strip() == str(plain)


def test_looks_into_pyenvs_versions_beside_its_shims(tmp_path: Path, tools: Path) -> None:
    fake_python(tmp_path / "pyenv" / "shims" / "python3.13", None)
    fake_python(tmp_path / "pyenv" / "versions" / "3.13.2" / "bin" / "python", 13)
    newest = fake_python(tmp_path / "pyenv" / "versions" / "3.13.10" / "bin" / "python", 13)
    assert find_python(tmp_path / "pyenv" / "shims", tools).stdout.strip() == str(newest)


def test_takes_the_python_that_is_asked_for(tmp_path: Path, tools: Path) -> None:
    fake_python(tmp_path / "bin" / "python3.13", 13)
    mine = fake_python(tmp_path / "my python", 11)
    assert find_python(tmp_path / "bin", tools, CAFE_AI_PYTHON=str(mine)).stdout.strip() == str(mine)


def test_does_not_replace_a_python_that_is_asked_for_and_broken(tmp_path: Path, tools: Path) -> None:
    fake_python(tmp_path / "bin" / "python3.13", 13)
    found = find_python(tmp_path / "bin", tools, CAFE_AI_PYTHON="/nonexistent/python")
    assert found.returncode == 1
    assert "CAFE_AI_PYTHON=/nonexistent/python" in found.stderr


def test_keeps_the_python_that_the_environment_already_has(tmp_path: Path, tools: Path) -> None:
    fake_python(tmp_path / "bin" / "python3.13", 13)
    base = fake_python(tmp_path / "base python", 12)
    present = tmp_path / "project" / ".venv" / "bin" / "python"
    present.parent.mkdir(parents=True)
    present.write_text(f"#!/bin/sh\necho '{base}'\n")
    present.chmod(0o755)
    assert find_python(tmp_path / "bin", tools).stdout.strip() == str(base)
