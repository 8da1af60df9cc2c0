"""GET /api/v1/ai/health: what answers, what does not, and never for longer than two seconds."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from cafe_ai import bootstrap
from cafe_ai.bootstrap import Runtime
from cafe_ai.health import service
from cafe_ai.platform.db import Database
from functions.api.health.handler import handler
from functions.workers.watch.handler import handler as watch
from infra.local.postgres import free_port
from tests.support.edge import Edge, FakeQueue
from tests.support.gateway import Answer, call, http_event

PATH = "/api/v1/ai/health"
HANG_SECONDS = 10.0


@contextmanager
def vector_store(status: int = 200, *, hangs: bool = False) -> Iterator[str]:
    """A server with Chroma's heartbeat; its address."""
    released = threading.Event()

    class Heartbeat(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if hangs:
                released.wait(HANG_SECONDS)
            found = status if self.path == "/api/v2/heartbeat" else 404
            body = b'{"nanosecond heartbeat": 1}'
            self.send_response(found)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Heartbeat) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            released.set()
            server.shutdown()
            thread.join()


def ask(edge: Edge, monkeypatch: pytest.MonkeyPatch, *, database: Database | None = None, **settings: Any) -> Answer:
    """What a user who is a member of nothing is told."""
    queues = {"audit_queue": edge.queue, "index_queue": settings.pop("index_queue", FakeQueue())}
    changed = {field: getattr(edge.runtime.settings, field) for field in ("jwt_issuer", "jwt_audience")}
    runtime = Runtime.of(
        type(edge.runtime.settings)(**changed, **settings),
        database=database or edge.runtime.database,
        keys=edge.runtime.keys,
        **queues,
    )
    monkeypatch.setattr(bootstrap, "build", lambda: runtime)
    bootstrap.runtime.cache_clear()
    return call(handler, http_event(PATH, method="GET", token=edge.issuer.token(uuid4())))


def watched(
    edge: Edge, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **members: Any
) -> dict[str, Any]:
    """What one run of the watch measures."""
    runtime = Runtime.of(
        type(edge.runtime.settings)(chroma_url=members.pop("chroma_url", None)),
        **{"database": edge.runtime.database, **members},
    )
    monkeypatch.setattr(bootstrap, "build", lambda: runtime)
    bootstrap.runtime.cache_clear()
    capsys.readouterr()
    watch({"id": "event-1"}, SimpleNamespace(aws_request_id="run-1", get_remaining_time_in_millis=lambda: 5_000))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [measured] = [line for line in lines if "_aws" in line]
    return measured


def statuses(answer: Answer) -> dict[str, str]:
    return {name: check["status"] for name, check in answer.body["checks"].items()}


def test_all_is_well(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    with vector_store() as url:
        answer = ask(edge, monkeypatch, chroma_url=url, language_model_elsewhere=True)
    assert (answer.status, answer.body["status"]) == (200, "ok")
    assert statuses(answer) == {
        "database": "ok",
        "vector_store": "ok",
        "audit_queue": "ok",
        "index_queue": "ok",
        "language_model": "ok",
    }
    assert answer.body["checks"]["database"]["milliseconds"] >= 0
    assert answer.body["checks"]["language_model"]["milliseconds"] is None


def test_what_is_not_configured_is_no_fault(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ask(edge, monkeypatch, index_queue=None)
    assert (answer.status, answer.body["status"]) == (200, "ok")
    found = statuses(answer)
    assert {found[name] for name in ("vector_store", "index_queue", "language_model")} == {"not_configured"}


@pytest.mark.parametrize("fault", ["gone", "broken"])
def test_without_the_vector_store_answers_go_on(edge: Edge, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    with vector_store(503) as broken:
        url = broken if fault == "broken" else f"http://127.0.0.1:{free_port()}"
        answer = ask(edge, monkeypatch, chroma_url=url)
    assert (answer.status, answer.body["status"]) == (200, "degraded")
    assert statuses(answer)["vector_store"] == "down"


def test_without_a_queue_answers_go_on(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    edge.queue.down = True
    answer = ask(edge, monkeypatch)
    assert (answer.status, answer.body["status"]) == (200, "degraded")
    assert statuses(answer)["audit_queue"] == "down"


def test_without_the_database_the_service_is_down_and_says_nothing_internal(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    away = Database(f"postgresql://app:secret@127.0.0.1:{port}/cafe_ai", connect_timeout=2)
    answer = ask(edge, monkeypatch, database=away)
    assert (answer.status, answer.body["status"]) == (503, "down")
    assert int(answer.headers["retry-after"]) > 0
    assert statuses(answer)["database"] == "down"
    assert not any(word in answer.text for word in ("secret", "127.0.0.1", str(port), "psycopg", "Error"))


def test_what_hangs_is_not_waited_for(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "CHECK_SECONDS", 0.3)
    with vector_store(hangs=True) as url:
        started = time.monotonic()
        answer = ask(edge, monkeypatch, chroma_url=url)
        taken = time.monotonic() - started
    assert taken < HANG_SECONDS / 2
    assert statuses(answer)["vector_store"] == "down"
    assert statuses(answer)["database"] == "ok"


def test_without_a_token_nothing_is_told(edge: Edge) -> None:
    assert call(handler, http_event(PATH, method="GET")).status == 401


def test_each_minute_it_is_measured_whether_all_answer(
    edge: Edge, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with vector_store() as url:
        measured = watched(edge, monkeypatch, capsys, chroma_url=url)
    assert (measured["DatabaseUp"], measured["VectorStoreUp"], measured["Errors"]) == (1, 1, 0)
    assert 0 <= measured["DatabaseLatency"] < 2000


def test_what_is_away_is_measured_as_away(
    edge: Edge, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    away = Database(f"postgresql://app:secret@127.0.0.1:{free_port()}/cafe_ai", connect_timeout=2)
    gone = f"http://127.0.0.1:{free_port()}"
    measured = watched(edge, monkeypatch, capsys, database=away, chroma_url=gone)
    assert (measured["DatabaseUp"], measured["VectorStoreUp"]) == (0, 0)
    assert "VectorStoreUp" not in watched(edge, monkeypatch, capsys), "it is not configured"
