"""Which questions are about reviews, what of them they ask for, and what they name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cafe_ai.analytics.model import PeriodSpec
from cafe_ai.assistants.planning.names import ShopNames
from cafe_ai.assistants.reviews.named import period_in, products_in
from cafe_ai.assistants.reviews.routing import wanted_of
from cafe_ai.assistants.reviews.words import may_ask_for_reviews
from cafe_ai.reviews.model import Aspect
from tests.support.plans import context

NAMES = ShopNames(
    [
        ("product", "Croissant de mantequilla"),
        ("product", "Matcha latte"),
        *(("product", f"Té {kind}") for kind in ("verde", "negro", "rojo", "blanco")),
        ("category", "Bollería"),
    ]
)
ASKED = {
    "¿Qué opinan los clientes?": ("all", None, None),
    "What do our customers say?": ("all", None, None),
    "¿De qué se quejan los clientes?": ("complaints", None, "negative"),
    "Reseñas negativas": ("complaints", None, "negative"),
    "What do people like?": ("praise", None, "positive"),
    "¿Qué opinan los clientes del servicio?": ("aspect", Aspect.SERVICE, None),
    "What do customers complain about the waiting time?": ("aspect", Aspect.WAITING, "negative"),
    "¿Han mejorado las reseñas?": ("trend", None, None),
    "What are our worst reviewed products?": ("products", Aspect.PRODUCT, "negative"),
    "¿Cuáles son los productos mejor valorados?": ("products", Aspect.PRODUCT, "positive"),
    "¿Cuál es la valoración media?": ("rating", None, None),
    "How many stars do we have?": ("rating", None, None),
}
OTHERS = (
    "¿Cuánto vendimos ayer?",
    "How do I reply to a negative review?",
    "¿Qué producto se vende más?",
    "¿Cuál es la política de devoluciones?",
    "¿Cuántos clientes nuevos tuvimos?",
    "What was the average ticket?",
    "¿Cuál es el horario?",
)


@pytest.mark.parametrize("question", ASKED)
def test_what_is_asked_of_reviews(question: str) -> None:
    assert may_ask_for_reviews(question)
    wanted = wanted_of(question)
    assert wanted is not None
    if wanted.about == "products":
        wanted = replace(wanted, aspect=Aspect.PRODUCT)
    assert (wanted.about, wanted.aspect, wanted.side) == ASKED[question]


@pytest.mark.parametrize("question", OTHERS)
def test_what_is_not_about_reviews(question: str) -> None:
    assert wanted_of(question) is None


@pytest.mark.parametrize(
    ("question", "products"),
    [
        ("¿Qué dicen del croissant de mantequilla?", ("Croissant de mantequilla",)),
        ("¿Qué opinan del croissant?", ("Croissant de mantequilla",)),
        ("What do customers say about the croisant?", ("Croissant de mantequilla",)),
        ("¿Qué tal las reseñas del matcha?", ("Matcha latte",)),
        ("¿Qué opinan los clientes del servicio?", ()),
        ("¿Qué opinan del té?", ()),
        ("¿Qué opinan los clientes?", ()),
        ("Reseñas de los clientes", ()),
    ],
)
def test_products_that_are_meant(question: str, products: tuple[str, ...]) -> None:
    assert products_in(question, NAMES) == products


@pytest.mark.parametrize(
    ("question", "spec"),
    [
        ("¿Qué opinan los clientes?", None),
        ("Reseñas negativas de noviembre", PeriodSpec("named", start="11")),
        ("Reseñas de enero y de marzo", None),
    ],
)
def test_the_period_that_is_named(question: str, spec: PeriodSpec | None) -> None:
    found = period_in(question, context())
    assert (found is None) == (spec is None)
    if spec is not None and found is not None:
        assert found.kind == spec.kind
