"""What of a query the full text is asked for."""

from __future__ import annotations

import pytest

from cafe_ai.catalogue.query_words import MOST_WORDS, query_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("¿Tenéis café sin azúcar?", "cafe sin azucar"),
        ("pan con tomate", "pan con tomate"),
        ("no picante", "no picante"),
        ("a cake of the day", "cake day"),
        ("de la", "de la"),
        ("café café CAFÉ", "cafe"),
        ("a&b | !c:* <-> 'd'", "b c d"),
        ("", ""),
        ("¿?", ""),
    ],
)
def test_words_that_tell_something(text: str, words: str) -> None:
    assert query_words(text) == words


def test_long_text_is_cut() -> None:
    assert len(query_words(" ".join(f"palabra{number}" for number in range(1_000))).split()) == MOST_WORDS
