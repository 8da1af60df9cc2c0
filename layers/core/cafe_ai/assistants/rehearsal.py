"""A question to nobody: has the patterns of the rules compiled, which takes three times as long as the rest of an answer."""

from __future__ import annotations

from datetime import timedelta

from cafe_ai.assistants.model import Locale
from cafe_ai.assistants.planning.model import PlanningContext
from cafe_ai.assistants.planning.names import ShopNames
from cafe_ai.assistants.planning.rules import RulesPlanner
from cafe_ai.platform.clock import Deadline, now_utc

QUESTIONS: tuple[tuple[str, Locale], ...] = (
    ("¿Cuánto vendimos ayer?", "es"),
    ("What were our three best products last month?", "en"),
    ("¿Qué hacemos mañana?", "es"),
)


def rehearse() -> None:
    """Plans a few questions about a shop without any names. It reads nothing and writes nothing."""
    now = now_utc()
    names = ShopNames(())
    for question, locale in QUESTIONS:
        context = PlanningContext(
            as_of=now, today=now.date() - timedelta(days=1), names=names, deadline=Deadline.after(60), locale=locale
        )
        RulesPlanner().plan(question, context)
