"""What a planner is given and what it gives. Standard library only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, Protocol

from cafe_ai.analytics.model import Period, Plan

if TYPE_CHECKING:
    from cafe_ai.assistants.planning.names import ShopNames
    from cafe_ai.platform.clock import Deadline

NameKind = Literal["product", "category", "store", "payment_method", "customer"]

FILTER_OF: Mapping[NameKind, str] = {
    "product": "products",
    "category": "categories",
    "store": "stores",
    "payment_method": "payment_methods",
    "customer": "customers",
}
"""The field of `Filters` that names of a kind go to."""

DeclineReason = Literal[
    "not_understood",  # no figure the service knows was recognised
    "unknown_subject",  # a word that stands for nothing in the shop's data: `subject` is it
    "not_recorded",  # a known matter that is not in the data: rent, staff, the weather
    "future",  # what has not happened yet
    "ambiguous_name",  # several names fit: `candidates` are they
]


@dataclass(frozen=True, slots=True)
class Previous:
    """The turn a question follows up: what was planned, and the period it spoke of."""

    plan: Plan
    period: Period


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan. complete: every word of the question was understood; otherwise a better planner may do more with it."""

    plan: Plan
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Declined:
    """Why there is no plan. Nothing in it comes from a language model's free text."""

    reason: DeclineReason
    subject: str | None = None
    candidates: tuple[str, ...] = ()


CustomerLookup = Callable[[Sequence[str]], Sequence[tuple[str, str | None]]]
"""Folded texts to the customers (external id, name) so called."""


@dataclass(frozen=True, slots=True)
class PlanningContext:
    """What a question is read against: the moment of asking (aware, the shop's zone) and its business day, the shop's
    names, when the plan must stand, and the turn before."""

    as_of: datetime
    today: date
    names: ShopNames
    deadline: Deadline
    customers: CustomerLookup = field(default=lambda _: ())
    sees_customers: bool = True  # without: no customer is looked up, and a plan that names one is refused later
    previous: Previous | None = None
    locale: Literal["es", "en"] = "es"


class Planner(Protocol):
    """Turns a question into a plan."""

    def plan(self, question: str, context: PlanningContext) -> Planned | Declined:
        """The plan of a question, or why there is none."""
