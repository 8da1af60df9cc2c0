"""May the caller ask about this business now: 404, 403, 429 and 402, in this order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from cafe_ai.assistants.schemas import QueryRequest
from cafe_ai.http import Caller
from cafe_ai.tenancy.model import Member, Permission
from tests.support.edge import Edge


def test_an_unknown_business_is_404(edge: Edge) -> None:
    answer = edge.ask(uuid4(), uuid4())
    assert (answer.status, answer.body["code"]) == (404, "business_not_found")


def test_a_stranger_is_403_and_learns_nothing_of_the_business(edge: Edge) -> None:
    business_id, _ = edge.given_member(name="Bar Secreto")
    answer = edge.ask(business_id, uuid4())
    assert answer.status == 403
    assert "Secreto" not in answer.text


def test_a_member_of_another_business_is_403(edge: Edge) -> None:
    business_id, _ = edge.given_member()
    _, stranger = edge.given_member()
    assert edge.ask(business_id, stranger).status == 403


def test_a_member_arrives_with_the_role_the_business_and_the_budget(edge: Edge) -> None:
    business_id, user_id = edge.given_member(
        "analyst", name="Café Central", timezone="Europe/London", currency="GBP", monthly_budget_usd=Decimal(5)
    )
    edge.spend(business_id, Decimal("1.25"))
    seen: list[Member] = []
    edge.outcome[0] = lambda member: seen.append(member) or {}
    answer = edge.ask(business_id, user_id, request_id="request-7")
    [member] = seen
    assert answer.status == 200
    assert (member.user_id, member.role, member.request_id) == (user_id, "analyst", "request-7")
    assert (member.business.id, member.business.name) == (business_id, "Café Central")
    assert (member.business.timezone, member.business.currency) == ("Europe/London", "GBP")
    assert member.budget_left_usd == Decimal("3.75")
    assert 20 < member.deadline.remaining() <= 25


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("manager", 200), ("analyst", 200), ("staff", 403)])
def test_an_endpoint_that_needs_a_permission_turns_away_who_lacks_it(edge: Edge, role: str, status: int) -> None:
    @edge.app.post("/needs-money")
    async def needs_money(query: QueryRequest, caller: Caller) -> None:
        caller.admit(query.business_id, "needs_money", needs=Permission.MONEY)

    business_id, user_id = edge.given_member(role)
    assert edge.ask(business_id, user_id, path="/needs-money").status == status


def test_the_101st_request_in_a_minute_is_429_and_says_when_to_come_back(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    answers = [edge.ask(business_id, user_id) for _ in range(101)]
    assert [answer.status for answer in answers] == [200] * 100 + [429]
    assert answers[0].headers["ratelimit-policy"] == '"user";q=100;w=60'
    assert answers[0].headers["ratelimit"].startswith('"user";r=99;t=')
    assert answers[99].headers["ratelimit"].startswith('"user";r=0;t=')
    wait = int(answers[100].headers["retry-after"])
    assert 0 < wait <= 60
    assert answers[100].headers["ratelimit"] == f'"user";r=0;t={wait}'


def test_the_rate_is_the_users_own_across_businesses(edge: Edge) -> None:
    first, user_id = edge.given_member()
    second = edge.factory.insert_business()
    edge.factory.insert_membership(second, user_id)
    _, other = edge.given_member()
    edge.factory.insert_membership(first, other)
    for _ in range(50):
        edge.ask(first, user_id)
        edge.ask(second, user_id)
    assert edge.ask(second, user_id).status == 429
    assert edge.ask(first, other).status == 200


def test_a_request_that_fails_later_has_still_been_counted(edge: Edge) -> None:
    business_id, user_id = edge.given_member()
    edge.outcome[0] = lambda member: 1 / 0  # type: ignore[assignment, return-value]
    edge.ask(business_id, user_id)
    assert edge.ask(business_id, user_id).headers["ratelimit"].startswith('"user";r=98;')


def test_refusals_after_admission_carry_the_rate_limit_too(edge: Edge) -> None:
    answer = edge.ask(uuid4(), uuid4())
    assert answer.headers["ratelimit"].startswith('"user";r=99;')


def test_a_spent_budget_goes_on_degraded_unless_the_business_chose_otherwise(edge: Edge) -> None:
    business_id, user_id = edge.given_member(monthly_budget_usd=Decimal(1), budget_policy="degrade")
    edge.spend(business_id, Decimal(2))
    edge.outcome[0] = lambda member: {"spent": member.budget_spent, "left": str(member.budget_left_usd)}
    assert edge.ask(business_id, user_id).body == {"spent": True, "left": "0"}


def test_a_business_that_chose_to_be_refused_gets_402_with_the_day_of_renewal(edge: Edge) -> None:
    business_id, user_id = edge.given_member(monthly_budget_usd=Decimal(1), budget_policy="refuse")
    assert edge.ask(business_id, user_id).status == 200
    edge.spend(business_id, Decimal(1))
    answer = edge.ask(business_id, user_id)
    assert (answer.status, answer.body["code"]) == (402, "budget_exhausted")
    renewal = date.fromisoformat(answer.body["renews_on"])
    assert renewal.day == 1
    assert 0 < (renewal - date.today()).days <= 31  # noqa: DTZ011


def test_an_endpoint_that_pays_for_nothing_refuses_nobody_for_a_spent_budget(edge: Edge) -> None:
    @edge.app.post("/free")
    async def free(query: QueryRequest, caller: Caller) -> None:
        caller.admit(query.business_id, "free", paid=False)

    business_id, user_id = edge.given_member(monthly_budget_usd=Decimal(0), budget_policy="refuse")
    assert edge.ask(business_id, user_id, path="/free").status == 200


def test_a_user_is_admitted_without_a_business_at_the_same_rate(edge: Edge) -> None:
    @edge.app.post("/mine")
    async def mine(caller: Caller) -> dict[str, object]:
        user = caller.admit_user("mine")
        return {"user_id": user.user_id, "operator": user.operator, "request_id": user.request_id}

    business_id, user_id = edge.given_member()
    edge.ask(business_id, user_id)
    token = edge.issuer.token(user_id)
    answers = [edge.send(path="/mine", token=token, request_id="r-1") for _ in range(100)]
    assert answers[0].body == {"user_id": str(user_id), "operator": False, "request_id": "r-1"}
    assert answers[0].headers["ratelimit"].startswith('"user";r=98;')
    assert [answer.status for answer in answers] == [200] * 99 + [429]
    assert answers[99].headers["ratelimit"] == f'"user";r=0;t={answers[99].headers["retry-after"]}'
    assert edge.send(path="/mine", token=edge.issuer.token(uuid4())).status == 200
    assert edge.send(path="/mine").status == 401


def test_a_request_without_a_business_names_its_endpoint_in_the_metrics(
    edge: Edge, written: Callable[[], list[dict[str, Any]]]
) -> None:
    @edge.app.post("/mine")
    async def mine(caller: Caller) -> None:
        caller.admit_user("conversations")

    edge.send(path="/mine", token=edge.issuer.token(uuid4()))
    assert [line["endpoint"] for line in written() if "_aws" in line] == ["conversations"]


def test_a_budget_of_nothing_is_spent_from_the_start(edge: Edge) -> None:
    business_id, user_id = edge.given_member(monthly_budget_usd=Decimal(0), budget_policy="refuse")
    assert edge.ask(business_id, user_id).status == 402
