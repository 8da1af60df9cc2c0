"""An analysis in a language model's words. It is told sentences that are already checked, and what it writes is checked."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence

from cafe_ai.analytics.model import Fact
from cafe_ai.assistants.checker import check
from cafe_ai.assistants.prose import is_presentable
from cafe_ai.language.formats import NO_BREAK_SPACE, Language, language_of
from cafe_ai.language.period_wording import name_period
from cafe_ai.language.text import fold
from cafe_ai.llm.port import LanguageModel, Message, ModelUnavailable
from cafe_ai.llm.prompt_files import load_prompt
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.telemetry import measures
from cafe_ai.sales_analysis.model import Analysis, Finding
from cafe_ai.sales_analysis.narration import tell_missing
from cafe_ai.sales_analysis.telling import figure_of, sheet_of_analysis

PROMPT_VERSION = "analysis.v1"
ATTEMPTS = 2
MAX_TOKENS = 500
SECONDS = 8.0
SECONDS_KEPT = 3.0  # for the narrator, the check and the write, whatever the model does
ADVICE_TOLD = 2
_LANGUAGE_NAMES: dict[Language, str] = {"es": "Spanish", "en": "English"}
_SPACES = re.compile(r"[ \t\r\n]+")  # not the ones that do not break
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_SAID_OF: dict[str, str] = {
    "price": r"preci|price",
    "volume": r"volum",
    "mix": r"mezcla|mix",
    "new_products": r"nuev|antes no|new|not sold before|no se vendian",
    "vanished_products": r"dejaron|dejado|desaparec|stopped|no longer|discontinued|vanished",
    "usual": r"habitual|normal|suele|usual|typical",
}
"""What must be said beside a figure that is a driver's, or a usual day's, folded: the facts' metric does not tell them apart."""


def write(language_model: LanguageModel, analysis: Analysis, deadline: Deadline, names: Collection[str]) -> str | None:
    """A model's paragraph in which no fault was found; None where it writes none in time."""
    faults: Sequence[str] = ()
    for _ in range(ATTEMPTS):
        own_deadline = Deadline.after(min(SECONDS, deadline.remaining() - SECONDS_KEPT))
        try:
            completion = language_model.complete(
                _messages(analysis, faults), max_tokens=MAX_TOKENS, deadline=own_deadline
            )
        except ModelUnavailable:
            return None
        text = _SPACES.sub(" ", completion.text.replace("**", "")).strip()
        faults = find_faults(text, analysis, names)
        if not faults and not completion.truncated and is_presentable(text):
            return text
        measures().count("ProseRefused")
    return None


def find_faults(text: str, analysis: Analysis, names: Collection[str]) -> list[str]:
    """The places of a text about an analysis that its facts do not carry; none: it may be shown.

    Each sentence must be right about one finding's facts, or about those of all findings together.
    """
    findings = (*analysis.insights, *analysis.recommendations)
    faults: list[str] = []
    for sentence in filter(None, _SENTENCE_END.split(text)):
        whole = check(sentence, sheet_of_analysis(analysis, analysis.facts), analysis.locale, names)
        if not whole.ok and not any(_carries(analysis, finding, sentence, names) for finding in findings):
            faults += [fault.excerpt for fault in whole.faults]
        faults += _misattributed(sentence, analysis)
    return faults


def _carries(analysis: Analysis, finding: Finding, sentence: str, names: Collection[str]) -> bool:
    return check(sentence, sheet_of_analysis(analysis, finding.facts), analysis.locale, names).ok


def _misattributed(sentence: str, analysis: Analysis) -> list[str]:
    """Figures of drivers and of usual days told without saying so."""
    folded, plain = fold(sentence), _plain(sentence)
    return [
        figure
        for fact in analysis.facts
        if (said_of := _said_of(fact))
        and (figure := _written(fact, analysis)) in plain
        and not re.search(_SAID_OF[said_of], folded)
        and not _is_said_by_another(fact, figure, analysis)
    ]


def _written(fact: Fact, analysis: Analysis) -> str:
    return _plain(figure_of(fact, analysis.currency, language_of(analysis.locale)))


def _plain(text: str) -> str:
    """The text with ordinary spaces: a model may write them in place of those that do not break."""
    return text.replace(NO_BREAK_SPACE, " ")


def _said_of(fact: Fact) -> str:
    return "usual" if fact.metric.endswith("_usual") else fact.dimensions.get("driver", "")


def _is_said_by_another(fact: Fact, figure: str, analysis: Analysis) -> bool:
    """Whether the same figure is also one that needs no such words."""
    others = (other for other in analysis.facts if other is not fact and not _said_of(other))
    return any(_written(other, analysis) == figure for other in others)


def _messages(analysis: Analysis, faults: Sequence[str]) -> list[Message]:
    language = language_of(analysis.locale)
    told: dict[str, object] = {
        "period": name_period(analysis.period, language, as_of=analysis.as_of),
        "points": [finding.text for finding in analysis.insights],
    }
    if analysis.recommendations:
        told["advice"] = [finding.text for finding in analysis.recommendations[:ADVICE_TOLD]]
    if missing := list(tell_missing(analysis)):
        told["not known"] = missing
    if faults:
        told["not in the points, leave out"] = list(faults)
    return [
        Message("system", load_prompt(PROMPT_VERSION).format(language=_LANGUAGE_NAMES[language]), PROMPT_VERSION),
        Message("user", json.dumps(told, ensure_ascii=False, separators=(",", ":"))),
    ]
