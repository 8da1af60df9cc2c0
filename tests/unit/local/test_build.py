"""A build is made once for each state of the sources, and never half."""

from pathlib import Path

import pytest

from infra.local import build
from infra.local.build import KEPT_BUILDS, SOURCES, ensure_build, fingerprint
from infra.local.layout import Layout


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A small project whose builds only note that they were made."""
    for source in SOURCES:
        path = tmp_path / source
        if path.suffix:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        else:
            path.mkdir(parents=True)
            (path / "code.py").write_text("VALUE = 1\n")
    monkeypatch.setattr(build, "version_of", lambda _python: "cpython-313")
    monkeypatch.setattr(build, "_build", lambda _layout, folder: (folder / "functions").mkdir(parents=True))
    return Layout(tmp_path, tmp_path / ".local")


def test_unchanged_sources_are_not_built_again(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ensure_build(layout)
    monkeypatch.setattr(build, "_build", lambda *_args: pytest.fail("built again"))
    assert ensure_build(layout) == folder


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_counts(layout: Layout, source: str) -> None:
    before = fingerprint(layout)
    path = layout.project / source
    (path / "code.py" if path.is_dir() else path).write_text("changed")
    assert fingerprint(layout) != before


@pytest.mark.parametrize("folder", ["functions/__pycache__", "ml/notebooks"])
def test_what_is_not_shipped_does_not_count(layout: Layout, folder: str) -> None:
    before = fingerprint(layout)
    (layout.project / folder).mkdir()
    (layout.project / folder / "code").write_bytes(b"\0")
    assert fingerprint(layout) == before


def test_the_interpreter_counts(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(layout)
    monkeypatch.setattr(build, "version_of", lambda _python: "cpython-311")
    assert fingerprint(layout) != before


def test_a_failed_build_leaves_nothing(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_layout: Layout, folder: Path) -> None:
        folder.mkdir(parents=True)
        raise OSError("interrupted")

    monkeypatch.setattr(build, "_build", fail)
    with pytest.raises(OSError, match="interrupted"):
        ensure_build(layout)
    assert list(layout.builds.iterdir()) == []


def test_old_builds_go_and_the_newest_stay(layout: Layout) -> None:
    made = []
    for version in range(KEPT_BUILDS + 2):
        (layout.project / "functions" / "code.py").write_text(f"VALUE = {version}\n")
        made.append(ensure_build(layout))
    assert {folder.name for folder in layout.builds.iterdir()} == {folder.name for folder in made[-KEPT_BUILDS:]}
