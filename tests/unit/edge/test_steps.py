"""A state of a state machine: typed input, correlated, measured, bounded, and failing under its error's own name."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from cafe_ai import bootstrap
from cafe_ai.bootstrap import Runtime
from cafe_ai.errors import DependencyDown
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import correlation_id
from cafe_ai.settings import Settings
from cafe_ai.unhandled import Unquoted
from cafe_ai.worker import step_handler

CONTEXT = SimpleNamespace(aws_request_id="invocation-1", get_remaining_time_in_millis=lambda: 5_000)
JOB = UUID("01932f7e-0000-7000-8000-000000000001")


@dataclass(frozen=True)
class Input:
    job_id: UUID
    keys: Mapping[str, str]


EVENT = {"job_id": str(JOB), "keys": {"sales": "a"}, "token": "not named", "correlation_id": "request-1"}


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    runtime = Runtime.of(Settings())
    monkeypatch.setattr(bootstrap, "build", lambda: runtime)
    bootstrap.runtime.cache_clear()
    yield runtime
    bootstrap.runtime.cache_clear()


def test_state_is_given_its_input_typed_and_what_is_left_of_the_functions_time(
    shared: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[Any] = []

    def handle(runtime: Runtime, given: Input, deadline: Deadline) -> dict[str, Any]:
        seen.append((runtime, given, correlation_id(), deadline.remaining()))
        return {"key": "b"}

    assert step_handler("report_render", Input, handle)(EVENT, CONTEXT) == {"key": "b"}
    runtime, given, origin, seconds = seen[0]
    metrics = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (runtime, given, origin) == (shared, Input(JOB, {"sales": "a"}), "request-1")
    assert 3 < seconds <= 4
    assert (metrics["endpoint"], metrics["Requests"]) == ("report_render", 1)


def test_without_an_origin_the_invocation_is_the_origin() -> None:
    seen: list[str | None] = []

    def handle(runtime: Runtime, given: Input, deadline: Deadline) -> dict[str, Any]:
        seen.append(correlation_id())
        return {}

    step_handler("report_render", Input, handle)({**EVENT, "correlation_id": None}, CONTEXT)
    assert seen == ["invocation-1"]


def test_error_keeps_its_class_by_which_the_machine_knows_it(capsys: pytest.CaptureFixture[str]) -> None:
    def handle(runtime: Runtime, given: Input, deadline: Deadline) -> dict[str, Any]:
        raise DependencyDown("storage")

    with pytest.raises(DependencyDown):
        step_handler("report_render", Input, handle)(EVENT, CONTEXT)
    log, metrics = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert log["correlation_id"] == "request-1"
    assert metrics["Errors"] == 1


@pytest.mark.parametrize("wrong", [{"job_id": "no id"}, {"keys": ["a"]}, {"keys": None}])
def test_wrong_input_is_refused_by_its_own_name_before_anything_is_done(wrong: dict[str, Any]) -> None:
    def handle(runtime: Runtime, given: Input, deadline: Deadline) -> dict[str, Any]:
        raise AssertionError("it was handled")

    with pytest.raises(Unquoted) as raised:
        step_handler("report_render", Input, handle)({**EVENT, **wrong}, CONTEXT)
    assert type(raised.value).__name__ == "ValidationError"
    assert "no id" not in "".join(traceback.format_exception(raised.value))
