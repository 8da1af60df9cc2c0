"""The stack survives what happens on a developer's machine: interruptions, crashes, a second start, a stop."""

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator

import pytest

from infra.local import database, processes
from infra.local.layout import Layout
from infra.local.state import Record, load
from tests.support import local_jobs as jobs
from tests.support.local_stack import Stack, run_stack, stack_command

pytestmark = pytest.mark.e2e

ANSWER_SECONDS = 60


@pytest.fixture
def layout(stack: Stack) -> Iterator[Layout]:
    """The running stack's place; whatever a test does there, afterwards the stack runs again for the others."""
    yield stack.layout
    run_stack(stack.layout, "run", "--detach")


def await_processes(layout: Layout, names: set[str]) -> Record:
    deadline = time.monotonic() + ANSWER_SECONDS
    while not names <= load(layout).processes.keys():
        assert time.monotonic() < deadline, f"{names} did not start"
        time.sleep(0.05)
    return load(layout)


def read_until(command: subprocess.Popen[str], words: str) -> str:
    assert command.stdout is not None
    printed = ""
    for line in command.stdout:
        printed += line
        if words in line:
            break
    return printed


def nothing_runs(layout: Layout) -> bool:
    server = database.server(layout, load(layout).ports["postgres"])
    return not processes.left_over(layout.home) and not server.is_running()


def answers(printed: str) -> bool:
    return "Its owner asks" in printed and "€" in printed


def test_a_second_start_finds_the_stack_running(layout: Layout) -> None:
    before = load(layout)
    printed = run_stack(layout, "run")
    assert "already running" in printed
    assert answers(printed)
    assert load(layout) == before


def test_a_crashed_stack_is_cleared_away_and_started_again_with_its_files(stack: Stack, layout: Layout) -> None:
    report = jobs.start(stack, "generate_sales_report", period="monthly")
    jobs.await_completed(stack, report)
    crashed = load(layout).processes["emulator"]
    os.kill(crashed.pid, signal.SIGKILL)  # its functions' processes are left behind
    left_behind = set(processes.left_over(layout.home))
    assert answers(run_stack(layout, "run", "--detach"))
    assert load(layout).processes["emulator"] != crashed
    assert left_behind.isdisjoint(processes.left_over(layout.home))
    with urllib.request.urlopen(jobs.look(stack, report)["result"]["links"]["pdf"], timeout=10) as response:
        assert response.read().startswith(b"%PDF")


def test_a_vector_store_that_ended_is_started_again_alone(layout: Layout) -> None:
    before = load(layout)
    os.kill(before.processes["chroma"].pid, signal.SIGKILL)
    printed = run_stack(layout, "run", "--detach")
    assert "The vector store had ended" in printed
    after = load(layout)
    assert after.processes.pop("chroma") != before.processes.pop("chroma")
    assert after == before


def test_a_stack_that_serves_brings_its_vector_store_back_and_stops_at_ctrl_c(layout: Layout) -> None:
    run_stack(layout, "stop")
    with stack_command(layout, "run") as serving:
        assert answers(read_until(serving, "Serving until Ctrl-C"))
        os.kill(load(layout).processes["chroma"].pid, signal.SIGKILL)
        assert "The vector store had ended" in read_until(serving, "The vector store had ended")
        serving.send_signal(signal.SIGINT)
        assert "Stopped." in serving.communicate(timeout=30)[0]
    assert serving.returncode == 0
    assert nothing_runs(layout)
    assert "Nothing was running." in run_stack(layout, "stop")


def test_an_interrupted_start_leaves_nothing_running(layout: Layout) -> None:
    run_stack(layout, "stop")
    with stack_command(layout, "run") as interrupted:
        await_processes(layout, {"issuer", "emulator"})
        interrupted.send_signal(signal.SIGINT)
        interrupted.communicate(timeout=30)
    assert nothing_runs(layout)
    assert answers(run_stack(layout, "run", "--detach"))
