"""What is installed, anywhere, is pinned with hashes and is what requirements/*.in ask for."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.checks.locks import Lock, problems
from infra.local.layout import PROJECT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the lock files alone, to spoil."""
    for folder in ("requirements", "tests/bench/requirements"):
        shutil.copytree(PROJECT / folder, tmp_path / folder)
    return tmp_path


def test_every_lock_is_pinned_hashed_and_in_step() -> None:
    assert problems(PROJECT) == []


def test_the_locks_are_read_whole(locks: dict[str, Lock]) -> None:
    """A reader that skips lines would find nothing wrong with them."""
    for lock in locks.values():
        assert len(lock.pins) == len(re.findall(r"^[a-z0-9].*==", lock.text, re.MULTILINE)), lock.path
        assert sum(len(pin.hashes) for pin in lock.pins) == lock.text.count("--hash=sha256:"), lock.path


def edit(project: Path, name: str, change: Callable[[str], str]) -> None:
    path = project / "requirements" / name
    before = path.read_text(encoding="utf-8")
    path.write_text(change(before), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != before


def swap(old: str, new: str) -> Callable[[str], str]:
    return lambda text: re.sub(old, new, text, count=1, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        ("web.txt", swap(r"^fastapi==", "fastapi>="), "not an exact pin"),
        ("web.txt", swap(r"^mangum==(\S+) \\\n(    --hash=\S+( \\)?\n)+", r"mangum==\1\n"), "mangum has no hash"),
        ("web.txt", swap(r"--hash=sha256:[0-9a-f]{64}", "--hash=md5:0"), "not an exact pin"),
        ("web.txt", lambda text: "--index-url https://packages.example/simple\n" + text, "where packages come from"),
        ("web.txt", lambda text: text + "left-pad @ git+https://example.test/left-pad\n", "where packages come from"),
        ("ai.in", lambda text: text + "left-pad\n", "left-pad of requirements/ai.in is not locked"),
        ("ai.in", swap(r"^valkey$", ""), "no longer asks for it"),
        ("ai.in", swap(r"^openai$", "openai<1"), "does not allow"),
        ("web.txt", swap(r"# via fastapi$", "# via nobody"), "nothing asks for"),
        ("web.txt", swap(r"^mangum==\S+", "mangum==0.0.1"), "requirements/dev.txt another"),
        ("extra.in", None, "has no lock file"),
    ],
)
def test_what_is_wrong_with_a_lock_is_said(
    project: Path, file: str, change: Callable[[str], str] | None, said: str
) -> None:
    if change is None:
        (project / "requirements" / file).write_text("left-pad\n", encoding="utf-8")
    else:
        edit(project, file, change)

    assert any(said in problem for problem in problems(project)), problems(project)


def test_nothing_is_installed_without_its_hashes() -> None:
    for path in ("layers/python.mk", "layers/ml/Makefile", "infra/local/environment.py"):
        text = (PROJECT / path).read_text(encoding="utf-8")
        installs = re.findall(r"pip install .*(?:\\\n.*)*", text) + re.findall(
            r'"install",[^\]]*\](?:.|\n)*?"-r"', text
        )
        assert installs, path
        assert all("--require-hashes" in install for install in installs), path
