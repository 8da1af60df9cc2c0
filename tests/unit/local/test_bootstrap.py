"""A function of the local stack finds modules and libraries in its layers, as in Lambda."""

from pathlib import Path

import pytest

from infra.local.deploy import bootstrap
from infra.local.layout import Layout


@pytest.fixture
def layers(tmp_path: Path) -> list[Path]:
    """Two layers, of which one brings libraries."""
    core, ml = tmp_path / "CoreLayer", tmp_path / "MlLayer"
    for folder in (core / "python", ml / "python", ml / "lib"):
        folder.mkdir(parents=True)
    return [core, ml]


def lines_of(tmp_path: Path, layers: list[Path]) -> list[str]:
    return bootstrap(Layout(tmp_path, tmp_path / ".local"), tmp_path / "code", layers).splitlines()


def test_the_code_comes_before_the_layers_in_their_order(tmp_path: Path, layers: list[Path]) -> None:
    core, ml = layers
    assert f"export PYTHONPATH={tmp_path / 'code'}:{core / 'python'}:{ml / 'python'}" in lines_of(tmp_path, layers)


def test_libraries_are_found_where_a_layer_has_some(tmp_path: Path, layers: list[Path]) -> None:
    assert f"export LD_LIBRARY_PATH={layers[1] / 'lib'}" in lines_of(tmp_path, layers)
    assert not any("LD_LIBRARY_PATH" in line for line in lines_of(tmp_path, layers[:1]))
