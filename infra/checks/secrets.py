"""Secrets in the tracked files, found by detect-secrets, beside those that .secrets.baseline says are none.

Each entry of the baseline was read by a person (`is_secret: false`): test data, examples, hashes. What is found and does not
stand there so is new, and fails. A line that moved within its file is the same finding.
"""

import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

BASELINE = ".secrets.baseline"
SECONDS = 300
# Lines that are public by nature, and the baseline itself; everything else of every file is read.
PUBLIC_LINES = r'sha256:[0-9a-f]{64}\b|^\s*"image/png": "iVBOR[\w+/=\\]+",?$'
SETTINGS = ("--no-verify", "--exclude-files", r"^\.secrets\.baseline$", "--exclude-lines", PUBLIC_LINES)


@dataclass(frozen=True)
class Found:
    file: str
    line: int
    kind: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}"


class ScanError(Exception):
    """detect-secrets did not do its work."""


def new_secrets(detect_secrets: Path, root: Path, baseline: Path) -> list[Found]:
    """What is found in the files that git tracks under `root` and `baseline` does not know as harmless. Raises ScanError."""
    with TemporaryDirectory(prefix="secrets-") as folder:
        copy = Path(folder) / "baseline.json"  # detect-secrets writes what it finds into the one that it is given
        copy.write_text(baseline.read_text(encoding="utf-8"), encoding="utf-8")
        _scan(detect_secrets, root, ["--baseline", str(copy)])
        results = json.loads(copy.read_text(encoding="utf-8"))["results"]
    return list(_unexplained(results))


def unread(baseline: Path) -> list[Found]:
    """Entries of the baseline that nobody has said are harmless."""
    return list(_unexplained(json.loads(baseline.read_text(encoding="utf-8"))["results"]))


def write_baseline(detect_secrets: Path, root: Path, baseline: Path) -> int:
    """Writes all that is found now, keeping what was said of it; how many are to be read. Raises ScanError."""
    if baseline.exists():
        _scan(detect_secrets, root, ["--baseline", str(baseline)])
    else:
        baseline.write_text(_scan(detect_secrets, root, list(SETTINGS)), encoding="utf-8")
    written = json.loads(baseline.read_text(encoding="utf-8"))
    written.pop("generated_at", None)
    for each in written["filters_used"]:
        if "filename" in each:
            each["filename"] = BASELINE  # not where this checkout lies
    baseline.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    return len(unread(baseline))


def _scan(detect_secrets: Path, root: Path, options: Sequence[str]) -> str:
    done = subprocess.run(
        [str(detect_secrets), "scan", *options], cwd=root, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        raise ScanError(f"detect-secrets ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return done.stdout


def _unexplained(results: dict[str, list[dict[str, Any]]]) -> Iterator[Found]:
    for file, entries in sorted(results.items()):
        for each in entries:
            if each.get("is_secret") is not False:
                yield Found(file, each["line_number"], each["type"])
