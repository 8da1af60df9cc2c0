"""Every answer of a model is counted, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from cafe_ai.errors import DependencyDown
from cafe_ai.llm.metering import Meter
from cafe_ai.llm.port import BeforeRetry, Completion, LanguageModel, Message, ModelUnavailable, Reason, Tool
from cafe_ai.platform.clock import Deadline

FIRST = Completion("a", None, 300, 100, 40, Decimal("0.0000123"), "gpt-6-luna")
SECOND = Completion("", None, 200, 0, 10, Decimal("0.0000007"), "gpt-6-luna-2026-07-01", truncated=True)


@dataclass
class Scripted:
    """Answers each call with what comes next."""

    answers: list[Completion | ModelUnavailable]
    calls: list[dict[str, Any]] = field(default_factory=list)
    retries: tuple[Reason, ...] = ()
    name: str = "gpt-6-luna"

    def complete(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        deadline: Deadline,
        tool: Tool | None = None,
        before_retry: BeforeRetry | None = None,
    ) -> Completion:
        for reason in self.retries:
            assert before_retry is not None
            before_retry(reason)
        self.calls.append({"messages": messages, "max_tokens": max_tokens, "deadline": deadline, "tool": tool})
        answer = self.answers.pop(0)
        if isinstance(answer, ModelUnavailable):
            raise answer
        return answer

    def cost_at_most(self, messages: Sequence[Message], *, max_tokens: int, tool: Tool | None = None) -> Decimal:
        return Decimal("0.0001")


def ask(model: LanguageModel, prompt_version: str | None = None) -> Completion:
    return model.complete([Message("system", "", prompt_version)], max_tokens=5, deadline=Deadline.after(1))


def test_call_is_passed_on_as_it_is() -> None:
    scripted = Scripted([FIRST])
    meter = Meter(scripted)
    call = {"max_tokens": 7, "deadline": Deadline.after(3), "tool": Tool("plan", {})}
    messages = [Message("user", "¿Ventas?")]

    assert meter.complete(messages, **call) is FIRST  # type: ignore[arg-type]
    assert scripted.calls == [{"messages": messages, **call}]
    assert meter.name == "gpt-6-luna"


def test_every_answer_is_counted_and_no_failure() -> None:
    meter = Meter(Scripted([FIRST, ModelUnavailable("deadline"), SECOND]))

    ask(meter)
    with pytest.raises(ModelUnavailable):
        ask(meter)
    ask(meter)

    assert (meter.prompt_tokens, meter.completion_tokens, meter.tokens_used) == (500, 50, 550)
    assert meter.cost_usd == Decimal("0.0000130")
    assert meter.model_name == "gpt-6-luna-2026-07-01"
    assert meter.used


def test_prompts_that_were_answered_are_named_once_and_in_order() -> None:
    meter = Meter(Scripted([FIRST, SECOND, FIRST]))

    for version in ("plan.v1", "plan.v1", "prose.v1"):
        ask(meter, version)

    assert meter.prompt_version == "plan.v1 prose.v1"


def test_meter_that_saw_no_answer_says_so() -> None:
    meter = Meter(Scripted([ModelUnavailable("connection")]))

    with pytest.raises(ModelUnavailable):
        ask(meter, "plan.v1")

    assert not meter.used
    assert (meter.model_name, meter.prompt_version) == (None, None)
    assert (meter.tokens_used, meter.cost_usd) == (0, Decimal(0))


@dataclass
class Purse:
    """A budget with so much in it."""

    holds: Decimal
    asked: list[Decimal] = field(default_factory=list)
    away: bool = False

    def reserve(self, total_usd: Decimal) -> bool:
        self.asked.append(total_usd)
        if self.away:
            raise DependencyDown("database")
        return total_usd <= self.holds


def test_each_call_is_reserved_on_top_of_what_the_ones_before_it_cost() -> None:
    purse = Purse(Decimal(1))
    meter = Meter(Scripted([FIRST, ModelUnavailable("deadline"), ModelUnavailable("rejected"), SECOND]), purse)

    ask(meter)
    for _ in range(2):
        with pytest.raises(ModelUnavailable):
            ask(meter)
    ask(meter)

    most, doubt = Decimal("0.0001"), Decimal("0.0001")
    assert purse.asked == [most, FIRST.cost_usd + most, *[FIRST.cost_usd + doubt + most] * 2]
    assert meter.doubtful_usd == doubt, "a call that timed out may have been paid; one that was rejected was not"
    assert meter.reserved_usd == purse.asked[-1]


@pytest.mark.parametrize("away", [True, False])
def test_a_call_that_the_budget_does_not_hold_is_not_made(away: bool) -> None:
    scripted = Scripted([FIRST])
    meter = Meter(scripted, Purse(Decimal("0.00009"), away=away))

    with pytest.raises(ModelUnavailable) as refused:
        ask(meter)

    assert refused.value.reason == ("budget_unknown" if away else "out_of_budget")
    assert scripted.calls == []
    assert not meter.touched


def test_a_model_whose_price_is_not_known_asks_no_budget() -> None:
    scripted = Scripted([FIRST])
    scripted.cost_at_most = lambda messages, **_: Decimal(0)  # type: ignore[method-assign]
    purse = Purse(Decimal(0))

    ask(Meter(scripted, purse))

    assert purse.asked == []


def test_an_attempt_after_one_that_may_have_been_paid_is_reserved_as_well() -> None:
    most = Decimal("0.0001")
    purse = Purse(Decimal(1))
    meter = Meter(Scripted([FIRST], retries=("deadline", "server_error", "broken_reply")), purse)

    ask(meter)

    assert purse.asked == [most, 2 * most, 3 * most]
    assert meter.doubtful_usd == 2 * most
    assert meter.cost_usd == FIRST.cost_usd


def test_there_is_no_other_attempt_where_the_budget_holds_one() -> None:
    scripted = Scripted([FIRST], retries=("deadline",))
    meter = Meter(scripted, Purse(Decimal("0.00015")))

    with pytest.raises(ModelUnavailable) as refused:
        ask(meter)

    assert refused.value.reason == "out_of_budget"
    assert scripted.calls == []
    assert (meter.doubtful_usd, meter.reserved_usd) == (Decimal("0.0001"), Decimal("0.0001"))
