"""What the narrator says passes the check; what is planted in it does not."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.recommendations.checking import find_faults
from cafe_ai.recommendations.model import Choice, Item
from cafe_ai.recommendations.phrases import REASONS
from cafe_ai.recommendations.promoting import Scored
from cafe_ai.recommendations.reasons import ReasonMaker
from cafe_ai.recommendations.wording import tell
from tests.unit.recommendations.choices import WINDOWS, candidate, choice, every_reason, pair, sold


def two() -> Choice:
    """Coffee that sold 432 and 210 before, and tea that sold 55."""
    tea = candidate("Té verde", sold(55), price=Decimal("2.10"))
    make = ReasonMaker(WINDOWS, "EUR", True)
    told = make.explain(Scored(tea, 0.5, {"demand": 1.0}), None, None)
    return choice(every_reason(), Item(tea.product, 0.5, tuple(told), make.price(tea)))


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("sees_money", [True, False])
def test_narrator_says_nothing_but_the_facts(language: str, sees_money: bool) -> None:
    told = choice(every_reason(sees_money=sees_money))
    text = tell(told, language)
    assert find_faults(text, told, language) == []
    assert find_faults(text, told, language, by_model=False) == []


def test_every_reason_is_told_in_both_languages() -> None:
    kinds = {reason.kind for reason in every_reason().reasons}
    assert kinds | {"low_stock"} == set(REASONS["es"]) == set(REASONS["en"])


@pytest.mark.parametrize(
    "text",
    [
        "«Café con leche» (1,75 €): 432 unidades.",
        "Te recomiendo «Café con leche». Se han vendido 432 unidades y deja un margen del 76,0 %.",
        '"Café con leche" sube de 210 a 432 unidades; "Té verde" lleva 55.',
        "Destaca el café con leche: 432 unidades, 210 antes.",
        "En «Café con leche» el 77,8 % de los pedidos son por la mañana.",
        "Hay «Té verde» a 2,10 €.",
        "1. «Café con leche»: 432 unidades.\n2. «Té verde»: 55 unidades.",
        "«Café con leche»: 432 unidades frente a 210 en los días anteriores.",
        "«Café con leche» ha pasado de 210 a 432 unidades.",
    ],
)
def test_right_texts_pass(text: str) -> None:
    assert find_faults(text, two(), "es") == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("«Café con leche»: 433 unidades.", "433"),
        ("«Té verde»: 432 unidades.", "432"),  # the coffee's figure
        ("«Café con leche»: 432 €.", "432"),  # a count told as money
        ("«Café con leche»: un 432 %.", "432"),
        ("«Café con leche»: 76,0 unidades.", "76,0"),
        ("«Café con leche»: 4.32 unidades.", "4.32"),
        ("«Café con leche»: 4,32 unidades.", "4,32"),
        ("Te recomiendo 2 productos.", "2"),
        ("«Café con leche»: 210 unidades.", "210"),  # those of the weeks before
        ("«Café con leche»: 210 unidades frente a 432 antes.", "210"),
        ("«Café con leche» ha pasado de 432 a 210 unidades.", "432"),
        ("2. «Café con leche»: 432 unidades.", "2"),
        ("«Café con leche» se vende el doble.", "doble"),
        ("«Café con leche»: cien unidades.", "cien"),
        ("«Tarta Sacher»: se vende bien.", "«Tarta Sacher»"),
        ('"Café con leche" y "Cortado" se venden bien.', '"Cortado"'),
        ("Prueba con la Tarta Sacher.", "Tarta"),
        ("«Café con leche» no tiene gluten.", "gluten"),
        ("«Café con leche» es vegano.", "vegano"),
        ("«Café con leche»: sus ventas caen.", "caen"),
        ("Desde 2019 «Café con leche» gusta.", "2019"),
        ("«Café con leche»: 432 unidades el 17 de mayo.", "17"),
    ],
)
def test_planted_errors_are_found(text: str, fault: str) -> None:
    assert fault in find_faults(text, two(), "es")


@given(st.integers(0, 10**7).filter(lambda n: n not in (432, 210, 95, 31, 28, 40, 200, 3, 0)))
def test_no_other_count_passes(figure: int) -> None:
    assert find_faults(f"«Café con leche»: {figure} unidades.", two(), "es")


@given(st.text(max_size=200))
def test_any_text_is_judged_and_any_digit_needs_a_fact(text: str) -> None:
    faults = find_faults(text, two(), "es")
    if any(digit in text for digit in "6789"):
        assert isinstance(faults, list)


@given(st.text(min_size=1, max_size=40).filter(lambda name: name.strip() == name and "\n" not in name))
def test_products_may_have_any_name(name: str) -> None:
    told = choice(every_reason(name=name, other="Croissant"))
    text = tell(told, "es")
    assert name in text
    assert isinstance(find_faults(text, told, "es"), list)


def test_units_may_be_as_many_as_the_days() -> None:
    one = candidate("Té", sold(56, 28))
    make = ReasonMaker(WINDOWS, "EUR", True)
    told = choice(Item(one.product, 1.0, tuple(make.explain(Scored(one, 1.0, {"trend": 1.0}), None, None)), None))
    for language in ("es", "en"):
        assert find_faults(tell(told, language), told, language) == []


def test_figures_in_a_name_are_no_figures() -> None:
    told = choice(every_reason(name="Agua 33 cl 2x1"))
    assert find_faults(tell(told, "es"), told, "es") == []
    assert "33" in find_faults("Agua de 33 cl.", told, "es")


def test_figures_of_a_pair_belong_to_the_product_told() -> None:
    one = candidate("Tarta", sold(5))
    make = ReasonMaker(WINDOWS, "EUR", True)
    item = Item(one.product, 1.0, (make.together(one, pair(uuid4(), uuid4(), 41), "Té"),), None)
    told = choice(item, kind="together", about="Té")
    assert find_faults("«Tarta» está en 41 de los 200 pedidos con «Té» (20,5 %).", told, "es") == []
    assert find_faults("«Tarta» está en 41 de los 201 pedidos con «Té».", told, "es") == ["201"]
