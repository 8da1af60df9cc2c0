"""openai costs half a second to import: nothing does so before it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_openai_is_not_imported_until_a_call_is_made() -> None:
    program = """
import sys
sys.path[:0] = ["layers/core", "."]
from cafe_ai.assistants import prose
from cafe_ai.assistants.planning import language_model
from cafe_ai import llm
from cafe_ai.settings import Settings
assert llm.build(Settings(openai_api_key="key")).name == "gpt-6-luna"
loaded = {"openai", "httpx", "httpx2", "boto3", "chromadb"} & {name.split(".")[0] for name in sys.modules}
sys.exit(f"loaded: {loaded}" if loaded else 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
