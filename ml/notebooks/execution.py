"""Runs a notebook in a kernel of the very Python that runs this, and finds what a committed notebook must not have.

No kernel needs to be installed: the kernel is `ipykernel` of `sys.executable`. It listens on 127.0.0.1, keeps no history and
writes what it must (matplotlib's list of fonts, IPython's profile) below .local of the project.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent
CACHE = PROJECT / ".local" / "cache" / "notebooks"
PARAMETERS = "parameters"
"""The tag of the cell whose assignments `run` may override."""
CELL_SECONDS = 300
MOST_BYTES = 500_000
ABSOLUTE = re.compile(
    r"(?<![\w.:/<-])/(?:home|root|work|tmp|usr|opt|var|mnt|Users|private)/[\w.-]|\b[A-Z]:\\\\?\w|file://", re.ASCII
)
"""Paths of one machine: POSIX below the usual roots, and Windows."""

Notebook = Any
"""nbformat's NotebookNode: a dictionary whose keys are attributes too."""


class NotebookError(Exception):
    """A cell raised an exception, or took too long; the message names the notebook and shows the cell and its traceback."""


def find_notebooks() -> list[Path]:
    """All notebooks of this folder, by name."""
    return sorted(FOLDER.glob("*.ipynb"))


def read(path: Path) -> Notebook:
    """The notebook of a file, in the current format. Raises nbformat's ValidationError where it is none."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    return notebook


def run(path: Path, parameters: Mapping[str, Any] | None = None, seconds: int = CELL_SECONDS) -> Notebook:
    """The notebook with the outputs of running all its cells, in its own folder, with the sources as they were.

    parameters: what the cell tagged `parameters` assigns besides, by name; values must have a `repr` that is Python. seconds:
    how long a cell may take. Raises NotebookError, KeyError where the notebook lacks a parameter; the kernel has ended in
    every case.
    """
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = read(path)
    sources = [cell.source for cell in notebook.cells]
    _assign(notebook, parameters or {})
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryDirectory() as scratch:
        manager = AsyncKernelManager(
            kernel_spec_manager=_this_python(),
            ip="127.0.0.1",
            connection_file=str(Path(scratch) / "kernel.json"),
        )
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=seconds,
            record_timing=False,
            extra_arguments=["--HistoryManager.enabled=False", "--IPKernelApp.log_level=40"],
            resources={"metadata": {"path": str(path.parent)}},
        )
        try:
            client.execute(cleanup_kc=True)  # a manager of our own would keep its kernel
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise NotebookError(f"{path.name}: {error}") from error
    for cell, source in zip(notebook.cells, sources, strict=True):
        cell.source = source
    return _tidied(notebook)


def save(notebook: Notebook, path: Path) -> None:
    """Writes the notebook."""
    import nbformat

    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def find_faults(path: Path) -> list[str]:
    """Why the notebook should not be committed as it is: not executed from top to bottom, an error or a warning among its
    outputs, a path of one machine, too large. None: it may be."""
    notebook = read(path)
    faults = []
    if path.stat().st_size >= MOST_BYTES:
        faults.append(f"has {path.stat().st_size} bytes, of {MOST_BYTES} at most")
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        faults.append("is not executed from top to bottom")
    if not any(cell.outputs for cell in code):
        faults.append("has no outputs")
    for place, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                faults.append(f"cell {place} ended with {output.ename}")
            elif output.get("name") == "stderr":
                faults.append(f"cell {place} wrote to stderr")
        for text in _texts(cell):
            if found := ABSOLUTE.search(text):
                faults.append(f"cell {place} has a path of one machine: {text[found.start() :][:40]!r}")
    return faults


def _this_python() -> Any:
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

    places = {"IPYTHONDIR": CACHE / "ipython", "MPLCONFIGDIR": CACHE / "matplotlib"}
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)

    class ThisPython(KernelSpecManager):
        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002 -- whichever is asked for
            return KernelSpec(
                argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                display_name="Python 3",
                language="python",
                env={
                    **{name: str(place) for name, place in places.items()},
                    "OMP_NUM_THREADS": "1",
                    "OPENBLAS_NUM_THREADS": "1",
                    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
                },
            )

    return ThisPython()


def _assign(notebook: Notebook, parameters: Mapping[str, Any]) -> None:
    if not parameters:
        return
    cell = next((cell for cell in notebook.cells if PARAMETERS in cell.metadata.get("tags", ())), None)
    for name, value in parameters.items():
        if cell is None or not re.search(rf"^{re.escape(name)}\s*(:[^=]*)?=", cell.source, re.MULTILINE):
            raise KeyError(name)
        cell.source += f"\n{name} = {value!r}"


def _tidied(notebook: Notebook) -> Notebook:
    """Without what differs from machine to machine and says nothing: versions, and the address of an object."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata = {name: value for name, value in cell.metadata.items() if name == "tags"}
    return notebook


def _texts(cell: Any) -> Iterator[str]:
    yield cell.source
    for output in cell.get("outputs", ()):
        yield output.get("text", "")
        yield from (text for kind, text in output.get("data", {}).items() if kind.startswith("text/"))
