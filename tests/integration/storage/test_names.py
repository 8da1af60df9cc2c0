"""The names that a question may say, read in one statement."""

from __future__ import annotations

from cafe_ai.analytics import repository
from cafe_ai.platform.db import Database
from tests.support.factories import Factory
from tests.support.postgres import TestDatabase


def test_names_are_those_of_the_business_now(database: TestDatabase) -> None:
    shop = Factory.connected(database)
    elsewhere = shop.insert_business()
    shop.insert_product(elsewhere, "Sidra", category="Bebidas")
    shop.insert_order(elsewhere, store="Oviedo", payment_method="bizum")
    business = shop.insert_business()
    for name, category in (("Flan", "Postres"), ("Tarta", "Postres"), ("Vale", None)):
        shop.insert_product(business, name, category=category)
    shop.insert_order(business, store="Centro", payment_method="tarjeta")
    shop.insert_order(business, store="Norte")
    shop.connection.execute("UPDATE orders SET store = 'Sur' WHERE store = 'Norte'")
    shop.connection.close()

    functions = Database(database.app)
    with functions.transaction(business) as uow:
        names = repository.names(uow, business)
    functions.close()

    assert sorted(names) == [
        ("category", "Postres"),
        ("payment_method", "tarjeta"),
        ("product", "Flan"),
        ("product", "Tarta"),
        ("product", "Vale"),
        ("store", "Centro"),
        ("store", "Sur"),
    ]
