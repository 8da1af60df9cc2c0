"""`cafe-ai fine-tune` from approved conversations to a promoted model, as an operator at a terminal goes through it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from cafe_ai.examples.held_out import is_held_out
from cafe_ai.platform.ids import uuid7
from infra.local import cli
from tests.security.upkeep import INSERT_EXAMPLE
from tests.support.factories import Factory, Line
from tests.support.openai_server import OpenAIServer
from tests.support.postgres import TestDatabase

Run = Callable[..., tuple[int, str, str]]

PLANS: dict[str, dict[str, Any]] = {
    **{
        f"¿Cuánto {verb} de Producto Alfa en {month}?": {
            "metrics": ["net_sales" if verb == "vendimos" else "units"],
            "period": f"--{number:02}",
            "only": ["product:Producto Alfa"],
        }
        for verb in ("vendimos", "despachamos", "sacamos")
        for number, month in enumerate("enero febrero marzo abril mayo junio julio agosto octubre".split(), 1)
    },
    **{
        f"How many {what} did we have in {month}?": {"metrics": [metric], "period": f"--{number:02}"}
        for what, metric in (
            ("orders", "orders"),
            ("sales", "net_sales"),
            ("units", "units"),
            ("returns", "returns"),
            ("discounts", "discounts"),
        )
        for number, month in enumerate("January February March April May June July August".split(), 1)
    },
}


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(PLANS) as started:
        yield started


@pytest.fixture
def business(database: TestDatabase) -> Iterator[UUID]:
    """Its examples are written, and not shared yet."""
    factory = Factory.connected(database)
    business = factory.insert_business()
    flan = factory.insert_product(business, "Flan", category="Postres")
    for month in range(1, 6):
        moment = datetime.fromisoformat(f"2026-{month:02}-10T10:00+00:00")
        factory.insert_order(business, [Line(flan, 2, Decimal(3))], ordered_at=moment)
    with closing(psycopg.connect(database.superuser, autocommit=True)) as superuser:
        for question, plan in PLANS.items():
            conversation = uuid7()
            superuser.execute(INSERT_EXAMPLE, [conversation, business, uuid7()])
            superuser.execute(
                "UPDATE approved_examples SET question = %s, plan = %s, locale = %s WHERE conversation_id = %s",
                [question, Jsonb(plan), "es" if question[0] == "¿" else "en", conversation],
            )
    yield business
    factory.connection.close()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, server: OpenAIServer) -> Run:
    """Runs a part of the command: its status, what it printed, and what it complained of."""
    monkeypatch.setenv("OPENAI_API_KEY", "test-key")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    for name in ("LLM_MODEL", "OPENAI_SECRET_ARN"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: object) -> tuple[int, str, str]:
        try:
            status = cli.main(["fine-tune", *map(str, arguments)])
        except SystemExit as left:
            status = int(left.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture
def exported(run: Run, database: TestDatabase, business: UUID, tmp_path: Path) -> Path:
    assert run("share", "on", "--business", business, "--database-url", database.saas)[0] == 0
    status, out, _ = run("export", "--type", "cafeteria", "--out", tmp_path, "--database-url", database.app)
    assert status == 0, out
    return tmp_path


def questions(path: Path) -> list[str]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line["messages"][1]["content"])["question"] for line in lines]


def test_nothing_is_exported_without_the_owners_agreement(
    run: Run, database: TestDatabase, business: UUID, tmp_path: Path
) -> None:
    run("export", "--type", "cafeteria", "--out", tmp_path, "--database-url", database.app)
    assert questions(tmp_path / "training.jsonl") == []
    run("share", "on", "--business", business, "--database-url", database.saas)
    run("export", "--type", "gift_shop", "--out", tmp_path, "--database-url", database.app)
    assert questions(tmp_path / "training.jsonl") == []
    run("share", "off", "--business", business, "--database-url", database.saas)
    run("export", "--type", "cafeteria", "--out", tmp_path, "--database-url", database.app)
    assert questions(tmp_path / "training.jsonl") == []


def test_files_are_exported_checked_and_priced(run: Run, exported: Path) -> None:
    trained, held_out = (questions(exported / name) for name in ("training.jsonl", "held_out.jsonl"))
    assert all(map(is_held_out, held_out))
    assert not any(map(is_held_out, trained))
    status, out, _ = run("check", exported, "--model", "gpt-4.1-mini", "--usd-per-million", "5")
    assert (status, f"{len(trained)} examples are in order" in out, "3 epochs cost about 0." in out) == (0, True, True)
    assert "give --usd-per-million" in run("check", exported, "--model", "gpt-4.1-mini")[1]
    (exported / "training.jsonl").write_text("{}\n", encoding="utf-8")
    status, _, err = run("check", exported, "--model", "gpt-4.1-mini")
    assert (status, "training, line 1: has no messages" in err) == (1, True)


def test_a_job_is_started_followed_and_cancelled(run: Run, exported: Path, server: OpenAIServer) -> None:
    status, out, _ = run("start", exported, "--model", "gpt-4.1-mini", "--suffix", "cafeteria")
    assert (status, out.split()[:2]) == (0, ["ftjob-1", "validating_files"])
    assert server.tuning.files["file-1"] == (exported / "training.jsonl").read_bytes()
    assert "ftjob-1" in run("status")[1]
    assert "Status: queued" in run("status", "ftjob-1")[1]
    assert "cancelled" in run("status", "ftjob-1", "--cancel")[1]
    server.tuning.behaviour = "unsupported"
    status, _, err = run("start", exported, "--model", "gpt-4.1-mini")
    assert (status, "offers no fine-tuning API" in err) == (1, True)


def test_files_with_faults_are_not_sent(run: Run, exported: Path, server: OpenAIServer) -> None:
    (exported / "training.jsonl").write_text("{}\n", encoding="utf-8")
    assert run("start", exported, "--model", "gpt-4.1-mini")[0] == 1
    assert server.tuning.requests == []


def test_a_model_that_did_as_well_is_promoted_shown_and_taken_back(
    run: Run, exported: Path, database: TestDatabase, business: UUID, server: OpenAIServer
) -> None:
    result = exported / "evaluation.json"
    asked = ("evaluate", "--type", "cafeteria", "--model", "tuned-1", "--out", result, "--database-url", database.app)
    status, out, err = run(*asked, "--business", business, "--as-of", "2026-05-13T12:00")
    assert (status, "It may be promoted." in out) == (0, True), out + err
    assert {request.body["model"] for request in server.requests} == {"gpt-6-luna", "tuned-1"}
    held_out = set(questions(exported / "held_out.jsonl"))
    shown = {
        e["question"] for r in server.requests for e in r.told.get("examples", ()) if r.body["model"] == "gpt-6-luna"
    }
    assert shown
    assert not shown & held_out
    assert not any("examples" in request.told for request in server.requests if request.body["model"] == "tuned-1")

    promoted = ("promote", "--type", "cafeteria", "--evaluation", result, "--database-url", database.owner)
    assert "cafeteria: tuned-1 from now on." in run(*promoted, "--reason", "as good, cheaper")[1]
    assert "tuned-1  since" in run("routes", "--database-url", database.owner)[1]
    back = ("rollback", "--type", "cafeteria", "--reason", "a complaint", "--database-url", database.owner)
    assert "tuned-1 is taken back" in run(*back)[1]
    assert "configured model already" in run(*back)[1]
    assert "taken back" in run("routes", "--database-url", database.owner)[1]


def test_a_model_that_did_worse_is_not_promoted(
    run: Run, exported: Path, database: TestDatabase, server: OpenAIServer
) -> None:
    result = exported / "evaluation.json"
    count = len(questions(exported / "held_out.jsonl"))
    server.script(planning=["good"] * count + ["decline"])
    asked = ("evaluate", "--type", "cafeteria", "--model", "tuned-1", "--out", result, "--database-url", database.app)
    status, out, _ = run(*asked)
    assert (status, f"{count} refusals, before 0" in out) == (0, True), out
    promoted = ("promote", "--type", "cafeteria", "--evaluation", result, "--database-url", database.owner)
    status, _, err = run(*promoted, "--reason", "hope")
    assert (status, "Not promoted" in err) == (1, True)
    assert "configured model" in run("routes", "--database-url", database.owner)[1]


def test_the_app_promotes_nothing(run: Run, exported: Path, database: TestDatabase) -> None:
    result = exported / "evaluation.json"
    run("evaluate", "--type", "cafeteria", "--model", "m", "--out", result, "--database-url", database.app)
    promoted = ("promote", "--type", "cafeteria", "--evaluation", result, "--database-url", database.app)
    status, _, err = run(*promoted, "--reason", "r")
    assert (status, "permission denied" in err) == (1, True)
    assert run(*promoted[:2], "gift_shop", *promoted[3:], "--reason", "r")[0] == 1
