"""A search's time and its parts: 10,000 documents of 200 businesses, the offline model, Chroma and PostgreSQL on loopback."""

from __future__ import annotations

import random
import statistics
import time
from contextlib import closing
from dataclasses import replace
from uuid import UUID

from cafe_ai import embeddings
from cafe_ai.bootstrap import Runtime
from cafe_ai.catalogue import indexing, ranking, repository, service
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.platform.vectors import VectorStore
from cafe_ai.settings import Settings
from tests.bench.measuring import Spread
from tests.bench.parts import Stopwatch
from tests.bench.report import Result, table
from tests.bench.shops import Shop, create_database, drop_database
from tests.support.chroma import running_chroma
from tests.support.many_shops import DISHES, FLAVOURS, QUERIES, ManyShops, open_many_shops

PARTS = {
    "embed": "embedding of the query (use-m3)",
    "vectors": "vector store",
    "sql": "SQL",
    "rank": "ranking of the candidates",
    "rest": "the rest: transaction, reading of diets, passages",
}
BUCKETS = (Settings().index_buckets, 1)


def measure(shop: Shop, quick: bool) -> Result:
    """Each search another text in another business, one after the other; with and without the vector store."""
    shops, searches = (20, 60) if quick else (200, 1_000)
    rows, raw = [], {}
    model = embeddings.build(Settings())
    for buckets in BUCKETS:
        database = create_database(shop.database.server, f"search_{buckets}")
        with running_chroma() as chroma, closing(Database(database.app)) as connection:
            vectors = VectorStore(chroma.url)
            settings = Settings(chroma_url=chroma.url, index_buckets=buckets)
            runtime = Runtime.of(settings, database=connection, embedding_model=model, vectors=vectors)
            many = open_many_shops(database, runtime, shops=shops, products=30, notes=20)
            started = time.perf_counter()
            documents = indexing.drain(runtime, Deadline.after(1_800))
            seconds = time.perf_counter() - started
            name = f"{documents:,} documents, {buckets} shared collection{'s' if buckets > 1 else ''}"
            raw[name] = _search(runtime, many, searches) | {"indexing_seconds": seconds}
            rows.append([name, *_row(raw[name], searches)])
            if buckets == BUCKETS[-1]:
                without = Runtime.of(replace(settings, chroma_url=None), database=connection, vectors=None)
                raw["without the vector store"] = _search(without, many, searches)
                rows.append(["without the vector store", *_row(raw["without the vector store"], searches)])
            vectors.close()
        drop_database(database)
    indexed = ", ".join(
        f"{name}: {told['indexing_seconds']:.0f} s" for name, told in raw.items() if "indexing_seconds" in told
    )
    heads = ("ms", "all, p50 (quartiles)", "all, p95", *(f"{what}, p50" for what in PARTS.values()), "n")
    return Result(table(heads, rows) + f"\n\nIndexing all of it once: {indexed}.", raw)


def _row(told: dict[str, list[float]], searches: int) -> list[object]:
    whole = Spread.of(told["all"])
    parts = [f"{statistics.median(told[part]):.1f}" for part in PARTS]
    return [whole.text(), f"{whole.p95:.1f}", *parts, searches]


def _search(runtime: Runtime, many: ManyShops, searches: int) -> dict[str, list[float]]:
    rng = random.Random(11)
    stopwatch = Stopwatch()
    kept = {name: getattr(owner, name) for owner, name, _ in _timed()}
    for owner, name, part in _timed():
        stopwatch.wrap(owner, name, part)
    told: dict[str, list[float]] = {part: [] for part in ("all", *PARTS)}
    try:
        for number in range(-20, searches):
            business, text = rng.choice(many.ids), _text(rng)
            milliseconds = _once(runtime, business, text)
            spent = stopwatch.take()
            if number < 0:
                continue
            told["all"].append(milliseconds)
            for part in PARTS:
                told[part].append(spent.get(part, 0.0))
            told["rest"][-1] = milliseconds - sum(spent.values())
    finally:
        for owner, name, _ in _timed():
            setattr(owner, name, kept[name])
    return told


def _timed() -> list[tuple[object, str, str]]:
    return [
        (service, "embed_query", "embed"),
        (VectorStore, "query", "vectors"),
        (repository, "select_serving", "sql"),
        (repository, "count_some", "sql"),
        (repository, "select_candidates", "sql"),
        (ranking, "rank", "rank"),
    ]


def _text(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return f"{rng.choice(QUERIES)} {rng.randint(1, 10_000)}"
    return f"{rng.choice(DISHES)} {rng.choice(('de', 'con', 'sin'))} {rng.choice(FLAVOURS)} {rng.randint(1, 10_000)}"


def _once(runtime: Runtime, business: UUID, text: str) -> float:
    started = time.perf_counter()
    result = service.search(runtime, business, text, limit=10, deadline=Deadline.after(10))
    milliseconds = (time.perf_counter() - started) * 1000
    if result.degraded != (runtime.vectors is None):
        raise AssertionError(f"{text!r} was answered by another part than is measured.")
    return milliseconds
