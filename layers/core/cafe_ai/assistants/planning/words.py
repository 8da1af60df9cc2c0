"""Words that carry no meaning of their own in a question, and words for what the shop's records do not hold."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources

from cafe_ai.language.vocabulary import METRIC_WORDS, MONTH_NUMBERS, NUMBER_WORDS, ORDINALS, WEEKDAY_NUMBERS

_LISTS = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
JOINING = frozenset(_LISTS["joining"].split())
FILLER = frozenset(_LISTS["filler"].split())
NOT_RECORDED = frozenset(_LISTS["not_recorded"].split())
CORRECTED = frozenset(_LISTS["corrected"].split())
SPENDING = frozenset(_LISTS["spending"].split())
PAID = SPENDING | frozenset(_LISTS["paid"].split())
ARTICLES = frozenset(_LISTS["articles"].split())
BEFORE_A_NAME = frozenset(_LISTS["before_a_name"].split())
AFTER_A_NAME = frozenset(_LISTS["after_a_name"].split())


_PATTERN_WORD = re.compile(r"(?<![\\\w])([a-z]{4,})(\?)?")


@functools.cache
def vocabulary() -> frozenset[str]:
    """Every single word that the rules know; it is no name by itself."""
    phrases = [phrase for said in METRIC_WORDS.values() for each in said.values() for phrase in each]
    metric_words = {word for phrase in phrases for word in phrase.split()}
    dates = set(MONTH_NUMBERS) | set(NUMBER_WORDS) | set(ORDINALS) | set(WEEKDAY_NUMBERS)
    return frozenset(metric_words | dates | FILLER | _rule_words())


def _rule_words() -> set[str]:
    """The words that stand in the patterns of the rules."""
    from cafe_ai.assistants.planning import (
        clock_rules,
        lexemes,
        metric_rules,
        period_rules,
        refusals,
        rules,
        shape_rules,
    )

    texts: list[object] = [*lexemes.UNITS, *(pattern for pattern, _ in period_rules.RULES)]
    for module in (clock_rules, metric_rules, period_rules, refusals, rules, shape_rules):
        for value in vars(module).values():
            texts += list(value.values()) if isinstance(value, dict) else [value]
    found = [match for text in texts if isinstance(text, str) for match in _PATTERN_WORD.finditer(text)]
    return {match[1] for match in found} | {match[1][:-1] for match in found if match[2]}
