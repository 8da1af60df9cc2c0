"""How well search finds, on catalogues and queries that nothing was tuned on (data/README.md)."""

from __future__ import annotations

import pytest

from cafe_ai.embeddings import build
from cafe_ai.settings import Settings
from tests.search.data_sets import TEST_CATALOGUES, queries
from tests.search.searching import Quality, Shelf, measure, service_order

LEAST_MRR = 0.88
LEAST_NOTHING_FITS = 0.85
MOST_MISSED = 0.05


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf(build(Settings()))


@pytest.fixture(scope="module")
def quality(shelf: Shelf) -> Quality:
    return measure(shelf, "test", TEST_CATALOGUES, service_order(shelf.model.name))


def test_there_are_enough_queries_in_both_languages() -> None:
    assert len(queries("test")) >= 72


def test_the_first_right_answer_stands_near_the_top(quality: Quality) -> None:
    late = {query.text: rank for query, rank in quality.reciprocal_ranks.items() if rank < 1}

    assert quality.mrr >= LEAST_MRR, late


def test_queries_from_another_trade_find_nothing(quality: Quality) -> None:
    assert quality.nothing_fits >= LEAST_NOTHING_FITS, quality.let_in


def test_what_the_catalogue_holds_is_seldom_missed(quality: Quality) -> None:
    assert len(quality.missed) <= MOST_MISSED * len(quality.reciprocal_ranks), quality.missed


def test_without_vectors_the_words_still_find_most(shelf: Shelf) -> None:
    quality = measure(shelf, "test", TEST_CATALOGUES, service_order(None))

    assert quality.mrr >= 0.75
    assert quality.nothing_fits >= 0.75
