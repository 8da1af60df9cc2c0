"""Reading the service's metrics when the audit has a million inferences, and what counting adds to writing one."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg

from cafe_ai.monitoring import prometheus, service
from cafe_ai.platform.clock import now_utc
from cafe_ai.platform.db import Database
from tests.bench.measuring import Spread
from tests.bench.report import Result, table
from tests.bench.shops import Shop
from tests.support.postgres import cloned, create_template

ROWS, DAYS = 1_000_000, 365
BLOCK = 50
GENERATE = """
INSERT INTO ai_audit_logs (id, user_id, business_id, model_name, prompt, response, prompt_tokens, completion_tokens,
                           tokens_used, cost_usd, response_time_ms, endpoint, status, error_message, "timestamp")
SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), (ARRAY['gpt-6-luna', 'rules', 'none'])[1 + i %% 3],
       repeat('p', 60), repeat('r', 400), 400, 50, 450, 0.000065, (random() * 3000)::int, 'endpoint ' || i %% 10,
       CASE WHEN random() < 0.01 THEN 'error' ELSE 'success' END, 'TimeoutError: x',
       now() - interval '1 day' * %(days)s * i / %(rows)s
  FROM generate_series(1, %(rows)s) AS i"""
COUNT_ALL = """
INSERT INTO ai_metrics
SELECT endpoint, model_name, status, degraded, bucket, shard, n, prompts, completions, tokens, usd, ms
  FROM (SELECT *, requests AS n, prompt_tokens AS prompts, completion_tokens AS completions, tokens_used AS tokens,
               cost_usd AS usd, response_ms AS ms FROM inference_counts_since('2000-01-01')) AS counted,
       generate_series(0, 15) AS shard"""
WRITE_ONE = """
INSERT INTO ai_audit_logs (id, model_name, prompt, response, response_time_ms, endpoint, status, "timestamp")
VALUES (gen_random_uuid(), 'rules', '', '', 1, 'endpoint 1', 'success', now())"""


def measure(shop: Shop, quick: bool) -> Result:
    """Each reading through the service, as the application's role; writing one after another, without counting and with it."""
    size = {"rows": ROWS // 100 if quick else ROWS, "days": DAYS}
    with cloned(create_template(shop.database.server)) as database:
        with psycopg.connect(database.superuser, autocommit=True) as superuser:
            superuser.execute("ALTER TABLE ai_audit_logs DISABLE TRIGGER counted")
            superuser.execute(GENERATE, size)
            superuser.execute(COUNT_ALL)
            superuser.execute("VACUUM ANALYZE ai_audit_logs")
            superuser.execute("VACUUM ANALYZE ai_metrics")
            writing = _writing(superuser, 100 if quick else 2000)
        with closing(Database(database.app)) as read:
            reading = {name: _times(call, 3 if quick else 15) for name, call in _readings(read).items()}
    times = {**reading, **writing}
    heads = (f"{size['rows']:,} inferences of a year", "ms")
    return Result(table(heads, [[name, Spread.of(found).text(2)] for name, found in times.items()]), times)


def _readings(database: Database) -> dict[str, Callable[[], Any]]:
    def last(days: int) -> Callable[[], Any]:
        return lambda: service.counts(database, now_utc() - timedelta(days=days))

    return {
        "GET /metrics: all of them as Prometheus's text": lambda: prometheus.exposition(service.counts(database), {}),
        "all of them counted": lambda: service.counts(database),
        "those of the last day": last(1),
        "those of the last 30 days": last(30),
        "the ten last errors": lambda: service.recent_errors(database, 10),
    }


def _writing(superuser: psycopg.Connection[Any], rows: int) -> dict[str, list[float]]:
    """In turn, block by block, so that both meet the same disk."""
    found: dict[str, list[float]] = {"writing an inference, not counted": [], "writing an inference, counted": []}
    for _ in range(rows // BLOCK):
        for state, times in zip(("DISABLE", "ENABLE"), found.values(), strict=True):
            superuser.execute(f"ALTER TABLE ai_audit_logs {state} TRIGGER counted".encode())
            times.extend(_times(lambda: superuser.execute(WRITE_ONE), BLOCK))
    return found


def _times(call: Callable[[], Any], number: int) -> list[float]:
    call()
    found = []
    for _ in range(number):
        started = time.perf_counter()
        call()
        found.append((time.perf_counter() - started) * 1000)
    return found
