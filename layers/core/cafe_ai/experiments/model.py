"""What came of an experiment with prompts. Standard library only.

The unit is the business: it is what was drawn for a variant, and what its users say of one answer after another is not
independent. So a business counts once, by the first rating that one of its users gave; further ratings, and changes of that
one, are shown and not counted. The first cannot be awaited or made better by looking at the report, and it never changes,
which the sequential test needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Share = tuple[float, float]
"""An interval of 95 %."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one business: what it used, and what its users said. first_rating is None where nobody said anything."""

    variant: str
    inferences: int
    degraded: int
    tokens_used: int
    cost_usd: Decimal
    milliseconds: int
    ups: int
    downs: int
    first_rating: Literal["up", "down"] | None
    first_rated_at: datetime | None


@dataclass(frozen=True, slots=True)
class VariantReport:
    """One variant. rated and up count businesses; ratings and ratings_up all that was said, without weight.

    Tokens, dollars and milliseconds are averages of an inference; degraded is the share that no model answered.
    """

    version: str
    businesses: int
    inferences: int
    degraded: float
    tokens: float
    cost_usd: Decimal
    milliseconds: float
    ratings: int
    ratings_up: int
    rated: int
    up: int
    interval: Share

    @property
    def up_rate(self) -> float | None:
        """The share of the rated businesses that began with a thumb up; None where none was rated."""
        return self.up / self.rated if self.rated else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A variant against the first one. difference is its up-rate minus the first one's, None without ratings of both.

    interval holds for one look. e_value is the evidence now that they differ, p_value what may be read of it at any time:
    1 by the most evidence there ever was. decided: it reached what all comparisons together may give by chance in 5 %.
    """

    version: str
    pairs: int
    difference: float | None
    interval: Share
    e_value: float
    p_value: float
    decided: bool


@dataclass(frozen=True, slots=True)
class Report:
    """How an experiment stands. The first variant is the one that the others are compared with."""

    name: str
    running: bool
    since: date
    variants: tuple[VariantReport, ...]
    comparisons: tuple[Comparison, ...]
