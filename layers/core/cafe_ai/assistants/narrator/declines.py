"""What is answered to a question that cannot be planned: what is missing, and what can be asked instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import ModuleType
from typing import Literal

from cafe_ai.assistants.narrator import en_refusals, es_refusals
from cafe_ai.assistants.narrator.en import English
from cafe_ai.assistants.narrator.es import Spanish
from cafe_ai.language.formats import Language, join_list, language_of

DeclineReason = Literal["unknown_subject", "not_understood", "future", "not_recorded", "ambiguous_name"]

_TEXTS: dict[Language, tuple[ModuleType, tuple[str, str]]] = {
    "es": (es_refusals, Spanish.quotes),
    "en": (en_refusals, English.quotes),
}
_AMOUNT = re.compile(r"[€$£¥]\s?\d|\d\s?[€$£¥%]")


def decline(
    reason: DeclineReason,
    locale: str,
    subject: str | None = None,
    suggestions: Sequence[str] = (),
    *,
    searched: bool = False,
    instead: str = "",
) -> str:
    """Why the question cannot be answered and, unless a name is ambiguous, what can be asked.

    subject is what was asked about, in the asker's words. suggestions are questions to offer instead of the usual
    examples; for "ambiguous_name" the names that could be meant. searched: the documents were searched in
    vain. instead: what to say in place of the reason. The text holds no amount, not even the asker's.
    """
    texts, (left, right) = _TEXTS[language_of(locale)]
    named = subject.strip() if subject and not _AMOUNT.search(subject) else ""
    template = texts.DECLINES[reason] if named else texts.SUBJECTLESS.get(reason, texts.DECLINES[reason])
    quoted = [f"{left}{name}{right}" for name in suggestions]
    choices = join_list(quoted, locale, alternatives=True)
    text: str = instead or template.format(subject=f"{left}{named}{right}", choices=choices)
    if reason == "ambiguous_name" and not instead:
        return text
    if searched:
        text = f"{text} {texts.NOT_IN_DOCUMENTS}"
    examples = join_list(quoted or list(texts.EXAMPLES), locale, alternatives=True)
    return f"{text} {texts.INVITATION.format(examples=examples)}"
