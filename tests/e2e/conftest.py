"""A whole local stack of the tests' own: its data, ports and logs in a temporary folder, started as by `make run`."""

from collections.abc import Iterator

import httpx
import pytest

from infra.local import processes
from infra.local.layout import PROJECT, Layout
from infra.local.state import read_state
from tests.support.local_stack import Stack, run_stack
from tests.support.otlp_receiver import Collector, running_collector

LAST = (
    "test_openai_server.py",
    "test_lifecycle.py",
    "test_load.py",
)  # they stop the stack: after them every function is cold


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LAST.index(item.path.name) if item.path.name in LAST else -1)


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """What the stack sends its traces to: all that it records, which is everything."""
    with running_collector() as running:
        yield running


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[Stack]:
    layout = Layout(PROJECT, tmp_path_factory.mktemp("stack"))
    traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_TRACES_SAMPLER_ARG": "1"}
    try:
        run_stack(layout, "run", "--detach", settings={"JOB_RETRY_SECONDS": "0.2", **traced})
        state = read_state(layout)
        assert state is not None
        with httpx.Client(base_url=state.base_url, timeout=30) as client:
            yield Stack(layout, state, client)
    finally:
        run_stack(layout, "stop")
        assert processes.left_over(layout.home) == []
