"""A sales report made in this process: its functions called one after the other, as the state machine calls them.

No emulator: states, keys and results are passed on as infra/statemachines/sales_report.asl.yaml says, and all of it goes
through JSON. What the machine itself does (retries, time limits, catching) is for the end-to-end tests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml

from cafe_ai.errors import DependencyDown, NotFound
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline

DEFINITION = Path(__file__).parents[2] / "infra" / "statemachines" / "sales_report.asl.yaml"
CONTEXT = SimpleNamespace(aws_request_id="invocation-1", get_remaining_time_in_millis=lambda: 60_000)
STEPS = ("Narrate", "Check", "Render", "Store", "Finish")
PARTS = ("sales", "products", "customers", "stock", "forecast")
BEGINS_WITH = frozenset({"job_id", "business_id", "token", "attempt", "correlation_id", tracing.TRACE_ATTRIBUTE})

State = dict[str, Any]


@dataclass
class MemoryStore:
    """A bucket in memory. `down` has it refuse everything; `puts` are the keys in the order they were put."""

    objects: dict[str, bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    puts: list[str] = field(default_factory=list)
    down: bool = False

    def put(self, key: str, body: bytes, content_type: str) -> None:
        if self.down:
            raise DependencyDown("storage")
        self.objects[key], self.types[key] = body, content_type
        self.puts.append(key)

    def put_new(self, key: str, body: bytes, content_type: str) -> bool:
        if key in self.objects:
            return False
        self.put(key, body, content_type)
        return True

    def get(self, key: str) -> bytes:
        if self.down:
            raise DependencyDown("storage")
        if key not in self.objects:
            raise NotFound("The file is not there any more.")
        return self.objects[key]

    def link(self, key: str, seconds: int, filename: str | None = None) -> str:
        return f"https://bucket.example/{key}?expires={seconds}"


@dataclass
class FakeMachine:
    """Keeps what was started; a name is taken for good. `down` has it refuse to start."""

    started: dict[str, State] = field(default_factory=dict)
    down: bool = False

    def start(self, name: str, given: Mapping[str, Any], deadline: Deadline) -> bool:
        if self.down:
            raise DependencyDown("state machine")
        if name in self.started:
            return False
        traced = {tracing.TRACE_ATTRIBUTE: parent} if (parent := tracing.traceparent()) else {}
        self.started[name] = json.loads(json.dumps({**given, **traced}))
        return True


@cache
def definition() -> Mapping[str, Any]:
    """The state machine."""
    loaded: Mapping[str, Any] = yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))
    return loaded


def call(name: str, given: Mapping[str, Any]) -> State:
    """What the function of a state answers to an input."""
    handler = import_module(f"functions.report.{name.lower()}.handler").handler
    answered: State = json.loads(json.dumps(handler(json.loads(json.dumps(dict(given))), CONTEXT)))
    return answered


def chosen(path: str, state: State) -> Any:
    """What a path of the machine's names: a member of the state, or the execution's input, which the state began with."""
    if path == "$$.Execution.Input":
        return {name: state[name] for name in state.keys() & BEGINS_WITH}
    return state[path.removeprefix("$.")]


def gather(state: State, part: str) -> str:
    """The key of a part."""
    branch = definition()["States"]["Gather"]["Branches"][PARTS.index(part)]
    parameters = branch["States"][branch["StartAt"]]["Parameters"]
    given = {
        name.removesuffix(".$"): chosen(path, state) if name.endswith(".$") else path
        for name, path in parameters.items()
    }
    key: str = call("gather", given)["key"]
    return key


def after(state: State, name: str) -> State:
    """The state behind a task: its result selected, and put where the machine puts it."""
    task = definition()["States"][name]
    result = call(name, state)
    if selector := task.get("ResultSelector"):
        result = {key.removesuffix(".$"): result[path.removeprefix("$.")] for key, path in selector.items()}
    return {**state, task["ResultPath"].removeprefix("$."): result}


def gathered(state: State, missing: tuple[str, ...] = ()) -> State:
    """The state behind Gather; missing are parts whose branch was caught."""
    return {**state, "parts": {part: "" if part in missing else gather(state, part) for part in PARTS}}


def run(state: State, *, until: str | None = None, missing: tuple[str, ...] = ()) -> State:
    """The state behind the machine's last task, or before the task `until`."""
    state = gathered(state, missing)
    for name in STEPS:
        if name == until:
            return state
        state = after(state, name)
    return state
