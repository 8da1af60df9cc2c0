"""Processes are known by pid and start mark, and stopped with all that they started."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from infra.local import processes
from infra.local.state import Process

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
PARENT = [
    sys.executable,
    "-c",
    "import subprocess, sys, time; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(child.pid, flush=True); time.sleep(60)",
]


def started(command: list[str], tmp_path: Path) -> Process:
    environ = {**os.environ, processes.MARK: str(tmp_path)}
    return processes.start(command, tmp_path / "log", env=environ, cwd=tmp_path)


def wait_for(condition: object, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_a_process_runs_until_it_is_stopped(tmp_path: Path) -> None:
    process = started(SLEEPER, tmp_path)
    assert processes.is_running(process)
    processes.stop([process])
    assert wait_for(lambda: not processes.is_running(process))


def test_another_program_under_the_same_pid_is_left_alone() -> None:
    with subprocess.Popen(SLEEPER) as other:
        stale = Process(other.pid, "the start mark of a process long gone")
        assert not processes.is_running(stale)
        processes.stop([stale])
        assert other.poll() is None
        other.kill()


def test_stopping_ends_the_children_too(tmp_path: Path) -> None:
    process = started(PARENT, tmp_path)
    log = tmp_path / "log"
    assert wait_for(lambda: log.read_text().strip())
    child = int(log.read_text())
    processes.stop([process])
    assert wait_for(lambda: processes.start_mark(child) is None)


def test_children_of_a_killed_parent_are_found_and_killed(tmp_path: Path) -> None:
    process = started(PARENT, tmp_path)
    assert wait_for((tmp_path / "log").read_text)
    child = int((tmp_path / "log").read_text())
    os.kill(process.pid, signal.SIGKILL)
    assert wait_for(lambda: not processes.is_running(process))
    assert processes.left_over(tmp_path) == [child]
    processes.kill([child])
    assert wait_for(lambda: processes.left_over(tmp_path) == [])


def test_an_interrupted_program_is_ended(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from infra.local.processes import run_to_end;"
        "from infra.local.stopping import stop_on_signals; stop_on_signals();"
        "run_to_end('Sleeping', ['sleep', '60'], Path(sys.argv[1]), env={**os.environ, 'CAFE_AI_STACK': sys.argv[2]})"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, tmp_path / "log", tmp_path], stderr=subprocess.DEVNULL
    ) as runner:
        assert wait_for(lambda: processes.left_over(tmp_path))
        runner.send_signal(signal.SIGINT)
        runner.wait(timeout=10)
    assert processes.left_over(tmp_path) == []
