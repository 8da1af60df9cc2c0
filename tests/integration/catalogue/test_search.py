"""A search finds what fits, as PostgreSQL holds it now, with and without the index."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from cafe_ai.catalogue import documents, vector_store
from cafe_ai.catalogue.model import NewDocument
from cafe_ai.errors import BusinessNotFound, DependencyDown, InvalidRequest
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from tests.integration.catalogue.conftest import Shelf

MENU = {
    "Flan casero": "Con huevo y leche",
    "Tarta de queso": "Horneada, con arándanos",
    "Café sin azúcar": "Espresso solo",
    "Café con leche": "Espresso y leche",
    "Menú del día": "No incluye bebida",
    "Camarones al ajillo": "Gambas peladas",
    "Jalapeños rellenos": "Muy picantes",
}


@pytest.fixture
def menu(shelf: Shelf) -> UUID:
    """A business with a menu that is not in the index: the full text answers."""
    business = shelf.open_business()
    for name, description in MENU.items():
        shelf.factory.insert_product(business, name, description=description)
    return business


# --- The vector store's contract -------------------------------------------------------------------------------------


def test_contract_of_the_vector_store(shelf: Shelf) -> None:
    business = shelf.open_business()
    vector_store.add_document(
        business_id=str(business),
        document_id="product-1",
        content="Café Espresso Premium - 100% arábica",
        metadata={"category": "coffee", "price": 15.50},
    )
    found = vector_store.similarity_search(query_text="café espresso", business_id=str(business), limit=5)
    assert [(hit["id"], hit["content"], hit["metadata"]) for hit in found] == [
        ("product-1", "Café Espresso Premium - 100% arábica", {"category": "coffee", "price": 15.5})
    ]
    assert 0 < found[0]["score"] <= 1
    assert shelf.model.passages, "it is in the index at once"
    assert vector_store.delete_document(business_id=business, document_id="product-1")
    assert vector_store.similarity_search(query_text="café espresso", business_id=business) == []
    assert not vector_store.delete_document(business_id=business, document_id="product-1")


def test_adding_again_replaces(shelf: Shelf) -> None:
    business = shelf.open_business()
    vector_store.add_document(business, "a", "Tarta de queso", {"price": 4})
    vector_store.add_document(business, "a", "Tarta de limón")
    (hit,) = vector_store.similarity_search("tarta", business)
    assert (hit["content"], hit["metadata"]) == ("Tarta de limón", {})


def test_many_are_added_at_once_and_rebuilt(shelf: Shelf) -> None:
    business = shelf.open_business()
    many = [NewDocument(str(number), f"Tarta número {number}") for number in range(120)]
    vector_store.add_documents(business, [*many, NewDocument("0", "Tarta de la casa")])
    hits = vector_store.similarity_search("tarta de la casa", business, limit=3)
    assert len(hits) == 3
    assert hits[0]["id"] == "0"
    assert vector_store.rebuild(business) == 120
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)


def test_vector_store_refuses_what_cannot_be_stored(shelf: Shelf) -> None:
    business = shelf.open_business()
    with pytest.raises(InvalidRequest, match="content"):
        vector_store.add_document(business, "a", "")
    with pytest.raises(InvalidRequest, match="business_id"):
        vector_store.add_document("no-uuid", "a", "x")
    with pytest.raises(InvalidRequest, match="document_id"):
        vector_store.add_document(business, "product:1", "x")
    with pytest.raises(BusinessNotFound):
        vector_store.add_document(uuid7(), "a", "x")


def test_what_is_added_is_found_though_the_index_is_away(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.model.down = True
    vector_store.add_document(business, "a", "Tarta de queso")
    assert [hit["id"] for hit in vector_store.similarity_search("queso", business)] == ["a"]


# --- What is found ---------------------------------------------------------------------------------------------------


def test_products_are_found_as_they_are_now(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.factory.insert_product(
        business, "Flan casero", external_id="F1", category="Postres", price=4, stock=7, diets=["vegetariano"]
    )
    shelf.factory.insert_product(business, "Tostada con tomate", external_id="T1", category="Desayunos")
    assert shelf.index() == 2
    shelf.factory.connection.execute("UPDATE products SET price = 4.50, stock = 3 WHERE external_id = 'F1'")
    result = shelf.search(business, "flan casero")
    hit = result.hits[0]
    assert not result.degraded
    assert (hit.id, hit.kind, hit.title) == ("product:F1", "product", "Flan casero")
    assert hit.product is not None
    assert (hit.product.price, hit.product.stock, hit.product.diets) == (Decimal("4.50"), 3, ("vegetariano",))
    assert shelf.index() == 0, "a price or a stock is not indexed"


def test_kinds_and_the_menu_narrow_what_is_searched(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.factory.insert_product(business, "Tarta de queso", external_id="new")
    shelf.factory.insert_product(business, "Tarta de queso antigua", external_id="old", listed=False)
    shelf.put(business, "receta", "Cómo se hace la tarta de queso")
    for _ in range(2):  # from the full text, and from the index
        assert set(shelf.ids(business, "tarta de queso")) == {"product:new", "receta"}
        assert shelf.ids(business, "tarta de queso", kinds=frozenset({"document"})) == ["receta"]
        assert shelf.ids(business, "tarta de queso", kinds=frozenset({"product"})) == ["product:new"]
        everything = shelf.ids(business, "tarta de queso", listed_only=False)
        assert set(everything) == {"product:new", "product:old", "receta"}
        shelf.index()
    assert len(shelf.search(business, "tarta de queso", limit=1).hits) == 1


def test_few_documents_are_found_among_many_products(shelf: Shelf) -> None:
    business = shelf.open_business()
    for number in range(150):
        shelf.factory.insert_product(business, f"Tarta de queso {number}")
    shelf.put(business, "receta", "Tartas y quesos: horario de cocina")
    shelf.index()
    found = shelf.search(business, "tartas y quesos", kinds=frozenset({"document"}))
    assert ([hit.id for hit in found.hits], found.degraded) == (["receta"], False)


def test_allergens_and_diets_are_filters(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.factory.insert_product(business, "Tarta de almendra", external_id="free", allergens=["frutos secos"])
    shelf.factory.insert_product(business, "Tarta de trigo", external_id="gluten", allergens=["gluten"])
    shelf.factory.insert_product(business, "Tarta de la casa", external_id="unknown")
    shelf.put(business, "nota", "Tarta sin gluten: véase la carta")
    for _ in range(2):
        result = shelf.search(business, "tarta sin gluten")
        assert [hit.id for hit in result.hits] == ["product:free"]
        assert result.excluded >= 2
        anything = shelf.search(business, "algo sin gluten")
        assert [hit.id for hit in anything.hits] == ["product:free"]
        notes = shelf.search(business, "tarta sin gluten", kinds=frozenset({"document"}))
        assert [hit.id for hit in notes.hits] == ["nota"]
        shelf.index()


def test_long_document_is_found_by_what_stands_deep_inside(shelf: Shelf) -> None:
    business = shelf.open_business()
    filler = [f"El apartado {number} trata de otras cosas del local." for number in range(200)]
    filler[150] = "La caja fuerte se abre con la llave del despacho azul."
    shelf.put(business, "manual", "\n".join(filler), title="Manual")
    shelf.put(business, "carta", "Carta de vinos")
    for degraded in (True, False):
        result = shelf.search(business, "llave de la caja fuerte")
        assert result.degraded == degraded
        assert result.hits[0].id == "manual"
        assert "despacho azul" in result.hits[0].content
        shelf.index()
    assert len(shelf.model.passages) > 10


def test_nothing_fits_and_nothing_is_there(shelf: Shelf) -> None:
    business = shelf.open_business()
    empty = shelf.search(business, "tarta")
    assert (empty.hits, empty.degraded) == ((), False)
    shelf.put(business, "a", "Tarta de queso")
    shelf.index()
    assert shelf.ids(business, "xilófono") == []


def test_older_vector_of_a_changed_document_counts_for_nothing(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.put(business, "a", "Tarta de queso")
    shelf.put(business, "b", "Café solo")
    shelf.index()
    shelf.put(business, "a", "Zumo de naranja")
    assert shelf.ids(business, "tarta de queso") == []
    assert shelf.ids(business, "zumo de naranja") == ["a"]


# --- Without the index -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("cafe sin azucar", "Café sin azúcar"),  # accents folded, sin kept
        ("CAFÉ SIN AZÚCAR", "Café sin azúcar"),
        ("café con leche", "Café con leche"),  # con kept
        ("jalapenos relleno", "Jalapeños rellenos"),  # ñ, and the singular of an adjective
        ("tartas de quesos", "Tarta de queso"),  # stems
        ("un flan, por favor", "Flan casero"),
        ("gamba pelada", "Camarones al ajillo"),  # in the description
        ("menus", "Menú del día"),
    ],
)
def test_full_text_finds(shelf: Shelf, menu: UUID, query: str, name: str) -> None:
    result = shelf.search(menu, query)
    assert result.degraded
    assert result.hits[0].title == name


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sin", {"Café sin azúcar"}),
        ("con", {"Flan casero", "Tarta de queso", "Café con leche"}),
        ("no", {"Menú del día"}),
    ],
)
def test_sin_con_and_no_are_words_of_the_full_text(shelf: Shelf, menu: UUID, query: str, found: set[str]) -> None:
    statement = "SELECT title FROM documents WHERE search @@ any_of_words(%s)"
    with shelf.runtime.database.transaction(menu) as uow:
        assert {title for (title,) in uow.connection.execute(statement, [query])} == found


def test_full_text_is_stemmed_in_english_too(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.put(business, "a", "Freshly baked cookies and roasted almonds")
    statement = "SELECT search @@ any_of_words('almond cookie') FROM documents"
    with shelf.runtime.database.transaction(business) as uow:
        assert uow.connection.execute(statement).fetchone() == (True,)
    assert shelf.ids(business, "cookie with almond") == ["a"]


def test_model_that_is_away_is_no_error(shelf: Shelf, menu: UUID) -> None:
    shelf.index()
    shelf.model.down = True
    result = shelf.search(menu, "tarta de queso")
    assert result.degraded
    assert result.hits[0].title == "Tarta de queso"


def test_database_that_is_away_is_said_so(shelf: Shelf, menu: UUID) -> None:
    shelf.runtime = shelf.another_runtime(database=Database("host=127.0.0.1 port=1 dbname=x", connect_timeout=2))
    with pytest.raises(DependencyDown):
        shelf.search(menu, "tarta")


@pytest.mark.parametrize(
    "text", ["", "   ", "\0", "¿?", "'; --", "a & | !", "%", "\ud800", "<->", ":*", "x" * 5_000, "ñ " * 2_500]
)
def test_any_text_is_searched_without_an_error(shelf: Shelf, menu: UUID, text: str) -> None:
    for _ in range(2):
        shelf.search(menu, text)
        shelf.index()


def test_write_does_not_wait_for_the_index_longer_than_the_request_may(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.model.down = True
    documents.announce(shelf.runtime, business, Deadline.after(0.5))
