"""100,000 attempts to be shown what is another business's: 10,000 documents of 200 businesses, two tenants at a time."""

from __future__ import annotations

import random
import threading
import time
from contextlib import ExitStack, closing

from cafe_ai.bootstrap import Runtime
from cafe_ai.catalogue import indexing
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.platform.vectors import VectorStore
from cafe_ai.settings import Settings
from tests.bench.report import Result, table
from tests.bench.shops import Shop, create_database, drop_database
from tests.support.chroma import running_chroma
from tests.support.embeddings import LettersModel
from tests.support.isolation import Attack, harmed, victims_of
from tests.support.many_shops import open_many_shops

PRODUCTS, NOTES, THREADS = 30, 20, 2


def measure(shop: Shop, quick: bool) -> Result:
    """Raises AssertionError where anything leaked or was changed."""
    shops, attempts = (20, 2_000) if quick else (200, 100_000)
    database = create_database(shop.database.server, "isolation")
    with ExitStack() as stack:
        chroma = stack.enter_context(running_chroma())
        vectors = stack.enter_context(closing(VectorStore(chroma.url)))
        model = LettersModel()

        def build() -> Runtime:
            connection = stack.enter_context(closing(Database(database.app)))
            settings = Settings(chroma_url=chroma.url, index_buckets=4)
            return Runtime.of(settings, database=connection, vectors=vectors, embedding_model=model, index_queue=None)

        runtime = build()
        many = open_many_shops(database, runtime, shops=shops, products=PRODUCTS, notes=NOTES)
        documents = indexing.drain(runtime, Deadline.after(1_800))
        victims = victims_of(database, runtime, many)
        attacks = [Attack(database, build(), many, victims, random.Random(seed)) for seed in range(THREADS)]
        threads = [threading.Thread(target=attack.run, args=(attempts // THREADS,)) for attack in attacks]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - started
        leaks = [leak for attack in attacks for leak in attack.leaks]
        done, hits = sum(attack.attempts for attack in attacks), sum(attack.hits for attack in attacks)
        changed = harmed(database, many, PRODUCTS + NOTES)
    drop_database(database)
    if leaks or changed or done != attempts:
        raise AssertionError(
            f"{done:,} attempts, {len(leaks)} leaks, {len(changed)} changed: {leaks[:3]} {changed[:3]}"
        )
    heads = ("documents", "businesses", "attempts", "hits, each judged", "another's", "documents changed", "seconds")
    row = (f"{documents:,}", shops, f"{done:,}", f"{hits:,}", len(leaks), len(changed), f"{seconds:.0f}")
    return Result(table(heads, [row]), {"attempts": done, "hits": hits, "leaks": leaks, "seconds": seconds})
