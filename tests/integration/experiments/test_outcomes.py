"""From answers and ratings in the database to the printed report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from cafe_ai.audit.repository import insert as insert_inference
from cafe_ai.conversations.repository import insert as insert_turn
from cafe_ai.conversations.repository import upsert_feedback
from cafe_ai.experiments import service
from cafe_ai.llm.prompt_book import Experiment, Variant
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from infra.local.cli import main
from infra.local.commands.experiments import write_report
from tests.support.factories import Factory
from tests.support.inferences import a_turn, an_inference
from tests.support.postgres import TestDatabase

VARIANTS = (Variant("prose.v1", 1), Variant("prose.v2", 1))
EXPERIMENT = Experiment("prose-opening", "prose", True, date(2026, 11, 25), "s", VARIANTS)
DURING = datetime(2026, 11, 25, 8, tzinfo=UTC)


@pytest.fixture
def shop(database: TestDatabase) -> Iterator[Factory]:
    factory = Factory.connected(database)
    yield factory
    factory.connection.close()


@pytest.fixture
def app(database: TestDatabase) -> Iterator[Database]:
    with closing(Database(database.app)) as connected:
        yield connected


def answer(app: Database, business: UUID, version: str | None, *ratings: str, **changes: Any) -> UUID:
    """An answer of a new user to whom the variant was given, rated by this user one time after another."""
    user = uuid7()
    variants = version and {"prose-opening": version}
    inference = an_inference(user, business, **({"variants": variants, "timestamp": DURING} | changes))
    turn = a_turn(inference)
    with app.transaction(business, user) as uow:
        insert_turn(uow, turn)
        insert_inference(uow, inference)
    for rating in ratings:
        with app.transaction(None, user) as uow:
            upsert_feedback(uow, turn.id, rating, "un comentario")  # type: ignore[arg-type]
    return turn.id


def test_a_business_counts_once_by_the_first_rating_of_an_answer_with_the_variant(
    app: Database, shop: Factory, database: TestDatabase
) -> None:
    first, second, third, silent = (shop.insert_business() for _ in range(4))
    answer(app, first, None, "down")  # before it took part: not an answer with the variant
    answer(app, first, "prose.v1", "up", "down")
    answer(app, first, "prose.v1", "down", degraded=True)
    answer(app, second, "prose.v2", "down")
    answer(app, third, "prose.v1", "up", timestamp=datetime(2026, 11, 24, 23, 59, tzinfo=UTC))  # before it began
    answer(app, silent, "prose.v2")
    report = service.report(app, EXPERIMENT)
    control, other = report.variants
    assert (control.businesses, control.inferences, control.degraded) == (1, 2, 0.5)
    assert (control.ratings, control.ratings_up) == (2, 0), "what they think now"
    assert (control.rated, control.up) == (1, 1), "what they thought first"
    assert (other.businesses, other.rated, other.up, other.tokens) == (2, 1, 0, 450)
    [comparison] = report.comparisons
    assert (comparison.difference, comparison.pairs) == (-1.0, 1)
    with psycopg.connect(database.app, autocommit=True) as connection:
        rows = connection.execute("SELECT * FROM experiment_outcomes('prose-opening', '2026-11-25')").fetchall()
    told = str(rows)
    assert not any(str(business) in told for business in (first, second, silent)), "no business is named"
    assert "comentario" not in told


def test_an_erased_answer_still_counts(app: Database, shop: Factory) -> None:
    business = shop.insert_business()
    turn = answer(app, business, "prose.v1", "up")
    before = service.report(app, EXPERIMENT)
    with app.transaction(None, _author(app, business, turn)) as uow:
        assert uow.connection.execute("SELECT erase_conversation(%s)", [turn]).fetchone() == (True,)
    assert service.report(app, EXPERIMENT) == before


def _author(app: Database, business: UUID, turn: UUID) -> UUID:
    with app.transaction(business) as uow:
        row = uow.connection.execute("SELECT user_id FROM ai_audit_logs WHERE conversation_id = %s", [turn]).fetchone()
    assert row is not None
    return UUID(str(row[0]))


def test_the_report_is_printed(
    app: Database, shop: Factory, database: TestDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(app, shop.insert_business(), "prose.v1", "up")
    answer(app, shop.insert_business(), "prose.v2", "down")
    assert main(["experiments", "--database-url", database.app]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("prose-opening (running, since 2026-11-25)")
    assert "prose.v2 against prose.v1: -100.0 points" in printed
    assert "no difference is told yet." in printed
    lines = printed.splitlines()
    assert len({len(line) for line in lines[1:4]}) == 1, "the columns are even"


def test_an_experiment_without_ratings_says_so(app: Database) -> None:
    assert "nothing to compare yet" in write_report(service.report(app, EXPERIMENT))
