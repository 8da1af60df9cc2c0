"""The planner of a language model: one forced tool call, validated, and repaired at most once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cafe_ai.assistants.planning.examples import write_examples
from cafe_ai.assistants.planning.model import Declined, NameKind, Planned, PlanningContext
from cafe_ai.assistants.planning.plan_tool import PLAN_TOOL, InvalidPlan, read_plan, write_plan
from cafe_ai.examples.model import Example
from cafe_ai.language.text import fold
from cafe_ai.llm.port import Completion, LanguageModel, Message, ModelUnavailable
from cafe_ai.llm.prompt_book import Prompts, prompt_book
from cafe_ai.platform.clock import Deadline

MAX_TOKENS = 200  # a plan takes 20 to 60
PLANNING_SECONDS = 8.0  # both rounds and all retries: enough is left for the rules, the figures and the words
SHARE_OF_TIME = 0.4
CATEGORIES_CHARACTERS = 120  # what the shop's categories may add to every question


class PlanRejected(Exception):  # noqa: N818 -- errors state the fact
    """The model answered and could not be brought to make a valid plan. The message says what was wrong."""


@dataclass(frozen=True, slots=True)
class LanguageModelPlanner:
    """Makes plans with a language model. It is told the question and the shop's categories, never the customers.

    examples: approved ones near to the question, which are shown where they are usable.
    """

    language_model: LanguageModel
    prompts: Prompts = field(default_factory=lambda: prompt_book().for_nobody())
    examples: Sequence[Example] = ()

    def plan(self, question: str, context: PlanningContext) -> Planned | Declined:
        """A plan, or why there is none. Raises ModelUnavailable and PlanRejected; the rules plan then."""
        deadline = Deadline.after(min(PLANNING_SECONDS, context.deadline.remaining() * SHARE_OF_TIME))
        messages = write_messages(question, context, self.prompts, self.examples)
        completion = self._ask(messages, deadline)
        try:
            return _read(completion, question, context)
        except InvalidPlan as invalid:
            fault = str(invalid)
        sent = completion.tool_call.arguments[:600] if completion.tool_call else ""
        messages.append(Message("user", f"Invalid: {sent}\n{fault}\nCall plan again."))
        try:
            return _read(self._ask(messages, deadline), question, context)
        except ModelUnavailable as error:
            raise PlanRejected(fault) from error
        except InvalidPlan as error:
            raise PlanRejected(str(error)) from error

    def _ask(self, messages: Sequence[Message], deadline: Deadline) -> Completion:
        return self.language_model.complete(messages, tool=PLAN_TOOL, max_tokens=MAX_TOKENS, deadline=deadline)


def write_messages(
    question: str, context: PlanningContext, prompts: Prompts, examples: Sequence[Example] = ()
) -> list[Message]:
    """The prompt. Question, names and examples stand inside one JSON object: nothing in them can end it."""
    prompt = prompts.get("plan")
    system = Message("system", prompt.text, prompt.version)
    told: dict[str, object] = {"now": f"{context.as_of:%Y-%m-%d %a}"}
    if categories := _shorten(context.names.of_kind("category")):
        told["categories"] = categories
    if context.previous is not None:
        told["before"] = write_plan(context.previous.plan)
    if shown := write_examples(examples) if examples else []:
        told["examples"] = shown
        how = prompts.get("examples")
        system = Message("system", f"{prompt.text}\n{how.text}", f"{prompt.version} {how.version}")
    told["question"] = question
    return [
        system,
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


def _read(completion: Completion, question: str, context: PlanningContext) -> Planned | Declined:
    call = completion.tool_call
    if call is None or call.name != PLAN_TOOL.name:
        raise InvalidPlan("no call of plan")

    def match(kind: NameKind, text: str) -> Sequence[str]:
        if kind == "customer":
            if not context.sees_customers:
                return [text]  # whether there is such a customer must not show: the plan is refused either way
            return [external_id for external_id, _ in context.customers([fold(text)])]
        return context.names.match(kind, text)

    plan = read_plan(call.arguments, match, context.previous.plan if context.previous else None)
    return _in_the_askers_words(plan, question) if isinstance(plan, Declined) else Planned(plan)


def _in_the_askers_words(declined: Declined, question: str) -> Declined:
    """With its subject as the question has it, or with none: what a model adds of its own is shown to nobody."""
    subject = fold(declined.subject or "")
    at = fold(question).find(subject) if subject else -1
    return replace(declined, subject=question[at : at + len(subject)] if at >= 0 else None)
