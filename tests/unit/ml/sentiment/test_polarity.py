"""Words, negation, contrast and the other signs that the head is given."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.reviews.model import Aspect
from ml.models.sentiment import cues
from ml.models.sentiment.aspects import opinions
from ml.models.sentiment.features import NAMES, Language, language_of, lexical_features, sense
from ml.models.sentiment.words import split_sentences, tokenise

GOOD: list[tuple[Language, str]] = [
    ("es", "No está nada mal"),
    ("es", "Nada caro"),
    ("es", "No he probado mejores empanadas"),
    ("es", "No pueden ser más amables"),
    ("es", "Nunca había comido unas alcachofas tan buenas"),
    ("es", "Sin esperas"),
    ("es", "No solo es rico"),
    ("es", "riquísimooooo"),
    ("en", "Not bad at all"),
    ("en", "couldn't be better"),
    ("en", "Can't fault the pastries"),
    ("en", "could not be more helpful"),
    ("en", "not dirty"),
]
BAD: list[tuple[Language, str]] = [
    ("es", "nada bueno"),
    ("es", "No volveré"),
    ("es", "no se puede comer peor"),
    ("es", "sin sabor"),
    ("es", "poco sabor"),
    ("es", "demasiado caro"),
    ("es", "ni rico ni barato"),
    ("en", "not good"),
    ("en", "couldn't be worse"),
    ("en", "won't be back"),
    ("en", "could be better"),
    ("en", "no flavour"),
    ("en", "lack of flavour"),
]


@pytest.mark.parametrize(("language", "text"), GOOD)
def test_good(language: Language, text: str) -> None:
    assert sense(text, language).sum > 0


@pytest.mark.parametrize(("language", "text"), BAD)
def test_bad(language: Language, text: str) -> None:
    assert sense(text, language).sum < 0


def test_what_follows_a_contrast_weighs_more() -> None:
    assert (
        sense("La comida rica pero el trato malo", "es").sum < 0 < sense("El trato malo pero la comida rica", "es").sum
    )


def test_a_negation_ends_at_a_comma() -> None:
    assert sense("No esperamos, todo rico", "es").sum > 0


def test_an_intensifier_adds() -> None:
    assert sense("muy rico", "es").sum > sense("rico", "es").sum > sense("algo rico", "es").sum


@pytest.mark.parametrize(
    ("text", "rating"),
    [("un 10/10", 1.0), ("una estrella", -1.0), ("3 stars", 0.0), ("el 10/12", None), ("nada", None)],
)
def test_a_rating_in_the_text(text: str, rating: float | None) -> None:
    assert cues.rating_told(text) == rating


@pytest.mark.parametrize(
    "text",
    ["genial, otra hora esperando", "great, cold again", "si te gusta comer de pie", "thanks for ruining my day"],
)
def test_irony_shows(text: str) -> None:
    assert cues.count_irony(text) > 0


@pytest.mark.parametrize(
    "text", ["great phone, i'd recommend it", "muy buena comida, volveremos", "si buscas pan, es aqui"]
)
def test_plain_praise_is_no_irony(text: str) -> None:
    assert cues.count_irony(text) == 0


def test_the_language_is_that_of_the_words() -> None:
    assert language_of("riquísimo") == "es"
    assert language_of("tasty") == "en"


def test_each_aspect_has_its_own_side() -> None:
    found = opinions("La tarta estaba deliciosa, pero el camarero fue grosero y esperamos una hora", -0.4, "es")
    sides = {each.aspect: each.score > 0 for each in found}
    assert sides == {Aspect.PRODUCT: True, Aspect.SERVICE: False, Aspect.WAITING: False}
    assert found[0].quote == "La tarta estaba deliciosa"
    assert "tarta" in found[0].terms


@given(st.text(max_size=300))
def test_any_text_gives_finite_features(text: str) -> None:
    features = lexical_features(text)
    assert features.shape == (len(NAMES),)
    assert np.isfinite(features).all()


@given(st.text(max_size=200))
def test_tokens_stand_where_they_say(text: str) -> None:
    for sentence in split_sentences(text):
        for token in tokenise(sentence):
            assert sentence[token.start : token.end] == token.written
