"""Every notebook runs, from a fresh kernel of this Python to its end, and is committed as it ran."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from ml.notebooks.execution import PROJECT, find_faults, find_notebooks

NOTEBOOKS = [path.name for path in find_notebooks()]
SECONDS = 240  # for a machine that is busy with other tests; alone a notebook takes a few


def run_notebook(path: Path, tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own: what a kernel's libraries warn of is not this project's fault. Its temporary files, and so
    the name of its kernel's connection file, lie below tmp_path."""
    to = tmp_path / "to"
    to.mkdir(exist_ok=True)
    paths = os.pathsep.join([str(PROJECT), str(PROJECT / "layers" / "core")])
    return subprocess.run(
        [sys.executable, "-m", "ml.notebooks", str(path), "--to", str(to), *options],
        env={**os.environ, "PYTHONPATH": paths, "TMPDIR": str(tmp_path)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


def kernels(tmp_path: Path) -> list[str]:
    """The processes that still have to do with tmp_path."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(tmp_path) in command:
            found.append(command)
    return found


def write(tmp_path: Path, *sources: str) -> Path:
    cells: list[Any] = [nbformat.v4.new_code_cell(source) for source in sources]
    if cells:
        cells[0].metadata["tags"] = ["parameters"]
    path = tmp_path / "some.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_and_leaves_no_process(name: str, tmp_path: Path) -> None:
    ran = run_notebook(PROJECT / "ml" / "notebooks" / name, tmp_path, "--quick")
    assert ran.returncode == 0, ran.stderr[-6000:]
    assert kernels(tmp_path) == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_without_the_real_data(name: str, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    ran = run_notebook(PROJECT / "ml" / "notebooks" / name, tmp_path, "--quick", "--data", str(nothing))
    assert ran.returncode == 0, ran.stderr[-6000:]
    assert kernels(tmp_path) == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_committed_as_it_ran(name: str) -> None:
    assert find_faults(PROJECT / "ml" / "notebooks" / name) == []


def test_an_exception_fails_the_run_and_names_the_cell(tmp_path: Path) -> None:
    ran = run_notebook(write(tmp_path, "QUICK = False", "print('so far')", "{}['missing']"), tmp_path)
    assert ran.returncode == 1
    assert "some.ipynb" in ran.stderr and "KeyError" in ran.stderr and "{}['missing']" in ran.stderr
    assert kernels(tmp_path) == []
    assert not (tmp_path / "to" / "some.ipynb").exists()


def test_parameters_are_given_and_not_kept(tmp_path: Path) -> None:
    path = write(tmp_path, "QUICK = False\nDATA = None", "print(QUICK, DATA)")
    ran = run_notebook(path, tmp_path, "--quick", "--data", str(tmp_path))
    assert ran.returncode == 1 and "path of one machine" in ran.stderr  # it shows the folder given
    written = nbformat.read(tmp_path / "to" / "some.ipynb", as_version=4)
    assert written.cells[0].source == "QUICK = False\nDATA = None"
    assert written.cells[1].outputs[0].text == f"True {tmp_path}\n"
    assert [cell.execution_count for cell in written.cells] == [1, 2]


def test_a_notebook_without_the_parameter_is_an_error(tmp_path: Path) -> None:
    ran = run_notebook(write(tmp_path, "print(1)"), tmp_path, "--quick")
    assert ran.returncode == 1 and "QUICK" in ran.stderr
    assert kernels(tmp_path) == []
