"""What the model is told to put into words, and what of its text may be shown."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from cafe_ai.analytics.model import FactSheet, Filters, Metric
from cafe_ai.assistants import prose
from cafe_ai.llm.port import Completion, Message, Tool
from cafe_ai.llm.prompt_files import load_all_prompts
from cafe_ai.platform.clock import Deadline
from tests.support.fact_factories import NOVEMBER, OCTOBER, compared, fact, sheet
from tests.support.sheets import random_sheet


@dataclass
class ScriptedModel:
    """Answers each call with the next text."""

    texts: list[str]
    truncated: bool = False
    asked: list[Sequence[Message]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    name: str = "scripted"

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int, deadline: Deadline, tool: Tool | None = None
    ) -> Completion:
        self.asked.append(messages)
        self.seconds.append(deadline.remaining())
        return Completion(self.texts.pop(0), None, 1, 0, 1, Decimal(0), self.name, truncated=self.truncated)

    def cost_at_most(self, messages: Sequence[Message], *, max_tokens: int, tool: Tool | None = None) -> Decimal:
        return Decimal(0)


def write(model: ScriptedModel, told: FactSheet, **more: Any) -> str:
    return prose.write(model, "¿Qué tal?", told, more.pop("locale", "es"), Deadline.after(25), **more).text


def told_to(model: ScriptedModel) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(model.asked[-1][1].content)
    return told


COMPARED = sheet(
    compared(Metric.NET_SALES, Decimal("900.50"), Decimal("1234.50"), NOVEMBER, OCTOBER), comparison=OCTOBER
)


def test_figures_are_given_as_they_are_to_be_written() -> None:
    model = ScriptedModel(["Bien."])

    write(model, COMPARED)

    assert told_to(model) == {
        "question": "¿Qué tal?",
        "period": "noviembre de 2010",
        "facts": [
            ["ventas", "900,50\u00a0£"],
            ["ventas (antes)", "1.234,50\u00a0£", "octubre de 2010"],
            ["ventas (diferencia)", "-334,00\u00a0£"],
            ["ventas (cambio)", "-27,1\u00a0%"],
        ],
    }
    assert "Spanish" in model.asked[0][0].content


def test_language_is_that_of_the_answer() -> None:
    model = ScriptedModel(["Fine."])

    write(model, COMPARED, locale="en")

    assert "English" in model.asked[0][0].content
    assert told_to(model)["facts"][0] == ["sales", "£900.50"]


def test_second_round_names_the_refused_figures() -> None:
    model = ScriptedModel(["Bien."])

    write(model, COMPARED, faults=("1.300 €", "12 %"))

    assert told_to(model)["not in the facts, leave out"] == ["1.300 €", "12 %"]


def test_customers_are_not_named_to_the_model_and_named_in_the_answer() -> None:
    facts = [
        fact(Metric.NET_SALES, 10, dimensions={"customer": "c-77", "customer_name": "Ana Pérez"}),
        fact(Metric.NET_SALES, 5, dimensions={"customer": "14646"}),
    ]
    model = ScriptedModel(["La mejor es [K#2], luego el cliente [K#1] y K#2."])

    text = write(model, sheet(facts, filters=Filters(customers=("14646",))))

    prompt = "".join(message.content for message in model.asked[0])
    assert not any(personal in prompt for personal in ("Ana", "c-77", "14646"))
    assert text == "La mejor es Ana Pérez, luego el cliente 14646 y Ana Pérez."


def test_customer_nobody_knows_is_not_presentable() -> None:
    text = write(ScriptedModel(["El cliente [K#9] compró."]), COMPARED)

    assert not prose.is_presentable(text)


def test_text_cut_off_by_the_limit_ends_at_its_last_sentence() -> None:
    assert write(ScriptedModel(["Ventas de 900,50 £. Luego la"], truncated=True), COMPARED) == "Ventas de 900,50 £."
    assert write(ScriptedModel(["Ventas de 900"], truncated=True), COMPARED) == ""


def test_time_is_kept_for_the_narrator() -> None:
    model = ScriptedModel(["Bien.", "Bien."])

    prose.write(model, "¿?", COMPARED, "es", Deadline.after(25))
    prose.write(model, "¿?", COMPARED, "es", Deadline.after(5))

    assert model.seconds[0] == pytest.approx(prose.PROSE_SECONDS, abs=0.5)
    assert model.seconds[1] == pytest.approx(5 - prose.SECONDS_KEPT, abs=0.5)


def test_every_kind_of_sheet_makes_a_short_prompt() -> None:
    rng = random.Random(7)
    for _ in range(300):
        model = ScriptedModel(["Bien."])
        write(model, random_sheet(rng), locale=rng.choice(["es", "en"]))

        assert sum(len(message.content) for message in model.asked[0]) / 4 < 450
        assert len(told_to(model)["facts"]) <= prose.MAX_FACTS


@pytest.mark.parametrize("prompt", load_all_prompts())
def test_prompt_is_a_leak_whole_or_in_part(prompt: str) -> None:
    words = prompt.split()

    assert prose.leaks_prompt(f"Claro: {prompt}")
    assert prose.leaks_prompt(f"Mis órdenes: {' '.join(words[3:12])}, y nada más.")
    assert prose.leaks_prompt(prompt.upper())


@pytest.mark.parametrize(
    "text",
    [
        "Uso la herramienta plan con net_sales.",
        "El campo inactive_days sirve para eso.",
        "net_sales gross_sales returns",
        "product category store customer payment method",
    ],
)
def test_schema_is_a_leak(text: str) -> None:
    assert prose.leaks_prompt(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        '{"question":"x"}',
        '[["ventas","1 £"]]',
        "Mira https://example.com/a",
        "Mira www.example.com",
        "<b>Ventas</b>",
        "```json```",
        "El cliente [K#1].",
    ],
)
def test_what_is_not_prose_is_not_presentable(text: str) -> None:
    assert not prose.is_presentable(text)


@pytest.mark.parametrize(
    "text",
    [
        "Las ventas de noviembre de 2010 fueron de 1.422.654,64\u00a0£, un 31,2\u00a0% más que en octubre.",
        "Sales came to £900.50 in November 2010, 27.1% below October. Croissants sold best on Saturdays.",
        "El producto más vendido fue PACK OF 72 RETROSPOT CAKE CASES (CC-12), con 634 unidades.",
    ],
)
def test_an_answer_is_presentable(text: str) -> None:
    assert prose.is_presentable(text)
