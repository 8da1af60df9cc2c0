"""Facts → words → check: the language model's prose where it tells nothing but the facts, else the narrator's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cafe_ai.analytics.model import FactSheet
from cafe_ai.assistants.checker import check
from cafe_ai.assistants.model import Locale
from cafe_ai.assistants.narrator import narrate
from cafe_ai.assistants.narrator.compose import VOICES
from cafe_ai.platform import tracing
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import measures

if TYPE_CHECKING:
    from cafe_ai.llm.port import LanguageModel
    from cafe_ai.llm.prompt_book import Prompts

ATTEMPTS = 2
"""How often a model may try to tell the facts: once, and once more without what the checker refused."""
REST = tuple(voice.others for voice in VOICES.values())
"""What the narrator calls the rows of a long list that it does not tell."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A text about the facts. by_model: it is a model's. verified: every figure in it was found in the facts.

    refused: a model wrote, and the check did not let its words pass.
    """

    text: str
    by_model: bool
    verified: bool
    refused: bool = False


def put_into_words(
    sheet: FactSheet,
    question: str,
    locale: Locale,
    language_model: LanguageModel | None,
    deadline: Deadline,
    names: Collection[str],
    prompts: Prompts | None = None,
) -> Wording:
    """The facts in the locale's language. names: other names that may stand in the text, such as the business's."""
    refused = False
    if language_model is not None and sheet.facts:
        written, refused = _written_by(language_model, sheet, question, locale, deadline, names, prompts)
        if written is not None:
            return Wording(written, by_model=True, verified=True)
    text = narrate(sheet, locale)
    with tracing.span("number check"):
        verdict = check(text, sheet, locale, (*names, *REST))
    if not verdict.ok:
        measures().count("NarrationDoubted")
    return Wording(text, by_model=False, verified=verdict.ok, refused=refused)


def _written_by(
    language_model: LanguageModel,
    sheet: FactSheet,
    question: str,
    locale: Locale,
    deadline: Deadline,
    names: Collection[str],
    prompts: Prompts | None,
) -> tuple[str | None, bool]:
    """A model's text in which the checker finds no fault; None where it writes none, or not in time.

    And whether a text was refused.
    """
    from cafe_ai.assistants import prose  # only with a model: it brings the tool's schema with it
    from cafe_ai.llm.port import ModelUnavailable

    faults: tuple[str, ...] = ()
    for attempt in range(ATTEMPTS):
        try:
            text = prose.write(language_model, question, sheet, locale, deadline, faults, prompts).text
        except ModelUnavailable:
            return None, bool(attempt)
        with tracing.span("number check"):
            verdict = check(text, sheet, locale, names)
        if verdict.ok and prose.is_presentable(text):
            return text, False
        measures().count("ProseRefused")
        faults = tuple(fault.excerpt for fault in verdict.faults)
    return None, True
