"""The language of a question, and none where nothing tells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.language.detection import detect_language

SPANISH = [
    "¿Cuáles fueron las ventas del último mes?",
    "cuanto vendimos ayer",
    "ventas de ayer",
    "¿Y el mes anterior?",
    "pedidos por dia de la semana",
    "Dame los productos mas vendidos",
    "¿Cuánto vendimos de WHITE HANGING HEART?",
    "ticket medio de octubre",
]
ENGLISH = [
    "How much did we sell in September 2010?",
    "what were last month's sales",
    "And the month before?",
    "Which products sold the most last week?",
    "sales by weekday",
    "How many Napolitanas did we sell?",
    "top customers this year",
]


@pytest.mark.parametrize("text", SPANISH)
def test_spanish_is_recognised_also_without_accents(text: str) -> None:
    assert detect_language(text) == "es"


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_recognised(text: str) -> None:
    assert detect_language(text) == "en"


@pytest.mark.parametrize("text", ["", "???", "2010-11", "Croissant", "😀", "12345 €"])
def test_what_tells_nothing_is_neither(text: str) -> None:
    assert detect_language(text) is None


@given(st.text(max_size=300))
def test_any_text_has_a_language_or_none_and_case_does_not_matter(text: str) -> None:
    assert detect_language(text) in ("es", "en", None)
    assert detect_language(text.upper()) in ("es", "en", None)


@given(st.sampled_from([*SPANISH, *ENGLISH]))
def test_capital_letters_do_not_change_the_language(text: str) -> None:
    assert detect_language(text.upper()) == detect_language(text)
