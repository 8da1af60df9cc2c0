"""The words of a report: checked, paid for at most once an execution, audited once, and the asker's to read."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from cafe_ai.audit import service as audit
from cafe_ai.errors import BudgetExhausted
from cafe_ai.jobs.model import JobStatus
from tests.integration.reports.conftest import Desk, FakeModel, open_shop
from tests.support import report_flow as flow
from tests.support.factories import Factory
from tests.support.report_flow import MemoryStore, State


def told(desk: Desk, state: State) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(desk.store.objects[state["summary"]["key"]])
    return kept


def audited(desk: Desk) -> list[dict[str, Any]]:
    return [row for row in desk.rows("ai_audit_logs") if row["endpoint"] == "jobs/generate_sales_report"]


def test_model_tells_the_analysis_and_is_asked_once_however_often_the_state_runs(
    talking: Desk, model: FakeModel
) -> None:
    before = flow.gathered(talking.begun())
    first, second = flow.after(before, "Narrate"), flow.after(before, "Narrate")
    assert first == second
    assert model.asked == 1
    (row,) = audited(talking)
    assert row["cost_usd"] > 0
    assert row["tokens_used"] > 0
    assert not row["degraded"]
    assert (row["status"], row["user_id"], row["prompt"]) == (
        "success", talking.shop.user_id, "Análisis de ventas: mensual",
    )  # fmt: skip
    assert row["response"] == told(talking, first)["text"]


def test_words_that_were_kept_but_not_audited_are_audited_by_the_next(
    talking: Desk, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    before = flow.gathered(talking.begun())
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(audit, "record", killed)
        flow.after(before, "Narrate")
    assert audited(talking) == []
    flow.after(before, "Narrate")
    assert [row["cost_usd"] > 0 for row in audited(talking)] == [True]
    assert model.asked == 1


def test_call_whose_words_were_lost_is_not_paid_again(
    talking: Desk, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = MemoryStore.put

    def killed(store: MemoryStore, key: str, *rest: Any) -> None:
        if "summary" in key:
            raise KeyboardInterrupt
        put(store, key, *rest)

    before = flow.gathered(talking.begun())
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(MemoryStore, "put", killed)
        flow.after(before, "Narrate")
    state = flow.after(before, "Narrate")
    assert model.asked == 1
    assert told(talking, state)["model_name"] == "rules"
    assert [row["degraded"] for row in audited(talking)] == [True]


def test_of_two_at_once_one_asks_the_model_and_both_agree(
    talking: Desk, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a state has timed out for the machine, and its function goes on beside the next attempt."""
    before = flow.gathered(talking.begun())
    complete, states = FakeModel.complete, []

    def overtaken(self: FakeModel, *messages: Any, **more: Any) -> Any:
        states.append(flow.after(before, "Narrate"))
        return complete(self, *messages, **more)

    monkeypatch.setattr(FakeModel, "complete", overtaken)
    states.append(flow.after(before, "Narrate"))
    assert model.asked == 1
    assert states[0] == states[1]
    (turn,) = talking.rows("ai_conversations")
    assert turn["response"] == told(talking, states[0])["text"]
    assert sorted(row["cost_usd"] > 0 for row in audited(talking)) == [False, True]


def test_model_that_lies_is_not_believed(talking: Desk, model: FakeModel) -> None:
    model.lie = "En mayo de 2026 vendiste 987.654,32 €."
    state = flow.after(flow.gathered(talking.begun()), "Narrate")
    (row,) = audited(talking)
    assert row["degraded"]
    assert row["cost_usd"] == model.asked * Decimal("0.00007")
    assert "987" not in row["response"]
    assert told(talking, state)["text"] == row["response"]


def test_without_a_model_the_narrator_tells_it(desk: Desk) -> None:
    state = flow.after(flow.gathered(desk.begun()), "Narrate")
    text = told(desk, state)["text"]
    assert "mayo de 2026" in text
    assert [(row["model_name"], row["degraded"]) for row in audited(desk)] == [("rules", True)]


@pytest.fixture
def spent(factory: Factory, request: pytest.FixtureRequest) -> Any:
    """A shop whose budget is nothing."""
    return open_shop(factory, monthly_budget_usd=Decimal(0), budget_policy=request.param)


@pytest.mark.parametrize("spent", ["degrade"], indirect=True)
def test_budget_that_is_spent_leaves_the_facts(talking: Desk, model: FakeModel, spent: Any) -> None:
    state = flow.run(talking.begun(business_id=spent.business_id))
    assert talking.job(state).status is JobStatus.COMPLETED
    assert model.asked == 0
    assert [row["degraded"] for row in audited(talking)] == [True]


@pytest.mark.parametrize("spent", ["refuse"], indirect=True)
def test_business_that_chose_to_be_refused_is_told_when_its_budget_is_renewed(
    talking: Desk, model: FakeModel, spent: Any
) -> None:
    state = flow.gathered(talking.begun(business_id=spent.business_id))
    with pytest.raises(BudgetExhausted) as refused:
        flow.after(state, "Narrate")
    cause = json.dumps({"errorType": "BudgetExhausted", "errorMessage": str(refused.value)})
    flow.call("fail", {**state, "error": {"Error": "BudgetExhausted", "Cause": cause}})
    assert "renewed on" in (talking.job(state).error or "")
    assert model.asked == 0


def test_report_is_a_turn_of_who_asked_for_it_once(desk: Desk) -> None:
    before = flow.gathered(desk.begun())
    state = flow.after(before, "Narrate")
    flow.after(before, "Narrate")
    (turn,) = desk.rows("ai_conversations")
    assert (turn["user_id"], turn["assistant_type"]) == (desk.shop.user_id, "SALES_ANALYSIS")
    assert turn["response"] == told(desk, state)["text"]
    assert [row["conversation_id"] for row in audited(desk)] == [turn["id"]]


def test_report_that_no_user_asked_for_is_nobodys_turn(desk: Desk) -> None:
    flow.after(flow.gathered(desk.begun(by_user=False)), "Narrate")
    assert desk.rows("ai_conversations") == []
    assert len(audited(desk)) == 1
