"""Meaning and words weighed together, and nothing where nothing fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.catalogue.ranking import CALIBRATIONS, Candidate, rank

TITLES = ["Pan", "Café con leche", "Tarta de queso", "Agua", "Horario"]


def menu(*cosines: float | None) -> list[Candidate]:
    return [Candidate(title, title, "", cosine) for title, cosine in zip(TITLES, cosines, strict=False)]


def keys(query: str, candidates: list[Candidate], model: str | None = "use-m3") -> list[str]:
    return [key for key, _ in rank(query, candidates, model=model)]


def test_the_nearest_comes_first_where_no_word_is_shared() -> None:
    assert keys("bread roll loaf", menu(0.2, 0.1, 0.6, 0.0, 0.1))[0] in ("Pan", "Tarta de queso")
    assert keys("something creamy", menu(0.1, 0.2, 0.6, 0.0, 0.1))[0] == "Tarta de queso"


def test_words_outweigh_a_little_nearness() -> None:
    assert keys("tarta de queso", menu(0.3, 0.42, 0.4, 0.1, 0.0))[0] == "Tarta de queso"


def test_nothing_fits_where_all_is_far_and_no_word_is_shared() -> None:
    assert keys("cambio de neumáticos", menu(0.05, 0.1, 0.2, 0.15, 0.1)) == []
    assert keys("cambio de neumáticos", menu(0.1)) == []


@pytest.mark.parametrize("size", [1, 2, 5])
def test_small_catalogues_work(size: int) -> None:
    far = [0.1] * size

    assert keys("hogaza", menu(0.5, *far[1:]))[:1] == ["Pan"]
    assert keys("pan", menu(*far))[:1] == ["Pan"]
    assert keys("brake fluid", menu(*far)) == []


def test_without_vectors_the_words_decide() -> None:
    for model in ("use-m3", None):
        assert keys("cafe leche", menu(None, None, None, None, None), model)[:1] == ["Café con leche"]
        assert keys("destornillador", menu(None, None, None), model) == []


def test_what_the_index_did_not_return_counts_as_far() -> None:
    assert keys("agua", menu(0.2, 0.3, 0.25, None, 0.2))[0] == "Agua"
    assert keys("something creamy", menu(0.3, None, 0.6))[0] == "Tarta de queso"


def test_an_empty_query_asks_for_anything() -> None:
    ranked = rank(" ", menu(0.1, 0.3, None), model="use-m3")

    assert [key for key, _ in ranked] == ["Café con leche", "Pan", "Tarta de queso"]


def test_no_candidates_fit_nothing() -> None:
    assert rank("pan", [], model="use-m3") == []


def test_a_stranger_among_models_is_taken_for_a_served_one() -> None:
    assert keys("hogaza", menu(0.55, 0.1), "some-embedding-model")[:1] == ["Pan"]
    assert keys("hogaza", menu(0.1, 0.1), "some-embedding-model") == []


CANDIDATES = st.lists(
    st.tuples(st.sampled_from([*TITLES, ""]), st.text(max_size=20), st.none() | st.floats(-1, 1)), max_size=12
)


@given(st.text(max_size=40) | st.sampled_from(TITLES), CANDIDATES, st.sampled_from([*CALIBRATIONS, "other", None]))
def test_scores_lie_between_zero_and_one_and_fall(
    query: str, described: list[tuple[str, str, float | None]], model: str | None
) -> None:
    candidates = [Candidate(str(n), title, text, cosine) for n, (title, text, cosine) in enumerate(described)]

    ranked = rank(query, candidates, model=model)

    scores = [score for _, score in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len({key for key, _ in ranked}) == len(ranked)
    assert {key for key, _ in ranked} <= {candidate.key for candidate in candidates}
