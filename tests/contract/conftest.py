"""The whole API behind API Gateway's routes, for the tests of its contract."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.support.postgres import TestDatabase
from tests.support.whole_api import WholeApi, running_api

RANDOM = "FUZZ_CASES" in os.environ  # otherwise the same cases each time
CASES = int(os.environ.get("FUZZ_CASES", "12"))


@pytest.fixture(scope="module")
def api(module_database: TestDatabase) -> Iterator[WholeApi]:
    """Every function on a database with the sample business."""
    with running_api(module_database) as running:
        yield running


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many requests each operation was sent, and what became of them."""
    reports = [
        report for kind in terminalreporter.stats.values() for report in kind if hasattr(report, "user_properties")
    ]
    fuzzed = {
        value[0].partition("[")[2].rstrip("]"): value[1]
        for report in reports
        for name, value in report.user_properties
        if name == "fuzzed"
    }
    if fuzzed and RANDOM:
        terminalreporter.section("requests by operation")
        for operation, counts in fuzzed.items():
            by_status = ", ".join(f"{status}: {number}" for status, number in sorted(counts.items()))
            terminalreporter.write_line(f"{sum(counts.values()):6} {operation}  {by_status}")
