"""A shop on which an examined plan is carried out: its facts, and the model's words about them, checked as answers are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cafe_ai.analytics import repository as figures
from cafe_ai.analytics.metrics import takes_filters
from cafe_ai.analytics.model import FactSheet, Plan
from cafe_ai.analytics.periods import UnknownPeriod
from cafe_ai.analytics.service import gather
from cafe_ai.assistants.planning.model import FILTER_OF, NameKind
from cafe_ai.assistants.planning.names import ShopNames
from cafe_ai.assistants.turns import hash_facts
from cafe_ai.assistants.words import put_into_words
from cafe_ai.examples.placeholders import find_placeholders
from cafe_ai.llm.port import LanguageModel
from cafe_ai.platform.clock import Deadline

if TYPE_CHECKING:
    from cafe_ai.assistants.model import Locale
    from cafe_ai.platform.db import Database
    from cafe_ai.tenancy.model import Business

SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Stage:
    """A business that stands in for those that asked: the placeholders are its first names of each kind.

    as_of: the moment of asking, in the shop's time zone; one at which it has figures.
    """

    database: Database
    business: Business
    as_of: datetime

    def names(self) -> ShopNames:
        """The business's names."""
        with self.database.transaction(self.business.id, read_only=True) as uow:
            return ShopNames(figures.names(uow, self.business.id))

    def facts(self, plan: Plan, question: str, names: ShopNames) -> FactSheet | None:
        """The facts of a plan with placeholders; None where the shop has no such names or figures."""
        said: dict[NameKind, list[str]] = {}
        for kind, text in find_placeholders(question):
            said.setdefault(kind, []).append(text)  # type: ignore[arg-type]
        placed: dict[str, Any] = {}
        for kind, field in FILTER_OF.items():
            wanted: tuple[str, ...] = getattr(plan.filters, field)
            own = dict(zip(said.get(kind, ()), names.of_kind(kind), strict=False))
            if any(name in said.get(kind, ()) and name not in own for name in wanted):
                return None
            placed[field] = tuple(own.get(name, name) for name in wanted)
        plan = replace(plan, filters=replace(plan.filters, **placed))
        if not takes_filters(plan):
            return None
        moment = self.as_of.astimezone(ZoneInfo(self.business.timezone))
        try:
            with self.database.transaction(self.business.id, deadline=Deadline.after(SECONDS), read_only=True) as uow:
                sheet = gather(uow, plan, self.business, moment)
        except UnknownPeriod:
            return None
        return sheet if sheet.facts else None

    def tells(self, sheet: FactSheet, question: str, locale: Locale, language_model: LanguageModel) -> bool:
        """Whether the model tells the facts in words that the check lets pass, as an answer's would have to."""
        deadline = Deadline.after(SECONDS)
        return put_into_words(sheet, question, locale, language_model, deadline, (self.business.name,)).by_model


def same_facts(one: FactSheet | None, other: FactSheet | None) -> bool:
    """Whether both hold the same facts, of which there are some."""
    return one is not None and other is not None and hash_facts(one.facts) == hash_facts(other.facts)
