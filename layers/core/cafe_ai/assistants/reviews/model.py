"""What the reviews say to a question. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cafe_ai.analytics.model import Fact, Period
from cafe_ai.assistants.model import Source, Statement

if TYPE_CHECKING:
    from cafe_ai.reviews.model import Overview


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What the reviews say to a question, in checked sentences. record is for the audit: what was asked for, no text."""

    overview: Overview
    period: Period
    statements: tuple[Statement, ...]
    sources: tuple[Source, ...]
    record: dict[str, Any]
    gaps: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The sentences one after the other."""
        return " ".join(statement.text for statement in self.statements)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts of the sentences."""
        return tuple(fact for statement in self.statements for fact in statement.facts)
