"""A business's budget under questions at once, crashes, and a database that is away."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from cafe_ai.assistants import service
from cafe_ai.assistants.model import Answer, Question
from cafe_ai.audit import message
from cafe_ai.audit import service as audit
from cafe_ai.audit.model import billed
from cafe_ai.bootstrap import Runtime
from cafe_ai.errors import BudgetExhausted, DependencyDown, PermissionDenied
from cafe_ai.llm.port import Message
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.tenancy.model import Member, Role
from tests.integration.assistants.conftest import AS_OF, Shop
from tests.support.factories import Factory
from tests.support.openai_server import OpenAIServer

APRIL = "¿Cuánto vendimos en abril?"
NOT_BY_RULES = "¿Cómo nos fue en el mes de las lluvias mil?"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def limit(talking: Shop, factory: Factory) -> Callable[[Decimal | str], Member]:
    """Gives the business a monthly limit; a member who has been admitted under it."""

    def set_limit(usd: Decimal | str) -> Member:
        factory.act_for(talking.business.id)
        factory.connection.execute("UPDATE businesses SET monthly_budget_usd = %s", [usd])
        return talking.member(budget_left_usd=Decimal(usd))

    return set_limit


def most_of(talking: Shop, server: OpenAIServer) -> Decimal:
    """The most that telling April's sales can cost, asked of a request that was made for them."""
    talking.ask(APRIL)
    body = server.requests.pop().body
    messages = [Message(each["role"], each["content"]) for each in body["messages"]]
    model = talking.runtime.language_model
    assert model is not None
    return model.cost_at_most(messages, max_tokens=body["max_completion_tokens"])


def spent(shop: Shop) -> Decimal:
    return sum((row["spent_usd"] for row in shop.rows("budgets")), Decimal(0))


def test_of_fifty_questions_at_once_a_budget_for_ten_pays_exactly_ten(
    talking: Shop, server: OpenAIServer, limit: Callable[[Decimal], Member]
) -> None:
    before = len(talking.rows("ai_audit_logs")) + 1
    most = most_of(talking, server)
    already = spent(talking)
    member = limit(already + 10 * most)
    server.script(prose="slow")
    server.delay = 30  # the ten hold what they reserved until the forty have been turned away

    def ask(_: int) -> Answer:
        with closing(Database(talking.database.app)) as database:
            runtime = Runtime.of(
                talking.runtime.settings, database=database, language_model=talking.runtime.language_model
            )
            asked = Question(APRIL, talking.business.id, as_of=AS_OF)
            return service.answer(runtime, replace(member, deadline=Deadline.after(25)), asked)

    with ThreadPoolExecutor(50) as pool:
        asked = [pool.submit(ask, number) for number in range(50)]
        answers = []
        for done in as_completed(asked):
            answers.append(done.result())
            if len(answers) == 40:
                server.released.set()

    assert [answer.degraded for answer in answers] == [True] * 40 + [False] * 10
    assert all("1.234,50" in answer.text for answer in answers)
    assert len(server.requests) == 10
    assert talking.rows("budget_reservations") == []
    assert spent(talking) == already + sum(answer.cost_usd for answer in answers)
    assert len(talking.rows("ai_audit_logs")) == before + 50
    assert all(answer.budget_left_usd is not None for answer in answers)


def test_a_business_without_a_limit_reserves_nothing(talking: Shop) -> None:
    answer = talking.ask(APRIL)
    [row] = talking.rows("ai_audit_logs")
    assert (row["reserved_usd"], answer.budget_left_usd) == (0, None)
    assert spent(talking) == answer.cost_usd > 0


def test_what_is_left_is_told_and_the_reservation_is_in_the_audit(
    talking: Shop, limit: Callable[[str], Member]
) -> None:
    answer = talking.ask(APRIL, limit("0.01"))
    [row] = talking.rows("ai_audit_logs")
    assert answer.cost_usd < row["reserved_usd"] < Decimal("0.0005")
    assert answer.budget_left_usd == Decimal("0.01") - answer.cost_usd
    assert spent(talking) == answer.cost_usd
    assert talking.rows("budget_reservations") == []


def test_a_plan_that_was_paid_and_words_that_were_not(
    talking: Shop, server: OpenAIServer, limit: Callable[[str], Member]
) -> None:
    """Others use up the budget while the model plans: the facts speak for themselves, and the plan is settled."""
    member = limit("0.01")

    def plan_while_others_spend(question: str) -> dict[str, object]:
        limit("0.000001")
        return {"metrics": ["net_sales"], "period": "2026-04"}

    server.plan_for = plan_while_others_spend
    answer = talking.ask(NOT_BY_RULES, member)
    assert [request.plans for request in server.requests] == [True]
    assert (answer.degraded, answer.verified) == (True, True)
    assert "1.234,50" in answer.text
    assert spent(talking) == answer.cost_usd > 0
    assert talking.rows("budget_reservations") == []


def test_a_business_that_chose_to_be_refused_is_refused_in_the_middle_as_well(
    talking: Shop, server: OpenAIServer, limit: Callable[[str], Member]
) -> None:
    member = limit("0.000001")
    member = replace(member, business=replace(member.business, budget_policy="refuse"))
    with pytest.raises(BudgetExhausted) as refused:
        talking.ask(APRIL, member)
    assert refused.value.extensions["renews_on"].endswith("-01")
    assert server.requests == []
    assert spent(talking) == 0


def test_a_failure_after_a_paid_call_bills_it(
    talking: Shop, server: OpenAIServer, limit: Callable[[str], Member]
) -> None:
    limit("0.01")
    server.plan_for = lambda question: {"metrics": ["net_sales"], "period": "all"}
    with pytest.raises(PermissionDenied) as denied:
        talking.ask(NOT_BY_RULES, talking.member(Role.STAFF, budget_left_usd=Decimal("0.01")))
    bill = billed(denied.value)
    assert bill["cost_usd"] > 0
    assert bill["prompt_version"] == "plan.v1"
    [reservation] = talking.rows("budget_reservations")
    assert reservation["inference_id"] == bill["id"]
    assert reservation["usd"] == bill["reserved_usd"]


@pytest.mark.parametrize(("behaviour", "doubted"), [("empty_choices", True), ("error_401", False)])
def test_a_call_that_may_have_been_paid_without_an_answer_is_not_forgotten(
    talking: Shop, server: OpenAIServer, limit: Callable[[str], Member], behaviour: str, doubted: bool
) -> None:
    member = limit("0.01")
    server.script(prose=behaviour)
    answer = talking.ask(APRIL, member)
    [row] = talking.rows("ai_audit_logs")
    assert (answer.degraded, answer.cost_usd) == (True, 0)
    assert row["doubtful_usd"] == (row["reserved_usd"] if doubted else 0)
    assert len(server.requests) == (4 if doubted else 1), "each attempt may have been paid"
    assert spent(talking) == row["doubtful_usd"]
    assert talking.rows("budget_reservations") == []


def test_a_budget_that_cannot_be_asked_calls_no_model_and_refuses_nobody(
    talking: Shop, server: OpenAIServer, limit: Callable[[str], Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bool:
        raise DependencyDown("database")

    member = limit("0.01")
    member = replace(member, business=replace(member.business, budget_policy="refuse"))
    monkeypatch.setattr("cafe_ai.budgets.repository.reserve", away)
    answer = talking.ask(APRIL, member)
    assert (answer.degraded, server.requests) == (True, [])


def test_a_settlement_that_waited_in_the_audit_queue_is_made_once(
    talking: Shop, limit: Callable[[str], Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise DependencyDown("database")

    member = limit("0.01")
    with monkeypatch.context() as patched:
        patched.setattr(audit, "store", away)
        answer = talking.ask(APRIL, member)
    [reservation] = talking.rows("budget_reservations")
    assert spent(talking) == reservation["usd"] > answer.cost_usd
    [body] = talking.runtime.audit_queue.messages  # type: ignore[union-attr]
    for _ in range(3):
        audit.store_message(talking.runtime, message.decode(body), Deadline.after(5))
    assert spent(talking) == answer.cost_usd
    assert talking.rows("budget_reservations") == []


CHILD = """
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID
from cafe_ai.assistants import service
from cafe_ai.assistants.model import Question
from cafe_ai.bootstrap import Runtime
from cafe_ai.llm.models import find_model
from cafe_ai.llm.openai_adapter import OpenAILanguageModel
from cafe_ai.platform.clock import Deadline
from cafe_ai.platform.db import Database
from cafe_ai.platform.ids import uuid7
from cafe_ai.settings import Settings
from cafe_ai.tenancy.model import Business, Member, Role

dsn, url, business_id = sys.stdin.read().split()
model = OpenAILanguageModel(find_model("gpt-6-luna", date(2026, 11, 22)), api_key="test-key", base_url=url)
runtime = Runtime.of(Settings(), database=Database(dsn), audit_queue=None, language_model=model)
shop = Business(UUID(business_id), "Café Central", "cafeteria", "Europe/Madrid", "EUR", "es")
member = Member(uuid7(), Role.OWNER, shop, Decimal("0.01"), "req-1", Deadline.after(20))
service.answer(runtime, member, Question("¿Cuánto vendimos en abril de 2026?", shop.id))
"""


def test_a_process_killed_while_the_model_answers_leaves_its_reservation_as_spent(
    talking: Shop, server: OpenAIServer, limit: Callable[[str], Member], factory: Factory
) -> None:
    limit("0.01")
    server.script(prose="hang")
    told = f"{talking.database.app} {server.url} {talking.business.id}"
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'core'}", "PATH": ""}
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHILD)], stdin=subprocess.PIPE, text=True, env=environment
    )
    try:
        threading.Thread(target=child.communicate, args=(told,), daemon=True).start()
        until = time.monotonic() + 30
        while not server.requests and child.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        assert len(server.requests) == 1
    finally:
        child.kill()
        child.wait()
    [reservation] = talking.rows("budget_reservations")
    assert spent(talking) == reservation["usd"] > 0
    assert 0 < (reservation["expires_at"] - service.now_utc()).total_seconds() < 145
    server.script(prose="good")
    answer = talking.ask(APRIL, limit(reservation["usd"] * 2 - Decimal("0.00001")))
    assert answer.degraded, "what the killed call may have cost is not there for another"
