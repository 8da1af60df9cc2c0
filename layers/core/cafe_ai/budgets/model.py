"""A business's budget of the month. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class Standing:
    """How a business's budget stands this month (UTC), in US dollars; limit_usd is None where there is no limit.

    spent_usd is settled, or lost sight of and counted as spent; reserved_usd is held by calls that may still be under
    way, at the most they can cost.
    """

    limit_usd: Decimal | None
    spent_usd: Decimal
    reserved_usd: Decimal
    policy: Literal["degrade", "refuse"]
    renews_on: date

    @property
    def left_usd(self) -> Decimal | None:
        """What may still be spent, never negative; None where there is no limit."""
        if self.limit_usd is None:
            return None
        return max(Decimal(0), self.limit_usd - self.spent_usd - self.reserved_usd)
