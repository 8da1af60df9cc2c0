"""A scheduled run: correlated, measured, bounded by the function's own time, and failed aloud."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from cafe_ai import bootstrap
from cafe_ai.bootstrap import Runtime
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import correlation_id
from cafe_ai.settings import Settings
from cafe_ai.worker import schedule_handler

CONTEXT = SimpleNamespace(aws_request_id="invocation-1", get_remaining_time_in_millis=lambda: 5_000)
EVENT = {"id": "event-1", "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    runtime = Runtime.of(Settings())
    monkeypatch.setattr(bootstrap, "build", lambda: runtime)
    bootstrap.runtime.cache_clear()
    yield runtime
    bootstrap.runtime.cache_clear()


def test_run_is_correlated_measured_and_has_the_functions_time(
    shared: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[Any] = []

    def handle(runtime: Runtime, deadline: Deadline) -> None:
        seen.append((runtime, correlation_id(), deadline.remaining()))

    schedule_handler("nightly", handle)(EVENT, CONTEXT)
    schedule_handler("nightly", handle)({}, CONTEXT)
    metrics = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [(runtime, origin) for runtime, origin, _ in seen] == [(shared, "event-1"), (shared, "invocation-1")]
    assert 3 < seen[0][2] <= 4
    assert metrics["endpoint"] == "nightly"
    assert metrics["Requests"] == 1
    assert metrics["Errors"] == 0


def test_failure_is_logged_counted_and_raised(capsys: pytest.CaptureFixture[str]) -> None:
    def handle(runtime: Runtime, deadline: Deadline) -> None:
        raise ValueError("secret")

    with pytest.raises(ValueError, match="What it says is left out") as raised:
        schedule_handler("nightly", handle)(EVENT, CONTEXT)
    assert type(raised.value).__name__ == "ValueError", "Lambda and state machines know it by that"
    assert "secret" not in str(raised.value) + repr(raised.value)
    log, metrics = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert log["correlation_id"] == "event-1"
    assert "secret" not in json.dumps(log)
    assert metrics["Errors"] == 1
