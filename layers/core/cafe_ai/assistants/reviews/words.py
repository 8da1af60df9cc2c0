"""Whether a question may be about reviews at all: a look that costs nothing, before anything more is loaded."""

from __future__ import annotations

import re

from cafe_ai.assistants.model import AssistantType
from cafe_ai.language.text import fold

REVIEWING = frozenset({AssistantType.GENERAL_QUERY, AssistantType.CUSTOMER_INSIGHT})
"""The assistants that draw on what customers write."""

_CUES = re.compile(
    r"resena|opini|opina|valoraci|coment|quej|dice|dicen|piensa|critica|gusta|molesta|disgusta|elogi|content|satisf|alaba|"
    r"resenad|valorad|puntua|estrella|rated|stars|review|feedback|rating|testimon|say|think|complain|feel|happy|unhappy|like|love|hate|pleased"
)


def may_ask_for_reviews(question: str) -> bool:
    """Whether any word of the question speaks of what customers say."""
    return _CUES.search(fold(question)) is not None
