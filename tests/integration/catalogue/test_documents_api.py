"""PUT, DELETE and GET /documents over the HTTP edge: roles, limits, and what is found afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest

from cafe_ai.settings import Settings
from cafe_ai.tenancy.tokens import SigningKeys
from functions.api.documents.handler import handler
from functions.workers.indexer.handler import handler as indexer
from tests.integration.catalogue.conftest import BuildShelf, Shelf
from tests.support.chroma import Chroma
from tests.support.edge import FakeQueue
from tests.support.gateway import Answer, call, http_event
from tests.support.issuer import AUDIENCE, Issuer, running_issuer

PATH = "/api/v1/ai/documents"
HOURS = {"title": "Horario", "content": "Abrimos de 8 a 20 h, los domingos cerramos.", "metadata": {"year": 2026}}


@dataclass
class Api:
    shelf: Shelf
    issuer: Issuer
    queue: FakeQueue
    business: UUID
    users: dict[str, UUID] = field(default_factory=dict)

    def ask(self, method: str, path: str = "", body: object = None, *, role: str = "owner", **query: Any) -> Answer:
        if role not in self.users:
            self.users[role] = self.shelf.factory.insert_membership(self.business, role=role)
        query = {"business_id": str(self.business), **query}
        token = self.issuer.token(self.users[role])
        return call(handler, http_event(PATH + path, body, method=method, token=token, query=query))

    def deliver(self) -> None:
        """The queue's messages reach the indexer."""
        records = [
            {"messageId": str(uuid4()), "body": body, "messageAttributes": {}, "eventSource": "aws:sqs"}
            for body in self.queue.messages
        ]
        self.queue.messages.clear()
        assert indexer({"Records": records}, CONTEXT) == {"batchItemFailures": []}


class CONTEXT:
    aws_request_id = "a-run"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 60_000


@pytest.fixture
def api(build_shelf: BuildShelf, chroma: Chroma) -> Iterator[Api]:
    with running_issuer() as issuer:
        queue = FakeQueue()
        settings = Settings(chroma_url=chroma.url, index_buckets=2, jwt_issuer=issuer.url, jwt_audience=AUDIENCE)
        keys = SigningKeys(issuer.url + "/.well-known/jwks.json")
        shelf = build_shelf(chroma, settings=settings, keys=keys, index_queue=queue)
        yield Api(shelf, issuer, queue, shelf.open_business())


def test_document_is_stored_found_listed_and_removed(api: Api) -> None:
    stored = api.ask("PUT", "/horario", HOURS)
    assert stored.status == 200
    assert {name: stored.body[name] for name in ("id", "kind", "indexed", *HOURS)} == {
        "id": "horario", "kind": "document", "indexed": False, **HOURS,
    }  # fmt: skip
    assert [json.loads(body) for body in api.queue.messages] == [{"business_id": str(api.business)}]

    early = api.ask("GET", q="¿A qué hora abrís los domingos?").body
    assert early["degraded"], "not in the index yet: the full text answers"
    assert [hit["id"] for hit in early["documents"]] == ["horario"]

    api.deliver()
    found = api.ask("GET", q="¿A qué hora abrís los domingos?").body
    assert not found["degraded"]
    assert [(hit["id"], hit["content"]) for hit in found["documents"]] == [("horario", HOURS["content"])]
    assert 0 < found["documents"][0]["score"] <= 1
    assert [(each["id"], each["indexed"]) for each in api.ask("GET").body["documents"]] == [("horario", True)]

    assert api.ask("DELETE", "/horario").status == 204
    assert api.ask("DELETE", "/horario").status == 404
    assert api.ask("GET").body["documents"] == []
    api.deliver()
    assert api.ask("GET", q="domingos").body == {"documents": [], "degraded": False}


def test_changed_document_is_found_as_it_is_now(api: Api) -> None:
    api.ask("PUT", "/horario", HOURS)
    api.deliver()
    changed = api.ask("PUT", "/horario", {"content": "Nuestra terraza admite perros."})
    assert (changed.body["title"], changed.body["metadata"], changed.body["indexed"]) == ("", {}, False)
    assert api.ask("GET", q="perros en la terraza").body["documents"][0]["content"].startswith("Nuestra terraza")
    api.deliver()
    assert api.ask("GET").body["documents"][0]["indexed"]
    assert api.ask("GET", q="domingos cerramos").body["documents"] == []


def test_pages_are_listed_newest_first(api: Api) -> None:
    for number in range(3):
        api.ask("PUT", f"/d{number}", {"content": f"Documento {number}"})
    listed = [api.ask("GET", skip=skip, limit=2).body["documents"] for skip in (0, 2)]
    assert [[each["id"] for each in page] for page in listed] == [["d2", "d1"], ["d0"]]


@pytest.mark.parametrize(("role", "writes"), [("owner", 200), ("manager", 200), ("analyst", 403), ("staff", 403)])
def test_roles(api: Api, role: str, writes: int) -> None:
    api.ask("PUT", "/otro", HOURS)
    assert api.ask("PUT", "/horario", HOURS, role=role).status == writes
    assert api.ask("DELETE", "/otro", role=role).status == (204 if writes == 200 else writes)
    assert api.ask("GET", role=role).status == 200
    assert api.ask("GET", role=role, q="horario").status == 200


def test_strangers_and_unknown_businesses(api: Api) -> None:
    api.ask("PUT", "/horario", HOURS)
    stranger = api.issuer.token(uuid4())
    for method, path in (("GET", PATH), ("PUT", f"{PATH}/horario"), ("DELETE", f"{PATH}/horario")):
        body = HOURS if method == "PUT" else None
        for query, token, status in (
            ({"business_id": str(api.business)}, None, 401),
            ({"business_id": str(api.business)}, stranger, 403),
            ({"business_id": str(uuid4())}, stranger, 404),
            ({"business_id": "x"}, stranger, 422),
            ({}, stranger, 422),
        ):
            assert call(handler, http_event(path, body, method=method, token=token, query=query)).status == status


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/d", {}, "content"),
        ("/d", {"content": ""}, "content"),
        ("/d", {"content": "  \n "}, "content"),
        ("/d", {"content": "x" * 20_001}, "content"),
        ("/d", {"content": "a\0b"}, "content"),
        ("/d", {"content": "x", "title": "t" * 301}, "title"),
        ("/d", {"content": "x", "titel": "t"}, "titel"),
        ("/d", {"content": "x", "metadata": {"a": {"b": 1}}}, "metadata.a"),
        ("/d", {"content": "x", "metadata": {"a": None}}, "metadata.a"),
        ("/d", {"content": "x", "metadata": {"a": 1e400}}, "metadata.a"),
        ("/d", {"content": "x", "metadata": {"a": 1e16}}, "metadata.a"),
        ("/d", {"content": "x", "metadata": {"a": "\0"}}, "metadata.a"),
        ("/d", {"content": "x", "metadata": {"": 1}}, "metadata"),
        ("/d", {"content": "x", "metadata": {str(key): 1 for key in range(51)}}, "metadata"),
        ("/d", {"content": "x", "metadata": {"a": "x" * 10_001}}, "metadata"),
        ("/" + "d" * 201, {"content": "x"}, "document_id"),
        ("/product:1", {"content": "x"}, "document_id"),
    ],
)
def test_what_cannot_be_stored_is_refused_by_name(api: Api, path: str, body: Any, field: str) -> None:
    answer = api.ask("PUT", path, body)
    assert answer.status == 422
    assert any(name == field or name.startswith(f"{field}.") for name in answer.fields), answer.fields
    assert api.ask("GET").body["documents"] == []


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"skip": -1}, {"q": ""}, {"q": "x" * 5_001}])
def test_parameters_out_of_range_are_refused(api: Api, query: dict[str, Any]) -> None:
    answer = api.ask("GET", **query)
    assert (answer.status, answer.fields) == (422, list(query))


def test_limits_are_reached_not_passed(api: Api) -> None:
    longest = {"title": "t" * 300, "content": "ñ" * 20_000, "metadata": {str(key): key for key in range(50)}}
    stored = api.ask("PUT", "/" + "d" * 200, longest)
    assert stored.status == 200
    assert stored.body["content"] == longest["content"]
    api.deliver()
    assert api.ask("GET", limit=100).body["documents"][0]["indexed"]


def test_products_are_listed_and_found_but_not_written_here(api: Api) -> None:
    api.shelf.factory.insert_product(api.business, "Flan casero", external_id="F1")
    assert [each["id"] for each in api.ask("GET").body["documents"]] == ["product:F1"]
    assert api.ask("DELETE", "/product:F1").status == 422
    assert [hit["kind"] for hit in api.ask("GET", q="flan").body["documents"]] == ["product"]


def test_change_is_indexed_by_the_schedule_when_the_queue_is_down(api: Api) -> None:
    api.queue.down = True
    assert api.ask("PUT", "/horario", HOURS).status == 200
    indexer({"source": "aws.events", "detail-type": "Scheduled Event"}, CONTEXT)
    assert [each["indexed"] for each in api.ask("GET").body["documents"]] == [True]


def test_message_that_is_none_is_reported(api: Api) -> None:
    api.queue.messages.append("{}")
    with pytest.raises(AssertionError):
        api.deliver()


def test_nothing_is_announced_that_was_not_stored(api: Api) -> None:
    api.ask("PUT", "/d", {"content": ""})
    api.ask("DELETE", "/d")
    assert api.queue.messages == []
