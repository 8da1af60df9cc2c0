"""No search shows a business what is another's. `python -m tests.bench isolation` makes 100,000 attempts."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from cafe_ai.bootstrap import Runtime
from cafe_ai.catalogue import indexing, repository
from cafe_ai.platform import vectors as platform_vectors
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.platform.vectors import VectorStore
from cafe_ai.settings import Settings
from tests.support.chroma import Chroma, running_chroma
from tests.support.embeddings import LettersModel
from tests.support.isolation import Attack, Victim, harmed, victims_of
from tests.support.many_shops import ManyShops, open_many_shops
from tests.support.postgres import TestDatabase

PRODUCTS, NOTES = 6, 4


@dataclass(frozen=True)
class Ground:
    database: TestDatabase
    chroma: Chroma
    runtime: Runtime
    shops: ManyShops
    victims: dict[UUID, Victim]

    def attack(self, runtime: Runtime, seed: int) -> Attack:
        return Attack(self.database, runtime, self.shops, self.victims, random.Random(seed))

    def another_runtime(self) -> Runtime:
        """Another environment that shares this one's vector store and memory of queries."""
        members = {name: getattr(self.runtime, name) for name in ("vectors", "embedding_model", "recent_queries")}
        return Runtime.of(
            self.runtime.settings, **members, database=Database(self.database.app, connect_timeout=2), index_queue=None
        )


@pytest.fixture(scope="module")
def ground(module_database: TestDatabase) -> Iterator[Ground]:
    with running_chroma() as chroma:
        runtime = Runtime.of(
            Settings(chroma_url=chroma.url, index_buckets=2),
            database=Database(module_database.app, connect_timeout=2),
            embedding_model=LettersModel(),
        )
        shops = open_many_shops(module_database, runtime, shops=12, products=PRODUCTS, notes=NOTES)
        indexing.drain(runtime, Deadline.after(120))
        yield Ground(module_database, chroma, runtime, shops, victims_of(module_database, runtime, shops))
        runtime.database.close()
        assert runtime.vectors is not None
        runtime.vectors.close()


def test_no_attempt_shows_what_is_anothers(ground: Ground) -> None:
    attack = ground.attack(ground.runtime, 1)
    attack.run(1_000)
    assert attack.leaks == []
    assert attack.hits > 1_000, "the attempts find a lot, all of it their own"
    assert harmed(ground.database, ground.shops, PRODUCTS + NOTES) == []


def test_tenants_at_once_on_one_vector_store_stay_apart(ground: Ground) -> None:
    attacks = [ground.attack(ground.another_runtime(), seed) for seed in (2, 3, 4)]
    threads = [threading.Thread(target=attack.run, args=(150,)) for attack in attacks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for attack in attacks:
        attack.runtime.database.close()
    assert [attack.attempts for attack in attacks] == [150] * 3
    assert [leak for attack in attacks for leak in attack.leaks] == []


def test_attempts_notice_a_vector_store_without_its_filter(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_vectors, "_of", lambda *_: {"business_id": {"$ne": ""}})
    attack = ground.attack(ground.runtime, 5)
    monkeypatch.setattr(attack, "write_and_search", lambda *_: None)  # it would mark what it writes as nobody's
    attack.run(200)
    assert attack.leaks


def test_hits_are_read_back_under_row_level_security(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the vector store to give away everything, and the statements not to ask for the business: still nothing."""
    own, other = ground.shops.ids[:2]
    victim = ground.victims[other]
    statement = repository.SELECT_CANDIDATES.replace("AND found.business_id = %(business_id)s", "")
    statement = statement.replace("WHERE business_id = %(business_id)s AND kind", "WHERE kind")
    monkeypatch.setattr(repository, "SELECT_CANDIDATES", statement)
    with ground.runtime.database.transaction(own) as uow:
        found = repository.select_candidates(
            uow, own, collection=None, keys=[UUID(victim.key)], words=victim.mark, kinds=("product", "document"),
            listed_only=False, lexical=100, others=100,
        )  # fmt: skip
    assert found
    assert all(ground.shops.marks[own] in each.content for each in found)


@pytest.mark.parametrize("business", ["", "*", None, {"$ne": ""}, ["a"]])
def test_vector_store_takes_no_business_that_is_no_uuid(ground: Ground, business: object) -> None:
    store = VectorStore(ground.chroma.url)
    with pytest.raises(TypeError):
        store.upsert(business, "cafe", "document", {"a": [1.0]}, Deadline.after(5))  # type: ignore[arg-type]
    store.close()
