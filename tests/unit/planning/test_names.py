"""The shop's names are found without accents, in the plural, misspelt; and nothing else is taken for them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.assistants.planning.lexemes import read_words
from cafe_ai.assistants.planning.model import Planned
from cafe_ai.assistants.planning.names import ShopNames
from cafe_ai.assistants.planning.rules import RulesPlanner
from tests.support.plans import NAMES, PRODUCTS, context

SHOP = ShopNames(NAMES)
PLANNER = RulesPlanner()


def products_in(question: str) -> tuple[str, ...]:
    outcome = PLANNER.plan(question, context())
    return outcome.plan.filters.products if isinstance(outcome, Planned) else ()


@pytest.mark.parametrize("name", PRODUCTS)
@pytest.mark.parametrize(
    "ask", ["¿Cuánto vendimos de {}?", "How much {} did we sell last month?", "ventas de {} en abril"]
)
def test_every_name_is_found_in_full(name: str, ask: str) -> None:
    for written in (name, name.lower(), name.upper(), f'"{name}"'):
        assert products_in(ask.format(written)) == (name,), written


@given(st.sampled_from([name for name in PRODUCTS if " " not in name or len(name) > 9]), st.data())
def test_one_typo_in_a_long_word_is_forgiven(name: str, data: st.DataObject) -> None:
    words = name.split()
    longest = max(words, key=len)
    if len(longest) < 7 or not longest.isalpha():
        return
    place = data.draw(st.integers(1, len(longest) - 1))
    dropped = longest[:place] + longest[place + 1 :]
    doubled = longest[:place] + longest[place] + longest[place:]
    for typo in (dropped, doubled):
        asked = " ".join(typo if word == longest else word for word in words)
        assert name in products_in(f"ventas de {asked}"), asked


@pytest.mark.parametrize(
    ("said", "kind", "names"),
    [
        ("croissants", "product", ("Croissant",)),
        ("cafés solos", "product", ("Café solo",)),
        ("bolleria", "category", ("Bollería",)),
        ("centro", "store", ("Centro",)),
        ("TARJETA", "payment_method", ("tarjeta",)),
        ("zumo d’orange", "product", ("Zumo d'orange",)),
        ("pack of 72 cake cases", "product", ("PACK OF 72 CAKE CASES",)),
    ],
)
def test_a_name_is_found_where_it_stands(said: str, kind: str, names: tuple[str, ...]) -> None:
    lexemes = read_words(f"ventas de {said} ayer")
    [found] = SHOP.find(lexemes)
    assert (found.kind, found.names) == (kind, names)
    assert [lexeme.text for lexeme in lexemes[: found.first]] == ["ventas", "de"]
    assert [lexeme.text for lexeme in lexemes[found.end :]] == ["ayer"]


@pytest.mark.parametrize("said", ["croissant de chocolate", "Croissants de chocolate"])
def test_the_longest_name_is_meant(said: str) -> None:
    assert products_in(f"¿Cuánto vendimos de {said}?") == ("Croissant de chocolate",)


def test_a_number_in_a_name_is_no_number_of_the_question() -> None:
    outcome = PLANNER.plan("ventas de pack of 72 cake cases en los últimos 3 meses", context())
    assert isinstance(outcome, Planned)
    assert (outcome.plan.filters.products, outcome.plan.period.count) == (("PACK OF 72 CAKE CASES",), 3)
    assert outcome.plan.ranking is None


@pytest.mark.parametrize("word", ["unicornios", "crow", "casa", "xq", "tarot"])
def test_another_word_is_not_taken_for_a_name(word: str) -> None:
    assert products_in(f"ventas de {word}") == ()


HOSTILE = ("O'Hara", "100% cacao", "%s", "x'); DROP TABLE orders; --", 'Té "rojo"', "a|b*c(d)[e]", "\\d+", "$1 {0}")


@pytest.mark.parametrize("name", HOSTILE)
def test_signs_in_a_name_break_nothing(name: str) -> None:
    shop = ShopNames([("product", name)])
    assert shop.of_kind("product") == (name,)
    for found in shop.find(read_words(f"ventas de {name} ayer")):
        assert found.names == (name,)


@given(st.lists(st.text(max_size=40), max_size=8), st.text(max_size=60))
def test_any_names_can_be_looked_for_in_any_text(names: list[str], text: str) -> None:
    shop = ShopNames([("product", name) for name in names])
    lexemes = read_words(text)
    found = shop.find(lexemes)
    assert all(a.end <= b.first for a, b in pairwise(found))
    assert all(set(one.names) <= set(names) for one in found)
    assert set(shop.match("product", text)) <= set(names)
