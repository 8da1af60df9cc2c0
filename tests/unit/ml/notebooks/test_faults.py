"""A notebook that should not be committed as it is, is told so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from ml.notebooks.execution import MOST_BYTES, find_faults


def output(text: str, name: str = "stdout") -> Any:
    return nbformat.v4.new_output("stream", name=name, text=text)


def committed(tmp_path: Path, *cells: Any) -> list[str]:
    path = tmp_path / "some.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
    return find_faults(path)


def cell(count: int | None = 1, *outputs: Any, source: str = "1 + 1") -> Any:
    return nbformat.v4.new_code_cell(source, execution_count=count, outputs=list(outputs))


def test_an_executed_notebook_has_no_fault(tmp_path: Path) -> None:
    text = nbformat.v4.new_markdown_cell("See [the paper](https://example.org/home/paper.pdf) and `../shared/data`.")
    assert committed(tmp_path, text, cell(1, output("2")), cell(2), cell(None, source="")) == []


@pytest.mark.parametrize("counts", [(None, None), (2, 1), (1, 3), (5, 6)])
def test_cells_are_executed_from_top_to_bottom(tmp_path: Path, counts: tuple[int | None, ...]) -> None:
    faults = committed(tmp_path, *(cell(count, output("2")) for count in counts))
    assert faults == ["is not executed from top to bottom"]


def test_outputs_are_there(tmp_path: Path) -> None:
    assert committed(tmp_path, cell(1)) == ["has no outputs"]


def test_no_cell_failed_or_warned(tmp_path: Path) -> None:
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=["no"])
    faults = committed(tmp_path, cell(1, error), cell(2, output("DeprecationWarning", "stderr")))
    assert faults == ["cell 0 ended with ValueError", "cell 1 wrote to stderr"]


@pytest.mark.parametrize("path", ["/home/ana/x.csv", "/work/main/ml", "/tmp/y", r"C:\Users\ana", "file:///data"])
def test_no_path_of_one_machine(tmp_path: Path, path: str) -> None:
    shown = nbformat.v4.new_output("execute_result", data={"text/plain": f"PosixPath('{path}')"}, execution_count=2)
    faults = committed(tmp_path, cell(1, output("2"), source=f"read('{path}')"), cell(2, shown))
    assert [fault[:29] for fault in faults] == ["cell 0 has a path of one mach", "cell 1 has a path of one mach"]


def test_it_is_not_large(tmp_path: Path) -> None:
    assert committed(tmp_path, cell(1, output("2" * MOST_BYTES)))[0].startswith("has 5")
