"""The state machine is whole: every state is reached and ended, bounded in time, tried again and caught."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

import cafe_ai
from cafe_ai.errors import CafeAIError
from cafe_ai.reports.model import Part

ROOT = Path(__file__).parents[2]
DEFINITION = ROOT / "infra" / "statemachines" / "sales_report.asl.yaml"
MACHINE: dict[str, Any] = yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))
PLACEHOLDER = re.compile(r"^\$\{(\w+)FunctionArn\}$")
AWS_ERROR = re.compile(r"^(States|Lambda|Sandbox|Runtime)\.[A-Z]\w+$")
FIELDS = {  # what the language allows, of what is used here
    "Task": {
        "Resource",
        "TimeoutSeconds",
        "Parameters",
        "ResultSelector",
        "ResultPath",
        "Retry",
        "Catch",
        "Next",
        "End",
    },
    "Parallel": {"Branches", "ResultSelector", "ResultPath", "Catch", "Next"},
    "Pass": {"Result", "End"},
    "Succeed": set(),
    "Fail": {"ErrorPath", "CausePath"},
}
LARGEST_DEFINITION = 1_000_000
RETRIER = {"ErrorEquals", "IntervalSeconds", "BackoffRate", "MaxDelaySeconds", "MaxAttempts", "JitterStrategy"}

State = Mapping[str, Any]


def machines(machine: Mapping[str, Any] = MACHINE) -> Iterator[Mapping[str, Any]]:
    """The machine, and each branch of its Parallel states."""
    yield machine
    for state in machine["States"].values():
        for branch in state.get("Branches", []):
            yield from machines(branch)


def states() -> dict[str, State]:
    return {name: state for machine in machines() for name, state in machine["States"].items()}


TASKS = {name: state for name, state in states().items() if state["Type"] == "Task"}


def leads_to(state: State) -> set[str]:
    return {state[key] for key in ("Next",) if key in state} | {catcher["Next"] for catcher in state.get("Catch", [])}


@cache
def our_exceptions() -> frozenset[str]:
    """The names of all exceptions that cafe_ai defines."""
    names = set()
    for found in pkgutil.walk_packages(cafe_ai.__path__, "cafe_ai."):
        if found.name.startswith(("cafe_ai.reports.", "cafe_ai.jobs.", "cafe_ai.errors")):
            module = importlib.import_module(found.name)
            names |= {
                name for name, each in inspect.getmembers(module, inspect.isclass) if issubclass(each, CafeAIError)
            }
    return frozenset(names)


def test_state_names_are_unique_over_all_branches() -> None:
    assert len(states()) == sum(len(machine["States"]) for machine in machines())


def test_every_state_is_reached_and_leads_to_states_that_exist() -> None:
    for machine in machines():
        known, reached, ahead = set(machine["States"]), set(), {machine["StartAt"]}
        while ahead:
            reached |= ahead
            assert ahead <= known, ahead - known
            ahead = {name for at in ahead for name in leads_to(machine["States"][at])} - reached
        assert reached == known, known - reached


@pytest.mark.parametrize("name", states())
def test_a_state_has_the_fields_of_its_type_and_one_way_on(name: str) -> None:
    state = states()[name]
    assert state.keys() - {"Type"} <= FIELDS[state["Type"]]
    goes_on = {"Next", "End"} & state.keys()
    assert len(goes_on) == (0 if state["Type"] in ("Succeed", "Fail") else 1)


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_bounded_in_time_and_tried_again(name: str) -> None:
    task = TASKS[name]
    assert 0 < task["TimeoutSeconds"] < MACHINE["TimeoutSeconds"]
    for retrier in task["Retry"]:
        assert retrier.keys() == RETRIER
        assert "States.ALL" not in retrier["ErrorEquals"]
        assert retrier["JitterStrategy"] == "FULL"
        assert retrier["BackoffRate"] > 1
        assert 1 <= retrier["MaxAttempts"] <= 6
        assert retrier["IntervalSeconds"] < retrier["MaxDelaySeconds"] <= 30


def test_all_tasks_are_tried_again_alike() -> None:
    """The language has no way to say it once."""
    policies = [task["Retry"] for task in TASKS.values()]
    assert all(policy == policies[0] for policy in policies)


def test_the_machine_itself_is_bounded_in_time() -> None:
    assert 600 <= MACHINE["TimeoutSeconds"] <= 3_600


@pytest.mark.parametrize("name", [name for name in MACHINE["States"] if name not in ("Finished", "Failed", "Fail")])
def test_whatever_fails_is_caught_and_leads_to_fail(name: str) -> None:
    assert MACHINE["States"][name]["Catch"] == [
        {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Fail"},
    ]


def test_failing_ends_in_failure_even_where_it_cannot_be_noted() -> None:
    fail = MACHINE["States"]["Fail"]
    assert fail["Next"] == "Failed"
    assert [catcher["Next"] for catcher in fail["Catch"]] == ["Failed"]
    assert MACHINE["States"]["Failed"]["Type"] == "Fail"


def test_there_is_a_branch_for_each_part_and_only_sales_may_not_be_missing() -> None:
    gather = MACHINE["States"]["Gather"]
    firsts = [branch["States"][branch["StartAt"]] for branch in gather["Branches"]]
    parts = [first["Parameters"]["part"] for first in firsts]
    assert parts == list(get_args(Part))
    assert gather["ResultSelector"] == {f"{part}.$": f"$[{place}].key" for place, part in enumerate(parts)}
    caught = {first["Parameters"]["part"]: first.get("Catch") for first in firsts}
    assert caught.pop("sales") is None
    for part, catchers in caught.items():
        assert catchers == [{"ErrorEquals": ["States.ALL"], "Next": f"{part.capitalize()}Missing"}]
        assert states()[f"{part.capitalize()}Missing"] == {"Type": "Pass", "Result": {"key": ""}, "End": True}


@pytest.mark.parametrize("name", TASKS)
def test_error_names_are_our_exceptions_or_those_of_aws(name: str) -> None:
    for retrier in TASKS[name]["Retry"]:
        for error in retrier["ErrorEquals"]:
            assert AWS_ERROR.match(error) or error in our_exceptions(), error


def test_what_would_fail_again_is_not_tried_again() -> None:
    retried = {error for retrier in TASKS["Render"]["Retry"] for error in retrier["ErrorEquals"]}
    assert retried.isdisjoint({"LeaseLost", "InvalidRequest", "BudgetExhausted", "NotFound", "States.ALL"})
    assert {"Unavailable", "DependencyDown", "DeadlineExceeded", "States.Timeout", "Runtime.ExitError"} <= retried


def test_each_function_named_is_one_of_the_reports() -> None:
    named = {PLACEHOLDER.match(task["Resource"])[1].lower() for task in TASKS.values()}  # type: ignore[index]
    folders = {path.parent.name for path in ROOT.glob("functions/report/*/handler.py")}
    assert named == folders


def test_files_go_by_key_and_the_input_stays_small() -> None:
    """No state's whole result becomes the state, so the job's own members go all the way."""
    for name, task in TASKS.items():
        if name in MACHINE["States"]:
            assert task["ResultPath"].startswith("$.")
    assert MACHINE["States"]["Gather"]["ResultPath"] == "$.parts"
    assert len(DEFINITION.read_bytes()) < LARGEST_DEFINITION
