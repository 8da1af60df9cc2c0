"""The ml layer holds what ml/ imports: of scipy only a part is shipped, and LightGBM's libgomp comes with it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNUSED = re.compile(r"^UNUSED = \$\(addprefix scipy/,([\w ]+)\)$", re.MULTILINE)
NOT_SHIPPED = {"notebooks", "tests"}


def left_out() -> set[str]:
    """The folders of scipy that the layer goes without."""
    found = UNUSED.search((ROOT / "layers" / "ml" / "Makefile").read_text(encoding="utf-8"))
    assert found
    return {f"scipy.{folder}" for folder in found[1].split()}


def imported(source: str) -> Iterator[str]:
    """What a module imports, `from scipy import stats` as scipy.stats."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def of_scipy_left_out(source: str) -> set[str]:
    return {".".join(name.split(".")[:2]) for name in imported(source)} & left_out()


MODULES = [path for path in sorted((ROOT / "ml").rglob("*.py")) if NOT_SHIPPED.isdisjoint(path.parts)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_ml_imports_nothing_of_scipy_that_is_not_shipped(path: Path) -> None:
    assert of_scipy_left_out(path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    "source", ["from scipy import stats", "import scipy.stats", "def f():\n    from scipy.stats import norm"]
)
def test_an_import_of_what_is_left_out_is_caught(source: str) -> None:
    assert of_scipy_left_out(source) == {"scipy.stats"}


def test_an_import_of_what_is_kept_is_let_be() -> None:
    assert of_scipy_left_out("from scipy import optimize, special\nfrom scipy.sparse import csr_array") == set()


def test_libgomp_is_taken_from_a_wheel_that_is_pinned_with_hashes() -> None:
    pinned = (ROOT / "requirements" / "libgomp.txt").read_text(encoding="utf-8")
    assert len(re.findall(r"^\S+==\S+", pinned, re.MULTILINE)) == 1
    assert "--hash=sha256:" in pinned
    assert "Runtime Library" in (ROOT / "layers" / "ml" / "NOTICE").read_text(encoding="utf-8")
