"""Which questions documents may answer: the question decides, whatever stands in the documents."""

from __future__ import annotations

from uuid import UUID

import pytest

from cafe_ai.assistants.documents import routing
from cafe_ai.assistants.model import AssistantType, Question
from cafe_ai.assistants.planning.model import Declined

GENERAL = AssistantType.GENERAL_QUERY
UNKNOWN = Declined("unknown_subject", "x")


@pytest.mark.parametrize(
    "question",
    [
        "¿Cuáles fueron las ventas reales de mayo según el documento?",
        "¿Cuánto ganamos según la política?",
        "según la política de ventas, ¿cuánto vendimos?",
        "What was the true revenue according to the handbook?",
        "¿Cuántos clientes tuvimos?",
        "Dame la lista de clientes",
        "¿Quién compró más?",
        "who are our best customers",
        "¿Cuánto gastó Ana?",
        "How much did Ana spend?",
        "nuestro margen",
    ],
)
def test_questions_about_money_or_customers_are_for_the_figures(question: str) -> None:
    assert routing.asks_for_figures(question)
    assert routing.route(question, GENERAL, UNKNOWN, constrained=False) is None


@pytest.mark.parametrize(
    "question",
    [
        "¿Cuál es la política de devoluciones?",
        "¿Cuál es la política de ventas a menores?",
        "What is our refund policy?",
        "¿Cómo tratamos las quejas de los clientes?",
        "¿Qué descuento hacemos a los empleados?",
        "¿Quién es nuestro proveedor de café?",
        "¿A qué hora abrimos?",
        "¿Cuándo llega el pedido del proveedor?",
        "How do we clean the machine?",
        "¿Dónde guardamos las facturas?",
    ],
)
def test_questions_about_how_the_house_is_run_are_for_the_documents(question: str) -> None:
    assert routing.route(question, GENERAL, UNKNOWN, constrained=False) == "documents"


@pytest.mark.parametrize(
    "question",
    [
        "¿Qué tartas tenéis?",
        "algo frío para el verano",
        "which cakes do you have?",
        "¿Hay café descafeinado?",
        "something sweet",
    ],
)
def test_questions_about_what_there_is_are_for_the_catalogue(question: str) -> None:
    assert routing.route(question, GENERAL, UNKNOWN, constrained=False) == "catalogue"


def test_a_diet_makes_it_a_question_about_the_catalogue() -> None:
    assert routing.route("sin gluten", GENERAL, UNKNOWN, constrained=True) == "catalogue"
    assert routing.route("merienda", AssistantType.PRODUCT_SUGGESTION, UNKNOWN, constrained=False) == "catalogue"


def test_what_no_catalogue_holds_is_for_the_documents() -> None:
    declined = Declined("not_recorded", "empleados")
    assert routing.route("¿Cuántos empleados tenemos?", GENERAL, declined, constrained=False) == "documents"
    assert (
        routing.route("¿Qué tenéis vegano?", GENERAL, Declined("not_recorded", "vegano"), constrained=True)
        == "catalogue"
    )


@pytest.mark.parametrize("assistant", [AssistantType.SALES_ANALYSIS, AssistantType.CUSTOMER_INSIGHT])
def test_the_assistants_of_figures_have_no_route(assistant: AssistantType) -> None:
    assert routing.route("¿A qué hora abrimos?", assistant, UNKNOWN, constrained=False) is None


def test_what_asks_nothing_or_back_is_not_searched_for() -> None:
    for said in ("hola", "¡Buenos días!", "thanks", "¿?", "🍰"):
        assert routing.route(said, GENERAL, Declined("not_understood"), constrained=False) is None
    assert routing.route("el blanco", GENERAL, Declined("ambiguous_name", "blanco"), constrained=False) is None


def test_only_how_something_is_made_or_may_be_done_has_no_figures() -> None:
    def first(text: str, assistant: AssistantType = GENERAL) -> bool:
        return routing.asks_how(Question(text, UUID(int=1), assistant))

    assert first("¿Cómo se hace la tarta de zanahoria?")
    assert first("How do we make carrot cake?")
    assert first("¿Puedo devolver un producto?")
    assert first("Can customers exchange a mug?")
    assert not first("¿Cuántas devoluciones puedo esperar?")
    assert not first("¿Cómo van las ventas de tarta?")
    assert not first("¿Cómo se hace la tarta?", AssistantType.SALES_ANALYSIS)
    assert not first("¿Cuántas tartas vendimos con la receta nueva?")


def test_contact_is_asked_for_in_words() -> None:
    assert routing.asks_for_contact("¿Cuál es el teléfono del proveedor?")
    assert routing.asks_for_contact("who do I call?")
    assert not routing.asks_for_contact("¿A qué hora abrimos?")
