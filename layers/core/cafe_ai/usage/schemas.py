"""GET /usage-stats on the wire."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel

from cafe_ai.budgets.model import Standing
from cafe_ai.usage.model import Usage


class BudgetBody(BaseModel):
    """The budget of this month (UTC), in US dollars; limit and left are null where there is no limit."""

    limit_usd: float | None
    spent_usd: float
    reserved_usd: float
    left_usd: float | None
    renews_on: date
    policy: Literal["degrade", "refuse"]

    @classmethod
    def of(cls, standing: Standing) -> BudgetBody:
        """A budget as JSON has it."""
        left = standing.left_usd
        return cls(
            limit_usd=None if standing.limit_usd is None else float(standing.limit_usd),
            spent_usd=float(standing.spent_usd),
            reserved_usd=float(standing.reserved_usd),
            left_usd=None if left is None else float(left),
            renews_on=standing.renews_on,
            policy=standing.policy,
        )


class UsageBody(BaseModel):
    """The use of the service. The rates are percentages of all inferences."""

    total_conversations: int
    total_tokens_used: int
    average_response_time_ms: int
    conversations_by_type: dict[str, int]
    total_cost_usd: float
    total_inferences: int
    error_rate: float
    degraded_rate: float
    budget: BudgetBody | None

    @classmethod
    def of(cls, usage: Usage) -> UsageBody:
        """A usage as JSON has it."""
        return cls(
            total_conversations=usage.conversations,
            total_tokens_used=usage.tokens_used,
            average_response_time_ms=usage.average_response_time_ms,
            conversations_by_type=dict(usage.conversations_by_type),
            total_cost_usd=float(usage.cost_usd),
            total_inferences=usage.inferences,
            error_rate=_percent(usage.errors, usage.inferences),
            degraded_rate=_percent(usage.degraded, usage.inferences),
            budget=None if usage.budget is None else BudgetBody.of(usage.budget),
        )


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
