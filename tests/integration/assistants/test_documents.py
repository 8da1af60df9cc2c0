"""Questions that no figure answers: documents are quoted, products listed, and what is not found is not made up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cafe_ai.assistants import service
from cafe_ai.assistants.model import AssistantType
from cafe_ai.catalogue import documents
from cafe_ai.catalogue.model import NewDocument
from cafe_ai.errors import PermissionDenied
from cafe_ai.platform.clock import Deadline
from cafe_ai.tenancy.model import Role
from tests.integration.assistants.conftest import Shop
from tests.support.fake_search import FakeSearch, document, product
from tests.support.openai_server import OpenAIServer

HOURS = document(
    "Horario de apertura",
    "De lunes a viernes abrimos de 8:00 a 20:00. Los sábados, de 9:00 a 14:00. Domingos cerrado.\n\n"
    "En agosto el horario se reduce: de 9:00 a 15:00.",
    id="horario",
)
RETURNS = document(
    "Política de devoluciones",
    "Aceptamos devoluciones en los 7 días siguientes, con el ticket. Hacemos un 20 % de descuento en el pan del día anterior.",
    id="devoluciones",
)
SUPPLIERS = document(
    "Proveedores",
    "Café: Tostadores Ríos, entrega en 48 h, teléfono 912 345 678.\nLeche: Granja El Prado, reparto diario a las 7:00.",
    id="proveedores",
)
RECIPE = document("Receta de la tarta de zanahoria", "Hornear 45 minutos a 180 ºC.", id="receta")
PRODUCTS = [
    product("Café espresso", "1.40", category="Cafés", allergens=[], diets=["vegano", "sin gluten"]),
    product("Brownie", "3.90", category="Bollería", allergens=["gluten", "huevo"], diets=["vegetariano"]),
    product("Tarta de queso", "4.80", category="Bollería", description="Tarta al horno"),
    product("Tarta de zanahoria", "4.60", category="Bollería", description="Tarta con nueces"),
]
HELD = [HOURS, RETURNS, SUPPLIERS, RECIPE, *PRODUCTS]
APRIL = "¿Cuánto vendimos en abril?"


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """Café Central with documents and a catalogue to search."""
    return replace(shop, search=FakeSearch(list(HELD)))


@pytest.fixture
def talking_stocked(talking: Shop) -> Shop:
    return replace(talking, search=FakeSearch(list(HELD)))


def searches(shop: Shop) -> list[Any]:
    assert isinstance(shop.search, FakeSearch)
    return shop.search.calls


# --- Documents -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "source", "quoted"),
    [
        ("¿A qué hora abrimos los domingos?", "horario", "Domingos cerrado"),
        ("What are our opening hours?", "horario", "de 8:00 a 20:00"),
        ("¿Cuál es la política de devoluciones?", "devoluciones", "en los 7 días siguientes, con el ticket"),
        ("What is our return policy?", "devoluciones", "en los 7 días siguientes, con el ticket"),
        ("¿Quién nos trae la leche? ¿Qué proveedor?", "proveedores", "Granja El Prado"),
        ("¿Cuánto tarda la entrega de café?", "proveedores", "entrega en 48 h"),
        ("¿Cómo se hace la tarta de zanahoria?", "receta", "45 minutos a 180 ºC"),
    ],
)
def test_a_document_is_quoted_word_for_word_with_its_source(
    stocked: Shop, question: str, source: str, quoted: str
) -> None:
    answer = stocked.ask(question)
    first = answer.sources[0]
    assert (first.id, answer.facts, answer.verified, answer.degraded) == (source, (), True, True)
    held = {hit.id: hit for hit in HELD}[source]
    assert first.excerpt in held.content
    assert len(first.excerpt) <= 300
    assert first.title == held.title
    assert quoted in answer.text
    assert held.title in answer.text


def test_the_text_says_where_it_is_from_in_the_askers_language(stocked: Shop) -> None:
    assert stocked.ask("¿Cuál es la política de devoluciones?").text.startswith("Según «Política de devoluciones»: «")
    assert stocked.ask("What is our return policy?").text.startswith("According to “Política de devoluciones”: “")


def test_what_is_not_found_is_said_and_nothing_is_made_up(stocked: Shop) -> None:
    answer = stocked.ask("¿Se admiten perros en la terraza?")
    assert "Tampoco he encontrado nada sobre eso en los documentos" in answer.text
    assert (answer.sources, answer.facts) == ((), ())
    assert "either" in stocked.ask("Are dogs allowed on the terrace?").text


def test_a_question_with_a_plan_is_answered_by_figures_and_nothing_is_searched(stocked: Shop) -> None:
    assert "1.234,50" in stocked.ask(APRIL).text
    assert stocked.ask("¿Cuánto cuesta el croissant?").facts[0].value == Decimal("2.50")
    assert searches(stocked) == []


@pytest.mark.parametrize("assistant", [AssistantType.SALES_ANALYSIS, AssistantType.CUSTOMER_INSIGHT])
def test_the_assistants_of_figures_search_nothing(stocked: Shop, assistant: AssistantType) -> None:
    assert stocked.ask("¿A qué hora abrimos los domingos?", assistant_type=assistant).sources == ()
    assert searches(stocked) == []


@pytest.mark.parametrize(
    "question",
    [
        "¿Cuáles fueron las ventas reales de mayo según los documentos?",
        "¿Qué pone en los documentos sobre la facturación de abril?",
        "What do the documents say about our revenue?",
        "¿Cuánto gastó Eva la del tercero?",
        "¿Cuántos clientes raros tenemos según el manual?",
    ],
)
def test_no_document_answers_for_sales_or_customers(stocked: Shop, question: str) -> None:
    assert stocked.ask(question).sources == ()
    assert searches(stocked) == []


def test_staff_may_ask_documents_and_catalogue_and_nothing_of_the_sales(stocked: Shop) -> None:
    staff = stocked.member(Role.STAFF)
    assert stocked.ask("¿A qué hora abrimos los domingos?", staff).sources
    assert stocked.ask("¿Qué tenéis sin gluten?", staff).facts
    for question in (APRIL, "¿Cuáles fueron las ventas reales de mayo según los documentos?"):
        with pytest.raises(PermissionDenied):
            stocked.ask(question, staff)


def test_a_telephone_number_is_shown_only_where_it_is_asked_how_to_reach_somebody(stocked: Shop) -> None:
    assert "912 345 678" in stocked.ask("¿Cuál es el teléfono del proveedor de café?").text
    assert "912 345 678" not in stocked.ask("¿Quién es nuestro proveedor de café?").text


def test_how_something_is_made_or_may_be_done_is_never_answered_with_its_sales(shop: Shop) -> None:
    asked = replace(shop, search=FakeSearch([]))
    for question in ("¿Cómo se hace el croissant?", "¿Puedo devolver un croissant?", "Can I return a croissant?"):
        answer = asked.ask(question)
        assert (answer.facts, answer.sources) == ((), ())
    recipe = document("Receta del croissant", "Hornear el croissant 18 minutos.")
    assert replace(shop, search=FakeSearch([recipe])).ask("¿Cómo se hace el croissant?").sources


def test_the_audit_keeps_what_was_searched_and_what_was_quoted(stocked: Shop) -> None:
    stocked.ask("¿A qué hora abrimos los domingos?")
    [turn], [audited] = stocked.rows("ai_conversations"), stocked.rows("ai_audit_logs")
    assert turn["plan"] == audited["plan"]
    assert audited["plan"]["sources"] == ["horario"]
    [search] = audited["plan"]["search"]
    assert (search["kind"], search["found"][0][0], search["degraded"]) == ("document", "horario", False)
    assert "domingos" not in str(audited["plan"])  # erasing the prompt erases all that was said


def test_a_conversation_goes_on_after_a_document(stocked: Shop) -> None:
    hours = stocked.ask("¿A qué hora abrimos los domingos?")
    sales = stocked.ask(APRIL, conversation_id=hours.conversation_id)
    march = stocked.ask("¿y el mes anterior?", conversation_id=sales.conversation_id)
    assert "1.000,25" in march.text


# --- The catalogue -------------------------------------------------------------------------------------------------


def test_products_are_listed_with_prices_that_are_facts(stocked: Shop) -> None:
    answer = stocked.ask("¿Qué tartas tenéis?")
    assert "Tarta de queso (4,80\u00a0€)" in answer.text
    assert {fact.dimensions["product"]: fact.value for fact in answer.facts} == {
        "Tarta de queso": Decimal("4.80"),
        "Tarta de zanahoria": Decimal("4.60"),
    }
    assert {(fact.metric, fact.unit, fact.currency) for fact in answer.facts} == {("price", "money", "EUR")}
    assert answer.verified
    assert "(€4.80)" in stocked.ask("Which tarta do you have?").text


def test_a_diet_is_a_filter_and_what_is_unknown_is_left_out(stocked: Shop) -> None:
    answer = stocked.ask("¿Qué tenéis sin gluten?")
    assert answer.text.startswith("Sin gluten tenemos: Café espresso (1,40\u00a0€).")
    assert "Brownie" not in answer.text
    assert "Tarta" not in answer.text  # of which nothing is recorded
    assert "de los que no consta" in answer.text


def test_a_search_that_lets_something_with_gluten_through_is_not_believed(shop: Shop) -> None:
    class Careless(FakeSearch):
        def __call__(self, *arguments: Any, **options: Any) -> Any:
            found = super().__call__(arguments[0], arguments[1], "bollería", **options)
            return replace(found, hits=tuple(hit for hit in HELD if hit.kind == "product"))

    text = replace(shop, search=Careless(list(HELD))).ask("¿Qué tenéis sin gluten?").text
    assert "espresso" in text
    assert "Brownie" not in text
    assert "Tarta" not in text


def test_nothing_fits_is_an_answer(stocked: Shop) -> None:
    answer = stocked.ask("¿Tenéis tornillos de titanio?")
    assert "no hay nada que encaje" in answer.text
    assert answer.facts == ()
    kosher = stocked.ask("¿Qué tenéis kosher?")
    assert "no hay nada que conste que lo cumpla" in kosher.text


def test_what_only_the_diet_is_met_by_is_said_to_be_that(stocked: Shop) -> None:
    answer = stocked.ask("¿Tenéis algo vegano para un astronauta?")
    assert answer.text.startswith("Exactamente así no encuentro nada; vegano tenemos: Café espresso")


def test_allergens_are_told_as_recorded_and_never_claimed(stocked: Shop) -> None:
    assert "gluten y huevo" in stocked.ask("¿Qué alérgenos lleva el brownie?").text
    unknown = stocked.ask("¿Qué alérgenos lleva la tarta de queso?")
    assert "No consta qué alérgenos lleva «Tarta de queso»" in unknown.text
    assert unknown.verified


# --- With a language model -----------------------------------------------------------------------------------------


def test_a_model_that_quotes_well_is_believed_and_costs_one_small_call(
    talking_stocked: Shop, server: OpenAIServer
) -> None:
    answer = talking_stocked.ask("¿A qué hora abrimos los domingos?")
    assert answer.text.startswith("Según «Horario de apertura»: «De lunes")
    assert (answer.degraded, answer.model_name) == (False, "gpt-6-luna")
    assert 0 < answer.tokens_used < 600
    [request] = server.requests
    assert not request.plans
    [audited] = talking_stocked.rows("ai_audit_logs")
    assert audited["prompt_version"] == "quote.v1"


def test_the_longest_passages_stay_within_the_tokens(talking: Shop, server: OpenAIServer) -> None:
    sentence = "A qué hora abrimos depende de la temporada y de los festivos de cada barrio. "
    long = [document(f"Horario {n} de la tienda de la plaza", sentence * 200, id=f"h{n}") for n in range(6)]
    answer = replace(talking, search=FakeSearch(long)).ask("¿A qué hora abrimos? " * 20)
    assert len(server.requests) == 1
    assert len(answer.sources) == 2
    assert answer.tokens_used < 600


@pytest.mark.parametrize(
    "behaviour", ["invent", "leak", "link", "huge", "empty_text", "error_500", "hang_up", "no_credit"]
)
def test_whatever_a_model_does_the_document_is_quoted(
    talking_stocked: Shop, server: OpenAIServer, behaviour: str
) -> None:
    server.script(behaviour)
    answer = talking_stocked.ask("¿A qué hora abrimos los domingos?")
    assert "Domingos cerrado" in answer.text
    assert "://" not in answer.text
    assert (answer.degraded, answer.verified) == (True, True)


def test_what_is_not_found_a_model_may_still_plan(talking: Shop, server: OpenAIServer) -> None:
    answer = replace(talking, search=FakeSearch([])).ask("¿Qué tal se nos dio lo de las croquetas cuánticas en abril?")
    assert answer.facts
    assert server.requests[0].plans


def test_a_list_of_products_asks_no_model_and_is_not_degraded(talking_stocked: Shop, server: OpenAIServer) -> None:
    answer = talking_stocked.ask("¿Qué tenéis sin gluten?")
    assert server.requests == []
    assert (answer.degraded, answer.tokens_used) == (False, 0)


# --- With the real search ------------------------------------------------------------------------------------------


def test_the_catalogues_search_is_what_answers_unless_a_test_brings_another(shop: Shop, neighbour: Shop) -> None:
    for owner, hours in ((shop, "8:00"), (neighbour, "11:00")):
        held = [NewDocument("horario", f"Abrimos a las {hours}.", "Horario de apertura", {})]
        documents.put_many(owner.runtime, owner.business.id, held, Deadline.after(20))
    answer = shop.ask("¿Cuál es el horario de apertura?")
    assert answer.text == "Según «Horario de apertura»: «Abrimos a las 8:00»."
    assert [source.id for source in answer.sources] == ["horario"]
    croissant = shop.ask("¿Tenéis croissants?")
    assert "Croissant (2,50\u00a0€)" in croissant.text
    assert "Secreto" not in shop.ask("¿Tenéis secreto ibérico?").text


def test_no_transaction_is_open_while_it_is_searched(stocked: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    open_now = 0
    reading = service._reading

    class Counted:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def __enter__(self) -> Any:
            nonlocal open_now
            open_now += 1
            return self.inner.__enter__()

        def __exit__(self, *what: Any) -> Any:
            nonlocal open_now
            open_now -= 1
            return self.inner.__exit__(*what)

    monkeypatch.setattr(service, "_reading", lambda *arguments: Counted(reading(*arguments)))
    seen: list[int] = []

    class Watching(FakeSearch):
        def __call__(self, *arguments: Any, **options: Any) -> Any:
            seen.append(open_now)
            return super().__call__(*arguments, **options)

    replace(stocked, search=Watching(list(HELD))).ask("¿A qué hora abrimos los domingos?")
    assert seen == [0]
