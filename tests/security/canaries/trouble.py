"""What goes wrong on the flight: a model server that quotes, bugs that quote, a database that is away, messages that are none."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from pydantic import TypeAdapter, ValidationError

from cafe_ai.assistants import service as assistants
from cafe_ai.jobs import service as jobs
from cafe_ai.jobs.model import JobKind
from cafe_ai.notifications import channels
from cafe_ai.platform.db import Database
from cafe_ai.platform.email import MailRefused
from cafe_ai.platform.webhooks import WebhookSender
from infra.local.layout import PROJECT
from infra.local.sample_business import BUSINESS
from tests.security.canaries.flight import LOOPBACK, STATUSES, WORKERS, Flight, use_model
from tests.support.edge import FakeQueue
from tests.support.jobs import soon, sqs_event
from tests.support.whole_api import WholeApi, user_of


def language_model_in_trouble(flight: Flight) -> None:
    """A model server that quotes what it was asked, in every status; and replies with words of its own."""
    here = {"business_id": str(BUSINESS.id)}
    use_model(flight, flight.indiscreet.url)
    for status in STATUSES:
        flight.indiscreet.status = status
        words = flight.plant(f"question that a model server answers with {status}", "¿Qué opinas de {}, en general?")
        flight.ask("POST", "/query", json={"query": words, **here})
        flight.ask("POST", "/recommend", params={**here, "query_text": words})
    use_model(flight, flight.models.url)
    for behaviour in (
        "not_json",
        "html",
        "cut",
        "empty_choices",
        "bad_usage",
        "content_filter",
        "hang_up",
        "error_401",
    ):
        flight.models.script(behaviour)
        words = flight.plant(f"question before {behaviour}", "¿Cuáles fueron las ventas de ayer, {}?")
        flight.ask("POST", "/query", json={"query": words, **here})
    flight.models.script("good")


def bugs(flight: Flight, database_error: Exception) -> None:
    """Exceptions of all kinds that quote what they were given, out of the service of an endpoint."""
    here = {"business_id": str(BUSINESS.id)}
    for name, error in errors_that_quote(flight.plant, database_error).items():

        def fail(*arguments: object, error: Exception = error) -> None:
            raise error

        flight.aviary.use(
            (str(error), repr(error), error.__cause__, getattr(error, "response", ""), getattr(error, "doc", ""))
        )
        with flight.patch.context() as patch:
            patch.setattr(assistants, "answer", fail)
            words = flight.plant(f"question before a {name}", "¿Ventas, {}?")
            assert flight.ask("POST", "/query", json={"query": words, **here}).status_code >= 500


def _takes_nothing() -> None: ...


def errors_that_quote(plant: Callable[..., str], database_error: Exception) -> dict[str, Exception]:
    """As drivers and libraries raise them."""
    from botocore.exceptions import ClientError

    try:
        TypeAdapter(int).validate_python(plant("value in a pydantic error"))
    except ValidationError as error:
        refused = error
    told = {"Error": {"Code": "AccessDenied", "Message": plant("message of AWS", "https://s3/x?X-Amz-Signature={}")}}
    chained = RuntimeError("outer")
    chained.__cause__ = ValueError(plant("message of a cause"))
    unexpected: Exception = TypeError("none")
    try:
        _takes_nothing(**{plant("name of a keyword"): 1})  # type: ignore[call-arg]
    except TypeError as error:
        unexpected = error
    missing: Exception = AttributeError("none")
    try:
        getattr(SimpleNamespace(), plant("name of an attribute"))
    except AttributeError as error:
        missing = error
    return {
        "RuntimeError": RuntimeError(plant("message of a RuntimeError")),
        "KeyError": KeyError(plant("key of a KeyError")),
        "OSError": OSError(2, "No such file", plant("file name")),
        "JSONDecodeError": json.JSONDecodeError("bad", plant("document of a JSONDecodeError"), 0),
        "UnicodeDecodeError": UnicodeDecodeError("utf-8", plant("bytes of a UnicodeDecodeError").encode(), 0, 1, "bad"),
        "ValidationError": refused,
        "ClientError": ClientError(told, "GetObject"),  # type: ignore[arg-type]
        "UniqueViolation": database_error,
        "cause": chained,
        "TypeError": unexpected,
        "AttributeError": missing,
    }


def unique_violation(api: WholeApi, word: str) -> Exception:
    """A real one, whose DETAIL quotes the value."""
    customer = "INSERT INTO customers (id, business_id, external_id, name) VALUES (%s, %s, %s, %s)"
    api.superuser.execute(customer, [uuid4(), BUSINESS.id, word, word])
    try:
        api.superuser.execute(customer, [uuid4(), BUSINESS.id, word, word])
    except psycopg.errors.UniqueViolation as error:
        assert word in str(error)
        return error
    raise AssertionError


def database_away(flight: Flight) -> None:
    """Nobody listens there; the address has a password."""
    password = flight.plant("password of the database")
    there = flight.api.runtime.database
    flight.put("database", Database(f"postgresql://cafe_ai_app:{password}@127.0.0.1:9/cafe?connect_timeout=2"))
    flight.aviary.use(password)
    business = str(BUSINESS.id)
    words = flight.plant("question while the database is away")
    flight.ask("POST", "/query", json={"query": words, "business_id": business})
    for path in ("/conversations", "/usage-stats", "/health"):
        flight.ask("GET", path)
    body = {"user_id": str(uuid4()), "prompt": flight.plant("prompt in the audit queue")}
    flight.invoke("workers.audit_spool", sqs_event([json.dumps({"inference": body, "turn": None})], "audit"))
    for name in ("outbox_relay", "rollup_check", "basket_pairs", "schedules", "watch"):
        flight.invoke(f"workers.{name}", {"id": str(uuid4())})
    flight.api.runtime.database.close()
    flight.put("database", there)


def broken_messages(flight: Flight) -> None:
    """Every worker of a queue is given what is no message, and what is one with words where ids belong."""
    plant = flight.plant
    for folder in sorted(path.parent.name for path in WORKERS.glob("*/handler.py") if path.parent.name != "migrate"):
        words = plant(f"message for {folder}")
        bodies = [words, json.dumps({"job_id": words, "business_id": words}), json.dumps({words: words})]
        inference = {"id": str(uuid4()), "user_id": None, "business_id": None, "timestamp": words, words: words}
        bodies.append(json.dumps({"inference": inference, "turn": None}))
        flight.invoke(f"workers.{folder}", sqs_event(bodies, folder))
    flight.invoke("workers.redrive", {"job_id": plant("job id of an operator")})
    flight.invoke("workers.redrive", {plant("option of an operator"): 1})
    flight.invoke("workers.erase", {"business_id": str(BUSINESS.id), "customer": plant("customer to be erased")})
    flight.invoke("workers.erase", {"business_id": str(BUSINESS.id), "confirm": plant("name that is wrong")})
    for step in ("gather", "narrate", "check", "render", "store", "finish", "fail"):
        words = plant(f"input of report {step}")
        flight.invoke(f"report.{step}", {"job_id": words, "business_id": words, "token": words, "part": words})
        event = {
            "job_id": str(uuid4()),
            "business_id": str(BUSINESS.id),
            "token": str(uuid4()),
            "attempt": 1,
            "keys": [words],
        }
        flight.invoke(f"report.{step}", {**event, "part": "sales", "error": {"Error": "X", "Cause": words}})


def jobs_that_fail(flight: Flight) -> None:
    """The work of each kind raises what quotes; the job's error is for its business's members to read."""
    from cafe_ai.recommendations import job as recommendations

    job = jobs.start(
        flight.api.runtime,
        JobKind.PRODUCT_RECOMMENDATIONS,
        BUSINESS.id,
        {"business_type": "cafeteria", "business_name": flight.plant("business name of a job")},
        user_id=user_of("owner"),
        deadline=soon(),
    )
    message = RuntimeError(flight.plant("what a job's work raised"))
    flight.aviary.use(str(message))

    def fail(*arguments: object, **options: object) -> None:
        raise message

    with flight.patch.context() as patch:
        patch.setattr(
            recommendations, "suggest" if hasattr(recommendations, "suggest") else "service", fail, raising=False
        )
        body = json.dumps({"job_id": str(job.id), "business_id": str(BUSINESS.id)})
        flight.invoke("workers.product_recommendations", sqs_event([body], JobKind.PRODUCT_RECOMMENDATIONS.value))
    flight.ask("GET", f"/jobs/{job.id}")


def notifications(flight: Flight, saas: Database) -> None:
    """A webhook whose address and secret are secret, at a receiver that says words of its own; and e-mail that is refused."""
    from cafe_ai.notifications.service import QUEUE

    path = flight.plant("key in a webhook's address", "/hook?key={}")
    address = flight.receiver.url(path=path)
    secret = channels.add(saas, BUSINESS.id, "webhook", address, private_hosts=LOOPBACK)
    assert secret is not None
    flight.aviary.keep("webhook's secret", secret)
    flight.aviary.use(secret)
    recipient = flight.plant("recipient's address", "{}@example.com")
    channels.add(saas, BUSINESS.id, "email", recipient)

    class Mail:
        def send(self, delivery_id: UUID, recipient: str, message: bytes) -> None:
            flight.aviary.use(recipient)
            raise MailRefused(f"{recipient} is not known: {message[:2000]!r}")

    flight.put("mail", Mail())
    flight.put("webhooks", WebhookSender(LOOPBACK))
    said = flight.plant("what a receiver says")

    def answer(request: Any) -> None:
        request.send_response(500, said)
        request.send_header("Location", f"http://127.0.0.1/{said}")
        request.send_header("Content-Length", str(len(said)))
        request.end_headers()
        request.wfile.write(said.encode())

    flight.receiver.respond = answer
    flight.aviary.use(said)
    job = jobs.start(
        flight.api.runtime, JobKind.INVENTORY_FORECAST, BUSINESS.id, {}, user_id=user_of("owner"), deadline=soon()
    )
    lease = jobs.claim(flight.api.runtime, job.id, BUSINESS.id, soon())
    assert lease is not None
    jobs.fail(flight.api.runtime, lease, "No hay ventas.", soon())
    queue = flight.api.runtime.queue(QUEUE)
    assert isinstance(queue, FakeQueue)
    flight.invoke("workers.notifications", sqs_event(queue.messages, QUEUE))
    assert flight.receiver.received, "no webhook was sent"


def migrations(flight: Flight, tmp_path: Any, owner: str) -> None:
    """A migration that the data are wrong for; and addresses that are none."""
    from cafe_ai.deployment import _reason
    from cafe_ai.platform.migrations import MigrationError, migrate
    from cafe_ai.settings import SettingsError, load_settings

    word = flight.plant("value that a migration finds")
    for file in (PROJECT / "infra" / "migrations").glob("*.sql"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "9999_x.sql").write_text(f"SELECT '{word}'::integer", encoding="utf-8")
    flight.aviary.use(word)
    with pytest.raises(MigrationError) as raised:
        migrate(owner, tmp_path)
    flight.aviary.tell("CloudFormation's reason", _reason(raised.value))
    for name in ("OPENAI_BASE_URL", "CACHE_URL", "CHROMA_URL", "OTEL_EXPORTER_OTLP_ENDPOINT"):
        value = flight.plant(f"password in {name}", "nohttp://user:{}@host")
        flight.aviary.use(value)
        try:
            load_settings({name: value})
        except SettingsError as error:
            flight.aviary.tell(f"a wrong {name}", error)


def what_is_kept(flight: Flight) -> None:
    """Tables that others read; and, for the controls, all of them."""
    execute = flight.api.superuser.execute
    for column in ("ai_jobs.error", "notification_deliveries.reason", "notification_deliveries.last_error"):
        table, name = column.split(".")
        flight.aviary.tell(column, execute(f"SELECT {name} FROM {table}".encode()).fetchall())
    flight.aviary.tell("ai_metrics", execute("SELECT * FROM ai_metrics").fetchall())
    flight.aviary.tell("recent errors", execute("SELECT * FROM recent_inference_errors(1000)").fetchall())
    tables = execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    for (table,) in tables:
        flight.aviary.use(execute(f"SELECT * FROM {table}".encode()).fetchall())
    flight.aviary.tell("GET /metrics", flight.ask("GET", "/metrics", token=flight.api.token("operator")).text)
    for name, queue in vars(flight.api.runtime)["_queues"].items():
        flight.aviary.tell(f"messages of {name}", queue.messages)
    for files in (flight.api.runtime.reports, flight.api.runtime.models):
        flight.aviary.tell("keys of files", list(files.files))  # type: ignore[attr-defined]
    audit_queue = vars(flight.api.runtime)["audit_queue"]
    flight.aviary.use(audit_queue.messages)
