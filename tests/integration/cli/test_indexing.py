"""`cafe-ai rebuild-index`, where there is no vector store to index in. That it rebuilds is shown end to end."""

from __future__ import annotations

from contextlib import closing

import pytest

from cafe_ai.intake import service
from cafe_ai.platform.db import Database
from infra.local import cli
from infra.local.postgres import free_port
from infra.local.sample_business import BUSINESS, load_documents
from tests.support.postgres import TestDatabase


@pytest.fixture
def command(database: TestDatabase) -> list[str]:
    with closing(Database(database.saas)) as shops:
        service.ensure_business(shops, BUSINESS, {})
    load_documents(database.app)
    return ["rebuild-index", "--business", str(BUSINESS.id), "--database-url", database.app]


def test_without_a_vector_store_it_says_what_to_set(
    command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHROMA_URL", raising=False)
    assert cli.main(command) == 1
    assert "set CHROMA_URL" in capsys.readouterr().err


def test_a_vector_store_that_is_away_is_named_and_nothing_is_lost(
    command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMA_URL", f"http://127.0.0.1:{free_port()}")
    assert cli.main(command) == 1
    told = capsys.readouterr().err
    assert "The vector store cannot be used" in told
    assert "Traceback" not in told
