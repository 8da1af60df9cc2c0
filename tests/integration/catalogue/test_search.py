"""A search finds what fits, as PostgreSQL holds it now, with and without the index."""

from __future__ import annotations

from decimal import Decimal

from cafe_ai.catalogue import vector_store
from tests.integration.catalogue.conftest import Shelf


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
    assert vector_store.delete_document(business_id=business, document_id="product-1")
    assert vector_store.similarity_search(query_text="café espresso", business_id=business) == []
    assert not vector_store.delete_document(business_id=business, document_id="product-1")


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
