"""The tests of `make checks`: they need its tools, which `make install-checks` brings."""

from pathlib import Path

import pytest

from infra.checks.locks import Lock, read_locks
from infra.local.layout import PROJECT, current


@pytest.fixture(scope="session")
def tools() -> Path:
    folder = current().checks_venv / "bin"
    assert folder.exists(), "run `make install-checks` first, or `make checks`, which does"
    return folder


@pytest.fixture(scope="session")
def locks() -> dict[str, Lock]:
    return read_locks(PROJECT)
