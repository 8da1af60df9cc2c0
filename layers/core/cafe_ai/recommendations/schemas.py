"""POST /recommend and POST /product-suggestions on the wire."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cafe_ai.assistants.schemas import FactBody, Text
from cafe_ai.assistants.turns import RULES
from cafe_ai.parameters import Moment
from cafe_ai.recommendations import menus
from cafe_ai.recommendations.model import Recommendation, Request, Worded
from cafe_ai.recommendations.suggestion_wording import explain_one
from cafe_ai.recommendations.suggestions import SuggestionAnswer


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
    conversation_id: UUID | None
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


class SuggestionParameters(BaseModel):
    """The query string."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    business_id: UUID
    locale: Literal["es", "en"] | None = None
    as_of: Moment | None = None


class SuggestionBody(BaseModel):
    """A product to add. why: searched, season, extends (others of its category are sold) or common."""

    name: str
    category: str
    season: str | None
    why: str
    reason: str
    times_searched: int
    typical_diets: list[str]


class SuggestionsResponse(BaseModel):
    """What similar businesses carry and this one does not."""

    business_id: UUID
    suggestions: list[str]
    explanation: str
    conversation_id: UUID | None
    business_type: str
    items: list[SuggestionBody]
    response_time_ms: int
    model_name: str
    degraded: bool
    tokens_used: int
    cost_usd: float

    @classmethod
    def of(cls, told: SuggestionAnswer) -> SuggestionsResponse:
        """The suggestions as JSON has them."""
        chosen = told.chosen
        items = [
            SuggestionBody(
                name=item.entry.names[told.language],
                category=menus.category(item.entry.category).names[told.language],
                season=item.entry.season,
                why=item.why,
                reason=explain_one(item, told.language),
                times_searched=item.searches,
                typical_diets=list(item.entry.diets),
            )
            for item in chosen.items
        ]
        return cls(
            business_id=chosen.business_id,
            suggestions=[item.name for item in items],
            explanation=told.explanation,
            conversation_id=told.conversation_id,
            business_type=chosen.kind.names[told.language],
            items=items,
            response_time_ms=told.response_time_ms,
            model_name=RULES,
            degraded=False,
            tokens_used=0,
            cost_usd=0.0,
        )
