"""Folding keeps every character's place, and words are found where they stand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.language.text import fold, tokenize


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Café – Él", "cafe - el"),
        ("¿CUÁNTO Señor?", "¿cuanto senor?"),
        ("Pingüino", "pinguino"),
        ("“Pan” ‘de’ «ayer»", '"pan" \'de\' "ayer"'),
        ("−5 — 7", "-5 - 7"),
        ("Straße", "straße"),
        ("½ ﬁn", None),
        ("", ""),
    ],
)
def test_case_accents_and_typography_are_folded_away(written: str, folded: str | None) -> None:
    assert len(fold(written)) == len(written)
    if folded is not None:
        assert fold(written) == folded


@given(st.text(max_size=200))
def test_one_character_in_gives_one_character_out(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert folded == "".join(fold(character) for character in text)


@given(st.text(alphabet="abñÑçÁéíóúüÜ¿¡ ’“”–1½ßİŉ", max_size=60))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=200))
def test_words_stand_where_they_are_said_to(text: str) -> None:
    tokens = tokenize(text)
    assert all(
        token.written == text[token.start : token.end] and token.folded == fold(token.written) for token in tokens
    )
    assert all(a.end <= b.start for a, b in pairwise(tokens))
    assert all(token.start < token.end for token in tokens)


@given(st.lists(st.text(alphabet="abcñé0123456789", min_size=1, max_size=8), max_size=8))
def test_each_word_of_a_text_is_found_once(words: list[str]) -> None:
    assert [token.written for token in tokenize(" ".join(words))] == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("T-LIGHT holder's", ["t-light", "holder's"]),
        ("desde 2010-11 a 15/11/2010", ["desde", "2010-11", "a", "15/11/2010"]),
        ("1.234,56 €", ["1.234", "56"]),
        ("¿Cuánto? ¡Nada!", ["cuanto", "nada"]),
        ("pan,leche;café", ["pan", "leche", "cafe"]),
        ("_x_", ["x"]),
    ],
)
def test_words_and_numbers_of_a_text(text: str, words: list[str]) -> None:
    assert [token.folded for token in tokenize(text)] == words
