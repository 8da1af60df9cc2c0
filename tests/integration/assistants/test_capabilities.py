"""GET /capabilities promises nothing that is not kept: each of its examples is asked, on a shop that has it all recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from cafe_ai.analytics.metrics import METRICS
from cafe_ai.analytics.model import Dimension
from cafe_ai.assistants import capabilities
from cafe_ai.assistants.capability_schemas import CapabilitiesResponse
from cafe_ai.assistants.model import AssistantType, Locale
from cafe_ai.assistants.schemas import QueryRequest
from cafe_ai.catalogue import documents
from cafe_ai.catalogue.model import NewDocument
from cafe_ai.errors import PermissionDenied
from cafe_ai.platform.clock import Deadline
from cafe_ai.reviews.model import Aspect, AspectOpinion, Label, Opinion
from cafe_ai.reviews.service import read_reviews
from cafe_ai.settings import Settings
from cafe_ai.tenancy.model import Role
from tests.integration.assistants.conftest import MADRID, Shop
from tests.support.factories import Factory, Line

LANGUAGES: tuple[Locale, ...] = ("es", "en")
METRIC_EXAMPLES = [(locale, one.metric, one.example) for locale in LANGUAGES for one in capabilities.metrics_in(locale)]
ANSWERS = [
    (locale, example) for locale in LANGUAGES for topic in capabilities.answers_in(locale) for example in topic.examples
]
DECLINES = [
    (locale, example)
    for locale in LANGUAGES
    for topic in capabilities.declines_in(locale)
    for example in topic.examples
]


class ScriptedReader:
    """Reads the service in each review: praised or complained of by turns."""

    version = "scripted"

    def analyse(
        self, texts: Sequence[str], corrections: Sequence[tuple[str, Label]], deadline: Deadline
    ) -> list[Opinion]:
        sides = ((Label.POSITIVE, 0.9), (Label.NEGATIVE, -0.9))
        leaning = [sides["esperando" in text] for text in texts]
        return [
            Opinion(label, score, (AspectOpinion(Aspect.SERVICE, score, text, ("servicio",)),))
            for text, (label, score) in zip(texts, leaning, strict=True)
        ]


@pytest.fixture
def whole(shop: Shop, factory: Factory) -> Iterator[Shop]:
    """Café Central with costs, stock, discounts, returns, payment methods, diets, documents and reviews."""
    business = shop.business.id
    product = factory.insert_product(
        business,
        "Bizcocho",
        category="Bollería",
        price=Decimal("3.20"),
        cost=Decimal("1.10"),
        stock=0,
        diets=["vegano", "sin gluten"],
        allergens=[],
    )
    customers = [factory.insert_customer(business), factory.insert_customer(business)]
    for when, customer in (("03-02", 0), ("03-20", 1), ("04-02", 0), ("04-20", 0), ("04-21", 1), ("05-04", 0)):
        moment = datetime.fromisoformat(f"2026-{when}T17:00").replace(tzinfo=MADRID)
        lines = [
            Line(product, 3, Decimal("3.20"), discount=Decimal("0.50"), unit_cost=Decimal("1.10")),
            Line(product, -1, Decimal("3.20")),
        ]
        factory.insert_order(
            business,
            lines,
            ordered_at=moment,
            customer_id=customers[customer],
            store="Centro",
            payment_method="tarjeta",
        )
    held = [
        NewDocument("horario", "De lunes a viernes abrimos de 8:00 a 20:00.", "Horario de apertura", {}),
        NewDocument("devoluciones", "Se devuelve el importe en los 7 días siguientes.", "Política de devoluciones", {}),
    ]
    documents.put_many(shop.runtime, business, held, Deadline.after(20))
    for text in ("El camarero muy amable", "Una hora esperando"):
        factory.insert_review(business, text, reviewed_at="2026-05-02T12:00+02:00")
    read_reviews(shop.runtime.database, business, ScriptedReader(), Deadline.after(60))
    yield replace(shop, business=replace(shop.business, names_version=7))


@pytest.mark.parametrize(
    ("locale", "metric", "example"), METRIC_EXAMPLES, ids=[f"{m}-{lo}" for lo, m, _ in METRIC_EXAMPLES]
)
def test_each_metrics_example_is_answered_with_that_metric(
    whole: Shop, locale: Locale, metric: str, example: str
) -> None:
    answer = whole.ask(example)
    assert metric in {fact.metric for fact in answer.facts}, answer.text
    assert answer.verified


@pytest.mark.parametrize(("locale", "example"), ANSWERS)
def test_each_example_of_what_it_can_is_answered(whole: Shop, locale: Locale, example: str) -> None:
    answer = whole.ask(example)
    assert answer.facts or answer.sources, answer.text
    assert answer.verified


@pytest.mark.parametrize(("locale", "example"), DECLINES)
def test_each_example_of_what_it_cannot_is_declined(whole: Shop, locale: Locale, example: str) -> None:
    answer = whole.ask(example)
    assert (answer.facts, answer.sources) == ((), ()), answer.text
    assert any(word in answer.text for word in ("No ", "no ", "cannot", "not "))


@pytest.mark.parametrize("role", list(Role))
def test_a_metric_may_be_asked_by_the_roles_that_are_named(whole: Shop, role: Role) -> None:
    for one in capabilities.metrics_in("es"):
        if role.value in one.roles:
            assert whole.ask(one.example, whole.member(role)).facts
        else:
            with pytest.raises(PermissionDenied):
                whole.ask(one.example, whole.member(role))


def test_every_metric_dimension_and_assistant_is_told_in_both_languages(shop: Shop) -> None:
    for locale in LANGUAGES:
        told = capabilities.describe(shop.runtime, locale)
        assert [one.metric for one in told.metrics] == [metric.value for metric in METRICS]
        assert [dimension for dimension, _ in told.dimensions] == list(Dimension)
        assert [kind for kind, _, _ in told.assistants] == list(AssistantType)


def test_the_models_are_those_that_are_configured(shop: Shop) -> None:
    assert capabilities.describe(shop.runtime, "es").language_model is None
    settings = Settings(openai_api_key="key", llm_model="gpt-6-luna", chroma_url="http://127.0.0.1:1")
    told = capabilities.describe(replace(shop.runtime, settings=settings), "en")
    assert (told.language_model, told.vector_store, told.embedding_model) == ("gpt-6-luna", True, "offline")
    assert CapabilitiesResponse.of(told).models.language_model == "gpt-6-luna"


def test_the_limit_of_a_question_is_the_one_that_holds(shop: Shop) -> None:
    limit = CapabilitiesResponse.of(capabilities.describe(shop.runtime, "es")).limits.query_characters
    assert QueryRequest(query="a" * limit, business_id=shop.business.id)
    with pytest.raises(ValueError, match="at most"):
        QueryRequest(query="a" * (limit + 1), business_id=shop.business.id)
