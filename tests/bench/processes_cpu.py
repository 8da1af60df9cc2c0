"""Processor time of processes that are not ours to ask, from /proc (Linux)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def children_of(pid: int) -> list[int]:
    """The processes it has started and that still run, and theirs."""
    found: list[int] = []
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
            found += [int(child), *children_of(int(child))]
    return found


def parent_of(pid: int) -> int:
    """The process that started it."""
    return int(_fields(pid)[1])


def seconds_of(pid: int) -> float:
    """What it and all that it started have used, those that have ended included."""
    total = 0
    for process in (pid, *children_of(pid)):
        with suppress(OSError):
            total += sum(int(field) for field in _fields(process)[11:15])
    return total / TICKS


def _fields(pid: int) -> list[str]:
    """/proc/PID/stat from the state on (proc_pid_stat(5))."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
