"""Mixed load for a moment, and the same while what the stack depends on is killed: `make soak` and `make chaos` in short.

How long anything takes is measured by those two; here it only has to happen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from infra.local.state import read_state
from tests.load.chaos import chaos
from tests.load.outages import everything, kill_postgres, start_postgres
from tests.load.soak import soak
from tests.load.soak import told as told_of_soak
from tests.load.world import STACK_SETTINGS, ModelServer, World, people
from tests.support.local_stack import Stack, run_stack

pytestmark = pytest.mark.e2e

SECONDS_AWAY, SECONDS_TO_RECOVER = 3.0, 20.0
KILLED = ("PostgreSQL killed", "vector store killed", "language model killed", "workers killed")
ALL_STATUSES = {200, 201, 204, 401, 403, 404, 422}


@pytest.fixture(scope="module")
def world(stack: Stack) -> Iterator[World]:
    """The tests' stack, started again with a language model that can be killed. It is the last to use it."""
    model = ModelServer()
    model.start()
    try:
        run_stack(stack.layout, "stop")
        run_stack(stack.layout, "run", "--detach", settings={**STACK_SETTINGS, "OPENAI_BASE_URL": model.url})
        state = read_state(stack.layout)
        assert state is not None
        yield people(replace(stack, state=state), model)
    finally:
        model.kill()


def test_under_mixed_load_every_answer_is_in_the_contract_and_every_inference_in_the_audit(world: World) -> None:
    outcome = soak(world, minutes=0.5, users=2, between_jobs=8.0, judge_memory=False)
    assert outcome.complaints == [], told_of_soak(outcome)
    assert {call.status for call in outcome.calls} >= ALL_STATUSES
    assert {"Query", "Recommend", "emulator", "chroma"} <= {one.group for one in outcome.growth}


def test_what_is_killed_under_load_comes_back_and_nothing_is_lost(world: World) -> None:
    outages = [outage for outage in everything(world) if outage.name in KILLED]
    outcome = chaos(world, outages, SECONDS_AWAY, users=2, recovery=SECONDS_TO_RECOVER, calm=3.0)
    assert outcome.complaints == []
    refused = [call for call in outcome.episodes[0].during if call.status == 503]
    assert refused, "PostgreSQL was away and nobody noticed"


def test_an_answer_is_in_the_audit_though_the_database_is_killed_right_after_it(world: World) -> None:
    business = {"business_id": str(world.tenants[0].id)}
    for member in world.tenants[0].members[:5]:
        answer = world.stack.post({"query": "¿Cuánto vendimos ayer?", **business}, token=member.token)
    kill_postgres(world)
    start_postgres(world)
    assert answer.status_code == 200
    row = "SELECT count(*) FROM ai_audit_logs WHERE request_id = %s"
    assert world.stack.rows(row, answer.headers["x-request-id"]) == [(1,)]


def test_imports_alone_do_not_wait_for_the_disk(world: World) -> None:
    with psycopg.connect(world.state.dsn_app) as functions, psycopg.connect(world.state.dsn_saas) as imports:
        shown = [each.execute("SHOW synchronous_commit").fetchone() for each in (functions, imports)]
    assert shown == [("on",), ("off",)]
