"""Facts → words by a language model. It sees only figures that are already written out, and is told to copy them.

What it writes is not yet an answer: the checker compares every figure with the facts, and `is_presentable` keeps back
what no shop owner should read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from cafe_ai.analytics.model import Dimension, Fact, FactSheet, Filters, Metric
from cafe_ai.assistants.planning.plan_tool import PLAN_TOOL
from cafe_ai.language.formats import (
    WEEKDAY_NAMES,
    Language,
    format_count,
    format_date,
    format_hour,
    format_hour_range,
    format_money,
    format_month,
    format_percent,
    language_of,
)
from cafe_ai.language.period_wording import name_period
from cafe_ai.language.text import tokenize
from cafe_ai.language.vocabulary import METRIC_WORDS, WEEKDAYS
from cafe_ai.llm.port import Completion, LanguageModel, Message
from cafe_ai.llm.prompt_book import Prompt, Prompts, prompt_book
from cafe_ai.llm.prompt_files import load_all_prompts
from cafe_ai.platform.clock import Deadline

MAX_TOKENS = 250
MAX_FACTS = 16  # the first ones: facts stand in the order to tell them
PROSE_SECONDS = 8.0
SECONDS_KEPT = 3.0  # for the narrator, the check and the write, whatever the model does
LEAKED_WORDS_IN_A_ROW = 5

_LANGUAGE_NAMES: dict[Language, str] = {"es": "Spanish", "en": "English"}
_KINDS: dict[Language, Mapping[str, str]] = {
    "es": {
        "baseline": "antes", "difference": "diferencia", "change": "cambio", "share": "parte del total",
        "total": "total", "coverage": "ventas con coste conocido",
    },
    "en": {
        "baseline": "before", "difference": "difference", "change": "change", "share": "share of total",
        "total": "total", "coverage": "sales with known cost",
    },
}  # fmt: skip
_TIMES = frozenset((Dimension.DAY, Dimension.WEEK, Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR))
_ALIAS = re.compile(r"\[?K#(\d+)\]?")
_MARKUP = re.compile(r'[{}<>`]|\[\[|"\]|://|\bwww\.', re.IGNORECASE)


def write(
    language_model: LanguageModel,
    question_text: str,
    sheet: FactSheet,
    locale: str,
    deadline: Deadline,
    faults: Sequence[str] = (),
    prompts: Prompts | None = None,
) -> Completion:
    """The answer in words, not yet checked. faults: what the checker refused in the text before, as it stood there.
    prompts are the business's; without them the current ones are used.

    Raises ModelUnavailable, in time for the narrator to answer instead.
    """
    own_deadline = Deadline.after(min(PROSE_SECONDS, deadline.remaining() - SECONDS_KEPT))
    customers = _Aliases()
    prompt = (prompts or prompt_book().for_nobody()).get("prose")
    messages = _write_messages(prompt, question_text, sheet, language_of(locale), faults, customers)
    completion = language_model.complete(messages, max_tokens=MAX_TOKENS, deadline=own_deadline)
    text = _end_at_sentence(completion.text) if completion.truncated else completion.text
    return replace(completion, text=customers.restore(text.replace("**", "")))


def is_presentable(text: str) -> bool:
    """Whether the text is prose and nothing else: no markup, link, part of a prompt or schema, or leftover alias."""
    return bool(text.strip()) and not _MARKUP.search(text) and not _ALIAS.search(text) and not leaks_prompt(text)


def leaks_prompt(text: str) -> bool:
    """Whether the text repeats five words in a row of one of our prompts, or an internal name such as net_sales."""
    words = [token.folded for token in tokenize(text)]
    internal = re.findall(r"[a-z]+(?:_[a-z]+)+", text.lower())
    return not _internal_names().isdisjoint(internal) or not _prompt_phrases().isdisjoint(_phrases(words))


def _write_messages(
    prompt: Prompt,
    question_text: str,
    sheet: FactSheet,
    language: Language,
    faults: Sequence[str],
    customers: _Aliases,
) -> list[Message]:
    told: dict[str, object] = {
        "question": question_text,
        "period": name_period(sheet.period, language, as_of=sheet.as_of),
    }
    if only := _write_filters(sheet.plan.filters, language, customers):
        told["only"] = only
    if sheet.plan.inactive_days:
        told["days without buying"] = sheet.plan.inactive_days
    if sheet.plan.average:
        told["figures are"] = "averages per weekday or per day"
    told["facts"] = [_write_fact(fact, sheet, language, customers) for fact in sheet.facts[:MAX_FACTS]]
    if sheet.gaps:
        told["unknown"] = [gap.replace("_", " ") for gap in sheet.gaps]
    if faults:
        told["not in the facts, leave out"] = list(faults)
    return [
        Message("system", prompt.text.format(language=_LANGUAGE_NAMES[language]), prompt.version),
        Message("user", json.dumps(told, ensure_ascii=False, separators=(",", ":"))),
    ]


def _write_fact(fact: Fact, sheet: FactSheet, language: Language, customers: _Aliases) -> list[str]:
    """What it is, its figure, what it is said of, and when if that is not the question's own period."""
    base = max((metric for metric in Metric if fact.metric.startswith(metric)), key=len)
    name, kind = METRIC_WORDS[base][language][0], fact.metric[len(base) + 1 :] or fact.role
    said = _KINDS[language].get(kind)
    line = [f"{name} ({said})" if said else name, format_figure(fact, sheet.currency, language)]
    dated = fact.period != sheet.period
    for dimension, value in fact.dimensions.items():
        if dimension != "customer_name" and not (dated and dimension in _TIMES):
            line.append(_write_dimension(dimension, value, fact, language, customers))
    return [*line, name_period(fact.period, language, as_of=sheet.as_of)] if dated else line


def format_figure(fact: Fact, currency: str, language: Language) -> str:
    """The fact's value as the answer shows it."""
    match fact.unit:
        case "money":
            return format_money(fact.value, fact.currency or currency, language)
        case "percent":
            return format_percent(fact.value, language, signed=fact.metric.endswith("_change"))
        case "hour":
            return format_hour(int(fact.value))
        case "days" | "count":
            return format_count(fact.value, language)


def _write_dimension(kind: str, value: str, fact: Fact, language: Language, customers: _Aliases) -> str:
    match kind:
        case "customer":
            return customers.hide(fact.dimensions.get("customer_name") or value)
        case "day":
            return format_date(date.fromisoformat(value), language, weekday=True)
        case "week":
            week_of = "semana del" if language == "es" else "week of"
            return f"{week_of} {format_date(date.fromisoformat(value), language)}"
        case "month":
            year, month = value.split("-")
            return format_month(int(year), int(month), language)
        case "weekday":
            return WEEKDAY_NAMES[language][WEEKDAYS["en"].index(value)]
        case _:
            return value


def _write_filters(filters: Filters, language: Language, customers: _Aliases) -> list[str]:
    names = [*filters.products, *filters.categories, *filters.stores, *filters.payment_methods]
    names += [customers.hide(customer) for customer in filters.customers]
    names += [WEEKDAY_NAMES[language][day] for day in filters.weekdays]
    return [*names, format_hour_range(*filters.hours, language)] if filters.hours else names


class _Aliases:
    """Stands for customers in a prompt, so that nobody's name or id leaves the service: [K#1], [K#2]."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def hide(self, name: str) -> str:
        if name not in self._names:
            self._names.append(name)
        return f"[K#{self._names.index(name) + 1}]"

    def restore(self, text: str) -> str:
        """The text with the customers' names; an alias that stands for nobody stays, and is not presentable."""
        return _ALIAS.sub(lambda m: self._names[int(m[1]) - 1] if 0 < int(m[1]) <= len(self._names) else m[0], text)


def _end_at_sentence(text: str) -> str:
    """The whole sentences of a text that was cut off; nothing if there is none."""
    ends = [found.end() for found in re.finditer(r"[.!?](?=\s|$)", text)]
    return text[: ends[-1]] if ends else ""


def _phrases(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + LEAKED_WORDS_IN_A_ROW]) for i in range(len(words) - LEAKED_WORDS_IN_A_ROW + 1)}


@cache
def _prompt_phrases() -> frozenset[tuple[str, ...]]:
    texts = (*load_all_prompts(), json.dumps(PLAN_TOOL.parameters))
    return frozenset().union(*(_phrases([token.folded for token in tokenize(text)]) for text in texts))


@cache
def _internal_names() -> frozenset[str]:
    names = (*Metric, *Dimension, *PLAN_TOOL.parameters["properties"])  # type: ignore[misc]
    return frozenset(name for name in names if "_" in name)
