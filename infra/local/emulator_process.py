"""The emulator's process: ministack with six repairs, run by the emulator's own virtual environment.

1. Reading a function's log lines waits 50 ms for a first line after every call; here 4 ms.
2. Its Runtime API answers in small packets that Nagle's algorithm holds back for 40 ms; here at once.
3. It starts an interpreter for every concurrent call; here a few per function, and further calls wait for one.
4. It keeps what functions write to itself, as CloudWatch does; here it also goes to the file FUNCTIONS_LOG names.
5. Its alarms and its sums look at a metric's name alone; here as CloudWatch documents it (emulator_alarms.py).
6. Its queues write no metrics; here each of its depth and age (emulator_queues.py).
"""

import os
import runpy
import time
from pathlib import Path
from typing import IO, Any

import ministack.core.lambda_runtime as runtime
import ministack.services.lambda_svc as service

from infra.local.emulator_alarms import read_as_documented
from infra.local.emulator_queues import measure_queues_for_ever
from infra.local.native import WORKERS_PER_FUNCTION

LOG_WAITS = (0.004, 0.002, 0.05)  # seconds: for a first line, for the next, in all
WAIT_FOR_WORKER_SECONDS = 25.0


def shorten_log_waits() -> None:
    runtime.Worker._drain_stderr_bounded.__defaults__ = LOG_WAITS


def answer_at_once() -> None:
    build = runtime.ProvidedWorker._build_handler_class

    def build_without_delay(self: Any, *args: Any, **kwargs: Any) -> Any:
        handler = build(self, *args, **kwargs)
        handler.disable_nagle_algorithm = True
        handler.wbufsize = -1
        return handler

    runtime.ProvidedWorker._build_handler_class = build_without_delay


def bound_workers() -> None:
    acquire = runtime.acquire_worker

    def acquire_or_wait(*args: Any, **kwargs: Any) -> Any:
        deadline = time.monotonic() + WAIT_FOR_WORKER_SECONDS
        while True:
            worker, reason = acquire(*args, **{**kwargs, "max_concurrency": WORKERS_PER_FUNCTION})
            if worker is not None or time.monotonic() > deadline:
                return worker, reason
            time.sleep(0.003)

    service.acquire_worker = acquire_or_wait


class Tee:
    """A function's output, each line also written to a file as it is read."""

    def __init__(self, output: IO[bytes], function: str, log: Path) -> None:
        self._output = output
        self._prefix = f"{function} ".encode()
        self._log = log.open("ab", buffering=0)

    def readline(self) -> bytes:
        line = self._output.readline()
        if line:
            self._log.write(self._prefix + line)
        return line

    def close(self) -> None:
        self._output.close()
        self._log.close()


def show_output(log: Path) -> None:
    pump = runtime.ProvidedWorker._pump_output

    def pump_and_show(self: Any, stream: IO[bytes], log_queue: Any) -> None:
        pump(self, Tee(stream, self.func_name, log), log_queue)

    runtime.ProvidedWorker._pump_output = pump_and_show


if __name__ == "__main__":
    shorten_log_waits()
    answer_at_once()
    bound_workers()
    read_as_documented()
    measure_queues_for_ever()
    show_output(Path(os.environ.pop("FUNCTIONS_LOG")))
    runpy.run_module("ministack", run_name="__main__")
