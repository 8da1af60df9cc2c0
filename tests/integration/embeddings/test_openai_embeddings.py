"""The adapter and the real SDK against a scripted server over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Protocol

import pytest

from cafe_ai.embeddings import EmbeddingUnavailable, Usage, build
from cafe_ai.embeddings.openai_adapter import BATCH_TEXTS, SAFE_TEXT_BYTES, OpenAIEmbeddings
from cafe_ai.llm.models import find_embedding_price
from cafe_ai.platform.clock import Deadline
from cafe_ai.settings import Settings
from tests.support.openai_server import OpenAIServer

SMALL = "text-embedding-3-small"


class MakeModel(Protocol):
    def __call__(self, name: str = ..., *, url: str = ...) -> OpenAIEmbeddings: ...


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as started:
        yield started


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def used() -> list[Usage]:
    return []


@pytest.fixture
def make_model(server: OpenAIServer, slept: list[float], used: list[Usage]) -> Iterator[MakeModel]:
    made: list[OpenAIEmbeddings] = []

    def make(name: str = SMALL, *, url: str | None = None) -> OpenAIEmbeddings:
        sleep: Callable[[float], None] = slept.append
        made.append(
            OpenAIEmbeddings(
                name,
                find_embedding_price(name),
                api_key="test-key",
                base_url=url or server.url,
                on_usage=used.append,
                sleep=sleep,
            )
        )
        return made[-1]

    yield make  # type: ignore[misc]
    for model in made:
        model.close()


@pytest.fixture
def model(make_model: MakeModel) -> OpenAIEmbeddings:
    return make_model()


def test_texts_become_vectors_in_their_order(model: OpenAIEmbeddings, server: OpenAIServer) -> None:
    server.script(embedding="shuffled")

    bread, tea = model.embed_passages(["pan de centeno", "té verde"], Deadline.after(10))

    assert len(bread) == model.dimensions == 1536
    assert sum(value * value for value in bread) == pytest.approx(1)
    assert bread == pytest.approx(model.embed_query("pan de centeno", Deadline.after(10)), abs=1e-5)
    assert bread != pytest.approx(tea, abs=1e-2)
    assert server.embedded[0].body == {
        "model": SMALL,
        "input": ["pan de centeno", "té verde"],
        "encoding_format": "float",
    }
    assert server.embedded[0].headers["authorization"] == "Bearer test-key"


def test_many_texts_go_in_batches(make_model: MakeModel, server: OpenAIServer) -> None:
    texts = [f"texto {n}" for n in range(BATCH_TEXTS * 2 + 1)]

    vectors = make_model("an-unknown-model").embed_passages(texts, Deadline.after(20))

    assert [len(request.body["input"]) for request in server.embedded] == [BATCH_TEXTS, BATCH_TEXTS, 1]
    assert len(vectors) == len(texts)


def test_long_texts_go_in_smaller_batches(make_model: MakeModel, server: OpenAIServer) -> None:
    make_model("an-unknown-model").embed_passages(["palabra " * 12_000] * 5, Deadline.after(20))

    assert [len(request.body["input"]) for request in server.embedded] == [2, 2, 1]


def test_a_text_that_is_too_long_is_cut_once(
    make_model: MakeModel, server: OpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.script(embedding="too_long")

    vectors = make_model("an-unknown-model").embed_passages(["ñ" * 9_000, "pan"], Deadline.after(10))

    assert len(vectors) == 2
    assert [len(text.encode()) for text in server.embedded[1].body["input"]] == [SAFE_TEXT_BYTES, 3]
    assert "too long" in caplog.text


def test_what_cannot_be_sent_is_replaced(model: OpenAIEmbeddings, server: OpenAIServer) -> None:
    model.embed_passages(["", "half \ud83d pair"], Deadline.after(10))

    assert server.embedded[0].body["input"] == ["-", "half ? pair"]


def test_each_answered_call_is_told_with_its_cost(
    model: OpenAIEmbeddings, server: OpenAIServer, used: list[Usage]
) -> None:
    server.script(embedding=["error_500", "wrong_count", "good"])

    model.embed_passages(["a" * 400, "b" * 400], Deadline.after(10))

    assert used == [Usage(200, Decimal("0.000004")), Usage(200, Decimal("0.000004"))]


@pytest.mark.parametrize("behaviour", ["no_usage", "bad_usage"])
def test_usage_that_is_not_told_is_estimated(
    model: OpenAIEmbeddings, server: OpenAIServer, used: list[Usage], behaviour: str
) -> None:
    server.script(embedding=behaviour)

    model.embed_query("a" * 401, Deadline.after(10))

    assert used == [Usage(101, Decimal("0.00000202"))]


def test_another_may_be_told_over_the_same_connection(model: OpenAIEmbeddings, used: list[Usage]) -> None:
    mine: list[Usage] = []

    model.metered(mine.append).embed_query("café", Deadline.after(10))

    assert (len(mine), used) == (1, [])


PASSING = """
    error_408 error_429 error_500 error_503 not_json html json_list cut hang_up
    wrong_count ragged zero_vector not_numbers no_data
""".split()


@pytest.mark.parametrize("behaviour", PASSING)
def test_a_failure_that_may_pass_is_tried_again(
    model: OpenAIEmbeddings, server: OpenAIServer, slept: list[float], behaviour: str
) -> None:
    server.script(embedding=[behaviour, "good"])

    assert len(model.embed_passages(["café", "té"], Deadline.after(20))) == 2
    assert len(slept) == 1


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("error_401", "rejected"),
        ("error_400", "rejected"),
        ("no_credit", "out_of_credit"),
        ("wrong_dimension", "broken_reply"),
    ],
)
def test_a_failure_that_stays_is_not_tried_again(
    model: OpenAIEmbeddings, server: OpenAIServer, behaviour: str, reason: str
) -> None:
    server.script(embedding=behaviour)

    with pytest.raises(EmbeddingUnavailable) as raised:
        model.embed_query("café", Deadline.after(20))

    assert raised.value.reason == reason
    assert len(server.embedded) == 1


def test_retries_end(model: OpenAIEmbeddings, server: OpenAIServer) -> None:
    server.script(embedding="error_500")

    with pytest.raises(EmbeddingUnavailable) as raised:
        model.embed_query("café", Deadline.after(60))

    assert (raised.value.reason, len(server.embedded)) == ("server_error", 4)


@pytest.mark.parametrize("behaviour", ["hang", "trickle", "trickle_head"])
def test_a_server_that_does_not_answer_takes_no_longer_than_the_deadline(
    model: OpenAIEmbeddings, server: OpenAIServer, behaviour: str
) -> None:
    model.embed_query("warm", Deadline.after(10))
    server.script(embedding=behaviour)
    started = time.monotonic()

    with pytest.raises(EmbeddingUnavailable) as raised:
        model.embed_query("café", Deadline.after(1.0))

    assert raised.value.reason == "deadline"
    assert time.monotonic() - started < 1.5


def test_no_server_is_unavailable(make_model: MakeModel) -> None:
    with pytest.raises(EmbeddingUnavailable) as raised:
        make_model(url="http://127.0.0.1:9/v1").embed_query("café", Deadline.after(5))

    assert raised.value.reason == "connection"


def test_the_size_of_an_unknown_model_is_learnt(make_model: MakeModel, server: OpenAIServer) -> None:
    model = make_model("an-unknown-model")

    assert (model.dimensions, model.dimensions, len(server.embedded)) == (64, 64, 1)


def test_without_a_key_the_model_is_there_and_unavailable(server: OpenAIServer) -> None:
    model = build(Settings(embedding_model=SMALL, openai_base_url=server.url))

    assert (model.name, model.dimensions) == (SMALL, 1536)
    with pytest.raises(EmbeddingUnavailable):
        model.embed_query("café", Deadline.after(5))
    assert server.embedded == []
