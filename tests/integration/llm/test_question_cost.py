"""What a whole question takes: planning and prose, over HTTP, with usage as the server counts it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cafe_ai.analytics.model import FactSheet, Filters, Metric, PeriodSpec, Plan
from cafe_ai.assistants import prose
from cafe_ai.assistants.planning.language_model import LanguageModelPlanner
from cafe_ai.assistants.planning.model import Planned, PlanningContext
from cafe_ai.assistants.planning.names import ShopNames
from cafe_ai.assistants.planning.plan_tool import write_plan
from cafe_ai.llm.metering import Meter
from cafe_ai.llm.openai_adapter import OpenAILanguageModel
from cafe_ai.llm.prompt_book import Prompts
from cafe_ai.platform.clock import Deadline
from tests.support.fact_factories import NOVEMBER, OCTOBER, compared, fact, sheet
from tests.support.openai_server import OpenAIServer

LAST_MONTH = PeriodSpec("calendar", "month", -1)
CATEGORIES = ("Cafés", "Bollería", "Bocadillos", "Zumos", "Tés")
QUESTIONS: dict[str, tuple[Plan, FactSheet]] = {
    "¿Cuáles fueron las ventas del último mes?": (
        Plan((Metric.NET_SALES,), LAST_MONTH),
        sheet([fact(Metric.NET_SALES, "1422654.64")]),
    ),
    "¿Cuánto vendimos en noviembre comparado con octubre?": (
        Plan((Metric.NET_SALES,), PeriodSpec("named", start="--11"), comparison=PeriodSpec("named", start="--10")),
        sheet(
            compared(Metric.NET_SALES, Decimal("1422654.64"), Decimal("1084094.22"), NOVEMBER, OCTOBER),
            comparison=OCTOBER,
        ),
    ),
    "¿Cuántos cruasanes se vendieron los sábados por la mañana?": (
        Plan(
            (Metric.UNITS,), PeriodSpec("all"), filters=Filters(products=("Croissant",), weekdays=(5,), hours=(8, 12))
        ),
        sheet([fact(Metric.UNITS, 634)], filters=Filters(products=("Croissant",), weekdays=(5,), hours=(8, 12))),
    ),
    "¿Qué cinco productos se vendieron más el mes pasado?": (
        Plan((Metric.NET_SALES,), LAST_MONTH),
        sheet([fact(Metric.NET_SALES, 900 - n, dimensions={"product": f"Bocadillo de jamón {n}"}) for n in range(5)]),
    ),
}


@pytest.mark.parametrize("version", ["prose.v1", "prose.v2"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_question_takes_under_600_tokens_and_a_twentieth_of_a_cent(
    server: OpenAIServer, model: OpenAILanguageModel, question: str, version: str
) -> None:
    plan, facts = QUESTIONS[question]
    server.plan_for = {question: write_plan(plan)}
    names = ShopNames([("product", "Croissant"), *(("category", name) for name in CATEGORIES)])
    as_of = datetime(2010, 12, 1, 9, tzinfo=UTC)
    context = PlanningContext(as_of, as_of.date(), names, Deadline.after(20))
    meter = Meter(model)

    planned = LanguageModelPlanner(meter).plan(question, context)
    prompts = Prompts({"prose": version}, {})
    written = prose.write(meter, question, facts, "es", Deadline.after(20), prompts=prompts)

    assert planned == Planned(plan)
    assert prose.is_presentable(written.text)
    assert len(server.requests) == 2
    assert meter.prompt_version == f"plan.v1 {version}"
    print(f"{meter.tokens_used} tokens, ${meter.cost_usd}: {question}")
    assert written.prompt_tokens + written.completion_tokens < meter.tokens_used < 600
    assert written.cost_usd < meter.cost_usd < Decimal("0.0005")


@pytest.mark.parametrize("behaviour", ["leak", "link"])
def test_text_that_is_no_answer_is_recognised(server: OpenAIServer, model: OpenAILanguageModel, behaviour: str) -> None:
    server.script(prose=behaviour)
    question, (_, facts) = next(iter(QUESTIONS.items()))

    text = prose.write(model, question, facts, "es", Deadline.after(20)).text

    assert text
    assert not prose.is_presentable(text)
    assert prose.leaks_prompt(text) == (behaviour == "leak")


@pytest.mark.parametrize(("behaviour", "kept"), [("good", True), ("invent", False), ("flip", False)])
def test_scripted_lies_are_lies(server: OpenAIServer, model: OpenAILanguageModel, behaviour: str, kept: bool) -> None:
    server.script(prose=behaviour)

    text = prose.write(model, "¿?", sheet([fact(Metric.NET_SALES, "1422654.64")]), "es", Deadline.after(20)).text

    assert (": 1.422.654,64" in text) is kept
