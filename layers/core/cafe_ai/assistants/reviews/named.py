"""What a question about reviews names besides: products of the shop, and a period."""

from __future__ import annotations

import re

from cafe_ai.analytics.model import PeriodSpec
from cafe_ai.assistants.planning.lexemes import merge_dates, read_words
from cafe_ai.assistants.planning.model import PlanningContext
from cafe_ai.assistants.planning.names import ShopNames
from cafe_ai.assistants.planning.period_rules import read_periods
from cafe_ai.assistants.planning.reading import Reading
from cafe_ai.language.text import fold

MOST_MEANT = 3
"""Where a word is in more names than so many products have, it says what kind of thing is meant, not which."""

_ABOUT = re.compile(
    r"(?<!\w)(?:del|de la|de los|de las|sobre(?: el| la| los| las)?|about(?: the| our)?|of(?: the| our)?|on(?: the| our)?) "
    r"((?!client|resen|opinion|review|custom)\w+(?: de \w+)?)"
)


def products_in(question: str, names: ShopNames) -> tuple[str, ...]:
    """The products that are named in full, else those whose names hold the words that the question is about."""
    found = tuple(name for each in names.find(read_words(question)) if each.kind == "product" for name in each.names)
    if found:
        return found
    for about in _ABOUT.findall(fold(question)):
        meant = names.match("product", about)
        if 0 < len(meant) <= MOST_MEANT:
            return meant
    return ()


def period_in(question: str, context: PlanningContext) -> PeriodSpec | None:
    """The period that the question names; None without one, or with several."""
    mentions = read_periods(Reading(question, merge_dates(read_words(question), context.today)), context.today)
    return mentions[0].spec if len(mentions) == 1 else None
