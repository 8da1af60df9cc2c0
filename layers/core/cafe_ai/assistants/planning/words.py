"""Words that carry no meaning of their own in a question, and words for what the shop's records do not hold."""

from __future__ import annotations

import functools
import re

from cafe_ai.assistants.planning import word_lists
from cafe_ai.language.vocabulary import METRIC_WORDS, MONTH_NUMBERS, NUMBER_WORDS, ORDINALS, WEEKDAY_NUMBERS

JOINING = frozenset(word_lists.JOINING.split())
FILLER = frozenset(word_lists.FILLER.split())
NOT_RECORDED = frozenset(word_lists.NOT_RECORDED.split())
CORRECTED = frozenset(word_lists.CORRECTED.split())
SPENDING = frozenset(word_lists.SPENDING.split())
PAID = SPENDING | frozenset(word_lists.PAID.split())
ARTICLES = frozenset(word_lists.ARTICLES.split())
BEFORE_A_NAME = frozenset(word_lists.BEFORE_A_NAME.split())
AFTER_A_NAME = frozenset(word_lists.AFTER_A_NAME.split())


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
