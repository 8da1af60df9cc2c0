"""The whole API in this process: every function behind API Gateway's routes, on a real database with the sample business.

`Gateway` is an HTTP adapter for `requests`: a request is sent as it would go over the wire, comes to the right function as the
event that API Gateway makes of it, and the answer goes back as a response. What API Gateway decides by itself is not here.
"""

from __future__ import annotations

import base64
import importlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest
import requests
from psycopg.types.json import Jsonb
from requests.adapters import BaseAdapter
from urllib3.response import HTTPResponse

from cafe_ai import bootstrap
from cafe_ai.bootstrap import Runtime
from cafe_ai.jobs.routing import QUEUE_CLASSES
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from cafe_ai.settings import Settings
from cafe_ai.tenancy.tokens import SigningKeys
from infra.api_docs.document import Document, build, operations
from infra.local.dev_users import DEV_USERS
from infra.local.layout import PROJECT
from infra.local.sample_business import BUSINESS, load, load_documents
from tests.support.edge import FakeQueue
from tests.support.gateway import Answer, Handler
from tests.support.issuer import AUDIENCE, Issuer, running_issuer
from tests.support.postgres import TestDatabase

ADDRESS = "https://api.example.com"
STRANGER = UUID("0de50000-0000-7000-8000-00000000ffff")
SINCE, NOW = date(2026, 7, 1), datetime.fromisoformat("2026-11-20T18:30:00+00:00")
TEXTS = ("application/json", "application/xml", "application/javascript", "text/")  # bodies that are not sent in base64

INSERT_CONVERSATION = """
INSERT INTO ai_conversations (id, user_id, business_id, assistant_type, locale, prompt, response, response_time_ms,
    created_at)
VALUES (%s, %s, %s, 'GENERAL_QUERY', 'es', '¿Cuánto vendimos ayer?', 'Vendiste 812,40 €.', 12, now())
"""
INSERT_JOB = """
INSERT INTO ai_jobs (id, business_id, user_id, kind, params, status, progress, result, started_at, finished_at)
VALUES (%s, %s, %s, 'generate_sales_report', '{"period": "monthly"}', 'completed', 100, %s, now(), now())
"""
REPORT = {"files": {name: f"reports/{name}" for name in ("html", "pdf", "csv", "json")}, "insights": ["Ventas +15 %"]}


@dataclass(frozen=True)
class Route:
    """One operation of the document and the function that has it."""

    method: str
    path: str
    operation: str
    handler: Handler

    @property
    def pattern(self) -> re.Pattern[str]:
        """The addresses that API Gateway brings here."""
        return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(self.path)))


class Links:
    """In the place of the object store."""

    def link(self, key: str, seconds: int, filename: str | None = None) -> str:
        return f"https://files.example.com/{key}?X-Amz-Expires={seconds}"


@dataclass
class WholeApi:
    """Every function, the database they work on and the issuer of tokens."""

    document: Document
    routes: list[Route]
    runtime: Runtime
    issuer: Issuer
    superuser: psycopg.Connection[Any]

    def token(self, role: str = "owner", **claims: object) -> str:
        """A token of the sample business's owner, manager, staff or analyst; of an operator; or of a stranger."""
        if role == "operator":
            return self.issuer.token(user_of(role), operator=True, **claims)
        return self.issuer.token(user_of(role), **claims)

    def session(self) -> requests.Session:
        """A client whose every request comes here."""
        session = requests.Session()
        session.mount(ADDRESS, Gateway(self))
        return session

    def add_conversation(self, role: str = "owner") -> UUID:
        """A conversation of that member."""
        conversation = uuid7()
        self.superuser.execute(INSERT_CONVERSATION, [conversation, user_of(role), BUSINESS.id])
        return conversation

    def add_job(self) -> UUID:
        """A job that has made a report."""
        job = uuid7()
        self.superuser.execute(INSERT_JOB, [job, BUSINESS.id, DEV_USERS["owner"], Jsonb(REPORT)])
        return job

    def add_document(self, document_id: str) -> None:
        """A document of the business's own."""
        self.superuser.execute(
            "INSERT INTO documents (business_id, id, kind, content) VALUES (%s, %s, 'document', 'De 8 a 20 h') "
            "ON CONFLICT DO NOTHING",
            [BUSINESS.id, document_id],
        )

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """What the function whose route this is answers; API Gateway's own 404 where there is none."""
        http = event["requestContext"]["http"]
        fitting = [route for route in self.routes if route.pattern.fullmatch(event["rawPath"])]
        if not fitting:
            return {
                "statusCode": 404,
                "headers": {"content-type": "application/json"},
                "body": '{"message":"Not Found"}',
            }
        route = next((each for each in fitting if each.method == http["method"]), fitting[0])
        context = SimpleNamespace(aws_request_id=str(uuid4()), get_remaining_time_in_millis=lambda: 30_000)
        return route.handler(event, context)


def answer_of(answer: dict[str, Any]) -> Answer:
    """What a function gave to API Gateway, as its client sees it."""
    return Answer(answer["statusCode"], answer["headers"], answer.get("body", ""))


class Gateway(BaseAdapter):
    """Has `requests` send to the functions."""

    def __init__(self, api: WholeApi) -> None:
        super().__init__()
        self._api = api

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        answer = self._api.invoke(event_of(request))
        body = answer.get("body") or ""
        content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        raw = HTTPResponse(
            BytesIO(content), headers=answer["headers"], status=answer["statusCode"], preload_content=False
        )
        response = requests.Response()
        response.status_code = answer["statusCode"]
        response.headers.update(answer["headers"])
        response.raw, response.url, response.request = raw, str(request.url), request
        return response

    def close(self) -> None:
        """There is nothing to close."""


def user_of(role: str) -> UUID:
    """The member of that role; the operator is the owner too; anyone else is a stranger."""
    return DEV_USERS["owner" if role == "operator" else role] if role in (*DEV_USERS, "operator") else STRANGER


def event_of(request: requests.PreparedRequest) -> dict[str, Any]:
    """The event (payload version 2.0) that API Gateway makes of a request."""
    url = urlsplit(str(request.url))
    headers = {_text(name).lower(): _text(value) for name, value in request.headers.items()}
    path = unquote(url.path)
    body = request.body or b""
    raw = body.encode() if isinstance(body, str) else body
    as_text = headers.get("content-type", "application/json").startswith(TEXTS) and _is_utf8(raw)
    return {
        "version": "2.0",
        "routeKey": f"{request.method} {path}",
        "rawPath": path,
        "rawQueryString": url.query,
        "headers": {"host": url.netloc, **headers},
        "requestContext": {
            "requestId": str(uuid4()),
            "http": {"method": request.method, "path": path, "sourceIp": "127.0.0.1"},
        },
        "body": raw.decode() if as_text else base64.b64encode(raw).decode(),
        "isBase64Encoded": not as_text,
    }


@contextmanager
def running_api(database: TestDatabase) -> Iterator[WholeApi]:
    """The API on this database, into which the sample business is loaded; its runtime is that of every function here."""
    load(database.saas, now=NOW, since=SINCE)
    load_documents(database.app)
    document = build()
    with running_issuer() as issuer, pytest.MonkeyPatch.context() as patch:
        runtime = _runtime(database, issuer)
        patch.setattr(bootstrap, "build", lambda: runtime)
        bootstrap.runtime.cache_clear()
        with psycopg.connect(database.superuser, autocommit=True) as superuser:
            yield WholeApi(document, list(_routes(document)), runtime, issuer, superuser)
        bootstrap.runtime.cache_clear()
        runtime.database.close()


def _runtime(database: TestDatabase, issuer: Issuer) -> Runtime:
    settings = Settings(
        jwt_issuer=issuer.url,
        jwt_audience=AUDIENCE,
        rate_limit_per_minute=1_000_000,
        log_level="CRITICAL",
    )
    members: Mapping[str, object] = {
        "database": Database(database.app, connect_timeout=2),
        "keys": SigningKeys(issuer.url + "/.well-known/jwks.json"),
        "audit_queue": FakeQueue(),
        "index_queue": FakeQueue(),
        "language_model": None,
        "reports": Links(),
        "_queues": {name: FakeQueue() for name in QUEUE_CLASSES},
    }
    return Runtime.of(settings, **members)


def handlers(document: Document) -> dict[str, Handler]:
    """The handler of each operation, by its id."""
    found = {}
    for file in (PROJECT / "functions" / "api").glob("*/handler.py"):
        module = importlib.import_module(f"functions.api.{file.parent.name}.handler")
        found.update(dict.fromkeys(operations(module.app.openapi()), module.handler))
    return {operation["operationId"]: found[key] for key, operation in operations(document).items()}


def _routes(document: Document) -> Iterator[Route]:
    made = handlers(document)
    for (method, path), operation in operations(document).items():
        yield Route(method, path, operation["operationId"], made[operation["operationId"]])


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
