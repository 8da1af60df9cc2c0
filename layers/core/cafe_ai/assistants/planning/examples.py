"""Approved examples as the planner's prompt has them: pairs of a question and a valid plan, and nothing else.

An example comes from somebody's words, so it is trusted with nothing: only what reads as a plain question and as a plan of
the tool's own schema, whose names all stand in the question, is shown, as data within the prompt's JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cafe_ai.analytics.model import Plan
from cafe_ai.assistants.planning.model import FILTER_OF
from cafe_ai.assistants.planning.plan_tool import InvalidPlan, read_plan
from cafe_ai.examples.model import QUESTION_CHARACTERS, Example

AT_MOST_TOKENS = 320
CHARACTERS_A_TOKEN = 4
PLAN_CHARACTERS = 400


def is_usable(question: str, plan: Mapping[str, Any]) -> bool:
    """Whether they may be an example: a plain question of moderate length, and a valid plan that says no more than it."""
    from cafe_ai.assistants.documents.hygiene import is_clean

    if not 0 < len(question) <= QUESTION_CHARACTERS or "\n" in question or not is_clean(question):
        return False
    return is_valid_plan(question, plan)


def is_valid_plan(question: str, plan: Mapping[str, Any]) -> bool:
    """Whether the tool takes the arguments, and every name in them stands in the question."""
    written = json.dumps(plan, ensure_ascii=False)
    if len(written) > PLAN_CHARACTERS:
        return False
    try:
        read = read_plan(written, lambda _, said: [said])
    except InvalidPlan:
        return False
    if not isinstance(read, Plan) or read.filters.customers:
        return False
    names = [name for field in FILTER_OF.values() for name in getattr(read.filters, field)]
    return all(name in question for name in names)


def write_examples(examples: Sequence[Example]) -> list[dict[str, Any]]:
    """What of the examples is usable and has room, as the prompt has it."""
    written: list[dict[str, Any]] = []
    room = AT_MOST_TOKENS * CHARACTERS_A_TOKEN
    for example in examples:
        if not is_usable(example.question, example.plan):
            continue
        pair = {"question": example.question, "plan": dict(example.plan)}
        room -= len(json.dumps(pair, ensure_ascii=False, separators=(",", ":")))
        if room < 0:
            break
        written.append(pair)
    return written
