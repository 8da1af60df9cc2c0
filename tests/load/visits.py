"""What a member does on one visit: each function is a few requests that belong together, as a frontend makes them."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.load.questions import ASSISTANTS, FOLLOW_UPS, NOTES, PERIODS, QUESTIONS, SEARCHED
from tests.load.recording import Caller
from tests.load.world import Member, Tenant, World

QUERY, RECOMMEND, SUGGEST = "POST /query", "POST /recommend", "POST /product-suggestions"
ANALYSIS, START_JOB, SHOW_JOB = "POST /sales-analysis", "POST /jobs", "GET /jobs/{job_id}"
PUT, FIND, REMOVE = "PUT /documents/{document_id}", "GET /documents", "DELETE /documents/{document_id}"
LIST, ERASE, ERASE_ALL = "GET /conversations", "DELETE /conversations/{conversation_id}", "DELETE /conversations"
FEEDBACK, USAGE = "POST /conversations/{conversation_id}/feedback", "GET /usage-stats"
JOBS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("generate_sales_report", {"period": "monthly"}),
    ("generate_product_recommendations", {}),
    ("analyze_customer_behavior", {}),
    ("generate_inventory_forecast", {}),
)
JOB_SECONDS = 120.0
POLL_SECONDS = 0.5
ASKING_TOO_OFTEN = 25  # requests of one visit


@dataclass
class Pace:
    """How often jobs are begun: each is seconds of a processor, which the other requests wait for."""

    seconds_between_jobs: float
    _next: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def may_start_a_job(self) -> bool:
        """Whether it is time; the caller then starts one."""
        with self._lock:
            if time.monotonic() < self._next:
                return False
            self._next = time.monotonic() + self.seconds_between_jobs
            return True


@dataclass(frozen=True)
class Visit:
    """Somebody with a connection of their own, in a business, for a moment. over: whether the load has ended."""

    world: World
    tenant: Tenant
    member: Member
    caller: Caller
    chance: random.Random
    pace: Pace
    over: Callable[[], bool]

    @property
    def business(self) -> dict[str, str]:
        """The business as a parameter."""
        return {"business_id": str(self.tenant.id)}

    @property
    def other(self) -> Tenant:
        """A business that the member does not belong to."""
        return next(tenant for tenant in self.world.tenants if tenant is not self.tenant)

    def call(self, endpoint: str, **options: Any) -> Any:
        """A request of the member's."""
        return self.caller.call(endpoint, options.pop("token", self.member.token), about=str(self.tenant.id), **options)

    def infer(self, endpoint: str, **options: Any) -> Any:
        """A request that the audit has to know of."""
        return self.call(endpoint, inference=True, **options)

    def ask(self, text: str, **more: Any) -> str | None:
        """A question's conversation."""
        answer = self.infer(QUERY, json={"query": text, **self.business, **more})
        return answer and answer["conversation_id"]


def ask(visit: Visit) -> None:
    """A question or two, their follow-ups, and what was thought of the answer."""
    language = visit.tenant.language if visit.chance.random() < 0.8 else visit.chance.choice(("es", "en"))
    turn = visit.ask(visit.chance.choice(QUESTIONS[language]), assistant_type=visit.chance.choice(ASSISTANTS))
    for _ in range(visit.chance.randint(0, 2)):
        if turn:
            turn = visit.ask(visit.chance.choice(FOLLOW_UPS[language]), conversation_id=turn)
    if turn and visit.chance.random() < 0.3:
        opinion = {"rating": visit.chance.choice(("up", "down")), "comment": "load"}
        visit.call(FEEDBACK, path={"conversation_id": turn}, json=opinion, expects=(201,))
        visit.call(FEEDBACK, path={"conversation_id": turn}, json=opinion, expects=(200,))


def recommend(visit: Visit) -> None:
    """What to promote, what fits some words, what to add to the menu."""
    words = visit.chance.choice(SEARCHED[visit.tenant.language])
    visit.infer(RECOMMEND, params={**visit.business, "query_text": words, "limit": visit.chance.randint(1, 20)})
    visit.infer(RECOMMEND, params=visit.business)
    visit.infer(SUGGEST, params=visit.business)


def analyse(visit: Visit) -> None:
    """A sales analysis at once."""
    visit.infer(ANALYSIS, params={**visit.business, "period": visit.chance.choice(PERIODS)})


def keep_documents(visit: Visit) -> None:
    """A document is written, found, asked about and removed."""
    name, language = f"load-{uuid4()}", visit.tenant.language
    body = {
        "title": "Terraza",
        "content": NOTES[language].format(number=visit.chance.randint(8, 80)),
        "metadata": {"load": True},
    }
    path = {"document_id": name}
    visit.call(PUT, path=path, params=visit.business, json=body)
    visit.call(FIND, params={**visit.business, "q": "terraza" if language == "es" else "terrace", "limit": 5})
    visit.call(FIND, params=visit.business)
    visit.ask(
        "¿Cuántas personas caben en la terraza?" if language == "es" else "How many people does the terrace seat?"
    )
    visit.call(REMOVE, path=path, params=visit.business, expects=(204, 404))  # 404: where it could not be written
    visit.call(REMOVE, path=path, params=visit.business, expects=(404, 204))


def work(visit: Visit) -> None:
    """A job, and looking how far it is until it has ended."""
    if not visit.pace.may_start_a_job():
        return look(visit)
    if visit.chance.random() < 0.3:
        accepted = visit.call(ANALYSIS, params={**visit.business, "async_mode": "true"}, expects=(202,))
    else:
        kind, params = visit.chance.choice(JOBS)
        body = {**visit.business, "kind": kind, "params": params}
        accepted = visit.call(START_JOB, json=body, headers={"Idempotency-Key": str(uuid4())}, expects=(202,))
    if accepted is None:
        return None
    job = {"job_id": accepted["job_id"]}
    asked = visit.caller.last
    visit.caller.recorder.jobs[accepted["job_id"]] = str(asked and asked.request_id)
    visit.call(SHOW_JOB, path=job, token=visit.chance.choice(visit.other.members).token, expects=(404,))
    until = time.monotonic() + JOB_SECONDS
    while time.monotonic() < until and not visit.over():
        shown = visit.call(SHOW_JOB, path=job)
        if shown and shown["status"] in ("completed", "failed"):
            return None
        time.sleep(POLL_SECONDS)
    return None


def look(visit: Visit) -> None:
    """What was asked, used and can be asked; whether all is well."""
    visit.call(LIST, params={"limit": 20})
    visit.call(LIST, params={"assistant_type": visit.chance.choice(ASSISTANTS), "skip": 1})
    visit.call(USAGE)
    visit.call(USAGE, params=visit.business)
    visit.call("GET /capabilities", params={"locale": visit.tenant.language})
    visit.call("GET /health")
    visit.call("GET /metrics", token=visit.world.operator.token)


def forget(visit: Visit) -> None:
    """The right to erasure."""
    if turn := visit.ask(visit.chance.choice(QUESTIONS[visit.tenant.language])):
        visit.call(ERASE, path={"conversation_id": turn}, expects=(204, 404))  # 404: its row is still on its way
        visit.call(ERASE, path={"conversation_id": turn}, expects=(404, 204))
    if visit.chance.random() < 0.1:
        visit.call(ERASE_ALL)


def err(visit: Visit) -> None:
    """What is wrong, not allowed, another's or nowhere."""
    stranger, nobody, staff = (
        visit.world.stranger.token,
        {"business_id": str(uuid4())},
        visit.tenant.with_roles("staff"),
    )
    question, other = {"query": QUESTIONS["es"][0]}, {"business_id": str(visit.other.id)}
    wrong: tuple[Callable[[], Any], ...] = (
        lambda: visit.infer(QUERY, json={"query": " ", **visit.business}, expects=(422,)),
        lambda: visit.infer(QUERY, json={**question, **visit.business, "colour": "red"}, expects=(422,)),
        lambda: visit.infer(QUERY, content=b"{", headers={"content-type": "application/json"}, expects=(422,)),
        lambda: visit.infer(RECOMMEND, params={**visit.business, "limit": 99}, expects=(422,)),
        lambda: visit.infer(ANALYSIS, params={**visit.business, "period": "hourly"}, expects=(422,)),
        lambda: visit.infer(QUERY, json={**question, **other}, expects=(403,)),
        lambda: visit.infer(QUERY, json={**question, **nobody}, expects=(404,)),
        lambda: visit.infer(QUERY, json={**question, **visit.business}, token=stranger, expects=(403,)),
        lambda: visit.infer(
            QUERY, json={**question, **visit.business}, token=visit.chance.choice(staff).token, expects=(403,)
        ),
        lambda: visit.infer(QUERY, json={**question, **visit.business, "conversation_id": str(uuid4())}, expects=(404,)),
        lambda: visit.infer(QUERY, json={**question, **visit.business}, token="x.y.z", expects=(401,)),
        lambda: visit.infer(RECOMMEND, params=other, expects=(403,)),
        lambda: visit.infer(ANALYSIS, params=nobody, expects=(404,)),
        lambda: visit.infer(SUGGEST, params=other, expects=(403,)),
        lambda: visit.call(USAGE, params=other, expects=(403,)),
        lambda: visit.call("GET /metrics", expects=(403,)),
        lambda: visit.call(SHOW_JOB, path={"job_id": str(uuid4())}, expects=(404,)),
        lambda: visit.call(START_JOB, json={**visit.business, "kind": "make_coffee", "params": {}}, expects=(422,)),
        lambda: visit.call(PUT, path={"document_id": "x"}, params=visit.business, json={"content": 7}, expects=(422,)),
        lambda: visit.call(PUT, path={"document_id": "x"}, params=other, json={"content": "x"}, expects=(403,)),
        lambda: visit.call(FIND, params=other, expects=(403,)),
    )  # fmt: skip
    for each in visit.chance.sample(wrong, 5):
        each()


def ask_too_often(visit: Visit) -> None:
    """One member of the first business, on every such visit of all."""
    home = str(visit.world.tenants[0].id)
    for _ in range(ASKING_TOO_OFTEN):
        question = {"query": QUESTIONS["es"][0], "business_id": home}
        visit.infer(QUERY, json=question, token=visit.world.hasty.token, expects=(200, 429))


VISITS: dict[Callable[[Visit], None], int] = {
    ask: 40, recommend: 10, analyse: 8, keep_documents: 10, work: 6, look: 8, forget: 4, err: 12, ask_too_often: 1,
}  # fmt: skip
"""Each visit with its share of all."""
