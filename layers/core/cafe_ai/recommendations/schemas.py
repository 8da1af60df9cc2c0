"""POST /recommend and POST /product-suggestions on the wire."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cafe_ai.assistants.schemas import FactBody, Moment, Text
from cafe_ai.recommendations.model import Recommendation, Request, Worded


class RecommendParameters(BaseModel):
    """The query string. Unknown parameters are refused: a misspelt option, silently ignored, would answer something else."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    business_id: UUID
    query_text: Text | None = None
    limit: Annotated[int, Field(ge=1, le=20)] = 5
    locale: Literal["es", "en"] | None = None
    as_of: Moment | None = None

    def request(self) -> Request:
        """As the recommender takes it."""
        return Request(self.business_id, self.query_text, self.limit, self.locale, self.as_of)


class ProductBody(BaseModel):
    """A recommended product: the shop's own id, and why it was chosen. score is in [0, 1] and falls with the rank."""

    id: str
    name: str
    score: float
    price: float | None
    currency: str
    category: str | None
    reason: str
    reasons: list[str]
    stock: float | None
    in_stock: bool | None
    allergens: list[str] | None
    diets: list[str] | None

    @classmethod
    def of(cls, worded: Worded, currency: str) -> ProductBody:
        """An item as JSON has it. in_stock is null where stock is not kept."""
        item, product = worded.item, worded.item.product
        return cls(
            id=product.external_id,
            name=product.name,
            score=item.score,
            price=float(product.price) if product.price is not None else None,
            currency=currency,
            category=product.category,
            reason=worded.reason,
            reasons=[reason.kind for reason in item.reasons],
            stock=float(product.stock) if product.stock is not None else None,
            in_stock=product.stock > 0 if product.stock is not None else None,
            allergens=list(product.allergens) if product.allergens is not None else None,
            diets=list(product.diets) if product.diets is not None else None,
        )


class RecommendResponse(BaseModel):
    """A recommendation, what it was made of, and what it cost."""

    business_id: UUID
    query: str | None
    recommendations: str
    similar_products: list[ProductBody]
    conversation_id: UUID
    response_time_ms: int
    facts: list[FactBody]
    model_name: str
    degraded: bool
    tokens_used: int
    cost_usd: float
    verified: bool

    @classmethod
    def of(cls, recommendation: Recommendation, currency: str) -> RecommendResponse:
        """The recommender's answer as JSON has it."""
        return cls(
            business_id=recommendation.business_id,
            query=recommendation.query,
            recommendations=recommendation.text,
            similar_products=[ProductBody.of(worded, currency) for worded in recommendation.items],
            conversation_id=recommendation.conversation_id,
            response_time_ms=recommendation.response_time_ms,
            facts=[FactBody.of(fact) for fact in recommendation.facts],
            model_name=recommendation.model_name,
            degraded=recommendation.degraded,
            tokens_used=recommendation.tokens_used,
            cost_usd=float(recommendation.cost_usd),
            verified=recommendation.verified,
        )
