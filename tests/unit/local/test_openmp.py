"""A machine without libgomp gets the bundled one, under the name that LightGBM asks for."""

import sysconfig
from pathlib import Path

import pytest

from infra.local import openmp
from infra.local.layout import Layout
from infra.local.openmp import LIBRARY, PTH, ensure_openmp, under_its_own_name
from infra.local.problems import StackError

BUNDLED = b"\x7fELF\0libc.so.6\0libgomp-e985bcbb.so.1.0.0\0GLIBC_2.17\0"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    (tmp_path / ".venv" / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages").mkdir(parents=True)
    return Layout(tmp_path, tmp_path / ".local")


def written(layout: Layout) -> list[str]:
    return sorted(path.name for path in layout.venv.rglob("*") if path.is_file())


def test_a_machine_that_has_it_is_left_alone(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openmp, "_machine_has_it", lambda: True)
    ensure_openmp(layout)
    assert written(layout) == []


def test_another_machine_gets_the_bundled_one_once(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    bundled = layout.project / "bundled"
    bundled.write_bytes(BUNDLED)
    monkeypatch.setattr(openmp, "_machine_has_it", lambda: False)
    monkeypatch.setattr(openmp, "_fetch", lambda _layout, _folder: bundled)
    ensure_openmp(layout)
    assert written(layout) == [PTH, LIBRARY]
    monkeypatch.setattr(openmp, "_fetch", lambda *_: pytest.fail("fetched again"))
    ensure_openmp(layout)


def test_where_it_cannot_be_fetched_the_systems_package_is_named(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_layout: Layout, _folder: Path) -> Path:
        raise StackError("no network")

    monkeypatch.setattr(openmp, "_machine_has_it", lambda: False)
    monkeypatch.setattr(openmp, "_fetch", fail)
    with pytest.raises(StackError, match=r"(?s)no network.*libgomp1"):
        ensure_openmp(layout)
    assert written(layout) == []


def test_the_name_is_shortened_in_its_place() -> None:
    renamed = under_its_own_name(BUNDLED)
    assert len(renamed) == len(BUNDLED)
    assert renamed.split(b"\0")[2] == LIBRARY.encode()
    assert renamed.endswith(b"\0GLIBC_2.17\0")


def test_a_library_of_another_name_is_refused() -> None:
    with pytest.raises(LookupError):
        under_its_own_name(b"\x7fELF\0libomp.so.5\0")
