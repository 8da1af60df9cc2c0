"""Examples → training and held-out lines in the chat format, with the prompt and the tool that the planner really sends.

A hash of the question decides its side (`cafe_ai.examples.held_out`), the same at every export; of each question the newest
example counts, and a training question that is nearly a held-out one is left out. The split is reported by assistant and
language.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from cafe_ai.assistants.planning.examples import is_usable
from cafe_ai.assistants.planning.language_model import write_messages
from cafe_ai.assistants.planning.model import PlanningContext
from cafe_ai.assistants.planning.names import OTHER_WORDS, ShopNames
from cafe_ai.assistants.planning.plan_tool import PLAN_TOOL
from cafe_ai.examples.held_out import is_held_out, near_any, normalise
from cafe_ai.examples.model import Example
from cafe_ai.examples.placeholders import find_placeholders
from cafe_ai.examples.scrubbing import find_personal_data
from cafe_ai.llm.prompt_book import prompt_book
from cafe_ai.platform.clock import Deadline

Stratum = tuple[str, str]
"""An assistant's type and a language."""

NOON = time(12, tzinfo=UTC)
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Dataset:
    """The examples of each side, newest first, and what was left out and why."""

    business_type: str
    training: tuple[Example, ...]
    held_out: tuple[Example, ...]
    left_out: Mapping[str, int]

    def strata(self) -> dict[Stratum, tuple[int, int]]:
        """Of each assistant and language, how many examples are trained on and how many are held out."""
        trained, kept = (Counter((e.assistant_type, e.locale) for e in side) for side in (self.training, self.held_out))
        return {stratum: (trained[stratum], kept[stratum]) for stratum in sorted({*trained, *kept})}


def build(business_type: str, examples: Sequence[Example]) -> Dataset:
    """The examples (newest first) parted into what is trained on and what is held out."""
    left_out: Counter[str] = Counter()
    by_question: dict[str, Example] = {}
    for example in examples:
        if not is_usable(example.question, example.plan):
            left_out["not usable"] += 1
        elif find_personal_data(example.question):
            left_out["personal data"] += 1
        elif normalise(example.question) in by_question:
            left_out["duplicate"] += 1
        else:
            by_question[normalise(example.question)] = example
    held_out = [example for example in by_question.values() if is_held_out(example.question)]
    rest = [example for example in by_question.values() if not is_held_out(example.question)]
    near = near_any([example.question for example in rest], [example.question for example in held_out])
    left_out["nearly held out"] += sum(near)
    training = [example for example, is_near in zip(rest, near, strict=True) if not is_near]
    return Dataset(business_type, tuple(training), tuple(held_out), dict(+left_out))


def context_of(example: Example) -> PlanningContext:
    """What the planner read the question against: its day, and the placeholders as the shop's names."""
    payments = [("payment_method", word) for word in OTHER_WORDS]
    return PlanningContext(
        as_of=datetime.combine(example.asked_on, NOON),
        today=example.asked_on,
        names=ShopNames([*find_placeholders(example.question), *payments]),
        deadline=Deadline.after(SECONDS),
        sees_customers=False,
        locale="en" if example.locale == "en" else "es",
    )


def write_line(example: Example) -> dict[str, Any]:
    """The example as the planner asks and its model should answer. Of experiments' prompts the current one is taken."""
    messages = write_messages(example.question, context_of(example), prompt_book().for_nobody())
    arguments = json.dumps(example.plan, ensure_ascii=False, separators=(",", ":"))
    call = {"id": "call_1", "type": "function", "function": {"name": PLAN_TOOL.name, "arguments": arguments}}
    return {
        "messages": [
            *({"role": message.role, "content": message.content} for message in messages),
            {"role": "assistant", "tool_calls": [call]},
        ],
        "tools": [{"type": "function", "function": {"name": PLAN_TOOL.name, "parameters": PLAN_TOOL.parameters}}],
    }


def write_jsonl(examples: Sequence[Example]) -> str:
    """The lines of a file, one JSON object each."""
    return "".join(json.dumps(write_line(example), ensure_ascii=False) + "\n" for example in examples)
