"""How much memory each process of the stack holds, sampled while the load is on."""

from __future__ import annotations

import re
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from infra.local import processes
from infra.local.deploy import STACK
from infra.local.state import load
from tests.support.local_stack import Stack

FUNCTION = re.compile(rb"AWS_LAMBDA_FUNCTION_NAME=" + STACK.encode() + rb"-(\w+?)Function-")
RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)
PRIVATE = re.compile(r"^RssAnon:\s+(\d+) kB$", re.MULTILINE)
POSTGRES = "PostgreSQL (private)"  # its shared buffers fill up to the size they are given, which is no leak
GROWTH_ALLOWED = 0.05
LEAST_BYTES = 1024 * 1024  # of growth: less is the allocator's rounding


class Held(NamedTuple):
    """Bytes that a process held at a moment."""

    at: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Growth:
    """What a group's processes that lived from the second to the last fifth held in each, in bytes (medians, added up)."""

    group: str
    processes: int
    early: float
    late: float

    @property
    def share(self) -> float:
        """By how much of what it was it grew; negative where it shrank."""
        return (self.late - self.early) / self.early if self.early else 0.0

    @property
    def too_much(self) -> bool:
        """Whether that is more than may be."""
        return self.share > GROWTH_ALLOWED and self.late - self.early > LEAST_BYTES * self.processes


@dataclass
class Sampler:
    """Samples every so many seconds while inside its `with`. samples: by group, by process."""

    stack: Stack
    every: float = 10.0
    samples: dict[str, dict[int, list[Held]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    def __enter__(self) -> Sampler:
        self._over = threading.Event()
        self._groups: dict[int, str] = {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            self.sample()
            self._over.wait(self.every)

    def sample(self) -> None:
        """Looks at every process of the stack once."""
        now = time.monotonic()
        postgres = 0
        for pid in postgres_processes(self.stack):
            postgres += _kilobytes(pid, PRIVATE) * 1024
        if postgres:
            self.samples[POSTGRES][0].append(Held(now, postgres))
        named = {process.pid: name for name, process in load(self.stack.layout).processes.items()}
        for pid in processes.left_over(self.stack.layout.home):
            group = self._groups.get(pid) or named.get(pid) or _function_of(pid)
            if group and (held := _kilobytes(pid, RESIDENT)):
                self._groups[pid] = group
                self.samples[group][pid].append(Held(now, held * 1024))

    def growth(self, began: float, ended: float) -> list[Growth]:
        """By group, from the second fifth of that time to its last."""
        fifth = (ended - began) / 5
        early, late = (began + fifth, began + 2 * fifth), (ended - fifth, ended)
        found = []
        for group, by_process in sorted(self.samples.items()):
            pairs = [(_median(held, early), _median(held, late)) for held in by_process.values()]
            lasting = [(first, last) for first, last in pairs if first and last]
            if lasting:
                found.append(Growth(group, len(lasting), sum(f for f, _ in lasting), sum(s for _, s in lasting)))
        return found


def _median(held: Sequence[Held], span: tuple[float, float]) -> float:
    values = [one.bytes for one in held if span[0] <= one.at <= span[1]]
    return statistics.median(values) if values else 0.0


def _kilobytes(pid: int, pattern: re.Pattern[str]) -> int:
    try:
        found = pattern.search((processes.PROC / str(pid) / "status").read_text())
    except OSError:  # it has just ended
        return 0
    return int(found[1]) if found else 0


def _function_of(pid: int) -> str | None:
    try:
        environ = (processes.PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return None
    found = FUNCTION.search(environ)
    return found and found[1].decode()


def postgres_processes(stack: Stack) -> list[int]:
    """The server and its children."""
    try:
        lock = (stack.layout.postgres / "data" / "postmaster.pid").read_text()
    except OSError:
        return []
    postmaster = int(lock.split(maxsplit=1)[0])
    try:
        children = (processes.PROC / str(postmaster) / "task" / str(postmaster) / "children").read_text().split()
    except OSError:
        return []
    return [postmaster, *map(int, children)]


def complaints(found: Sequence[Growth]) -> list[str]:
    """Groups that grew by more than they may."""
    return [f"{one.group}: memory grew by {one.share:.1%}" for one in found if one.too_much]


def series(
    samples: Mapping[str, Mapping[int, Sequence[Held]]], began: float
) -> dict[str, dict[str, list[list[float]]]]:
    """All samples, for a file: [seconds since the beginning, megabytes]."""
    return {
        group: {
            str(pid): [[round(one.at - began, 1), round(one.bytes / 1e6, 2)] for one in held]
            for pid, held in by_process.items()
        }
        for group, by_process in samples.items()
    }
