"""Nothing is rendered that the facts, as they were stored, do not carry."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.reports.conftest import Desk
from tests.support import report_flow as flow
from tests.support.report_flow import State


def tamper(desk: Desk, key: str, change: Callable[[Any], None]) -> None:
    """Changes an object as it was stored."""
    kept = json.loads(desk.store.objects[key])
    change(kept)
    desk.store.objects[key] = json.dumps(kept).encode()


def report_of(desk: Desk, state: State) -> Any:
    return json.loads(desk.store.objects[flow.after(state, "Check")["report"]["key"]])


@pytest.fixture
def told(desk: Desk) -> State:
    return flow.run(desk.begun(), until="Check")


def test_what_the_facts_carry_is_kept_as_it_is(desk: Desk, told: State) -> None:
    summary = json.loads(desk.store.objects[told["summary"]["key"]])["text"]
    analysis = json.loads(desk.store.objects[told["parts"]["sales"]])
    report = report_of(desk, told)
    assert report["summary"] == summary
    assert report["analysis"]["insights"] == analysis["insights"]
    assert report["analysis"]["recommendations"] == analysis["recommendations"]
    assert len(report["analysis"]["insights"]) > 1
    assert len(report["promotions"]) > 1


def test_summary_that_says_more_is_told_by_the_narrator(desk: Desk, told: State) -> None:
    right = report_of(desk, told)["summary"]
    tamper(
        desk, told["summary"]["key"], lambda kept: kept.update(text="En mayo vendiste 987.654,32 €.", model_name="m")
    )
    report = report_of(desk, told)
    assert report["summary"] == right
    assert report["model_name"] == "rules"


@pytest.mark.parametrize("kind", ["insights", "recommendations"])
def test_finding_that_says_more_is_left_out(desk: Desk, told: State, kind: str) -> None:
    before = report_of(desk, told)["analysis"][kind]
    assert before

    def lie(kept: Any) -> None:
        kept[kind][0]["text"] = "Las ventas de mayo de 2026 fueron 987.654,32 €."

    tamper(desk, told["parts"]["sales"], lie)
    assert report_of(desk, told)["analysis"][kind] == before[1:]


def test_reason_that_says_more_is_left_out(desk: Desk, told: State) -> None:
    before = report_of(desk, told)["promotions"]

    def lie(kept: Any) -> None:
        kept["lines"][0]["reason"] = "deja un margen del 98,7 %"

    tamper(desk, told["parts"]["products"], lie)
    assert report_of(desk, told)["promotions"] == before[1:]
