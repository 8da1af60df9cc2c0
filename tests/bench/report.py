"""Results as tables: printed, kept as JSON, and put into docs/benchmarks.md between their markers."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.fresh import PROJECT
from tests.bench.measuring import as_json

DOCUMENT = PROJECT / "docs" / "benchmarks.md"
RAW = PROJECT / ".local" / "bench"


@dataclass(frozen=True)
class Result:
    """What a benchmark found: text in Markdown, and everything it measured."""

    text: str
    raw: dict[str, Any] = field(default_factory=dict)


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def details(summary: str, text: str) -> str:
    """A block that opens on a click."""
    return f"<details><summary>{summary}</summary>\n\n```\n{text}\n```\n\n</details>"


def stamp(machine: dict[str, Any], before: dict[str, float], after: dict[str, float]) -> str:
    """When and on what a result was measured, and how quiet the machine was."""
    noise = "; ".join(
        f"{when} {noise['loop_median_ms']} ms (p95/median {noise['loop_p95_over_median']}, load {noise['load']})"
        for when, noise in (("before", before), ("after", after))
    )
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    return (
        f"*{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {machine['commit']}, {machine['processor']}, "
        f"Python {machine['python']}, {packages}. Fixed loop: {noise}.*"
    )


def keep(name: str, result: Result, header: str, *, publish: bool) -> None:
    """Prints a result; keeps its figures as JSON; with `publish` puts it into the document."""
    print(f"\n{header}\n\n{result.text}\n", flush=True)
    RAW.mkdir(parents=True, exist_ok=True)
    raw = json.dumps({"measured": header, **result.raw}, default=as_json, ensure_ascii=False, indent=1)
    (RAW / f"{name}.json").write_text(raw + "\n", encoding="utf-8")
    if publish:
        _replace(DOCUMENT, name, f"{header}\n\n{result.text}")


def _replace(document: Path, name: str, text: str) -> None:
    """Puts the text between the markers of that name. Raises LookupError where the document has none."""
    begin, end = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    before = document.read_text(encoding="utf-8")
    after, replaced = re.subn(
        f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: f"{begin}\n{text}\n{end}", before, flags=re.DOTALL
    )
    if replaced != 1:
        raise LookupError(f"{document} has no place for {name}: it needs {begin} and {end} once.")
    document.write_text(after, encoding="utf-8")
