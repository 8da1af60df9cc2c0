"""How much memory each process of the stack holds, sampled while the load is on."""

from __future__ import annotations

import os
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from infra.local import processes
from infra.local.deploy import STACK
from infra.local.state import load
from tests.load.background import Background
from tests.support.local_stack import Stack

FUNCTION = re.compile(rb"AWS_LAMBDA_FUNCTION_NAME=" + STACK.encode() + rb"-(\w+?)Function-")
RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)
PRIVATE = re.compile(r"^RssAnon:\s+(\d+) kB$", re.MULTILINE)
POSTGRES = "PostgreSQL (private)"  # its shared buffers fill up to the size they are given, which is no leak
SERVERS = (POSTGRES, "chroma", "issuer", "emulator")
GROWTH_ALLOWED = 0.05
LEAST_BYTES = 2 * 1024 * 1024  # of growth in a process: less is the allocator's rounding
TICKS = os.sysconf("SC_CLK_TCK")


class Held(NamedTuple):
    """Bytes that a process held at a moment, and the seconds of a processor that it had used by then."""

    at: float
    bytes: int
    used: float = 0.0


class Change(NamedTuple):
    """Bytes held in the second fifth of the time and in the last."""

    early: float
    late: float

    @property
    def share(self) -> float:
        """By how much of what it was it grew; negative where it shrank."""
        return (self.late - self.early) / self.early if self.early else 0.0


@dataclass(frozen=True, slots=True)
class Growth:
    """What a group's processes that lived from the second to the last fifth held in each (medians, added up).

    busiest: the one of them that worked most, which loses most where anything is lost. The others may load late what they
    had not needed before.
    """

    group: str
    processes: int
    all: Change
    busiest: Change

    @property
    def too_much(self) -> bool:
        """Whether the busiest grew by more than it may."""
        return self.busiest.share > GROWTH_ALLOWED and self.busiest.late - self.busiest.early > LEAST_BYTES


@dataclass
class Sampler(Background):
    """Samples every so many seconds while inside its `with`. samples: by group, by process."""

    stack: Stack
    every: float = 10.0
    samples: dict[str, dict[int, list[Held]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    def __enter__(self) -> Sampler:
        self._groups: dict[int, str] = {}
        return super().__enter__()

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
                self.samples[group][pid].append(Held(now, held * 1024, _seconds_used(pid)))

    def growth(self, began: float, ended: float) -> list[Growth]:
        """By group, from the second fifth of that time to its last."""
        fifth = (ended - began) / 5
        early, late = (began + fifth, began + 2 * fifth), (ended - fifth, ended)
        found = []
        for group, by_process in sorted(self.samples.items()):
            lasting = [
                (held[-1].used if _was_warm(held, early[1]) else -1.0, Change(first, last))
                for held in by_process.values()
                if (first := _median(held, early)) and (last := _median(held, late))
            ]
            if lasting:
                changes = [change for _, change in lasting]
                used, busiest = max(lasting)
                if used < 0:
                    busiest = Change(busiest.early, busiest.early)
                found.append(Growth(group, len(lasting), total(changes), busiest))
        return found


def total(changes: Sequence[Change]) -> Change:
    """Of several processes together."""
    return Change(sum(one.early for one in changes), sum(one.late for one in changes))


def of_workers(found: Sequence[Growth]) -> Change:
    """Of all functions' processes together."""
    return total([one.all for one in found if one.group not in SERVERS])


def _was_warm(held: Sequence[Held], by: float) -> bool:
    """Whether a fifth of its work was done by then: what works for the first time later has much to load."""
    done = max((one.used for one in held if one.at <= by), default=0.0)
    return done >= held[-1].used / 5


def _median(held: Sequence[Held], span: tuple[float, float]) -> float:
    values = [one.bytes for one in held if span[0] <= one.at <= span[1]]
    return statistics.median(values) if values else 0.0


def _kilobytes(pid: int, pattern: re.Pattern[str]) -> int:
    try:
        found = pattern.search((processes.PROC / str(pid) / "status").read_text())
    except OSError:  # it has just ended
        return 0
    return int(found[1]) if found else 0


def _seconds_used(pid: int) -> float:
    try:
        fields = (processes.PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


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
    """That the functions' processes together, or the busiest of one function, grew by more than they may."""
    workers = [one for one in found if one.group not in SERVERS]
    told = [f"{one.group}: its busiest process grew by {one.busiest.share:.1%}" for one in workers if one.too_much]
    share = of_workers(found).share
    return [f"the workers grew by {share:.1%}", *told] if share > GROWTH_ALLOWED else told


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
