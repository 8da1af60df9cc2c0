"""GET /capabilities on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from cafe_ai.analytics.model import Unit
from cafe_ai.assistants import capabilities
from cafe_ai.assistants.capabilities import Capabilities, Topic
from cafe_ai.catalogue.documents import CONTENT_CHARACTERS


class MetricBody(BaseModel):
    """A figure, what it means, who may ask for it, and a question that is answered with it."""

    metric: str
    name: str
    unit: Unit
    definition: str
    example: str
    roles: list[str]


class DimensionBody(BaseModel):
    """What figures can be broken down by."""

    dimension: str
    name: str


class AssistantBody(BaseModel):
    """An assistant and what it draws on."""

    assistant_type: str
    draws_on: str
    searches_documents: bool


class TopicBody(BaseModel):
    """A kind of question, with examples."""

    topic: str
    examples: list[str]

    @classmethod
    def of(cls, topic: Topic) -> TopicBody:
        """As JSON has it."""
        return cls(topic=topic.topic, examples=list(topic.examples))


class ModelsBody(BaseModel):
    """The models in use. language_model is null where none is configured: plans come from rules, text from the facts."""

    language_model: str | None
    embedding_model: str
    vector_store: bool = Field(description="Without one, search is PostgreSQL's full text alone.")


class LimitsBody(BaseModel):
    """How much may be asked at once."""

    query_characters: int
    document_characters: int
    recommendations: int
    requests_per_minute: int


class CapabilitiesResponse(BaseModel):
    """What can and cannot be answered."""

    locale: Literal["es", "en"]
    languages: list[str]
    metrics: list[MetricBody]
    dimensions: list[DimensionBody]
    assistants: list[AssistantBody]
    can_answer: list[TopicBody]
    cannot_answer: list[TopicBody]
    models: ModelsBody
    limits: LimitsBody

    @classmethod
    def of(cls, found: Capabilities) -> CapabilitiesResponse:
        """As JSON has it."""
        return cls(
            locale=found.locale,
            languages=list(capabilities.LANGUAGES),
            metrics=[
                MetricBody(
                    metric=one.metric,
                    name=one.name,
                    unit=one.unit,
                    definition=one.definition,
                    example=one.example,
                    roles=list(one.roles),
                )
                for one in found.metrics
            ],
            dimensions=[DimensionBody(dimension=dimension, name=name) for dimension, name in found.dimensions],
            assistants=[
                AssistantBody(assistant_type=kind, draws_on=text, searches_documents=searches)
                for kind, text, searches in found.assistants
            ],
            can_answer=[TopicBody.of(topic) for topic in found.answers],
            cannot_answer=[TopicBody.of(topic) for topic in found.declines],
            models=ModelsBody(
                language_model=found.language_model,
                embedding_model=found.embedding_model,
                vector_store=found.vector_store,
            ),
            limits=LimitsBody(
                query_characters=capabilities.QUESTION_CHARACTERS,
                document_characters=CONTENT_CHARACTERS,
                recommendations=capabilities.RECOMMENDATIONS,
                requests_per_minute=found.requests_per_minute,
            ),
        )
