"""The words of a query in titles and texts."""

from __future__ import annotations

import pytest

from cafe_ai.catalogue import lexical

MENU = [
    ("Zumo de naranja", "Exprimido al momento"),
    ("Tarta de queso", "Con mermelada de naranja amarga"),
    ("Chocolate a la taza", "Espeso"),
    ("Café con leche", "Con azúcar moreno"),
    ("Refresco de cola", "Sin azúcar"),
    ("PINK TEACUP", ""),
    ("Pan rústico", "De trigo"),
]


def best(query: str) -> str | None:
    scores = lexical.score(query, MENU)
    top = max(range(len(MENU)), key=lambda at: scores[at])
    return MENU[top][0] if scores[top] else None


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("naranja", "Zumo de naranja"),  # a title counts more than a description
        ("NARANJAS", "Zumo de naranja"),
        ("orange juice", "Zumo de naranja"),
        ("quesos", "Tarta de queso"),
        ("cheesecake", None),
        ("choco", "Chocolate a la taza"),
        ("chocolatte", "Chocolate a la taza"),
        ("sumo de naranga", "Zumo de naranja"),
        ("tea cup", "PINK TEACUP"),
        ("sin azúcar", "Refresco de cola"),
        ("sugar-free", None),
        ("azucar", "Café con leche"),
        ("panes", "Pan rústico"),
        ("llave inglesa", None),
        ("", None),
        ("¿?", None),
    ],
)
def test_a_query_finds_the_text_that_holds_its_words(query: str, title: str | None) -> None:
    assert best(query) == title


def test_scores_are_shares_of_the_query() -> None:
    whole, half = lexical.score("zumo naranja", MENU)[0], lexical.score("zumo bicicleta", MENU)[0]

    assert 0.8 < whole <= 1
    assert 0 < half < 0.6


def test_a_word_is_worth_no_less_where_few_texts_are_compared() -> None:
    assert lexical.score("café con leche", [MENU[3]])[0] > 0.8
    assert lexical.score("café con leche para mi abuela", [MENU[3]])[0] > 0.4


def test_no_texts_give_no_scores() -> None:
    assert lexical.score("pan", []) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("panes", "pan"),
        ("nueces", "nuez"),
        ("blancos", "blanca"),
        ("cakes", "cake"),
        ("berries", "berry"),
        ("roasted", "roast"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert lexical.stem_word(one) == lexical.stem_word(other)
