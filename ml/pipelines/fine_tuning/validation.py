"""What is wrong with training and held-out files, before a provider charges for finding out.

The format is the chat format with tools (OpenAI, "Supervised fine-tuning": at least 10 examples). A line here asks as the
planner does: system, user, then the assistant's one call of the planning tool, or its words.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cafe_ai.assistants.planning.examples import is_valid_plan
from cafe_ai.assistants.planning.plan_tool import PLAN_TOOL
from cafe_ai.examples.held_out import near_any, normalise
from cafe_ai.examples.scrubbing import find_personal_data
from ml.pipelines.fine_tuning.estimate import tokens_at_most

LEAST_EXAMPLES = 10
TOKENS_A_LINE = 16_384
"""What every provider takes in one example; a plan's takes about 500."""

ROLES = ("system", "user", "assistant")
KEYS = frozenset({"messages", "tools", "parallel_tool_calls"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line (from 1; 0 is the file) of a file."""

    file: str
    line: int
    what: str


class _Wrong(Exception):  # noqa: N818 -- errors state the fact
    """A line is no example; the message says why."""


def check(training: str, held_out: str, *, least: int = LEAST_EXAMPLES, tokens: int = TOKENS_A_LINE) -> list[Fault]:
    """All that is wrong with the texts of two JSONL files; nothing where they can be trained and examined with."""
    faults: list[Fault] = []
    questions = {
        name: _check_file(name, text, tokens, faults) for name, text in (("training", training), ("held-out", held_out))
    }
    if len(questions["training"]) < least:
        found = len(questions["training"])
        faults.append(Fault("training", 0, f"{found} examples; at least {least} are needed"))
    if not questions["held-out"]:
        faults.append(Fault("held-out", 0, "no question to examine a model with"))
    trained, kept = (list(questions[name].items()) for name in ("training", "held-out"))
    near = near_any([question for _, question in trained], [question for _, question in kept])
    faults += [
        Fault("training", line, "is held out, or nearly")
        for (line, _), leaks in zip(trained, near, strict=True)
        if leaks
    ]
    return faults


def _check_file(name: str, text: str, tokens: int, faults: list[Fault]) -> dict[int, str]:
    """The questions of the lines that are examples; what is wrong with the others is added to the faults."""
    questions: dict[int, str] = {}
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        try:
            question = _check_line(line, tokens)
        except _Wrong as wrong:
            faults.append(Fault(name, number, str(wrong)))
            continue
        first = seen.setdefault(normalise(question), number)
        if first == number:
            questions[number] = question
        else:
            faults.append(Fault(name, number, f"asks what line {first} asks"))
    return questions


def _check_line(line: str, tokens: int) -> str:
    """The question of a line. Raises _Wrong."""
    try:
        written = json.loads(line)
    except ValueError:
        raise _Wrong("is no JSON") from None
    if not isinstance(written, dict) or not isinstance(written.get("messages"), list):
        raise _Wrong("has no messages")
    if unknown := written.keys() - KEYS:
        raise _Wrong(f"has keys that no provider takes: {', '.join(sorted(unknown))}")
    messages: list[Any] = written["messages"]
    if tuple(message.get("role") if isinstance(message, dict) else None for message in messages) != ROLES:
        raise _Wrong(f"its roles are not {', '.join(ROLES)}")
    if not all(isinstance(message.get("content"), str) and message["content"] for message in messages[:2]):
        raise _Wrong("a message is empty")
    question = _question_of(messages[1]["content"])
    _check_answer(question, messages[2], written.get("tools"))
    if leaked := find_personal_data(question):
        raise _Wrong(f"holds what looks like personal data: {len(leaked)} time(s)")
    if (used := tokens_at_most(written)) > tokens:
        raise _Wrong(f"may take {used} tokens; {tokens} are allowed")
    return question


def _question_of(content: str) -> str:
    """The question in the planner's JSON."""
    try:
        question = json.loads(content)["question"]
    except (ValueError, TypeError, KeyError):
        raise _Wrong("its user message is not what the planner sends") from None
    if not isinstance(question, str) or not question.strip():
        raise _Wrong("its question is empty")
    return question


def _check_answer(question: str, answer: dict[str, Any], tools: object) -> None:
    calls = answer.get("tool_calls")
    if calls is None:
        if not isinstance(answer.get("content"), str) or not answer["content"].strip():
            raise _Wrong("its assistant neither calls nor says anything")
        return
    if not isinstance(tools, list) or [_name_of(tool) for tool in tools] != [PLAN_TOOL.name]:
        raise _Wrong(f"its tools are not the one tool {PLAN_TOOL.name}")
    if tools[0]["function"].get("parameters") != json.loads(json.dumps(PLAN_TOOL.parameters)):
        raise _Wrong("its tool is of another version than the planner's")
    if not isinstance(calls, list) or [_name_of(call) for call in calls] != [PLAN_TOOL.name]:
        raise _Wrong(f"its assistant does not call {PLAN_TOOL.name} once")
    try:
        plan = json.loads(calls[0]["function"]["arguments"])
    except (ValueError, TypeError, KeyError):
        raise _Wrong("its arguments are no JSON") from None
    if not isinstance(plan, dict) or not is_valid_plan(question, plan):
        raise _Wrong("its arguments are no valid plan of the question")


def _name_of(entry: object) -> object:
    function = entry.get("function") if isinstance(entry, dict) else None
    return function.get("name") if isinstance(function, dict) else None


def describe(faults: Sequence[Fault], at_most: int = 20) -> str:
    """The faults, one a line; of many the first ones."""
    told = [f"{fault.file}{f', line {fault.line}' if fault.line else ''}: {fault.what}" for fault in faults[:at_most]]
    return "\n".join([*told, *([f"... and {len(faults) - at_most} more"] if len(faults) > at_most else [])])
