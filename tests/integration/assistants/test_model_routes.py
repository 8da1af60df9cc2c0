"""A type of business is given the model that was promoted for it; and the configured one where the server lost that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from cafe_ai.bootstrap import Runtime
from cafe_ai.errors import DependencyDown
from cafe_ai.llm.models import find_model
from cafe_ai.llm.openai_adapter import OpenAILanguageModel
from cafe_ai.model_routes import repository, service
from cafe_ai.model_routes.service import ModelRoutes
from cafe_ai.platform.db import Database
from cafe_ai.settings import Settings
from tests.integration.assistants.conftest import Shop
from tests.integration.assistants.test_examples import CLEVER, PLAN, free, write_example
from tests.support.openai_server import OpenAIServer

TUNED = "ft:gpt-4.1-mini-2025-04-14:org::abc123"
APRIL = "¿Cuánto vendimos en abril?"


@pytest.fixture
def owner(shop: Shop) -> Iterator[Database]:
    """As the owner of the tables, as operators are; the routes it wrote are taken away at the end."""
    with closing(Database(shop.database.owner)) as database:
        yield database
        with database.transaction() as uow:
            while repository.roll_back(uow, "cafeteria", "the test is over"):
                pass


@pytest.fixture
def routed(shop: Shop, server: OpenAIServer, owner: Database) -> Iterator[Shop]:
    """Café Central with the scripted server behind every model."""
    server.plan_for = {CLEVER: PLAN}
    made: list[OpenAILanguageModel] = []

    def build(name: str) -> OpenAILanguageModel:
        model = find_model(name, date(2026, 11, 25))
        made.append(OpenAILanguageModel(model, api_key="k", base_url=server.url, sleep=lambda _: None))
        return made[-1]

    runtime = Runtime.of(
        Settings(),
        database=shop.runtime.database,
        audit_queue=shop.runtime.audit_queue,
        language_model=build("gpt-6-luna"),
        model_routes=ModelRoutes(shop.runtime.database, build),
    )
    yield replace(shop, runtime=runtime)
    for model in made:
        model.close()


def promote(owner: Database, model: str = TUNED, business_type: str = "cafeteria") -> None:
    with owner.transaction() as uow:
        repository.promote(uow, business_type, model, {"right": 9}, "better")


def models_asked(server: OpenAIServer) -> list[str]:
    return [request.body["model"] for request in server.requests]


def test_the_types_model_plans_and_writes_and_is_audited_at_its_price(
    routed: Shop, owner: Database, server: OpenAIServer
) -> None:
    promote(owner, "gpt-6-sol", "gift_shop")
    promote(owner)
    answer = routed.ask(CLEVER)
    assert set(models_asked(server)) == {TUNED}
    assert answer.model_name == TUNED
    [audited] = routed.rows("ai_audit_logs")
    assert (audited["model_name"], audited["status"]) == (TUNED, "success")
    at_least = audited["prompt_tokens"] * 8 // 10 + audited["completion_tokens"] * 32 // 10  # .80 and 3.20 a million
    assert audited["cost_usd"] * 1_000_000 >= at_least > 0


def test_without_a_route_the_configured_model_is_asked(routed: Shop, owner: Database, server: OpenAIServer) -> None:
    promote(owner, TUNED, "gift_shop")
    assert routed.ask(APRIL).model_name == "gpt-6-luna"
    assert set(models_asked(server)) == {"gpt-6-luna"}


def test_a_model_that_the_server_lost_is_answered_for_by_the_configured_one(
    routed: Shop, owner: Database, server: OpenAIServer, caplog: pytest.LogCaptureFixture
) -> None:
    promote(owner)
    server.unknown_models = {TUNED}
    answer = routed.ask(APRIL)
    assert (answer.model_name, answer.degraded) == ("gpt-6-luna", False)
    assert models_asked(server) == [TUNED, "gpt-6-luna"]
    assert "does not know the model" in caplog.text
    routed.ask(APRIL)
    assert models_asked(server)[2:] == ["gpt-6-luna"]


def test_other_failures_of_the_routed_model_are_failures(routed: Shop, owner: Database, server: OpenAIServer) -> None:
    promote(owner)
    server.script("error_401")
    assert routed.ask(APRIL).degraded
    assert set(models_asked(server)) == {TUNED}


def test_a_rollback_gives_the_model_before_it_again(routed: Shop, owner: Database, server: OpenAIServer) -> None:
    promote(owner, "gpt-6-sol")
    promote(owner)
    with owner.transaction() as uow:
        assert repository.roll_back(uow, "cafeteria", "worse after all") == TUNED
    assert routed.ask(APRIL).model_name == "gpt-6-sol"
    with owner.transaction() as uow:
        told = repository.history(uow)
        assert [(route.model_name, route.rolled_back_reason) for route in told][:2] == [
            (TUNED, "worse after all"),
            ("gpt-6-sol", None),
        ]


@dataclass
class Flaky:
    """A database that is away until it is said to be back."""

    database: Database
    away: bool = True

    def transaction(self, **options: Any) -> Any:
        if self.away:
            raise DependencyDown("database")
        return self.database.transaction(**options)


def test_routes_are_read_once_and_stand_while_the_database_is_away(
    routed: Shop, owner: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    promote(owner)
    read = []
    current = repository.current
    monkeypatch.setattr(repository, "current", lambda uow: read.append(1) or current(uow))
    for _ in range(3):
        assert routed.ask(APRIL).model_name == TUNED
    assert len(read) == 1
    with closing(Database("postgresql://nobody@127.0.0.1:1/none", connect_timeout=1)) as away:
        routes = ModelRoutes(away, lambda _: None)
        model = routed.runtime.language_model
        assert model is not None
        assert routes.find(model, routed.member()) is None


def test_routes_that_could_not_be_read_are_read_again_within_seconds(
    routed: Shop, owner: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    promote(owner)
    now = [100.0]
    monkeypatch.setattr(service, "time", SimpleNamespace(monotonic=lambda: now[0]))
    model, database = routed.runtime.language_model, Flaky(routed.runtime.database)
    assert model is not None
    routes = ModelRoutes(database, routed.runtime.model_routes._build)  # type: ignore[arg-type]
    assert routes.find(model, routed.member()) is None
    database.away = False
    now[0] += service.SECONDS_TO_NEXT_TRY + 0.1
    found = routes.find(model, routed.member())
    assert found is not None
    assert found.name == TUNED


def test_a_trained_model_is_shown_no_examples(routed: Shop, owner: Database, server: OpenAIServer) -> None:
    write_example(
        routed,
        free([f"¿Qué tal el negociete por las mañanas de {word}?" for word in ("sol", "lluvia", "nieve")])[0],
        PLAN,
    )
    promote(owner)
    routed.ask(CLEVER)
    assert "examples" not in next(request for request in server.requests if request.plans).told


def test_the_runtime_builds_a_routed_model_with_its_own_key_and_address(shop: Shop, server: OpenAIServer) -> None:
    settings = Settings(openai_api_key="test-key", openai_base_url=server.url)
    built = Runtime.of(settings, database=shop.runtime.database).model_routes._build(TUNED)
    assert built is not None
    assert built.name == TUNED
    assert Runtime.of(Settings(), database=shop.runtime.database).language_model_for(shop.member()) is None
