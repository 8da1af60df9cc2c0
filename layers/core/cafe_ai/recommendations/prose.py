"""A choice in a language model's words. It is told reasons that are already written out, and what it writes is checked."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from cafe_ai.assistants.prose import is_presentable
from cafe_ai.language.formats import Language
from cafe_ai.llm.port import LanguageModel, Message, ModelUnavailable
from cafe_ai.llm.prompt_files import load_prompt
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import measures
from cafe_ai.recommendations.checking import find_faults
from cafe_ai.recommendations.model import Choice
from cafe_ai.recommendations.phrases import NOTES
from cafe_ai.recommendations.wording import OPENING, format_fact, tell_reason

PROMPT_VERSION = "recommend.v1"
ATTEMPTS = 2
MAX_TOKENS = 400
SECONDS = 8.0
SECONDS_KEPT = 3.0  # for the narrator, the check and the write, whatever the model does
MOST_ITEMS = 10
QUERY_CHARACTERS = 300

_LANGUAGE_NAMES: dict[Language, str] = {"es": "Spanish", "en": "English"}


def write(
    language_model: LanguageModel,
    choice: Choice,
    query: str | None,
    language: Language,
    deadline: Deadline,
    names: Collection[str],
) -> str | None:
    """A model's text in which no fault was found and in which every product is named; None where it writes none in time."""
    faults: Sequence[str] = ()
    for _ in range(ATTEMPTS):
        own_deadline = Deadline.after(min(SECONDS, deadline.remaining() - SECONDS_KEPT))
        try:
            completion = language_model.complete(
                _messages(choice, query, language, faults), max_tokens=MAX_TOKENS, deadline=own_deadline
            )
        except ModelUnavailable:
            return None
        text = completion.text.replace("**", "").strip()
        faults = find_faults(text, choice, language, names)
        named = all(item.product.name.casefold() in text.casefold() for item in choice.items)
        if not faults and named and not completion.truncated and is_presentable(text):
            return text
        measures().count("ProseRefused")
    return None


def _messages(choice: Choice, query: str | None, language: Language, faults: Sequence[str]) -> list[Message]:
    told: dict[str, object] = {"question": (query or "")[:QUERY_CHARACTERS]} if query else {}
    notes = [NOTES[language][note].format(about=choice.about) for note in OPENING if note in choice.notes]
    if notes:
        told["say first"] = notes
    told["products"] = [
        {
            "name": item.product.name,
            **({"price": format_fact(item.price, language)} if item.price else {}),
            "reasons": tell_reason(item, choice, language),
        }
        for item in choice.items
    ]
    if faults:
        told["not in the facts, leave out"] = list(faults)
    return [
        Message("system", load_prompt(PROMPT_VERSION).format(language=_LANGUAGE_NAMES[language]), PROMPT_VERSION),
        Message("user", json.dumps(told, ensure_ascii=False, separators=(",", ":"))),
    ]
