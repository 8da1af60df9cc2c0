"""A report from its first state to its last, and each state done again, killed, refused, or without what it needs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cafe_ai.errors import DependencyDown, LeaseLost
from cafe_ai.jobs.model import JobStatus
from cafe_ai.jobs.results import present
from tests.integration.reports.conftest import Desk
from tests.support import report_flow as flow
from tests.support.factories import Factory
from tests.support.report_flow import MemoryStore, State

TASKS = ("Narrate", "Check", "Render", "Store", "Finish")
FORMATS = {"html", "pdf", "csv", "json"}


def stored(store: MemoryStore, state: State, name: str) -> Any:
    return json.loads(store.objects[f"work/{state['job_id']}/{state['token']}/{name}"])


def before(desk: Desk, task: str, **asked: Any) -> State:
    """A report's state before the task."""
    return flow.run(desk.begun(**asked), until=task)


def test_report_is_made_stored_and_told(desk: Desk) -> None:
    state = flow.run(desk.begun())
    job = desk.job(state)
    assert (job.status, job.progress, job.error) == (JobStatus.COMPLETED, 100, None)
    result = job.result or {}
    assert {"analysis", "insights", "recommendations", "summary", "files", "timestamp"} <= result.keys()
    assert result["files"].keys() == FORMATS
    prefix = f"reports/{desk.shop.business_id}/{job.id}/informe-ventas-2026-05."
    assert {key: kind for kind, key in result["files"].items()} == {prefix + kind: kind for kind in FORMATS}
    assert desk.store.objects[prefix + "pdf"].startswith(b"%PDF")
    assert desk.store.types[prefix + "html"] == "text/html; charset=utf-8"
    assert "Café Central" in desk.store.objects[prefix + "html"].decode()
    assert result["missing"] == []
    assert [job.status for job in desk.announced] == [JobStatus.COMPLETED]
    (turn,) = desk.rows("ai_conversations")
    assert result["conversation_id"] == str(turn["id"])
    shown = present(desk.runtime, job)["result"]
    assert shown["links"]["pdf"].startswith(f"https://bucket.example/{prefix}pdf")


def test_shop_without_any_sales_gets_a_report_that_says_so(desk: Desk, factory: Factory) -> None:
    """All there is to tell is that nothing is recorded; that is no failure."""
    state = flow.run(desk.begun(business_id=factory.insert_business("Nueva")))
    job = desk.job(state)
    assert job.status is JobStatus.COMPLETED
    assert (job.result or {})["missing"] == ["forecast"]
    assert (job.result or {})["summary"]


def test_report_for_an_english_reader_has_an_english_name(desk: Desk) -> None:
    state = flow.run(desk.begun(locale="en", period="quarterly"))
    files = (desk.job(state).result or {})["files"]
    assert files["pdf"].endswith("/sales-report-2026-Q1.pdf")


def test_state_stays_small_and_holds_keys_alone(desk: Desk) -> None:
    state = flow.run(desk.begun())
    assert len(json.dumps(state)) < 4_000


@pytest.mark.parametrize("task", TASKS)
def test_task_done_again_gives_the_same_and_changes_nothing(desk: Desk, task: str) -> None:
    """So does one that was killed between what it did and its answer, and is called again."""
    state = before(desk, task)
    first = flow.after(state, task)
    kept = dict(desk.store.objects)
    second = flow.after(state, task)
    assert second == first
    assert desk.store.objects.keys() == kept.keys()
    end = flow.after(second, task) if task == "Finish" else _finished(second, task)
    assert desk.job(end).status is JobStatus.COMPLETED
    assert [job.status for job in desk.announced] == [JobStatus.COMPLETED]


@pytest.mark.parametrize("part", flow.PARTS)
def test_part_gathered_again_has_the_same_key(desk: Desk, part: str) -> None:
    state = desk.begun()
    assert flow.gather(state, part) == flow.gather(state, part)


@pytest.mark.parametrize("task", TASKS)
def test_task_killed_before_its_effect_is_done_by_the_next(
    desk: Desk, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    state = before(desk, task)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(MemoryStore, "put", killed)
        patched.setattr("cafe_ai.jobs.service.finish", killed)
        flow.after(state, task)
    end = _finished(flow.after(state, task), task)
    assert desk.job(end).status is JobStatus.COMPLETED
    assert len(desk.announced) == 1


@pytest.mark.parametrize("task", TASKS)
def test_execution_whose_lease_is_lost_stops_and_changes_nothing(desk: Desk, task: str) -> None:
    state = before(desk, task)
    desk.take_over(state)
    kept, row = dict(desk.store.objects), desk.rows("ai_jobs")
    with pytest.raises(LeaseLost):
        flow.after(state, task)
    assert flow.call("fail", {**state, "error": {"Error": "LeaseLost", "Cause": ""}}) == {"status": "lost"}
    assert (desk.store.objects, desk.rows("ai_jobs")) == (kept, row)
    assert desk.rows("ai_audit_logs") == [] or task != "Narrate"
    assert desk.announced == []


@pytest.mark.parametrize("part", flow.PARTS)
def test_part_is_not_gathered_without_the_lease(desk: Desk, part: str) -> None:
    state = desk.begun()
    desk.take_over(state)
    with pytest.raises(LeaseLost):
        flow.gather(state, part)
    assert desk.store.puts == []


def test_lease_is_renewed_by_each_state_and_progress_rises(desk: Desk) -> None:
    state = flow.gathered(desk.begun())
    told = []
    for task in TASKS:
        desk.let_lapse(state)  # nobody else has taken the job up
        state = flow.after(state, task)
        told.append(desk.job(state).progress)
    assert told == sorted(told)
    assert told[-1] == 100


@pytest.mark.parametrize("part", [part for part in flow.PARTS if part != "sales"])
def test_part_that_could_not_be_had_is_missing_and_the_report_says_so(desk: Desk, part: str) -> None:
    state = flow.run(desk.begun(), missing=(part,))
    assert (desk.job(state).result or {})["missing"] == [part]
    assert desk.job(state).status is JobStatus.COMPLETED


def test_storage_that_is_away_is_an_error_that_is_tried_again(desk: Desk) -> None:
    state = before(desk, "Render")
    desk.store.down = True
    with pytest.raises(DependencyDown):
        flow.after(state, "Render")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ({"Error": "States.Timeout", "Cause": ""}, "longer than it may"),
        ({"Error": "Sandbox.Timedout", "Cause": "{}"}, "longer than it may"),
        ({"Error": "DependencyDown", "Cause": '{"errorMessage": "secret host"}'}, "could not be reached"),
        (
            {"Error": "InvalidRequest", "Cause": '{"errorMessage": "from: lies in the future"}'},
            "from: lies in the future",
        ),
        ({"Error": "KeyError", "Cause": '{"errorMessage": "secret"}'}, "The service made a mistake"),
        ({"Error": "InvalidRequest", "Cause": "no JSON"}, "The service made a mistake"),
        ({}, "The service made a mistake"),
    ],
)
def test_failed_report_says_why_once_and_nothing_of_the_inside(desk: Desk, error: dict[str, str], reason: str) -> None:
    state = before(desk, "Check")
    for answer in ("failed", "lost"):
        assert flow.call("fail", {**state, "error": error}) == {"status": answer}
    job = desk.job(state)
    assert job.status is JobStatus.FAILED
    assert reason in (job.error or "")
    assert "secret" not in (job.error or "")
    assert [job.status for job in desk.announced] == [JobStatus.FAILED]


def test_how_a_report_ended_is_counted_once(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    state = flow.run(desk.begun())
    flow.after(state, "Finish")
    failed = desk.begun()
    for _ in range(2):
        flow.call("fail", {**failed, "error": {"Error": "KeyError", "Cause": ""}})
    counted = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    for name in ("JobsCompleted", "JobsFailed"):
        assert sum(one.get(name, 0) for one in counted) == 1
    assert sum(one.get("JobsHandedOn", 0) for one in counted) == 2


def test_finished_report_cannot_be_failed_afterwards(desk: Desk) -> None:
    state = flow.run(desk.begun())
    assert flow.call("fail", {**state, "error": {"Error": "States.Timeout", "Cause": ""}}) == {"status": "lost"}
    assert desk.job(state).status is JobStatus.COMPLETED
    assert len(desk.announced) == 1


def _finished(state: State, done: str) -> State:
    for task in TASKS[TASKS.index(done) + 1 :]:
        state = flow.after(state, task)
    return state
