"""`cafe-ai correct-review`, and what `import-reviews` says of the reading, as someone at a terminal meets them."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from infra.local import cli
from tests.support.factories import Factory
from tests.support.postgres import TestDatabase


@pytest.fixture(autouse=True)
def at_a_terminal(database: TestDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CAFE_AI_DATABASE_URL", database.saas)
    monkeypatch.setenv("CAFE_AI_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def test_a_review_is_corrected_by_its_own_id(database: TestDatabase, capsys: pytest.CaptureFixture[str]) -> None:
    factory = Factory.connected(database)
    business = factory.insert_business()
    factory.insert_review(business, "Muy rico", external_id="R1")
    factory.connection.close()
    for label in ("negative", "neutral"):
        assert cli.main(("correct-review", "R1", label, "--business", str(business))) in (0, None)
    assert "is neutral from now on" in capsys.readouterr().out
    assert cli.main(("correct-review", "R2", "negative", "--business", str(business))) == 1
    assert "has no review 'R2'" in capsys.readouterr().err
    with psycopg.connect(database.superuser) as connection:
        assert connection.execute("SELECT label FROM review_corrections").fetchall() == [("neutral",)]


def test_an_import_says_when_reviews_are_read(
    database: TestDatabase, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    factory = Factory.connected(database)
    business = factory.insert_business()
    factory.connection.close()
    reviews = tmp_path / "reviews.csv"
    reviews.write_text("text,date\nMuy rico,2026-05-01\n", encoding="utf-8")
    assert cli.main(("import-reviews", str(reviews), "--business", str(business))) in (0, None)
    assert "read each night" in capsys.readouterr().err
