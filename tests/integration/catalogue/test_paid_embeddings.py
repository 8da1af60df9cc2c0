"""Embeddings that are paid for, under the budget of the business that they are made for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest

from cafe_ai.embeddings import EmbeddingUnavailable
from cafe_ai.embeddings.openai_adapter import OpenAIEmbeddings
from cafe_ai.llm.models import find_embedding_price
from tests.integration.catalogue.conftest import BuildShelf, Shelf
from tests.support.chroma import Chroma
from tests.support.openai_server import OpenAIServer

SMALL = "text-embedding-3-small"


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as started:
        yield started


@pytest.fixture
def shelf(build_shelf: BuildShelf, chroma: Chroma, server: OpenAIServer) -> Iterator[Shelf]:
    """A shelf whose model is the server's."""
    price = find_embedding_price(SMALL)
    with closing(OpenAIEmbeddings(SMALL, price, api_key="k", base_url=server.url, sleep=lambda _: None)) as model:
        yield build_shelf(chroma, embedding_model=model)


def spent(shelf: Shelf, business_id: UUID) -> tuple[Decimal, int]:
    """What the month has spent in US dollars, and how many reservations are open."""
    with psycopg.connect(shelf.database.superuser) as superuser:
        [(usd, open_ones)] = superuser.execute(
            """SELECT (SELECT coalesce(sum(spent_usd), 0) FROM budgets WHERE business_id = %s),
                      (SELECT count(*) FROM budget_reservations WHERE business_id = %s)""",
            [business_id, business_id],
        ).fetchall()
        return usd, open_ones


def test_what_embeddings_cost_is_spent_exactly_and_once(shelf: Shelf, server: OpenAIServer) -> None:
    business_id = shelf.factory.insert_business(monthly_budget_usd=1)
    shelf.put(business_id, "pan", "pan de centeno")
    shelf.index()
    for _ in range(2):
        assert not shelf.search(business_id, "pan de centeno").degraded
    assert len(server.embedded) == 2  # the document and what was searched, the second time from the cache
    usd, open_ones = spent(shelf, business_id)
    assert open_ones == 0
    assert Decimal(0) < usd < Decimal("0.000002")


def test_without_a_budget_left_nothing_is_paid_and_words_answer(shelf: Shelf, server: OpenAIServer) -> None:
    business_id = shelf.factory.insert_business(monthly_budget_usd=1)
    shelf.put(business_id, "pan", "pan de centeno")
    shelf.index()
    paid = len(server.embedded)
    with psycopg.connect(shelf.database.superuser) as superuser:
        superuser.execute("UPDATE budgets SET spent_usd = 1 WHERE business_id = %s", [business_id])
    result = shelf.search(business_id, "pan de centeno")
    assert [hit.id for hit in result.hits] == ["pan"]
    assert result.degraded
    assert len(server.embedded) == paid
    assert spent(shelf, business_id) == (Decimal(1), 0)


def test_documents_wait_for_the_index_until_there_is_a_budget(shelf: Shelf, server: OpenAIServer) -> None:
    business_id = shelf.factory.insert_business(monthly_budget_usd=0)
    shelf.put(business_id, "pan", "pan de centeno")
    with pytest.raises(EmbeddingUnavailable):
        shelf.index()
    assert shelf.ids(business_id, "centeno") == ["pan"]
    assert server.embedded == []
    with psycopg.connect(shelf.database.superuser) as superuser:
        superuser.execute("UPDATE businesses SET monthly_budget_usd = 1 WHERE id = %s", [business_id])
    assert shelf.index() == 1


def test_a_refused_call_costs_nothing_and_one_without_an_answer_stays_held(shelf: Shelf, server: OpenAIServer) -> None:
    business_id = shelf.factory.insert_business(monthly_budget_usd=1)
    shelf.put(business_id, "pan", "pan de centeno")
    shelf.index()
    before, _ = spent(shelf, business_id)
    server.script(embedding="error_500")
    assert shelf.search(business_id, "bollo").degraded
    assert spent(shelf, business_id) == (before, 0)
    server.script(embedding="not_json")
    assert shelf.search(business_id, "bizcocho").degraded
    usd, open_ones = spent(shelf, business_id)
    assert (usd > before, open_ones) == (True, 1)
