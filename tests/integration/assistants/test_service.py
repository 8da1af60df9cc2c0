"""Question → plan → facts → words → check, on a real database: what the asker gets, whatever the language model does."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from cafe_ai.analytics.model import Metric
from cafe_ai.assistants.model import Answer, AssistantType
from cafe_ai.bootstrap import Runtime
from cafe_ai.errors import ConversationNotFound, DependencyDown, PermissionDenied
from cafe_ai.llm.prompt_book import prompt_book
from cafe_ai.platform.db import Database
from cafe_ai.tenancy.model import Role
from tests.integration.assistants.conftest import Shop
from tests.support.edge import FakeQueue
from tests.support.openai_server import OpenAIServer

APRIL = "¿Cuánto vendimos en abril?"
NOT_BY_RULES = "¿Qué tal se nos dio lo de las croquetas cuánticas en abril?"
DOWN = (
    "error_400",
    "error_401",
    "error_429",
    "error_429_long",
    "no_credit",
    "error_500",
    "error_503",
    "hang_up",
    "cut",
)
BROKEN = ("not_json", "html", "json_list", "empty_choices", "null_message", "content_filter", "empty_text", "huge")


def value_of(answer: Answer, metric: Metric = Metric.NET_SALES) -> Decimal:
    return next(fact.value for fact in answer.facts if fact.metric == metric and fact.role == "value")


# --- Without a language model --------------------------------------------------------------------------------------


def test_a_question_is_answered_from_the_facts_alone(shop: Shop) -> None:
    answer = shop.ask(APRIL, assistant_type=AssistantType.SALES_ANALYSIS)
    assert value_of(answer) == Decimal("1234.50")
    assert "1.234,50" in answer.text
    assert (answer.degraded, answer.verified, answer.model_name) == (True, True, "rules")
    assert (answer.tokens_used, answer.cost_usd) == (0, 0)
    assert answer.assistant_type is AssistantType.SALES_ANALYSIS


def test_the_turn_and_its_audit_are_written_once_with_plan_and_hash(shop: Shop) -> None:
    answer = shop.ask(APRIL)
    [turn], [audited] = shop.rows("ai_conversations"), shop.rows("ai_audit_logs")
    assert turn["id"] == answer.conversation_id
    assert (turn["prompt"], turn["response"], turn["follows_id"]) == (APRIL, answer.text, None)
    assert turn["plan"] == audited["plan"]
    assert turn["plan"]["plan"]["metrics"] == ["net_sales"]
    assert turn["plan"]["period"]["start"] == "2026-04-01"
    assert (audited["status"], audited["model_name"], audited["degraded"]) == ("success", "rules", True)
    assert (audited["request_id"], audited["endpoint"]) == ("req-1", "/api/v1/ai/query")
    again = shop.ask(APRIL)
    assert again.text == answer.text
    hashes = {row["facts_hash"] for row in shop.rows("ai_audit_logs")}
    assert len(hashes) == 1
    assert len(hashes.pop()) == 64
    shop.ask("¿Cuánto vendimos en marzo?")
    assert len({row["facts_hash"] for row in shop.rows("ai_audit_logs")}) == 2


def test_the_language_is_that_asked_for_then_the_questions_then_the_turns_then_the_business(shop: Shop) -> None:
    assert "1,234.50" in shop.ask(APRIL, locale="en").text
    english = shop.ask("How much did we sell in April?")
    assert "1,234.50" in english.text
    assert "1,000.25" in shop.ask("2026-03?", conversation_id=english.conversation_id).text
    assert "1.000,25" in shop.ask("2026-03?", conversation_id=shop.ask(APRIL).conversation_id).text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("¿Cuánto vendimos de unicornios?", "unicornios"),
        ("¿Cuánto pagamos de alquiler?", "alquiler"),
        ("¿Cuánto venderemos mañana?", ""),
        ("hola", ""),
    ],
)
def test_what_cannot_be_answered_is_declined_without_a_figure(shop: Shop, question: str, told: str) -> None:
    answer = shop.ask(question)
    assert told in answer.text
    assert answer.text
    assert answer.facts == ()
    assert not any(character.isdigit() for character in answer.text)
    [audited] = shop.rows("ai_audit_logs")
    assert (audited["facts_hash"], audited["status"]) == (None, "success")
    assert set(audited["plan"] or ()) <= {"search", "sources"}  # nothing was planned; it may have been searched for


def test_an_earlier_moment_sees_nothing_later(shop: Shop) -> None:
    earlier = datetime(2026, 4, 10, 9, 59, tzinfo=UTC)
    local = datetime(2026, 4, 10, 9, 59)  # noqa: DTZ001 -- the shop's own clock: one minute before the order
    assert not any(fact.value for fact in shop.ask(APRIL, as_of=local).facts)
    assert value_of(shop.ask(APRIL, as_of=earlier)) == Decimal("1234.50")  # 11:59 in Madrid


def test_without_the_database_there_is_no_answer_and_a_clear_error(shop: Shop) -> None:
    vars(shop.runtime)["database"] = Database("postgresql://nobody@127.0.0.1:1/none", connect_timeout=2)
    with pytest.raises(DependencyDown):
        shop.ask(APRIL)


def test_an_answer_that_cannot_be_written_goes_out_and_waits_in_the_queue(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise DependencyDown("database")

    monkeypatch.setattr("cafe_ai.audit.service.store", down)
    answer = shop.ask(APRIL)
    assert value_of(answer) == Decimal("1234.50")
    queue = shop.runtime.audit_queue
    assert isinstance(queue, FakeQueue)
    assert len(queue.messages) == 1
    assert str(answer.conversation_id) in queue.messages[0]
    assert shop.rows("ai_audit_logs") == []


# --- Follow-ups ----------------------------------------------------------------------------------------------------


def test_follow_ups_count_from_the_period_last_spoken_of(shop: Shop) -> None:
    april = shop.ask(APRIL)
    march = shop.ask("¿y el mes anterior?", conversation_id=april.conversation_id)
    assert value_of(march) == Decimal("1000.25")
    orders = shop.ask("¿y los pedidos?", conversation_id=march.conversation_id)
    assert (orders.facts[0].metric, orders.facts[0].period.start.isoformat()) == ("orders", "2026-03-01")
    assert value_of(orders, Metric.ORDERS) == 1
    february = shop.ask("¿y el mes anterior?", conversation_id=orders.conversation_id)
    assert february.facts == ()  # before the records
    assert [row["follows_id"] for row in shop.rows("ai_conversations")] == [
        None, april.conversation_id, march.conversation_id, orders.conversation_id,
    ]  # fmt: skip


def test_a_follow_up_of_a_turn_without_a_plan_stands_by_itself(shop: Shop) -> None:
    hello = shop.ask("hola")
    answer = shop.ask("¿y en abril?", conversation_id=hello.conversation_id)
    assert answer.facts == () or value_of(answer) == Decimal("1234.50")


def test_another_users_turn_another_businesses_and_none_are_not_found_alike(shop: Shop, neighbour: Shop) -> None:
    mine = shop.ask(APRIL).conversation_id
    theirs = neighbour.ask(APRIL).conversation_id
    errors = []
    for asker, role, conversation in (
        (shop, Role.MANAGER, mine),
        (shop, Role.OWNER, theirs),
        (shop, Role.OWNER, uuid4()),
        (neighbour, Role.OWNER, mine),
    ):
        with pytest.raises(ConversationNotFound) as raised:
            asker.ask("¿y el mes anterior?", asker.member(role), conversation_id=conversation)
        errors.append(str(raised.value))
    assert len(set(errors)) == 1


# --- Permission ----------------------------------------------------------------------------------------------------

MONEY_QUESTIONS = (
    APRIL,
    "¿Cuántos pedidos tuvimos en abril?",
    "¿Qué productos no se vendieron en abril?",
    "los 5 productos más vendidos",
    "¿Cuántos clientes tuvimos en abril?",
    "¿Qué margen tiene el croissant?",
    "¿Cuántos croissants vendimos?",
    "¿Cuántos clientes llevan 60 días sin comprar?",
)


@pytest.mark.parametrize("assistant_type", list(AssistantType))
@pytest.mark.parametrize("question", MONEY_QUESTIONS)
def test_staff_may_not_ask_for_sales_under_any_assistant(
    shop: Shop, assistant_type: AssistantType, question: str
) -> None:
    with pytest.raises(PermissionDenied) as denied:
        shop.ask(question, shop.member(Role.STAFF), assistant_type=assistant_type)
    assert not any(character.isdigit() for character in str(denied.value))


@pytest.mark.parametrize("assistant_type", list(AssistantType))
@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("¿Cuánto cuesta el croissant?", "2,50"),
        ("¿Cuántos productos hay en el catálogo?", "2"),
        ("stock de croissant", "7"),
    ],
)
def test_staff_may_ask_about_the_catalogue(shop: Shop, assistant_type: AssistantType, question: str, told: str) -> None:
    answer = shop.ask(question, shop.member(Role.STAFF), assistant_type=assistant_type)
    assert told in answer.text
    assert answer.facts


@pytest.mark.parametrize("question", ["¿Cuánto compró el cliente {}?", "ventas del cliente {} en abril", "cliente {}"])
def test_staff_do_not_learn_whether_a_customer_exists(shop: Shop, question: str) -> None:
    outcomes = []
    for customer in ("14646", "99999"):
        with pytest.raises(PermissionDenied) as denied:
            shop.ask(question.format(customer), shop.member(Role.STAFF))
        outcomes.append(str(denied.value))
    assert outcomes[0] == outcomes[1]


def test_staff_do_not_learn_whether_a_person_is_a_customer(shop: Shop) -> None:
    known = shop.ask("¿Cuánto gastó Ana de Café Central?", shop.member(Role.STAFF))
    unknown = shop.ask("¿Cuánto gastó Eva de Café Central?", shop.member(Role.STAFF))
    assert known.text.replace("Ana", "Eva") == unknown.text
    assert known.facts == unknown.facts == ()


def test_a_model_cannot_give_staff_what_they_may_not_know(talking: Shop, server: OpenAIServer) -> None:
    server.plan_for = lambda question: {"metrics": ["net_sales"], "period": "all"}
    with pytest.raises(PermissionDenied):
        talking.ask(NOT_BY_RULES, talking.member(Role.STAFF))
    assert not any(request.behaviour and not request.plans for request in server.requests)


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.ANALYST])
@pytest.mark.parametrize("question", MONEY_QUESTIONS)
def test_who_may_read_everything_is_answered(shop: Shop, role: Role, question: str) -> None:
    assert shop.ask(question, shop.member(role)).text


# --- With a language model -----------------------------------------------------------------------------------------


def test_a_model_that_answers_well_tells_the_facts_and_is_paid_for(talking: Shop, server: OpenAIServer) -> None:
    answer = talking.ask(APRIL)
    assert "1.234,50" in answer.text
    assert (answer.degraded, answer.verified, answer.model_name) == (False, True, "gpt-6-luna")
    assert [request.plans for request in server.requests] == [False]  # the rules had planned
    assert 0 < answer.tokens_used < 600
    assert 0 < answer.cost_usd < Decimal("0.0005")
    [audited] = talking.rows("ai_audit_logs")
    assert audited["tokens_used"] == audited["prompt_tokens"] + audited["completion_tokens"] == answer.tokens_used
    assert audited["cost_usd"] == answer.cost_usd
    given = prompt_book().for_business(talking.business.id)
    assert (audited["prompt_version"], audited["variants"]) == (given.get("prose").version, given.variants)
    assert (audited["degraded"], audited["response"]) == (False, answer.text)
    [budget] = talking.rows("budgets")
    assert budget["spent_usd"] == answer.cost_usd


def test_a_model_plans_what_the_rules_do_not_understand(talking: Shop, server: OpenAIServer) -> None:
    server.plan_for = {NOT_BY_RULES: {"metrics": ["net_sales"], "period": "2026-04"}}
    answer = talking.ask(NOT_BY_RULES)
    assert value_of(answer) == Decimal("1234.50")
    assert [request.plans for request in server.requests] == [True, False]
    assert (answer.degraded, answer.verified) == (False, True)
    [audited] = talking.rows("ai_audit_logs")
    prose = prompt_book().for_business(talking.business.id).get("prose")
    assert audited["prompt_version"] == f"plan.v1 {prose.version}"
    assert server.requests[1].body["messages"][0]["content"] == prose.text.format(language="Spanish")


@pytest.mark.parametrize("lie", ["invent", "flip", "swap"])
def test_a_lie_is_asked_again_once_and_then_the_narrator_answers(talking: Shop, server: OpenAIServer, lie: str) -> None:
    server.script(prose=lie)
    question = "¿Cuánto vendimos en abril comparado con marzo?"
    answer = talking.ask(question)
    told = [request for request in server.requests if not request.plans]
    assert len(told) == 2
    assert told[1].told["not in the facts, leave out"]
    assert (answer.degraded, answer.verified) == (True, True)
    assert value_of(answer) == Decimal("1234.50")
    assert "1.234,50" in answer.text
    quiet = Shop(talking.business, talking.database, _without_model(talking), talking.users)
    assert answer.text == quiet.ask(question).text, "the narrator's own words, and nothing of the model's"
    assert answer.tokens_used > 0, "what the model used is counted all the same"


def test_a_lie_that_is_put_right_is_the_models_answer(talking: Shop, server: OpenAIServer) -> None:
    server.script(prose=("invent", "good"))
    answer = talking.ask(APRIL)
    assert (answer.degraded, answer.verified) == (False, True)
    assert len(server.requests) == 2


@pytest.mark.parametrize("behaviour", ["bad_json", "wrong_schema", "sql", "wrong_tool", "no_call", "huge", "leak"])
def test_a_broken_plan_is_repaired_once_and_then_the_rules_decline(
    talking: Shop, server: OpenAIServer, behaviour: str
) -> None:
    server.script(planning=behaviour, prose="good")
    answer = talking.ask(NOT_BY_RULES)
    assert 1 <= len([request for request in server.requests if request.plans]) <= 2
    assert answer.facts == ()
    assert not any(character.isdigit() for character in answer.text)
    quiet = Shop(talking.business, talking.database, _without_model(talking), talking.users)
    assert answer.text == quiet.ask(NOT_BY_RULES).text


def test_a_broken_plan_that_is_repaired_is_answered(talking: Shop, server: OpenAIServer) -> None:
    server.plan_for = {NOT_BY_RULES: {"metrics": ["net_sales"], "period": "2026-04"}}
    server.script(planning=("bad_json", "good"), prose="good")
    assert value_of(talking.ask(NOT_BY_RULES)) == Decimal("1234.50")


@pytest.mark.parametrize("behaviour", ["leak", "link"])
def test_a_model_that_shows_its_prompt_or_a_link_is_not_shown(
    talking: Shop, server: OpenAIServer, behaviour: str
) -> None:
    server.script(prose=behaviour)
    answer = talking.ask(APRIL)
    assert (answer.degraded, answer.verified) == (True, True)
    assert "1.234,50" in answer.text
    for trace in ("instructions", "http", "net_sales", "facts"):
        assert trace not in answer.text


@pytest.mark.parametrize("behaviour", [*DOWN, *BROKEN])
def test_whatever_is_wrong_with_the_model_the_answer_is_right(
    talking: Shop, server: OpenAIServer, behaviour: str
) -> None:
    server.script(behaviour)
    answer = talking.ask(APRIL)
    assert value_of(answer) == Decimal("1234.50")
    assert "1.234,50" in answer.text
    assert (answer.degraded, answer.verified) == (True, True)
    [audited] = talking.rows("ai_audit_logs")
    assert (audited["status"], audited["degraded"]) == ("success", True)


@pytest.mark.parametrize(
    ("behaviour", "question"),
    [("hang", APRIL), ("hang", NOT_BY_RULES), ("trickle", APRIL), ("trickle_head", APRIL)],
)
def test_a_model_that_never_answers_is_not_waited_for_beyond_the_deadline(
    talking: Shop, server: OpenAIServer, behaviour: str, question: str
) -> None:
    server.script(behaviour)
    started = time.monotonic()
    answer = talking.ask(question, talking.member(seconds=4))
    assert time.monotonic() - started < 4 + 1.5
    assert (answer.degraded, answer.verified) == (True, True)
    assert len(server.requests) >= 1
    assert answer.facts == () if question == NOT_BY_RULES else value_of(answer) == Decimal("1234.50")


def test_a_spent_budget_calls_no_model(talking: Shop, server: OpenAIServer) -> None:
    for question in (APRIL, NOT_BY_RULES):
        answer = talking.ask(question, talking.member(budget_left_usd=Decimal(0)))
        assert (answer.degraded, answer.model_name, answer.tokens_used) == (True, "rules", 0)
    assert server.requests == []


def test_a_customers_name_and_id_do_not_leave_the_service(talking: Shop, server: OpenAIServer) -> None:
    answer = talking.ask("¿Quiénes son nuestros mejores clientes?")
    assert "Ana de Café Central" in answer.text
    sent = "".join(str(request.body) for request in server.requests)
    assert server.requests
    assert "Ana de" not in sent
    assert "14646" not in sent


def _without_model(shop: Shop) -> Runtime:
    return Runtime.of(
        shop.runtime.settings,
        database=shop.runtime.database,
        audit_queue=shop.runtime.audit_queue,
        language_model=None,
    )


# --- Other businesses ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "¿Cuánto vendimos en abril?",
        "¿Cuánto vendimos de Secreto ibérico?",
        "¿Cuánto cuesta el Secreto ibérico?",
        "¿Cuánto compró el cliente 8888?",
        "¿Cuánto gastó Ana de Bar Ajeno?",
        "ventas de la tienda Local Bar Ajeno",
        "ventas por producto",
        "ventas por tienda",
        "¿Quiénes son nuestros mejores clientes?",
        "¿Cuánto vendió el Bar Ajeno en abril?",
        "ventas de ' OR business_id IS NOT NULL --",
    ],
)
def test_nothing_of_another_business_is_told(shop: Shop, neighbour: Shop, question: str) -> None:
    neighbour.ask(question)  # their names are kept in this process now
    answer = shop.ask(question)
    dimensions = " ".join(str(fact.dimensions) for fact in answer.facts)
    for theirs in ("12.345", "12345", "25,00", "8888", "Secreto"):
        if theirs not in question:
            assert theirs not in answer.text
        assert theirs not in dimensions
    assert all(fact.value < 3000 for fact in answer.facts)
    assert {row["business_id"] for row in shop.rows("ai_audit_logs")} == {shop.business.id}


def test_a_models_plan_that_names_another_business_reads_ones_own(
    talking: Shop, neighbour: Shop, server: OpenAIServer
) -> None:
    server.plan_for = {
        NOT_BY_RULES: {"metrics": ["net_sales"], "period": "2026-04", "business_id": str(neighbour.business.id)}
    }
    answer = talking.ask(NOT_BY_RULES)
    assert all(fact.value <= Decimal("1234.50") for fact in answer.facts)
