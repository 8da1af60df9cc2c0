"""One flight through the whole service: every endpoint, worker and step is given canaries, in good times and in bad ones."""

from __future__ import annotations

import importlib
import json
import traceback
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from cafe_ai import llm
from cafe_ai.platform.otlp import Tracer
from cafe_ai.settings import Settings, TraceSettings
from infra.local.layout import PROJECT
from infra.local.sample_business import BUSINESS
from tests.security.canaries.aviary import Aviary
from tests.security.canaries.indiscreet import Indiscreet, indiscreet_server
from tests.support.files import FakeFiles
from tests.support.openai_server import OpenAIServer
from tests.support.otlp_receiver import Collector, running_collector
from tests.support.receiver import Receiver, running_receiver
from tests.support.whole_api import ADDRESS, WholeApi

API = ADDRESS + "/api/v1/ai"
LOOPBACK = frozenset({"127.0.0.1"})
WORKERS = PROJECT / "functions" / "workers"
STATUSES = (200, 400, 401, 404, 429, 500)


@dataclass
class Flight:
    """The whole service, what stands around it, and the canaries."""

    api: WholeApi
    aviary: Aviary
    models: OpenAIServer
    indiscreet: Indiscreet
    collector: Collector
    receiver: Receiver
    patch: pytest.MonkeyPatch

    def plant(self, what: str, form: str = "{}") -> str:
        return self.aviary.plant(what, form)

    def put(self, name: str, value: object) -> None:
        """A member of the runtime."""
        vars(self.api.runtime)[name] = value

    def ask(self, method: str, path: str, *, token: str | None = None, **request: Any) -> Any:
        """Sends a request; whatever is not an answer of 2xx may be read by others, and so may all headers."""
        headers = {"Authorization": f"Bearer {token or self.api.token()}", **request.pop("headers", {})}
        self.aviary.use((path, headers, request))
        answer = self.api.session().request(method, API + path, headers=headers, **request)
        self.aviary.tell("an answer's headers", dict(answer.headers))
        if answer.status_code >= 300:
            self.aviary.tell(f"the problem of {method} {path[:25]}", answer.text)
        return answer

    def invoke(self, name: str, event: Mapping[str, Any]) -> Any:
        """Has a worker do something; what it raises Lambda would write to its log."""
        self.aviary.use(json.dumps(event, default=str))
        handler = importlib.import_module(f"functions.{name}.handler").handler
        context = SimpleNamespace(get_remaining_time_in_millis=lambda: 25_000, aws_request_id=str(uuid4()))
        try:
            answer = handler(dict(event), context)
        except Exception as error:
            self.aviary.tell(f"the error of {name}", f"{error!r} {error}")
            self.aviary.tell(f"the error of {name}", "\n".join(_messages(error)))
            return None
        self.aviary.tell(f"the answer of {name}", answer)
        return answer


def _messages(error: BaseException) -> list[str]:
    """As Lambda prints an exception: its type and message, with those of the causes that Python shows."""
    return [
        line
        for line in traceback.format_exception(error)
        if not line.startswith("  File")  # lines of the code, which quote the tests that raise
    ]


@contextmanager
def taking_off(api: WholeApi, aviary: Aviary) -> Iterator[Flight]:
    """Everything that the service reaches is on loopback."""
    with ExitStack() as stack:
        models = stack.enter_context(OpenAIServer())
        indiscreet = stack.enter_context(indiscreet_server())
        collector = stack.enter_context(running_collector())
        receiver = stack.enter_context(running_receiver())
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        flight = Flight(api, aviary, models, indiscreet, collector, receiver, patch)
        key = aviary.plant("OTLP header", "Bearer {}")
        tracer = Tracer(TraceSettings(collector.url + "/v1/traces", {"authorization": key}, ratio=1.0), str)
        stack.callback(tracer.close)
        flight.put("tracer", tracer)
        flight.put("reports", FakeFiles())
        flight.put("models", FakeFiles())
        use_model(flight, models.url)
        yield flight
        for recorded in (*models.requests, *models.embedded):
            aviary.use((recorded.headers, recorded.body))
        for received in receiver.received:
            aviary.use((received.path, received.headers, received.body))
        aviary.use(collector.headers)
        aviary.use(indiscreet.asked)
        for body in collector.bodies:
            aviary.tell("a trace", body.decode())


def use_model(flight: Flight, url: str) -> None:
    """The language model and the embeddings at that address, with a key that is a canary."""
    from cafe_ai import embeddings

    settings = Settings(openai_base_url=url, openai_api_key=flight.plant("OpenAI key", "sk-proj-{}"))
    flight.put("language_model", llm.build(settings))
    flight.put("embedding_model", embeddings.build(settings, "text-embedding-3-small"))
    vars(flight.api.runtime).pop("model_routes", None)


def good_times(flight: Flight) -> None:
    """Every endpoint, with words in every field that takes some."""
    ask, plant, business = flight.ask, flight.plant, str(BUSINESS.id)
    owner = flight.aviary.keep("JWT", flight.api.token(email=plant("e-mail in a token", "{}@example.com")))
    flight.aviary.keep("JWT's signature", owner.split(".")[2])
    here = {"business_id": business}
    document = {
        "title": plant("document's title"),
        "content": plant("document's content", "Abrimos de 8 a 20 h. {}"),
        "metadata": {plant("metadata's name"): plant("metadata's value")},
    }
    assert ask("PUT", f"/documents/{plant('document id')}", token=owner, params=here, json=document).ok
    assert ask("GET", "/documents", params={**here, "q": plant("search words", "horario {}")}).ok
    answers = []
    for kind in ("GENERAL_QUERY", "SALES_ANALYSIS", "CUSTOMER_INSIGHT", "PRODUCT_SUGGESTION"):
        words = plant(f"question of {kind}", "¿Cuánto vendimos ayer, {}?")
        answers.append(ask("POST", "/query", json={"query": words, "assistant_type": kind, **here}))
    assert any(answer.ok for answer in answers), [(answer.status_code, answer.text) for answer in answers]
    turn = next(answer.json()["conversation_id"] for answer in answers if answer.ok)
    follow = plant("follow-up", "¿Y el mes anterior, {}?")
    ask("POST", "/query", json={"query": follow, "conversation_id": turn, **here})
    ask("POST", f"/conversations/{turn}/feedback", json={"rating": "up", "comment": plant("comment")})
    ask("POST", "/recommend", params={**here, "query_text": plant("query_text", "algo dulce {}")})
    ask("POST", "/sales-analysis", params=here)
    ask("POST", "/product-suggestions", params=here)
    key = {"Idempotency-Key": plant("Idempotency-Key")}
    parameters = {"customer_id": plant("customer of a job")}
    started = ask(
        "POST", "/jobs", headers=key, json={"kind": "analyze_customer_behavior", "params": parameters, **here}
    )
    ask("GET", f"/jobs/{started.json().get('job_id')}")
    for path in ("/conversations", "/usage-stats", "/capabilities", "/health"):
        ask("GET", path)
    headers = {"User-Agent": plant("user agent"), "Cookie": plant("cookie"), "X-Api-Key": plant("foreign header")}
    ask("GET", "/health", headers=headers)
    ask("DELETE", f"/conversations/{turn}")


def wrong_requests(flight: Flight) -> None:
    """4xx: what was sent is not sent back, and not written down."""
    ask, plant, business = flight.ask, flight.plant, str(BUSINESS.id)
    good = {"query": "¿Ventas?", "business_id": business}
    wrong: list[dict[str, Any]] = [
        {"business_id": plant("business id that is none")},
        {"assistant_type": plant("assistant type that is none")},
        {"locale": plant("locale that is none")},
        {"conversation_id": plant("conversation id that is none")},
        {"as_of": plant("moment that is none")},
        {"query": [plant("query in a list")]},
        {"query": plant("query that is too long", "{}" + "x" * 6000)},
    ]
    for change in wrong:
        assert ask("POST", "/query", json={**good, **change}).status_code == 422
    raw = plant("JSON that is cut", '{{"query": "{}')
    assert ask("POST", "/query", data=raw, headers={"Content-Type": "application/json"}).status_code == 422
    assert ask("POST", "/query", data=plant("body that is no JSON", "<a>{}</a>")).status_code == 422
    unknown = {
        "kind": "generate_sales_report",
        "params": {"period": plant("period that is none")},
        "business_id": business,
    }
    assert ask("POST", "/jobs", json=unknown).status_code == 422
    ask("POST", "/jobs", json={**unknown, "kind": plant("kind that is none")})
    for path, names in (("/recommend", ("limit", "business_id")), ("/conversations", ("skip", "assistant_type"))):
        for name in names:
            value = plant(f"{name} of {path} that is none")
            ask("POST" if path == "/recommend" else "GET", path, params={"business_id": business, name: value})
    for role in ("staff", "stranger"):
        words = plant(f"question of a {role}", "¿Qué ventas hubo ayer, {}?")
        ask("POST", "/query", token=flight.api.token(role), json={**good, "query": words})
    for token in (
        plant("token that is none"),
        plant("token of three parts", "{0}.{0}.{0}"),
        flight.api.token()[:-9] + plant("forged signature"),
    ):
        assert ask("GET", "/usage-stats", token=token).status_code == 401


def customers(flight: Flight) -> None:
    """People in the shop's data, whom answers may name to its members."""
    name = flight.plant("customer's name")
    row = [uuid4(), BUSINESS.id, flight.plant("customer's own id"), f"{name} +34 600 {flight.plant('phone')}"]
    flight.api.superuser.execute(
        "INSERT INTO customers (id, business_id, external_id, name) VALUES (%s, %s, %s, %s)", row
    )
    review = "INSERT INTO reviews (id, business_id, external_id, reviewed_at, rating, text) VALUES (%s, %s, 'r', now(), 1, %s)"
    flight.api.superuser.execute(review, [uuid4(), BUSINESS.id, flight.plant("review's text", "Muy mal. {}")])
    flight.api.superuser.execute(
        "INSERT INTO ai_jobs (id, business_id, kind, params, result, status, finished_at) "
        "VALUES (%s, %s, %s, %s, %s, 'completed', now())",
        [
            uuid4(),
            BUSINESS.id,
            "analyze_customer_behavior",
            "{}",
            Jsonb({"customer": flight.plant("customer in a result")}),
        ],
    )
