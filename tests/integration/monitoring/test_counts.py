"""What is counted of the inferences is what the audit's rows say, however they were written; and no more is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from cafe_ai.audit import service as audit
from cafe_ai.audit.model import Inference
from cafe_ai.bootstrap import Runtime
from cafe_ai.errors import DependencyDown
from cafe_ai.monitoring import service
from cafe_ai.monitoring.model import BUCKET_SECONDS, Totals
from cafe_ai.platform.clock import Deadline, now_utc
from cafe_ai.platform.db import Database
from cafe_ai.settings import Settings
from tests.support.inferences import MOMENT, an_inference
from tests.support.postgres import TestDatabase

USER, BUSINESS = uuid4(), uuid4()


@pytest.fixture
def runtime(database: TestDatabase) -> Iterator[Runtime]:
    """The application's runtime on an empty database."""
    made = Runtime.of(Settings(), database=Database(database.app), audit_queue=None)
    yield made
    made.database.close()


def write(runtime: Runtime, **changes: Any) -> Inference:
    inference = an_inference(changes.pop("user_id", USER), changes.pop("business_id", None), **changes)
    audit.store(runtime, inference, None, Deadline.after(5))
    return inference


def a_day(runtime: Runtime) -> list[Inference]:
    """Inferences of every sort, of several users and businesses."""
    sorts = product(("/api/v1/ai/query", "/api/v1/ai/recommend"), ("gpt-6-luna", "rules"), ("success", "error"))
    return [
        write(
            runtime,
            user_id=uuid4(),
            endpoint=endpoint,
            model_name=model,
            status=status,
            degraded=model == "rules" and number % 2 == 0,
            response_time_ms=37 * number**2,
            tokens_used=10 * number,
            prompt_tokens=7 * number,
            completion_tokens=3 * number,
            cost_usd=Decimal(number) / 1_000_000,
            timestamp=MOMENT + timedelta(hours=number),
        )
        for number, (endpoint, model, status) in enumerate([*sorts] * 5)
    ]


def test_the_totals_are_those_of_the_rows(runtime: Runtime) -> None:
    written = a_day(runtime)
    totals = Totals.of(service.counts(runtime.database))
    assert totals == Totals(
        requests=len(written),
        errors=sum(one.status == "error" for one in written),
        degraded=sum(one.degraded for one in written),
        prompt_tokens=sum(one.prompt_tokens for one in written),
        completion_tokens=sum(one.completion_tokens for one in written),
        tokens_used=sum(one.tokens_used for one in written),
        cost_usd=sum((one.cost_usd for one in written), Decimal(0)),
        response_ms=sum(one.response_time_ms for one in written),
    )
    by_model = service.totals_by("model_name", service.counts(runtime.database))
    assert {name: one.requests for name, one in by_model.items()} == Counter(one.model_name for one in written)


def test_counting_as_they_are_written_and_counting_the_rows_agree(runtime: Runtime) -> None:
    a_day(runtime)
    assert service.counts(runtime.database) == service.counts(runtime.database, MOMENT)


def test_only_inferences_from_a_moment_on_are_counted(runtime: Runtime) -> None:
    written = a_day(runtime)
    since = MOMENT + timedelta(hours=20)
    counted = Totals.of(service.counts(runtime.database, since))
    assert counted.requests == sum(one.timestamp >= since for one in written) < len(written)


def test_an_inference_that_is_written_twice_counts_once(runtime: Runtime) -> None:
    inference = write(runtime)
    audit.store(runtime, inference, None, Deadline.after(5))
    assert Totals.of(service.counts(runtime.database)).requests == 1


def test_what_is_not_committed_does_not_count(runtime: Runtime, database: TestDatabase) -> None:
    with psycopg.connect(database.superuser) as connection:
        connection.execute(
            """INSERT INTO ai_audit_logs (id, model_name, prompt, response, response_time_ms, endpoint, status, "timestamp")
               VALUES (gen_random_uuid(), 'rules', '', '', 1, '/x', 'success', now())"""
        )
        connection.rollback()
    assert service.counts(runtime.database) == []


def test_writers_at_once_do_not_wait_for_one_another(database: TestDatabase) -> None:
    """Two open transactions count the same endpoint, unless the server gave both the same shard."""
    statement = """INSERT INTO ai_audit_logs (id, model_name, prompt, response, response_time_ms, endpoint, status, "timestamp")
                   VALUES (gen_random_uuid(), 'rules', '', '', 1, '/x', 'success', now())"""
    with psycopg.connect(database.superuser) as first:
        others = [psycopg.connect(database.superuser) for _ in range(3)]
        shards = [connection.info.backend_pid % 16 for connection in (first, *others)]
        first.execute(statement)
        for other, shard in zip(others, shards[1:], strict=True):
            if shard != shards[0]:
                other.execute("SET lock_timeout = '2s'")
                other.execute(statement)
            other.close()
        assert len(set(shards)) > 1


@pytest.mark.parametrize("bound", BUCKET_SECONDS)
def test_a_time_belongs_to_the_class_whose_bound_it_does_not_exceed(runtime: Runtime, bound: float) -> None:
    write(runtime, response_time_ms=round(bound * 1000), endpoint="at")
    write(runtime, response_time_ms=round(bound * 1000) + 1, endpoint="over")
    at, over = service.counts(runtime.database)
    place = BUCKET_SECONDS.index(bound)
    assert (at.bucket, over.bucket) == (place, place + 1)


def test_ids_are_no_part_of_an_endpoints_name(runtime: Runtime) -> None:
    write(runtime, endpoint=f"/api/v1/ai/jobs/{uuid4()}")
    write(runtime, endpoint=f"/api/v1/ai/jobs/{str(uuid4()).upper()}", status="error", error_message="TimeoutError: x")
    for since in (None, MOMENT):
        assert {count.endpoint for count in service.counts(runtime.database, since)} == {"/api/v1/ai/jobs/{id}"}
    assert service.recent_errors(runtime.database, 1)[0].endpoint == "/api/v1/ai/jobs/{id}"


def test_recent_errors_are_told_by_their_class_alone(runtime: Runtime) -> None:
    messages = {
        "PermissionDenied: You are not a member of this business.": "PermissionDenied",
        "ValueError: Ana García, ana@example.com": "ValueError",
        "APIConnectionError: no route": "APIConnectionError",
        "Ana: ¿por qué no contesta?": "other",
        "no vendimos nada a María": "other",
        None: "other",
    }
    now = now_utc()
    for age, message in enumerate(messages):
        write(runtime, status="error", error_message=message, prompt="de María", timestamp=now - timedelta(minutes=age))
    write(runtime, timestamp=now + timedelta(minutes=1))
    found = service.recent_errors(runtime.database, 10)
    assert [one.error for one in found] == list(messages.values())
    assert "Mar" not in repr(found)
    assert [one.timestamp for one in found] == sorted((one.timestamp for one in found), reverse=True)
    assert len(service.recent_errors(runtime.database, 2)) == 2
    assert service.recent_errors(runtime.database, -1) == []


def test_the_counts_stay_when_words_are_erased(runtime: Runtime, database: TestDatabase) -> None:
    before = (a_day(runtime), service.counts(runtime.database))[1]
    with psycopg.connect(database.superuser, autocommit=True) as superuser:
        superuser.execute("UPDATE ai_audit_logs SET prompt = '', response = ''")
        superuser.execute("DELETE FROM ai_audit_logs WHERE status = 'error'")
    assert service.counts(runtime.database) == before


def test_a_database_that_is_away_is_said_to_be() -> None:
    away = Database("postgresql://cafe_ai_app@127.0.0.1:1/nothing", connect_timeout=2)
    with pytest.raises(DependencyDown):
        service.counts(away)
