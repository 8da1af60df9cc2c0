"""Processes that start in milliseconds: a warmed process forks them. They are killed, and another takes their place.

    with running_nursery(["tests.torture.worker"], environ) as nursery:
        pid = nursery.start("tests.torture.worker:work", log, seconds=3)
        nursery.kill(pid)

Each runs one function of a module that the nursery has imported, and ends with it. All end with the nursery, and the
nursery with us, be we killed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR")


@dataclass(frozen=True)
class Nursery:
    """The process that forks. Not for several threads at once."""

    process: subprocess.Popen[str]

    def start(self, target: str, log: Path, **arguments: Any) -> int:
        """Runs `module:function` with these JSON-able arguments in a new process, its output in the log; its pid."""
        return int(self._ask({"target": target, "log": str(log), "arguments": arguments}))

    def exit_code(self, pid: int) -> int | None:
        """What it ended with, -9 where it was killed; None while it runs. An ended process is forgotten by this."""
        told = self._ask({"poll": pid})
        return None if told is None else int(told)

    def wait(self, pid: int, seconds: float = 30) -> int:
        """As `exit_code`, waiting for its end. Raises TimeoutError."""
        ends = time.monotonic() + seconds
        while (code := self.exit_code(pid)) is None:
            if time.monotonic() > ends:
                raise TimeoutError(f"Process {pid} goes on.")
            time.sleep(0.002)
        return code

    def kill(self, pid: int) -> None:
        """Ends it as kill -9 does, and forgets it."""
        os.kill(pid, signal.SIGKILL)  # nobody else has its number: the nursery has not asked for its end
        self.wait(pid)

    def _ask(self, command: Mapping[str, Any]) -> Any:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("The nursery has ended.")
        return json.loads(answer)


@contextmanager
def running_nursery(modules: Sequence[str], environ: Mapping[str, str], log: Path) -> Iterator[Nursery]:
    """A nursery that has imported the modules; the environment is the processes' too."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    path = os.pathsep.join((str(PROJECT), str(PROJECT / "layers" / "core")))
    with log.open("ab") as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.nursery", *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            cwd=PROJECT,
            env={**kept, **environ, "PYTHONPATH": path},
        )
    try:
        yield Nursery(process)
    finally:
        with suppress(BrokenPipeError):
            process.stdin.close()  # type: ignore[union-attr]
        try:
            process.wait(timeout=10)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()  # type: ignore[union-attr]


class _Forker:
    """The nursery's own side."""

    def __init__(self) -> None:
        self._children: set[int] = set()

    def answer(self, command: dict[str, Any]) -> int | None:
        if "poll" in command:
            return self._poll(command["poll"])
        pid = os.fork()
        if pid == 0:
            _become(command)
        self._children.add(pid)
        return pid

    def end_all(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

    def _poll(self, pid: int) -> int | None:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if not ended:
            return None
        self._children.discard(pid)
        return os.waitstatus_to_exitcode(status)


def _become(command: dict[str, Any]) -> None:
    code = 1
    try:
        log = os.open(command["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        module, name = command["target"].split(":")
        getattr(import_module(module), name)(**command["arguments"])
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        with suppress(Exception):
            sys.stdout.flush()
        os._exit(code)


def _main(modules: Sequence[str]) -> None:
    for name in modules:
        module = import_module(name)
        if warm_up := getattr(module, "warm_up", None):
            warm_up()
    forker = _Forker()
    try:
        for line in sys.stdin:
            print(json.dumps(forker.answer(json.loads(line))), flush=True)
    finally:
        forker.end_all()


if __name__ == "__main__":
    _main(sys.argv[1:])
