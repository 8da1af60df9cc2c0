"""The rules read questions in Spanish and English, and say what they do not understand."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from cafe_ai.assistants.planning.model import Declined, Planned
from cafe_ai.assistants.planning.rules import RulesPlanner
from tests.support.periods import MADRID
from tests.support.plans import TEAS, context, describe
from tests.unit.planning.questions import (
    DECLINED,
    FOLLOW_UPS,
    METRICS,
    NARROWED,
    PERIODS,
    SHAPES,
)

PLANNER = RulesPlanner()


def plan(question: str, **given: object) -> str:
    return describe(PLANNER.plan(question, context(**given)))  # type: ignore[arg-type]


@pytest.mark.parametrize(("question", "expected"), [*PERIODS, *METRICS, *SHAPES, *NARROWED])
def test_a_question_becomes_its_plan(question: str, expected: str) -> None:
    assert plan(question) == expected


@pytest.mark.parametrize(("question", "expected"), DECLINED)
def test_what_cannot_be_answered_is_declined_with_its_reason(question: str, expected: str) -> None:
    assert plan(question) == expected


@pytest.mark.parametrize(("first", "question", "expected"), FOLLOW_UPS)
def test_a_follow_up_keeps_what_it_does_not_name(first: str, question: str, expected: str) -> None:
    before = PLANNER.plan(first, context())
    assert isinstance(before, Planned)
    assert plan(question, previous=before.plan) == expected


@pytest.mark.parametrize("question", ["¿y el mes anterior?", "and the month before?"])
def test_the_month_before_as_the_first_thing_said_is_last_month(question: str) -> None:
    assert "| month-1" in plan(question)


@pytest.mark.parametrize(("question", "expected"), [*PERIODS[:40], *METRICS])
def test_capitals_accents_and_punctuation_do_not_matter(question: str, expected: str) -> None:
    bare = question.translate(str.maketrans("áéíóúÁÉÍÓÚ", "aeiouAEIOU", "¿?!"))
    assert plan(bare) == plan(question.upper()) == plan(f"  {question}  ") == expected


def test_a_name_that_several_products_share_is_asked_back_with_them() -> None:
    outcome = PLANNER.plan("ventas de tes", context())
    assert isinstance(outcome, Declined)
    assert outcome.reason == "ambiguous_name"
    assert set(outcome.candidates) < set(TEAS)


def test_customers_are_not_looked_up_for_who_may_not_know_them() -> None:
    """Whether the customer exists cannot be told from what becomes of the question."""
    for customer in ("14646", "99999"):
        outcome = PLANNER.plan(f"ventas del cliente {customer}", context(sees_customers=False))
        assert isinstance(outcome, Planned)
        assert outcome.plan.filters.customers == (customer,)
    for name in ("Ana Pérez", "Eva Gómez"):
        asked = PLANNER.plan(f"¿Cuánto gastó {name}?", context(sees_customers=False))
        assert asked == Declined("unknown_subject", name)


@pytest.mark.parametrize(
    ("as_of", "question", "expected"),
    [
        ("2026-01-01T12:00", "ventas de diciembre", "net_sales | named --12"),
        ("2026-01-01T12:00", "ventas del año pasado", "net_sales | year-1"),
        ("2024-02-29T12:00", "ventas de marzo de este año", "net_sales | named 2024-03"),
        ("2024-02-29T12:00", "sales in the third quarter of last year", "net_sales | named 2023-Q3"),
        ("2024-02-29T12:00", "clientes sin comprar desde hace un año", "inactive_customers | all | 366 days"),
    ],
)
def test_a_year_said_relatively_counts_from_the_moment_of_asking(as_of: str, question: str, expected: str) -> None:
    assert plan(question, as_of=datetime.fromisoformat(as_of).replace(tzinfo=ZoneInfo(MADRID))) == expected


@pytest.mark.parametrize("question", ["ventas de Bollería y café solo", "¿Cuánto vendimos de pan y de tartas?"])
def test_a_product_and_a_category_are_not_told_as_what_they_have_in_common(question: str) -> None:
    outcome = PLANNER.plan(question, context())
    assert not (isinstance(outcome, Planned) and outcome.plan.filters.products and outcome.plan.filters.categories)
