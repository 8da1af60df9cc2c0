"""How much the service was used. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from cafe_ai.budgets.model import Standing


@dataclass(frozen=True, slots=True)
class Usage:
    """The use of one business, or of one user, since the beginning.

    Conversations that were erased are no longer counted as such, those whose time was over are; the inferences, tokens and
    costs of both are. inferences counts every use, failed ones too; errors those that failed, degraded those that were answered
    without the language model. The time is the answers' average, in milliseconds. budget is None where the use is not one
    business's.
    """

    conversations_by_type: Mapping[str, int]
    inferences: int
    errors: int
    degraded: int
    tokens_used: int
    cost_usd: Decimal
    average_response_time_ms: int
    budget: Standing | None

    @property
    def conversations(self) -> int:
        """How many there are, of every type."""
        return sum(self.conversations_by_type.values())
