"""SnapStart: what a snapshot of the query function holds, and what becomes of those that start from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cafe_ai import snapshot
from cafe_ai.bootstrap import Runtime
from cafe_ai.settings import Settings
from tests.support.factories import Factory, Line
from tests.support.gateway import http_event
from tests.support.issuer import AUDIENCE, running_issuer
from tests.support.postgres import TestDatabase

ROOT = Path(__file__).parents[3]
PROCESS = "tests.integration.snapshot.snapshot_process"


def environ(database: TestDatabase, issuer_url: str) -> dict[str, str]:
    """A query function's that has everything: the stores and the model are nowhere, so whoever calls one is found out."""
    nowhere = "http://127.0.0.1:9"
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "layers" / "core"))),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
        "AWS_REGION": "eu-west-1",
        "DATABASE_URL": database.app,
        "JWT_ISSUER": issuer_url,
        "JWT_AUDIENCE": AUDIENCE,
        "CHROMA_URL": nowhere,
        "OPENAI_API_KEY": "sk-none",
        "OPENAI_BASE_URL": nowhere,
        "LOG_LEVEL": "ERROR",
    }


@pytest.fixture(scope="module", params=[False, True], ids=["as it is started", "after a request of its own"])
def seen(request: pytest.FixtureRequest, module_database: TestDatabase, factory: Factory) -> dict[str, Any]:
    """A snapshot and three starts from it; once the process had answered a question, and so connected, before."""
    business_id = factory.insert_business(name="Café Central", timezone="Europe/Madrid", currency="EUR")
    coffee = factory.insert_product(business_id, "Café solo")
    factory.insert_order(business_id, [Line(coffee, 2, 10)], ordered_at=datetime(2026, 4, 4, 12, tzinfo=UTC))
    owner = factory.insert_membership(business_id)
    asked = {"query": "¿Cuánto vendimos en abril?", "business_id": str(business_id), "as_of": "2026-05-31T12:00:00"}
    with running_issuer() as issuer:
        event = http_event("/api/v1/ai/query", asked, token=issuer.token(owner))
        event["asked_before"] = request.param
        done = subprocess.run(
            [sys.executable, "-m", PROCESS],
            input=json.dumps(event),
            env=environ(module_database, issuer.url),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_no_connection_is_open_in_the_snapshot(seen: dict[str, Any]) -> None:
    assert seen["sockets"] == []


def test_what_is_slow_to_import_is_in_the_snapshot(seen: dict[str, Any]) -> None:
    assert {"openai", "chromadb.api.fastapi", "boto3", "cafe_ai.assistants.prose"} <= set(seen["modules"])


def test_each_start_answers_its_first_question(seen: dict[str, Any]) -> None:
    for start in seen["starts"]:
        assert start["status"] == 200
        assert "20,00" in start["body"]["response"]


def test_a_first_question_finds_everything_loaded(seen: dict[str, Any]) -> None:
    assert [start["imported"] for start in seen["starts"]] == [[], [], []]


def test_each_start_has_a_connection_and_ids_of_its_own(seen: dict[str, Any]) -> None:
    starts = seen["starts"]
    assert len({start["backend"] for start in starts}) == len(starts)
    assert len({start["id"] for start in starts}) == len(starts)
    assert len({start["body"]["conversation_id"] for start in starts}) == len(starts)


def test_each_start_draws_its_own_random_numbers(seen: dict[str, Any]) -> None:
    starts = seen["starts"]
    assert len({start["drawn_as_its_siblings"] for start in starts}) == 1  # until it is renewed
    assert len({start["drawn"] for start in starts}) == len(starts)


def test_a_restored_runtime_keeps_its_settings_and_nothing_else() -> None:
    class Closing:
        closed = False

        def close(self) -> None:
            self.closed = True

    settings, database = Settings(jwks_url="http://127.0.0.1:9/jwks"), Closing()
    runtime = Runtime.of(settings, database=database)
    keys = runtime.keys
    runtime.after_restore()
    assert database.closed
    assert runtime.settings is settings
    assert runtime.keys is not keys
    assert set(vars(runtime)) == {"settings", "keys"}


def test_a_function_loads_for_what_it_is_configured_to_use() -> None:
    assert not {"openai", "valkey", "chromadb.config"} & set(snapshot.used_later(Settings()))
    assert "openai" in set(
        snapshot.used_later(Settings(openai_secret_arn="arn:aws:secretsmanager:eu-west-1:1:secret:x"))
    )
    assert "chromadb.config" in set(snapshot.used_later(Settings(chroma_url="http://127.0.0.1:9")))
