"""Fresh processes that import and ask a Lambda handler (see `probe`), one at a time or side by side."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR")
ENVIRON = {
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_EC2_METADATA_DISABLED": "true",
    "PYTHONHASHSEED": "0",
}


@dataclass(frozen=True)
class Job:
    """What a probe does.

    target: "module:handler". first: the event of its first request. Then `questions` (name, body, follows) are asked,
    `rounds` times after `warm_up` rounds, with the next of `tokens` each round; or, from `start_at` (epoch) on, for
    `seconds`. parts: the service's functions are timed. toggle_model: each question with and without the model.
    explain: the slowest statement's plan, for `business_id` and `user_id`.
    """

    target: str
    first: Mapping[str, Any]
    environ: Mapping[str, str] = field(default_factory=dict)
    questions: Sequence[Mapping[str, Any]] = ()
    event: str = ""
    tokens: Sequence[str] = ()
    rounds: int = 0
    warm_up: int = 0
    seconds: float = 0.0
    start_at: float = 0.0
    parts: bool = False
    toggle_model: bool = False
    explain: bool = False
    business_id: str = ""
    user_id: str = ""


def python_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that can import the project's code; nothing of ours leaks in."""
    kept = {name: value for name, value in os.environ.items() if name in PASSED_ON}
    path = os.pathsep.join((str(PROJECT), str(PROJECT / "layers" / "core")))
    return {**kept, **ENVIRON, **environ, "PYTHONPATH": path}


def start(job: Job) -> subprocess.Popen[str]:
    """Begins a probe."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", prefix="bench-", delete=False, encoding="utf-8") as file:
        json.dump(asdict(job), file)
    environ = python_environ({**job.environ, "BENCH_STARTED": repr(time.monotonic())})
    command = [sys.executable, "-m", "tests.bench.probe", file.name]
    return subprocess.Popen(
        command, env=environ, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What a probe measured. Raises RuntimeError with what it complained of."""
    printed, complaint = process.communicate(timeout=900)
    Path(process.args[-1]).unlink(missing_ok=True)  # type: ignore[index]
    if process.returncode or not printed:
        raise RuntimeError(f"The probe ended with {process.returncode}: {complaint[-3000:]}")
    measured: dict[str, Any] = json.loads(printed)
    return measured


def run(job: Job) -> dict[str, Any]:
    """One probe from beginning to end."""
    return finish(start(job))


def interleave(jobs: Mapping[str, Job], n: int) -> dict[str, list[dict[str, Any]]]:
    """n probes of each job, one of each a round and in a new order each round; a first round is thrown away."""
    rng = random.Random(7)
    samples: dict[str, list[dict[str, Any]]] = {name: [] for name in jobs}
    for number in range(n + 1):
        for name in rng.sample(list(jobs), len(jobs)):
            sample = run(jobs[name])
            if number:
                samples[name].append(sample)
    return samples
