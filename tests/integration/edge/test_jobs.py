"""POST /jobs and GET /jobs/{id} as clients see them."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from cafe_ai.jobs import service
from cafe_ai.jobs.model import JobKind
from cafe_ai.jobs.routing import QUEUE_CLASSES, ROUTES
from functions.api.jobs.handler import app, handler
from tests.support.edge import Edge, FakeQueue
from tests.support.gateway import Answer, call, http_event
from tests.support.jobs import soon

PATH = "/api/v1/ai/jobs"
FORECAST, REPORT = JobKind.INVENTORY_FORECAST, JobKind.SALES_REPORT
BUSINESS_KINDS = [kind for kind in JobKind if ROUTES[kind].start is not None]


class Store:
    """Signs addresses as the object store does."""

    def link(self, key: str, seconds: int, filename: str | None = None) -> str:
        return f"https://files.example/{key}?expires={seconds}"


@pytest.fixture
def queues(edge: Edge) -> dict[str, FakeQueue]:
    queues = {name: FakeQueue() for name in QUEUE_CLASSES}
    vars(edge.runtime).update(_queues=queues, reports=Store())
    return queues


@pytest.fixture(autouse=True)
def _queues(queues: dict[str, FakeQueue]) -> None:
    """Every job has a queue."""


def post(edge: Edge, user: UUID, body: Any, *, operator: bool = False, key: str | None = None) -> Answer:
    headers = {} if key is None else {"Idempotency-Key": key}
    token = edge.issuer.token(user, operator=True) if operator else edge.issuer.token(user)
    return call(handler, http_event(PATH, body, token=token, headers=headers))


def show(edge: Edge, user: UUID, job_id: object, *, operator: bool = False) -> Answer:
    token = edge.issuer.token(user, operator=True) if operator else edge.issuer.token(user)
    return call(handler, http_event(f"{PATH}/{job_id}", method="GET", token=token))


def wanted(business: UUID | str | None, kind: JobKind | str = FORECAST, **params: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": str(kind), "params": params}
    return body if business is None else {**body, "business_id": str(business)}


def complete(edge: Edge, job_id: str, business: UUID | None, result: dict[str, Any]) -> None:
    lease = service.claim(edge.runtime, UUID(job_id), business, soon())
    assert lease is not None
    service.finish(edge.runtime, lease, result, soon())


@pytest.mark.parametrize("role", ["owner", "manager"])
@pytest.mark.parametrize("kind", BUSINESS_KINDS)
def test_owner_and_manager_start_each_kind(edge: Edge, queues: dict[str, FakeQueue], role: str, kind: JobKind) -> None:
    business, user = edge.given_member(role)
    answer = post(edge, user, wanted(business, kind))
    assert answer.status == 202
    job = answer.body["job_id"]
    assert answer.body == {
        "job_id": job,
        "status": "pending",
        "message": f"The job was accepted. Use GET /api/v1/ai/jobs/{job} to check status.",
    }
    assert [json.loads(body)["job_id"] for body in queues[kind.value].messages] == [job]
    shown = show(edge, user, job)
    assert shown.status == 200
    assert shown.body.items() >= {"job_id": job, "status": "pending", "progress": 0, "kind": kind.value}.items()
    assert (shown.body["result"], shown.body["error"], shown.body["started_at"]) == (None, None, None)


@pytest.mark.parametrize("role", ["staff", "analyst"])
def test_staff_and_analysts_start_no_jobs(edge: Edge, role: str) -> None:
    business, user = edge.given_member(role)
    assert post(edge, user, wanted(business)).status == 403


def test_stranger_and_nobody_start_no_jobs(edge: Edge) -> None:
    business, _ = edge.given_member()
    assert post(edge, uuid4(), wanted(business)).status == 403
    assert post(edge, uuid4(), wanted(uuid4())).status == 404
    assert call(handler, http_event(PATH, wanted(business))).status == 401


def test_completed_report_has_its_result_and_fresh_links(edge: Edge) -> None:
    business, user = edge.given_member()
    job = post(edge, user, wanted(business, REPORT, period="weekly")).body["job_id"]
    complete(edge, job, business, {"insights": ["x"], "files": {"html": "reports/a.html", "pdf": "reports/a.pdf"}})
    body = show(edge, user, job).body
    assert (body["status"], body["progress"]) == ("completed", 100)
    assert body["result"]["links"] == {
        "html": "https://files.example/reports/a.html?expires=3600",
        "pdf": "https://files.example/reports/a.pdf?expires=3600",
    }
    assert "files" not in body["result"]
    assert body["result"]["insights"] == ["x"]
    assert body["finished_at"] >= body["started_at"] >= body["created_at"]
    assert body["result"]["timestamp"].endswith("Z")
    assert body["result"]["links_expire_at"] > body["result"]["timestamp"]


def test_failed_job_says_why_and_a_pending_one_does_not_yet(edge: Edge) -> None:
    business, user = edge.given_member()
    job = post(edge, user, wanted(business)).body["job_id"]
    lease = service.claim(edge.runtime, UUID(job), business, soon())
    assert lease is not None
    service.release(edge.runtime, lease, "not yet", soon())
    assert show(edge, user, job).body["error"] is None
    again = service.claim(edge.runtime, UUID(job), business, soon())
    assert again is not None
    service.fail(edge.runtime, again, "No sales were recorded.", soon())
    shown = show(edge, user, job).body
    assert (shown["status"], shown["error"], shown["attempts"]) == ("failed", "No sales were recorded.", 2)


def test_job_of_another_business_is_not_there(edge: Edge) -> None:
    business, user = edge.given_member()
    _, other = edge.given_member()
    job = post(edge, user, wanted(business)).body["job_id"]
    assert show(edge, other, job).status == show(edge, uuid4(), job).status == show(edge, user, uuid4()).status == 404
    assert show(edge, other, job, operator=True).status == 404
    assert show(edge, other, job).body["code"] == "job_not_found"
    assert call(handler, http_event(f"{PATH}/{job}", method="GET")).status == 401


READERS = {
    "analyst": set(BUSINESS_KINDS),
    "staff": {JobKind.PRODUCT_RECOMMENDATIONS},
    "manager": set(BUSINESS_KINDS),
}


@pytest.mark.parametrize("role", READERS)
def test_result_is_read_by_roles_that_may_read_what_is_in_it(edge: Edge, role: str) -> None:
    business, owner = edge.given_member()
    reader = edge.factory.insert_membership(business, role=role)
    jobs = {kind: post(edge, owner, wanted(business, kind)).body["job_id"] for kind in BUSINESS_KINDS}
    answers = {kind: show(edge, reader, job).status for kind, job in jobs.items()}
    assert answers == {kind: 200 if kind in READERS[role] else 403 for kind in BUSINESS_KINDS}


def test_cleanup_is_for_operators_and_about_no_business(edge: Edge) -> None:
    business, user = edge.given_member()
    operator = uuid4()
    assert post(edge, user, wanted(None, JobKind.CLEANUP)).status == 403
    named = post(edge, user, wanted(business, JobKind.CLEANUP))
    assert (named.status, named.fields) == (422, ["business_id"])
    started = post(edge, operator, wanted(None, JobKind.CLEANUP, days_old=7), operator=True)
    assert started.status == 202
    job = started.body["job_id"]
    assert show(edge, operator, job, operator=True).body["business_id"] is None
    assert show(edge, uuid4(), job, operator=True).status == 200
    assert show(edge, user, job).status == show(edge, operator, job).status == 404


def test_training_is_for_operators_and_about_a_business(edge: Edge) -> None:
    business, owner = edge.given_member()
    assert post(edge, owner, wanted(business, JobKind.TRAIN_MODELS)).status == 403
    started = post(edge, uuid4(), wanted(business, JobKind.TRAIN_MODELS, as_of="2026-05-31T14:00"), operator=True)
    assert started.status == 202
    assert show(edge, owner, started.body["job_id"]).status == 403
    without = post(edge, uuid4(), wanted(None, JobKind.TRAIN_MODELS), operator=True)
    assert (without.status, without.fields) == (422, ["business_id"])


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (wanted(None), ["business_id"]),
        (wanted("x"), ["business_id"]),
        (wanted("BUSINESS", "make_coffee"), ["kind"]),
        (wanted("BUSINESS", REPORT, period="hourly"), ["params.period"]),
        (wanted("BUSINESS", horizon_days=0, product_ids=[""]), ["params.product_ids.0", "params.horizon_days"]),
        (wanted("BUSINESS", colour="red"), ["params.colour"]),
        ({**wanted("BUSINESS"), "priority": 1}, ["priority"]),
        ({**wanted("BUSINESS"), "params": []}, ["params"]),
        ([], ["body"]),
    ],
)
def test_malformed_request_names_the_field(edge: Edge, body: Any, fields: list[str]) -> None:
    business, user = edge.given_member()
    text = json.loads(json.dumps(body).replace("BUSINESS", str(business)))
    answer = post(edge, user, text)
    assert (answer.status, answer.fields) == (422, fields)
    assert edge.rows("ai_jobs WHERE business_id = '" + str(business) + "'") == []


def test_malformed_job_id_is_named(edge: Edge) -> None:
    _, user = edge.given_member()
    answer = show(edge, user, "42")
    assert (answer.status, answer.fields) == (422, ["job_id"])


def test_repeat_with_the_same_key_has_the_first_answer(edge: Edge, queues: dict[str, FakeQueue]) -> None:
    business, user = edge.given_member()
    first = post(edge, user, wanted(business), key="order-66")
    complete(edge, first.body["job_id"], business, {})
    again = post(edge, user, wanted(business), key="order-66")
    assert (again.status, again.body) == (202, first.body)
    other = post(edge, user, wanted(business, horizon_days=3), key="order-66")
    assert (other.status, other.fields) == (422, ["Idempotency-Key"])
    too_long = post(edge, user, wanted(business), key="k" * 256)
    assert (too_long.status, too_long.fields) == (422, ["Idempotency-Key"])
    assert len(queues[FORECAST.value].messages) == 1


def test_request_is_accepted_while_the_queue_is_down(edge: Edge, queues: dict[str, FakeQueue]) -> None:
    business, user = edge.given_member()
    queues[FORECAST.value].down = True
    answer = post(edge, user, wanted(business))
    assert answer.status == 202
    assert show(edge, user, answer.body["job_id"]).body["status"] == "pending"


def test_both_count_against_the_rate(edge: Edge) -> None:
    business, user = edge.given_member()
    started = post(edge, user, wanted(business))
    shown = show(edge, user, started.body["job_id"])
    limit = edge.runtime.settings.rate_limit_per_minute
    assert started.headers["ratelimit"].startswith(f'"user";r={limit - 1};')
    assert shown.headers["ratelimit"].startswith(f'"user";r={limit - 2};')


def test_spent_budget_refuses_paid_kinds_where_the_business_chose_so(edge: Edge) -> None:
    business, user = edge.given_member(monthly_budget_usd=0, budget_policy="refuse")
    answers = {kind: post(edge, user, wanted(business, kind)).status for kind in BUSINESS_KINDS}
    assert answers == {kind: 402 if ROUTES[kind].paid else 202 for kind in BUSINESS_KINDS}


def test_the_key_is_documented() -> None:
    parameters = app.openapi()["paths"][PATH]["post"]["parameters"]
    assert [(each["in"], each["name"].lower(), each["required"]) for each in parameters] == [
        ("header", "idempotency-key", False)
    ]
