"""The index follows PostgreSQL whatever happens to it, to its worker, or to the configuration."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any
from uuid import UUID

import psycopg
import pytest

from cafe_ai.catalogue import documents, indexing, places, repository
from cafe_ai.catalogue.model import NewDocument
from cafe_ai.errors import DependencyDown
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import UnitOfWork
from cafe_ai.settings import Settings
from tests.integration.catalogue.conftest import BuildShelf, Shelf
from tests.support.chroma import Chroma
from tests.support.embeddings import LettersModel


def rows(shelf: Shelf, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    with closing(psycopg.connect(shelf.database.superuser, autocommit=True)) as connection:
        return connection.execute(sql.encode(), parameters).fetchall()


def waiting(shelf: Shelf) -> int:
    return int(rows(shelf, "SELECT count(*) FROM index_outbox")[0][0])


def serving(shelf: Shelf, business: UUID) -> tuple[str, str]:
    (found,) = rows(
        shelf, "SELECT collection, model FROM index_generations WHERE business_id = %s AND status = 'serving'", business
    )
    return found[0], found[1]


def held(shelf: Shelf, business: UUID, collection: str | None = None) -> set[str]:
    """The ids of what Chroma holds of the business."""
    assert shelf.runtime.vectors is not None
    return shelf.runtime.vectors.ids(business, collection or serving(shelf, business)[0], Deadline.after(20))


def entries(shelf: Shelf, business: UUID) -> set[str]:
    """The ids of what PostgreSQL says it holds."""
    with shelf.runtime.database.transaction(business) as uow:
        known = repository.select_entries(uow, business, serving(shelf, business)[0])
    return {id for entry in known for id in entry.ids()}


def assert_complete(shelf: Shelf, business: UUID, documents: int) -> None:
    assert waiting(shelf) == 0
    assert held(shelf, business) == entries(shelf, business)
    assert len({id.partition(":")[0] for id in held(shelf, business)}) == documents
    lacking = rows(
        shelf,
        """SELECT id FROM documents WHERE business_id = %s AND (key, content_hash) NOT IN (
               SELECT key, content_hash FROM index_entries)""",
        business,
    )
    assert lacking == []


# --- The outbox ------------------------------------------------------------------------------------------------------


def test_each_change_of_a_text_waits_for_the_index_and_no_other_change(shelf: Shelf) -> None:
    business = shelf.open_business()
    execute = shelf.factory.connection.execute
    changes: list[tuple[Callable[[], object], int]] = [
        (lambda: shelf.factory.insert_product(business, "Flan", external_id="F"), 1),
        (
            lambda: execute(
                "UPDATE products SET price = 3, stock = 2, cost = 1, allergens = '{leche}', listed = false"
            ),
            0,
        ),
        (lambda: execute("UPDATE products SET name = name"), 0),
        (lambda: execute("UPDATE products SET description = 'Con nata'"), 1),
        (lambda: execute("UPDATE products SET category = 'Postres'"), 1),
        (lambda: shelf.put(business, "horario", "De 8 a 20 h"), 1),
        (lambda: shelf.put(business, "horario", "De 8 a 20 h"), 0),
        (lambda: shelf.put(business, "horario", "De 8 a 20 h", year=2026), 0),
        (lambda: shelf.put(business, "horario", "De 9 a 20 h"), 1),
        (lambda: documents.remove(shelf.runtime, business, "horario", Deadline.after(5)), 1),
        (lambda: execute("DELETE FROM products"), 1),
    ]
    for number, (change, queued) in enumerate(changes):
        before = waiting(shelf)
        change()
        assert waiting(shelf) - before == queued, number
    shelf.index()
    assert waiting(shelf) == 0
    assert rows(shelf, "SELECT count(*) FROM documents") == [(0,)]


def test_change_that_is_rolled_back_was_never_there(shelf: Shelf) -> None:
    business = shelf.open_business()
    with shelf.factory.connection.transaction(force_rollback=True):
        shelf.factory.insert_product(business, "Flan")
    assert waiting(shelf) == 0


def test_product_document_follows_its_product(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.factory.insert_product(business, "Flan", external_id="F1", category="Postres", description="Con nata")
    shelf.factory.connection.execute("UPDATE products SET external_id = 'F2', name = 'Flan de huevo'")
    assert rows(shelf, "SELECT id, title, content FROM documents") == [
        ("product:F2", "Flan de huevo", "Flan de huevo. Postres. Con nata")
    ]


def test_long_text_of_a_product_does_not_keep_it_from_being_written(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.factory.insert_product(business, "N" * 400, description="palabra " * 100_000)
    assert rows(shelf, "SELECT length(title), length(content) FROM documents") == [(300, 20_000)]


def test_catalogue_of_thousands_is_written_and_queued_in_one_statement(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.factory.act_for(business)
    new = """
    INSERT INTO products (id, business_id, external_id, name)
    SELECT gen_random_uuid(), %s, n::text, 'Producto ' || n FROM generate_series(1, 4300) AS n"""
    shelf.factory.connection.execute(new, [business])
    shelf.factory.connection.execute("UPDATE products SET named_at = now()")
    assert waiting(shelf) == 4300
    assert rows(shelf, "SELECT count(*) FROM documents") == [(4300,)]


# --- The worker ------------------------------------------------------------------------------------------------------


def test_changed_and_removed_documents_leave_nothing_behind(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.put(business, "a", "Tarta de queso")
    shelf.put(business, "b", "Tarta de zanahoria")
    assert shelf.index() == 2
    before = held(shelf, business)
    shelf.put(business, "a", "Tarta de limón")
    documents.remove(shelf.runtime, business, "b", Deadline.after(5))
    assert shelf.index() == 1
    assert_complete(shelf, business, 1)
    assert held(shelf, business).isdisjoint(before)
    assert shelf.index() == 0


def test_document_that_changes_while_it_is_indexed_stays_queued(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    business = shelf.open_business()
    shelf.put(business, "a", "Tarta de queso")
    embed = shelf.model.embed_passages

    def embed_slowly(texts: Any, deadline: Deadline) -> list[list[float]]:
        monkeypatch.setattr(shelf.model, "embed_passages", embed)
        other = shelf.another_runtime()
        documents.put_many(other, business, [NewDocument("a", "Tarta de limón")], Deadline.after(5))
        return embed(texts, deadline)

    monkeypatch.setattr(shelf.model, "embed_passages", embed_slowly)
    monkeypatch.setattr(indexing, "TURN_BATCHES", 1)
    indexing.drain(shelf.runtime, Deadline.after(20), business)
    shelf.index()
    assert_complete(shelf, business, 1)
    assert shelf.model.passages == ["Tarta de queso", "Tarta de limón"]


def test_worker_that_dies_at_any_point_loses_nothing(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    business = shelf.open_business()
    vectors = shelf.runtime.vectors
    assert vectors is not None
    steps: list[tuple[Any, str]] = [
        (shelf.model, "embed_passages"),
        (vectors, "upsert"),
        (vectors, "delete"),
        (repository, "upsert_entries"),
        (repository, "delete_waiting"),
    ]
    for number, (owner, name) in enumerate(steps):
        shelf.put(business, "a", f"Tarta número {number}")
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, dies)
            with pytest.raises(DiedError):
                indexing.drain(shelf.runtime, Deadline.after(20))
        assert waiting(shelf) > 0, name
        shelf.index()
        assert_complete(shelf, business, 1)


class DiedError(Exception):
    """As if the process had ended there."""


def dies(*_: object, **__: object) -> None:
    raise DiedError


def test_turn_of_a_worker_that_vanished_is_taken_over_when_its_time_is_over(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.put(business, "a", "Tarta")
    with shelf.runtime.database.transaction() as uow:
        assert repository.claim(uow, 60) is not None  # and is never heard of again
    assert indexing.drain(shelf.runtime, Deadline.after(5)) == 0
    rows(shelf, "UPDATE index_leases SET leased_until = now() - interval '1 second' RETURNING 1")
    assert indexing.drain(shelf.runtime, Deadline.after(20)) == 1


def test_two_workers_at_once_index_each_document_once(shelf: Shelf) -> None:
    businesses = [shelf.open_business() for _ in range(6)]
    for business in businesses:
        for number in range(5):
            shelf.put(business, str(number), f"Documento {number} de {business}")
    runtimes = [shelf.another_runtime() for _ in range(2)]
    done: list[int] = []
    threads = [
        threading.Thread(target=lambda runtime=runtime: done.append(indexing.drain(runtime, Deadline.after(60))))
        for runtime in runtimes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 30
    assert len(shelf.model.passages) == 30
    for business in businesses:
        assert_complete(shelf, business, 5)


def test_run_ends_at_its_deadline_and_the_next_goes_on(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    business = shelf.open_business()
    for number in range(7):
        shelf.put(business, str(number), f"Documento {number}")
    monkeypatch.setattr(indexing, "BATCH", 3)
    monkeypatch.setattr(indexing, "TURN_BATCHES", 1)
    monkeypatch.setattr(repository, "claim", once(repository.claim))
    assert indexing.drain(shelf.runtime, Deadline.after(20)) == 3
    assert shelf.search(business, "documento").degraded, "what is built does not serve yet"
    monkeypatch.undo()
    assert shelf.index() == 4
    assert_complete(shelf, business, 7)
    assert not shelf.search(business, "documento").degraded


def once(claim: Callable[..., Any]) -> Callable[..., Any]:
    claims = iter([claim])

    def run(uow: UnitOfWork, seconds: float, business_id: UUID | None = None) -> Any:
        return next(claims, lambda *_: None)(uow, seconds, business_id)

    return run


def test_large_business_does_not_keep_the_others_waiting(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    large, small = shelf.open_business(), shelf.open_business()
    for number in range(9):
        shelf.put(large, str(number), f"Documento {number}")
    shelf.put(small, "a", "El único documento")
    monkeypatch.setattr(indexing, "BATCH", 2)
    monkeypatch.setattr(indexing, "TURN_BATCHES", 1)
    indexing.drain(shelf.runtime, Deadline.after(30))
    assert shelf.model.passages.index("El único documento") == 2
    assert_complete(shelf, large, 9)


def test_erased_business_leaves_no_vectors_and_no_rows(shelf: Shelf) -> None:
    business, neighbour = shelf.open_business(), shelf.open_business()
    for each in (business, neighbour):
        shelf.put(each, "a", "Tarta")
        shelf.factory.insert_product(each, "Flan")
    shelf.index()
    collection = serving(shelf, business)[0]
    shelf.factory.act_for(business)
    shelf.factory.connection.execute("DELETE FROM businesses WHERE id = %s", [business])
    shelf.index()
    assert held(shelf, business, collection) == set()
    for table in ("index_outbox", "index_generations", "index_entries", "index_leases"):
        assert rows(shelf, f"SELECT * FROM {table} WHERE business_id = %s", business) == []
    assert_complete(shelf, neighbour, 2)


# --- Healing ---------------------------------------------------------------------------------------------------------


def test_vectors_that_were_lost_are_written_again(shelf: Shelf) -> None:
    business = shelf.open_business()
    for number in range(4):
        shelf.put(business, str(number), f"Documento {number}")
    shelf.index()
    assert shelf.runtime.vectors is not None
    lost = sorted(held(shelf, business))[:2]
    shelf.runtime.vectors.delete(business, serving(shelf, business)[0], lost, Deadline.after(5))
    indexing.reconcile(shelf.runtime, Deadline.after(20))
    assert indexing.drain(shelf.runtime, Deadline.after(20)) == 2
    assert_complete(shelf, business, 4)


def test_vectors_that_should_not_be_there_are_removed(shelf: Shelf) -> None:
    business, stranger = shelf.open_business(), shelf.open_business()
    shelf.put(business, "a", "Tarta")
    shelf.index()
    collection, vectors = serving(shelf, business)[0], shelf.runtime.vectors
    assert vectors is not None
    vector = shelf.model.embed_query("Tarta", Deadline.after(1))
    vectors.upsert(business, collection, "document", {f"{business}:0:0": vector}, Deadline.after(5))
    vectors.upsert(stranger, collection, "document", {f"{stranger}:0:0": vector}, Deadline.after(5))
    shelf.index()
    assert_complete(shelf, business, 1)
    assert held(shelf, stranger, collection) == set()


def test_lost_collection_is_made_again(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.put(business, "a", "Tarta de queso")
    shelf.index()
    assert shelf.runtime.vectors is not None
    shelf.runtime.vectors.drop(serving(shelf, business)[0], Deadline.after(5))
    result = shelf.search(business, "tarta de queso")
    assert result.degraded
    assert [hit.id for hit in result.hits] == ["a"]
    assert shelf.index() == 1
    assert_complete(shelf, business, 1)
    assert not shelf.search(business, "tarta de queso").degraded


def test_rebuild_of_one_business_and_of_all(shelf: Shelf) -> None:
    ours, theirs = shelf.open_business(), shelf.open_business()
    for business in (ours, theirs):
        shelf.put(business, "a", f"Tarta de {business}")
    shelf.index()
    made = len(shelf.model.passages)
    assert indexing.rebuild(shelf.runtime, Deadline.after(30), ours) == 1
    assert indexing.rebuild(shelf.runtime, Deadline.after(30)) == 2
    assert len(shelf.model.passages) == made, "vectors come from the cache"
    for business in (ours, theirs):
        assert_complete(shelf, business, 1)


def test_model_that_is_away_leaves_everything_waiting(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.put(business, "a", "Tarta")
    shelf.model.down = True
    with pytest.raises(DependencyDown):
        indexing.drain(shelf.runtime, Deadline.after(5))
    assert waiting(shelf) == 1
    shelf.model.down = False
    assert shelf.index() == 1


# --- Another model, another place ------------------------------------------------------------------------------------


def test_another_model_is_filled_while_the_old_one_serves(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    business = shelf.open_business()
    for number in range(5):
        shelf.put(business, str(number), f"Documento {number}")
    shelf.index()
    old_collection = serving(shelf, business)[0]
    new_model = LettersModel("letters-2", dimensions=64)
    changed = shelf.another_runtime(embedding_model=new_model, _older_models={"letters-1": shelf.model})
    monkeypatch.setattr(indexing, "BATCH", 2)
    monkeypatch.setattr(indexing, "TURN_BATCHES", 2)
    indexing.reconcile(changed, Deadline.after(20))
    monkeypatch.setattr(repository, "claim", once(repository.claim))
    assert indexing.drain(changed, Deadline.after(20)) == 4
    monkeypatch.undo()

    shelf.runtime = changed
    asked = len(shelf.model.queries)
    result = shelf.search(business, "documento 3")
    assert (result.degraded, result.hits[0].id) == (False, "3")
    assert len(shelf.model.queries) == asked + 1, "the old index is asked with the old model"
    shelf.put(business, "5", "Documento 5")

    assert indexing.drain(changed, Deadline.after(20)) == 3
    assert serving(shelf, business) == (places.shared_collection("letters-2", business, 2), "letters-2")
    assert_complete(shelf, business, 6)
    assert held(shelf, business, old_collection) == set()
    assert rows(shelf, "SELECT count(*) FROM index_generations") == [(1,)]
    assert not shelf.search(business, "documento 4").degraded  # and finds out that another index serves now
    asked = len(shelf.model.queries)
    assert not shelf.search(business, "documento 2").degraded
    assert len(shelf.model.queries) == asked


def test_model_changed_back_in_the_middle(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    business = shelf.open_business()
    for number in range(5):
        shelf.put(business, str(number), f"Documento {number}")
    shelf.index()
    changed = shelf.another_runtime(
        embedding_model=LettersModel("letters-2", dimensions=64), _older_models={"letters-1": shelf.model}
    )
    with monkeypatch.context() as patch:
        patch.setattr(indexing, "BATCH", 2)
        patch.setattr(indexing, "TURN_BATCHES", 1)
        indexing.reconcile(changed, Deadline.after(20))
        patch.setattr(repository, "claim", once(repository.claim))
        indexing.drain(changed, Deadline.after(20))
    shelf.index()
    assert serving(shelf, business)[1] == "letters-1"
    assert rows(shelf, "SELECT count(*) FROM index_generations") == [(1,)]
    assert_complete(shelf, business, 5)


def test_old_model_that_cannot_be_had_any_more_leaves_the_full_text(shelf: Shelf) -> None:
    business = shelf.open_business()
    shelf.put(business, "a", "Tarta de queso")
    shelf.index()
    shelf.model.down = True
    shelf.runtime = shelf.another_runtime(
        embedding_model=LettersModel("letters-2"), _older_models={"letters-1": shelf.model}
    )
    result = shelf.search(business, "tarta de queso")
    assert result.degraded
    assert [hit.id for hit in result.hits] == ["a"]


def test_large_business_moves_to_a_collection_of_its_own(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    business = shelf.open_business()
    shelf.put(business, "a", "Tarta de queso")
    shelf.index()
    monkeypatch.setattr(places, "OWN_COLLECTION_DOCUMENTS", 2)
    for number in range(3):
        shelf.put(business, str(number), f"Documento {number}")
    shelf.index()
    assert serving(shelf, business)[0] == places.own_collection("letters-1", business)
    assert_complete(shelf, business, 4)
    shared = places.shared_collection("letters-1", business, 2)
    assert held(shelf, business, shared) == set()
    for _ in range(2):  # found out, and remembered
        result = shelf.search(business, "tarta de queso")
        assert (result.degraded, result.hits[0].id) == (False, "a")
    documents.remove(shelf.runtime, business, "0", Deadline.after(5))
    documents.remove(shelf.runtime, business, "1", Deadline.after(5))
    shelf.index()
    assert serving(shelf, business)[0] == places.own_collection("letters-1", business), "it does not move to and fro"


def test_without_a_vector_store_nothing_is_lost(build_shelf: BuildShelf, chroma: Chroma) -> None:
    shelf = build_shelf(chroma, settings=Settings())
    business = shelf.open_business()
    shelf.put(business, "a", "Tarta de queso")
    assert shelf.index() == 0
    assert shelf.search(business, "queso").degraded
    assert waiting(shelf) == 1
