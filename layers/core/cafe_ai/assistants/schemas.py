"""POST /query on the wire: its request, its response, and what lies between them and the assistants' own model."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from cafe_ai.analytics.model import Fact, Period, Role, Unit
from cafe_ai.assistants.model import Answer, AssistantType, Question
from cafe_ai.parameters import WORDS, Moment, storable

WHOLE_UNITS = ("count", "hour", "days")


Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000),
    AfterValidator(storable),
    Field(json_schema_extra={"pattern": WORDS}),
]


class QueryRequest(BaseModel):
    """A question. Unknown fields are refused: a misspelt option, silently ignored, would answer something else."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    query: Text
    business_id: UUID
    assistant_type: AssistantType = AssistantType.GENERAL_QUERY
    conversation_id: UUID | None = None
    locale: Literal["es", "en"] | None = None
    as_of: Moment | None = None

    def question(self) -> Question:
        """As the assistants take it."""
        return Question(
            text=self.query,
            business_id=self.business_id,
            assistant_type=self.assistant_type,
            conversation_id=self.conversation_id,
            locale=self.locale,
            as_of=self.as_of,
        )


class PeriodBody(BaseModel):
    """From the one instant up to, not including, the other, in the shop's time zone."""

    from_: Annotated[datetime, Field(serialization_alias="from")]
    to: datetime
    timezone: str

    @classmethod
    def of(cls, period: Period) -> PeriodBody:
        """The exact instants of a period."""
        return cls(from_=period.starts_at, to=period.ends_at, timezone=period.timezone)


class FactBody(BaseModel):
    """One figure. A percentage is 31.2, not 0.312."""

    metric: str
    value: int | float
    unit: Unit
    currency: str | None
    period: PeriodBody
    dimensions: dict[str, str]
    filters: dict[str, Any]
    role: Role
    compared_with: PeriodBody | None
    rows: int

    @classmethod
    def of(cls, fact: Fact) -> FactBody:
        """A fact as JSON has it."""
        return cls(
            metric=fact.metric,
            value=_number(fact.value, fact.unit),
            unit=fact.unit,
            currency=fact.currency,
            period=PeriodBody.of(fact.period),
            dimensions=dict(fact.dimensions),
            filters=dict(fact.filters),
            role=fact.role,
            compared_with=PeriodBody.of(fact.compared_with) if fact.compared_with else None,
            rows=fact.rows,
        )


class SourceBody(BaseModel):
    """A document that the answer draws on."""

    id: str
    title: str
    excerpt: str


class QueryResponse(BaseModel):
    """An answer, what it was made of, and what it cost."""

    response: str
    assistant_type: AssistantType
    conversation_id: UUID
    tokens_used: int
    response_time_ms: int
    facts: list[FactBody]
    sources: list[SourceBody]
    model_name: str
    degraded: bool
    cost_usd: float
    verified: bool
    budget_left_usd: float | None

    @classmethod
    def of(cls, answer: Answer) -> QueryResponse:
        """The assistants' answer as JSON has it."""
        return cls(
            response=answer.text,
            assistant_type=answer.assistant_type,
            conversation_id=answer.conversation_id,
            tokens_used=answer.tokens_used,
            response_time_ms=answer.response_time_ms,
            facts=[FactBody.of(fact) for fact in answer.facts],
            sources=[SourceBody(id=source.id, title=source.title, excerpt=source.excerpt) for source in answer.sources],
            model_name=answer.model_name,
            degraded=answer.degraded,
            cost_usd=float(answer.cost_usd),
            verified=answer.verified,
            budget_left_usd=None if answer.budget_left_usd is None else float(answer.budget_left_usd),
        )


def _number(value: Decimal, unit: Unit) -> int | float:
    return int(value) if unit in WHOLE_UNITS and value == value.to_integral_value() else float(value)
