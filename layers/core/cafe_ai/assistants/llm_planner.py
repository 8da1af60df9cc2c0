"""Question → plan by a language model: one forced tool call, validated, and repaired at most once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cafe_ai.analytics.model import Plan
from cafe_ai.assistants.plan_tool import (
    PLAN_TOOL,
    Decline,
    Declined,
    InvalidPlan,
    Match,
    UnknownName,
    read_plan,
    write_plan,
)
from cafe_ai.llm.port import Completion, LanguageModel, Message, ModelUnavailable
from cafe_ai.llm.prompt_files import load_prompt
from cafe_ai.platform.clock import Deadline

PROMPT_VERSION = "plan.v1"
MAX_TOKENS = 200  # a plan takes 20 to 60
PLANNING_SECONDS = 8.0  # both rounds and all retries: enough is left for the rules, the figures and the words
SHARE_OF_TIME = 0.4
CATEGORIES_CHARACTERS = 120  # what the shop's categories may add to every question


@dataclass(frozen=True, slots=True)
class PlanningContext:
    """What the model is told besides the question. Never who the customers are.

    as_of: the shop's local time. match maps a name the user wrote to the shop's own, or to None. before: the plan of
    the turn that this one follows up.
    """

    as_of: datetime
    match: Match
    categories: Sequence[str] = ()
    before: Plan | None = None


@dataclass(frozen=True, slots=True)
class PlannedByModel:
    """A valid plan with the shop's own names, and the calls it took."""

    plan: Plan
    completions: tuple[Completion, ...]
    prompt_version: str = PROMPT_VERSION


@dataclass(frozen=True, slots=True)
class NotPlannable:
    """The model declined, or the plan names what the shop does not have (unknown: its kind and what was written)."""

    reason: Decline | Literal["unknown_name"]
    completions: tuple[Completion, ...]
    unknown: tuple[str, str] | None = None
    prompt_version: str = PROMPT_VERSION


class PlanRejected(Exception):  # noqa: N818 -- errors state the fact
    """The model answered and could not be brought to make a valid plan. completions: what was spent on it."""

    def __init__(self, fault: str, completions: tuple[Completion, ...]) -> None:
        super().__init__(fault)
        self.completions = completions


@dataclass(frozen=True, slots=True)
class LanguageModelPlanner:
    """Makes plans with a language model."""

    language_model: LanguageModel

    def plan(self, question_text: str, context: PlanningContext, deadline: Deadline) -> PlannedByModel | NotPlannable:
        """The plan for the question. Raises ModelUnavailable and PlanRejected; the rules plan then."""
        own_deadline = Deadline.after(min(PLANNING_SECONDS, deadline.remaining() * SHARE_OF_TIME))
        messages = write_messages(question_text, context)
        first = self._ask(messages, own_deadline)
        try:
            return _read(first, context, (first,))
        except InvalidPlan as invalid:
            fault = str(invalid)
        sent = first.tool_call.arguments[:600] if first.tool_call else ""
        messages.append(Message("user", f"Invalid: {sent}\n{fault}\nCall plan again."))
        try:
            second = self._ask(messages, own_deadline)
        except ModelUnavailable as error:
            raise PlanRejected(fault, (first,)) from error
        try:
            return _read(second, context, (first, second))
        except InvalidPlan as error:
            raise PlanRejected(str(error), (first, second)) from error

    def _ask(self, messages: Sequence[Message], deadline: Deadline) -> Completion:
        return self.language_model.complete(messages, tool=PLAN_TOOL, max_tokens=MAX_TOKENS, deadline=deadline)


def write_messages(question_text: str, context: PlanningContext) -> list[Message]:
    """The prompt. Question and names stand inside one JSON object: nothing in them can end it."""
    told: dict[str, object] = {"now": f"{context.as_of:%Y-%m-%d %a}"}
    if categories := _shorten(context.categories):
        told["categories"] = categories
    if context.before is not None:
        told["before"] = write_plan(context.before)
    told["question"] = question_text
    return [
        Message("system", load_prompt(PROMPT_VERSION)),
        Message("user", json.dumps(told, ensure_ascii=False, separators=(",", ":"))),
    ]


def _shorten(names: Sequence[str]) -> list[str]:
    """As many of the names as have room."""
    kept: list[str] = []
    room = CATEGORIES_CHARACTERS
    for name in names:
        room -= len(name) + 3
        if room < 0:
            break
        kept.append(name)
    return kept


def _read(
    completion: Completion, context: PlanningContext, completions: tuple[Completion, ...]
) -> PlannedByModel | NotPlannable:
    call = completion.tool_call
    if call is None or call.name != PLAN_TOOL.name:
        raise InvalidPlan("no call of plan")
    try:
        plan = read_plan(call.arguments, context.match, context.before)
    except UnknownName as error:
        return NotPlannable("unknown_name", completions, unknown=(error.kind, error.name))
    if isinstance(plan, Declined):
        return NotPlannable(plan.reason, completions)
    return PlannedByModel(plan, completions)
