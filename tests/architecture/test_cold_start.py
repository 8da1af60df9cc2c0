"""What importing the query function loads: what it does not load cannot slow its start. Modules are counted, never time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
HANDLER = "functions.api.query.handler"
OURS_AT_MOST = 145
ALL_AT_MOST = 690

# Packages, and parts of our own, that no question without a language model needs.
NOT_AT_IMPORT = {
    "aws_lambda_powertools",
    "boto3",
    "botocore",
    "cafe_ai.catalogue.service",
    "cafe_ai.llm",
    "cafe_ai.platform.otlp",
    "cafe_ai.platform.vectors",
    "cafe_ai.reviews",
    "cafe_ai.worker",
    "chromadb",
    "cryptography.hazmat.primitives.serialization.ssh",
    "cryptography.x509",
    "httpx",
    "jwt",
    "numpy",
    "openai",
    "opentelemetry.sdk",
    "prometheus_client",
    "pydantic.v1",
    "rapidfuzz",
    "tomllib",
    "urllib.request",
}

PROGRAM = f"""
import json, sys
import {HANDLER}
print(json.dumps([name for name, module in sys.modules.items() if module is not None]))
"""


@cache
def loaded() -> frozenset[str]:
    """The modules of a fresh process that imported the handler."""
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "layers" / "core")))}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    return frozenset(json.loads(done.stdout))


def test_what_a_first_question_does_not_need_is_not_imported() -> None:
    assert sorted(loaded() & NOT_AT_IMPORT) == []


def test_the_query_function_imports_no_more_modules_than_it_did() -> None:
    ours = [name for name in loaded() if name.split(".")[0] == "cafe_ai"]
    assert len(ours) <= OURS_AT_MOST, "more of ours: is all of it needed by every question?"
    assert len(loaded()) <= ALL_AT_MOST
