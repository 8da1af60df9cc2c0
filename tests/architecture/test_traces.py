"""Traces cost nothing where there are none, and the document says all that they say of ours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from cafe_ai.platform.tracing import Attribute
from tests.architecture.test_rules import run_python

ROOT = Path(__file__).parents[2]
CORE = ROOT / "layers" / "core" / "cafe_ai"
DEFINED = CORE / "platform" / "tracing.py"
INVOKED = """
import sys
from types import SimpleNamespace
from functions.report.check.handler import handler
context = SimpleNamespace(aws_request_id="i", get_remaining_time_in_millis=lambda: 9000)
try:
    handler({}, context)
except Exception:
    pass
late = ("recording", "otlp", "otlp_json", "trace_context")
print([name for name in late if f"cafe_ai.platform.{name}" in sys.modules], "cafe_ai.platform.tracing" in sys.modules)
"""


def test_without_a_collector_no_function_loads_what_records_and_sends_traces() -> None:
    """Nor its first invocation, which fails behind all of the edge: for want of an input."""
    ran = run_python("-c", INVOKED)
    assert ran.stdout.splitlines()[-1] == "[] True", ran.stderr[-2000:]


def test_what_traces_say_of_ours_is_documented() -> None:
    page = (ROOT / "docs" / "tracing.md").read_text(encoding="utf-8")
    ours = {name for name in get_args(Attribute) if name.startswith("cafe_ai.")}
    assert ours == set(re.findall(r"^\| `(cafe_ai\.[a-z_.]+)` \|", page, re.MULTILINE))


def test_what_a_span_may_say_some_span_says() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in sorted(CORE.rglob("*.py")) if path != DEFINED)
    assert [name for name in get_args(Attribute) if f'"{name}"' not in code] == []
