"""`cafe-ai token`, `url` and `ask`, with a state file as `make run` leaves it and a server in the API's place."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest

from cafe_ai.intake import service
from cafe_ai.platform.db import Database
from infra.local import cli
from infra.local.dev_users import DEV_USERS
from infra.local.layout import current
from infra.local.sample_business import BUSINESS
from infra.local.state import Record, State, save
from tests.support.intake import Ledger
from tests.support.postgres import TestDatabase


@dataclass
class Api:
    """Answers every question alike and keeps what it was asked."""

    status: int = 200
    answer: dict[str, Any] = field(
        default_factory=lambda: {"response": "Vendiste 7,10 €.", "conversation_id": "c-1", "facts": []}
    )
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def api() -> Iterator[Api]:
    served = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            served.asked.append((self.path, self.headers["authorization"], body))
            content = json.dumps(served.answer).encode()
            self.send_response(served.status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        served.url = f"http://127.0.0.1:{server.server_port}"
        yield served
        server.shutdown()
        thread.join()


@pytest.fixture
def stack(api: Api, database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    monkeypatch.setenv("CAFE_AI_HOME", str(tmp_path))
    monkeypatch.delenv("CAFE_AI_DATABASE_URL", raising=False)
    state = State(
        base_url=api.url,
        issuer="http://127.0.0.1:9/",
        audience="cafe-ai",
        signing_keys=str(tmp_path / "issuer"),
        dsn_app=database.app,
        dsn_saas=database.saas,
        dsn_owner=database.owner,
        emulator_url=api.url,
        audit_queue_url="",
        chroma_url="http://127.0.0.1:9",
        embedding_model="offline",
        indexer="indexer",
        redrive="redrive",
        business_id=str(BUSINESS.id),
        owner_id=str(DEV_USERS["owner"]),
    )
    save(current(), Record(ready=state))
    shops = Database(database.saas)
    service.ensure_business(shops, BUSINESS, {})
    shops.close()
    return state


def subject_of(token: str) -> UUID:
    return UUID(jwt.decode(token, options={"verify_signature": False})["sub"])


def test_a_token_is_of_the_roles_user_who_becomes_a_member(
    stack: State, database: TestDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    for role in ("owner", "staff"):
        assert cli.main(["token", "--business", stack.business_id, "--role", role]) == 0
        assert subject_of(capsys.readouterr().out.strip()) == DEV_USERS[role]
    with Ledger(database.superuser) as ledger:
        assert dict(ledger.rows("SELECT role, user_id FROM memberships")) == {
            role: DEV_USERS[role] for role in ("owner", "staff")
        }


def test_an_operators_token_says_so(stack: State, capsys: pytest.CaptureFixture[str]) -> None:
    claims = []
    for options in ([], ["--operator"]):
        assert cli.main(["token", *options]) == 0
        token = capsys.readouterr().out.strip()
        claims.append(jwt.decode(token, options={"verify_signature": False}).get("operator"))
    assert claims == [None, True]


def test_a_token_for_a_business_there_is_not_is_refused(stack: State, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["token", "--business", str(UUID(int=7))]) == 1
    assert capsys.readouterr().err == "cafe-ai: There is no business with this id.\n"


def test_the_url_is_the_apis_base(stack: State, api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["url"]) == 0
    assert capsys.readouterr().out == f"{api.url}/api/v1/ai\n"


def test_a_question_goes_to_the_sample_business_unless_another_is_named(
    stack: State, api: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["ask", "¿Cuánto vendí ayer?"]) == 0
    path, authorization, body = api.asked[0]
    assert path == "/api/v1/ai/query"
    assert subject_of(authorization.removeprefix("Bearer ")) == DEV_USERS["owner"]
    assert body == {"query": "¿Cuánto vendí ayer?", "business_id": stack.business_id}
    printed = capsys.readouterr()
    assert printed.out == "Vendiste 7,10 €.\n"
    assert printed.err == "conversation c-1\n"


def test_every_option_of_a_question_is_sent(stack: State, api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    business, conversation = str(UUID(int=1)), str(UUID(int=2))
    told = ["--as-of", "2010-12-01T09:00:00", "--locale", "en", "--assistant", "SALES_ANALYSIS", "--role", "analyst"]
    cli.main(["ask", "And before?", "--business", business, "--conversation", conversation, *told, "--json"])
    _, authorization, body = api.asked[0]
    assert body == {
        "query": "And before?",
        "business_id": business,
        "as_of": "2010-12-01T09:00:00",
        "locale": "en",
        "assistant_type": "SALES_ANALYSIS",
        "conversation_id": conversation,
    }
    assert subject_of(authorization.removeprefix("Bearer ")) == DEV_USERS["analyst"]
    assert json.loads(capsys.readouterr().out) == api.answer


def test_a_refusal_of_the_api_is_a_line(stack: State, api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    api.status, api.answer = 403, {"title": "Permission denied", "detail": "Your role does not allow this."}
    assert cli.main(["ask", "¿Ventas?", "--role", "staff"]) == 1
    assert capsys.readouterr().err == "cafe-ai: The API answered 403: Your role does not allow this.\n"


def test_an_api_that_has_gone_says_how_to_start_it(
    stack: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = State(**{**stack.__dict__, "base_url": "http://127.0.0.1:1"})
    save(current(), Record(ready=gone))
    assert cli.main(["ask", "¿Ventas?"]) == 1
    assert "make run" in capsys.readouterr().err
