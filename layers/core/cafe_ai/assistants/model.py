"""A question to the assistants and its answer. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

from cafe_ai.analytics.model import Fact

Locale = Literal["es", "en"]


class AssistantType(StrEnum):
    """Which assistant is asked; it hints at the subject and never widens what the caller may know."""

    GENERAL_QUERY = "GENERAL_QUERY"
    SALES_ANALYSIS = "SALES_ANALYSIS"
    PRODUCT_SUGGESTION = "PRODUCT_SUGGESTION"
    CUSTOMER_INSIGHT = "CUSTOMER_INSIGHT"


@dataclass(frozen=True, slots=True)
class Question:
    """What a member of a business asks.

    conversation_id is the turn this one follows up. locale is the language of the answer; None means the question's own,
    then the business's. as_of asks as of an earlier moment: without an offset it is the shop's local time; None is now.
    """

    text: str
    business_id: UUID
    assistant_type: AssistantType = AssistantType.GENERAL_QUERY
    conversation_id: UUID | None = None
    locale: Locale | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A document that an answer draws on."""

    id: str
    title: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller is told, and what it was made of.

    conversation_id is this turn's own id, to be sent with a question that follows it up. degraded: the language model could
    not be used and the facts speak for themselves. verified: every figure in the text was found in the facts.
    budget_left_usd is what the business may still spend this month after this answer; None where there is no limit.
    """

    text: str
    assistant_type: AssistantType
    conversation_id: UUID
    tokens_used: int
    response_time_ms: int
    facts: tuple[Fact, ...]
    sources: tuple[Source, ...]
    model_name: str
    degraded: bool
    cost_usd: Decimal
    verified: bool
    budget_left_usd: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence (or a few that belong together) with what it was made of.

    money is what is at stake, by which statements are ranked; not negative. names may stand in the text and say no figure:
    products, customers, and dates as they are written there.
    """

    kind: str
    text: str
    facts: tuple[Fact, ...] = ()
    names: tuple[str, ...] = ()
    money: Decimal = Decimal(0)
