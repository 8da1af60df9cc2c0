"""The code keeps the rules of ARCHITECTURE.md, and each rule catches what it is there to catch."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from tests.architecture import rules
from tests.architecture.rules import Module, broken_rules

ROOT = Path(__file__).parents[2]
CODE = {"cafe_ai": ROOT / "layers" / "core", "functions": ROOT, "ml": ROOT}
MODULES = [
    Module(PurePosixPath(path.relative_to(root)), path.read_text(encoding="utf-8"))
    for package, root in CODE.items()
    for path in sorted((root / package).rglob("*.py"))
]

HANDLERS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("functions/*/*/handler.py"))

OFFENCES = {
    "cafe_ai/sales/model.py": [
        "import pydantic",
        "from cafe_ai.tenancy.service import admit",
        "from cafe_ai.platform.clock import Deadline",
        "def late():\n    import psycopg",
    ],
    "cafe_ai/sales/service.py": [
        "import os\nurl = os.environ['DATABASE_URL']",
        "from os import getenv",
        "import boto3",
        "import openai.types",
        "class Client:\n    import httpx",
        "try:\n    import numpy\nexcept ImportError:\n    pass",
        "def f(uow):\n    uow.connection.execute('SELECT 1')",
        "def f(uow):\n    uow.connection.commit()",
        "def f():\n" + "    x = 1\n" * 60,
        "x = 1\n" * 400,
    ],
    "ml/models/demand/training.py": ["import pandas", "import lightgbm", "import os\nx = os.environ['X']"],
    "functions/api/query/handler.py": [
        "@app.post('/x')\ndef slow(): ...",
        "x = 1\n" * 31,
    ],
}

ALLOWED = {
    "cafe_ai/sales/model.py": "from dataclasses import dataclass\nfrom cafe_ai.tenancy.model import Business\n"
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from cafe_ai.platform.clock import Deadline",
    "cafe_ai/sales/repository.py": "def f(uow):\n    uow.connection.execute('SELECT 1')",
    "cafe_ai/sales/service.py": "import copy\ndef f(x):\n    import boto3\n    return copy.copy(x)",
    "ml/models/demand/training.py": "import numpy as np\ndef f():\n    import lightgbm\n    return lightgbm, np",
    "cafe_ai/platform/db.py": "def f(connection):\n    connection.execute('COMMIT')\n    connection.rollback()",
    "cafe_ai/settings.py": "import os\nurl = os.environ['DATABASE_URL']",
    "functions/api/query/handler.py": "@app.post('/x')\nasync def quick(): ...\n@cache\ndef other(): ...",
}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.path))
def test_the_code_keeps_the_rules(module: Module) -> None:
    assert broken_rules(module) == []


def test_the_code_is_looked_at() -> None:
    assert {"cafe_ai/http.py", "cafe_ai/tenancy/model.py", "functions/api/query/handler.py"} <= {
        str(module.path) for module in MODULES
    }


@pytest.mark.parametrize(("path", "source"), [(path, source) for path, all_ in OFFENCES.items() for source in all_])
def test_an_offence_is_caught_once(path: str, source: str) -> None:
    assert len(broken_rules(Module(PurePosixPath(path), source))) == 1


@pytest.mark.parametrize("path", ALLOWED)
def test_what_is_allowed_is_let_be(path: str) -> None:
    assert broken_rules(Module(PurePosixPath(path), ALLOWED[path])) == []


def test_every_rule_catches_something() -> None:
    offences = [Module(PurePosixPath(path), source) for path, all_ in OFFENCES.items() for source in all_]
    assert [rule.__name__ for rule in rules.RULES if not any(list(rule(module)) for module in offences)] == []


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(path) for path in {ROOT, ROOT / "layers" / "core"})}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_imports_keep_their_direction() -> None:
    linted = run_python("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")
    assert linted.returncode == 0, linted.stdout[-3000:] + linted.stderr[-1000:]


@pytest.mark.parametrize("handler", HANDLERS)
def test_importing_a_handler_loads_nothing_heavy(handler: str) -> None:
    """Run as Lambda does: a fresh process without any settings."""
    waited_for = "/api/" in handler  # nobody waits for a worker or a state of the report
    allowed = set() if waited_for else {"aws_lambda_powertools", "botocore"}
    module = handler.removesuffix(".py").replace("/", ".")
    heavy = sorted((rules.HEAVY | {"aws_lambda_powertools", "moto"}) - allowed)
    ran = run_python("-c", f"import sys, {module}; print([name for name in {heavy} if name in sys.modules])")
    assert ran.stdout.strip() == "[]", ran.stderr[-2000:]


def test_importing_a_handler_builds_nothing_that_no_request_needs() -> None:
    """Should FastAPI or pydantic change, the function works as before, but `cafe_ai.cold_start` has lost its effect."""
    ran = run_python(
        "-c",
        "import sys, functions.api.query.handler, fastapi.openapi.models as models;"
        "print('pydantic.v1' in sys.modules, models.OpenAPI.__pydantic_complete__)",
    )
    assert ran.stdout.strip() == "False False", ran.stderr[-2000:]
