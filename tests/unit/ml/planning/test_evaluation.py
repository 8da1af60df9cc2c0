"""Plans are compared by what they mean, and a candidate takes a model's place only where it did at least as well."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cafe_ai.analytics.model import Plan
from cafe_ai.assistants.planning.plan_tool import read_plan
from cafe_ai.examples.model import Example
from cafe_ai.llm.port import Completion, ModelUnavailable, ToolCall
from ml.models.planning.evaluation import Report, Score, examine, objections
from ml.models.planning.meaning import meaning

MAY = date(2026, 5, 13)
PLANS: Mapping[str, dict[str, Any]] = {
    f"¿Cuánto vendimos de Producto Alfa en la hora {hour}?": {
        "metrics": ["net_sales"],
        "period": "month-1",
        "only": ["product:Producto Alfa", f"hour:{hour}-{hour + 1}"],
    }
    for hour in range(6, 18)
}
RANKED: dict[str, Any] = {"by": ["product"], "top": 5}
HELD_OUT = [Example(question, plan, "es", "GENERAL_QUERY", MAY) for question, plan in PLANS.items()]
HELD_OUT[-3:] = [replace(example, assistant_type="SALES_ANALYSIS") for example in HELD_OUT[-3:]]


class FakeModel:
    """Answers each question with the arguments it was given, or fails: in turn, the last answer stays."""

    def __init__(self, name: str = "candidate", **answers: Any) -> None:
        self.name = name
        self.answers: dict[str, list[Any]] = {question: [plan] for question, plan in PLANS.items()}
        self.told: list[dict[str, Any]] = []

    def cost_at_most(self, *_: Any, **__: Any) -> Decimal:
        return Decimal(0)

    def complete(self, messages: Any, **_: Any) -> Completion:
        told = json.loads(messages[1].content)
        self.told.append(told)
        answers = self.answers[told["question"]]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        call = ToolCall("plan", answer if isinstance(answer, str) else json.dumps(answer))
        return Completion("", call, 10, 0, 5, Decimal("0.001"), self.name)


def plan(**arguments: Any) -> Plan:
    read = read_plan(json.dumps({"metrics": ["net_sales"], "period": "all"} | arguments), lambda _, said: [said])
    assert isinstance(read, Plan)
    return read


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"period": "month-1"}, {"period": "--04"}),
        ({"period": "month-1"}, {"period": "2026-04-01..2026-04-30"}),
        ({"metrics": ["orders", "units"]}, {"metrics": ["units", "orders"]}),
        ({"only": ["product:Flan", "store:Centro"]}, {"only": ["store:centro", "product:FLAN"]}),
        ({"period": "month-1", "versus": "previous"}, {"period": "2026-04", "versus": "2026-03"}),
        ({"only": ["weekday:mon,tue"]}, {"only": ["weekday:tue", "weekday:mon"]}),
    ],
)
def test_plans_that_give_the_same_facts_mean_the_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert meaning(plan(**one), MAY) == meaning(plan(**other), MAY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"period": "month"}, {"period": "month-1"}),
        ({"metrics": ["orders"]}, {"metrics": ["units"]}),
        (RANKED | {"metrics": ["orders", "units"]}, RANKED | {"metrics": ["units", "orders"]}),
        (RANKED, {"by": ["product"], "bottom": 5}),
        ({"only": ["product:Flan"]}, {"only": ["category:Flan"]}),
        ({"only": ["hour:8-12"]}, {"only": ["hour:8-13"]}),
        ({"share": True}, {}),
        ({"period": "month-1", "versus": "previous"}, {"period": "month-1"}),
    ],
)  # fmt: skip
def test_plans_that_differ_in_what_they_give_do_not(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert meaning(plan(**one), MAY) != meaning(plan(**other), MAY)


def test_a_model_is_scored_by_assistant_and_language() -> None:
    model = FakeModel()
    first, second, third, fourth, *_ = PLANS
    last = list(PLANS)[-1]
    model.answers[first] = [PLANS[first] | {"period": "--04"}]  # another word for the same
    model.answers[second] = [{"metrics": ["orders"], "period": "all"}]
    model.answers[third] = [{"metrics": [], "period": "all", "decline": "no_such_data"}]
    model.answers[fourth] = ["{", PLANS[fourth]]
    model.answers[last] = [ModelUnavailable("server_error")]
    report = examine(model, HELD_OUT)
    assert report.strata == {
        ("GENERAL_QUERY", "es"): Score(asked=9, right=7, refused=1, invalid=1),
        ("SALES_ANALYSIS", "es"): Score(asked=3, right=2, unavailable=1),
    }
    assert (report.total.asked, report.total.right, report.tokens) == (12, 9, 15 * 12)
    assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_a_plan_that_stays_invalid_is_a_violation() -> None:
    model = FakeModel()
    model.answers[next(iter(PLANS))] = ["{"]
    assert examine(model, HELD_OUT).total == Score(asked=12, right=11, invalid=1)


def test_the_planner_is_shown_what_it_would_be_shown() -> None:
    model = FakeModel()
    shown = Example("¿Cuánto vendimos ayer?", {"metrics": ["net_sales"], "period": "day-1"}, "es", "GENERAL_QUERY", MAY)
    examine(model, HELD_OUT[:1], lambda _: [shown])
    assert model.told[0]["examples"] == [{"question": shown.question, "plan": shown.plan}]


def report(**more: Score) -> Report:
    strata = {
        ("GENERAL_QUERY", "es"): Score(asked=20, right=15, refused=2, invalid=2),
        ("GENERAL_QUERY", "en"): Score(asked=20, right=18, told=10, told_wrong=1),
    }
    return Report("m", strata | {("GENERAL_QUERY", locale): score for locale, score in more.items()}, 0, Decimal(0))


def test_as_good_is_good_enough() -> None:
    assert objections(report(), report()) == []
    better = report(es=Score(asked=20, right=19, refused=0, invalid=1))
    assert objections(better, report()) == []


@pytest.mark.parametrize(
    ("candidate", "why"),
    [
        ({"es": Score(asked=20, right=14, refused=2, invalid=2)}, "GENERAL_QUERY es: 14 right, before 15"),
        (
            {"es": Score(asked=20, right=20), "en": Score(asked=20, right=17, told=10, told_wrong=1)},
            "GENERAL_QUERY en: 17 right, before 18",
        ),
        ({"es": Score(asked=20, right=16, refused=3, invalid=2)}, "3 refusals, before 2"),
        ({"es": Score(asked=20, right=16, refused=2, invalid=3)}, "4 violations, before 3"),
        ({"en": Score(asked=20, right=18, told=10, told_wrong=2)}, "4 violations, before 3"),
        ({"en": Score(asked=20, right=18, told=9, told_wrong=1)}, "9 answers told rightly, before 10"),
        ({"es": Score(asked=20, right=16, refused=2, invalid=2, unavailable=1)}, "got no answer"),
        ({"es": Score(asked=19, right=16, refused=2, invalid=2)}, "not asked the same questions"),
    ],
)
def test_what_is_worse_is_objected_to(candidate: dict[str, Score], why: str) -> None:
    assert any(why in found for found in objections(report(**candidate), report()))


def test_a_handful_of_questions_decides_nothing() -> None:
    few = Report("m", {("GENERAL_QUERY", "es"): Score(asked=9, right=9)}, 0, Decimal(0))
    assert "at least 10" in objections(few, few)[0]


@pytest.mark.parametrize(
    "told",
    [{}, {"strata": [{"assistant": "a"}]}, {"strata": 5}, {"model": "m", "strata": [], "tokens": 1, "cost_usd": "x"}],
)
def test_what_is_no_evaluation_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no evaluation"):
        Report.from_json(told)
