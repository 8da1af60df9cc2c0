"""The database's own UUIDv7, which PostgreSQL 17 lacks."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg

from tests.support.postgres import TestDatabase


def new_ids(dsn: str, number: int) -> list[uuid.UUID]:
    with psycopg.connect(dsn) as connection:
        return [row[0] for row in connection.execute("SELECT new_id() FROM generate_series(1, %s)", [number])]


def test_layout_is_that_of_version_7(module_database: TestDatabase) -> None:
    before = time.time_ns() // 1_000_000
    made = new_ids(module_database.saas, 1000)
    after = time.time_ns() // 1_000_000
    assert {(made_id.version, made_id.variant) for made_id in made} == {(7, uuid.RFC_4122)}
    assert all(before <= made_id.int >> 80 <= after for made_id in made)


def test_all_other_bits_are_random(module_database: TestDatabase) -> None:
    random_bits = (0xFFF << 64) | ((1 << 62) - 1)
    ever_one, always_one = 0, random_bits
    for made_id in new_ids(module_database.saas, 1000):
        ever_one |= made_id.int & random_bits
        always_one &= made_id.int
    assert (ever_one, always_one) == (random_bits, 0)


def test_later_ids_sort_later(module_database: TestDatabase) -> None:
    with psycopg.connect(module_database.saas) as connection:
        made = [connection.execute("SELECT new_id(), pg_sleep(0.002)").fetchone()[0] for _ in range(20)]
        rounded = connection.execute(
            "SELECT array_agg(id ORDER BY id) FROM unnest(%s::uuid[]) AS id", [made]
        ).fetchone()
    assert made == sorted(made)
    assert rounded == (made,)


def test_ids_made_at_once_differ(module_database: TestDatabase) -> None:
    with ThreadPoolExecutor(4) as pool:
        batches = list(pool.map(lambda _: new_ids(module_database.saas, 20_000), range(4)))
    assert len({made_id for batch in batches for made_id in batch}) == 80_000
