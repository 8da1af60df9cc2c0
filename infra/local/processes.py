"""Programs that the stack runs: to their end with a log, or in the background, found again by pid and start mark."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.local.problems import CommandFailed
from infra.local.state import Process

PROC = Path("/proc")
MARK = "CAFE_AI_STACK"  # in the environment of every process of a stack: names the stack's home
TERMINATE_SECONDS = 2.0
Command = Sequence[str | Path]


def run_to_end(what: str, command: Command, log: Path, *, env: Mapping[str, str], cwd: Path | None = None) -> None:
    """Run a program with its output in `log`; whatever interrupts us ends it and all that it started.

    Raises CommandFailed with the end of the log where it ends with an error.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )
        try:
            code = process.wait()
        except BaseException:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
            raise
    if code != 0:
        raise CommandFailed(what, log)


def start(command: Command, log: Path, *, env: Mapping[str, str], cwd: Path) -> Process:
    """Start a program that outlives us, in a session of its own so that Ctrl-C reaches only us."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )
    process.returncode = 0  # it is not ours to wait for
    return Process(process.pid, start_mark(process.pid) or "")


def start_mark(pid: int) -> str | None:
    """The moment the process started, as the system tells it; None where it does not run or has ended."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None if PROC.joinpath("self").exists() else _start_mark_by_ps(pid)
    return None if fields[0] in "ZX" else fields[19]


def is_running(process: Process) -> bool:
    return start_mark(process.pid) == process.started


def stop(processes: Sequence[Process]) -> None:
    """End the processes and all that they started: asked first, then killed."""
    running = [process for process in processes if is_running(process)]
    for process in running:
        _signal_group(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + TERMINATE_SECONDS
    while any(is_running(process) for process in running) and time.monotonic() < deadline:
        _collect(running)
        time.sleep(0.02)
    for process in running:
        _signal_group(process.pid, signal.SIGKILL)
    _collect(running)


def kill(pids: Sequence[int]) -> None:
    for pid in pids:
        _signal(pid, signal.SIGKILL)


def left_over(home: Path) -> list[int]:
    """What a crashed stack of this home left behind, such as Lambda workers whose emulator was killed.

    Found by the mark in the processes' environment, which only Linux shows; elsewhere none are found.
    """
    mark = f"{MARK}={home}".encode()
    found = []
    for folder in PROC.glob("[0-9]*"):
        try:
            marked = mark in (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if marked and start_mark(int(folder.name)) and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found


def _start_mark_by_ps(pid: int) -> str | None:
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    state, _, started = shown.partition(" ")
    return None if not started or state.startswith("Z") else started.strip()


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        _signal(pid, number)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _collect(processes: Sequence[Process]) -> None:
    """Let the system forget those of our own children that have ended."""
    for process in processes:
        try:
            os.waitpid(process.pid, os.WNOHANG)
        except (ChildProcessError, OSError):
            continue
