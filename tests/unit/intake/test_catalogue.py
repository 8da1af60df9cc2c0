"""Which product a row is about."""

from __future__ import annotations

from uuid import UUID

import pytest

from cafe_ai.intake.catalogue import ProductFinder, ids_by_name
from cafe_ai.intake.model import RowRejected

ESPRESSO, CORTADO, OTHER_CORTADO, TEA = (UUID(int=number) for number in range(1, 5))
PRODUCTS = [
    (ESPRESSO, "P1", "Espresso"),
    (CORTADO, "P2", "Cortado"),
    (OTHER_CORTADO, "P3", "Cortado"),
    (TEA, "Té", "Té"),
]


def test_a_product_is_found_by_its_id_or_by_a_name_of_its_own() -> None:
    finder = ProductFinder(PRODUCTS)
    assert finder.find("P2") == (CORTADO, "P2")
    assert finder.find("espresso") == (ESPRESSO, "P1")
    assert finder.find("Cold brew") is None


def test_a_name_that_several_have_does_not_say_which() -> None:
    with pytest.raises(RowRejected, match="several products have this name"):
        ProductFinder(PRODUCTS).find("Cortado")


def test_order_lines_find_products_by_names_that_only_one_has() -> None:
    assert ids_by_name(PRODUCTS) == {"Espresso": "P1"}
