"""Whatever is typed becomes a plan or a reason why there is none, always the same, in a time that grows with it."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cafe_ai.analytics.periods import UnknownPeriod, resolve, resolve_beside
from cafe_ai.assistants.planning.model import Declined, Planned
from cafe_ai.assistants.planning.rules import RulesPlanner
from cafe_ai.assistants.planning.words import vocabulary
from tests.support.periods import calendar
from tests.support.plans import NAMES, context, describe

PLANNER = RulesPlanner()
CONTEXT = context()
TURN_BEFORE = PLANNER.plan("ventas de croissant en abril por tienda", CONTEXT)
CALENDAR = calendar("2026-05-13T12:00")
PIECES = (
    *"2010 2026 2024-02-29 2026-11 9999-12 0000 31 30 1 15 31/02/2026 29/02 13/13 10:00 25:00 9am 12pm q1 h2".split(),
    *"primer 1st 31st febrero noviembre may dec semana mes trimestre año days weekend últimos last pasado hace".split(),
    *"de del al a y entre desde hasta from to between since lunes friday sábados mañana 0 100000 cliente 14646".split(),
    *", ? ¿ % - ' \" ; ( :".split(),
    *(name for _, name in NAMES),
)
questions = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join),
    st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from(sorted(vocabulary()))), max_size=12).map(" ".join),
)
checked = settings(deadline=None, max_examples=150)


def check(question: str) -> None:
    for given_context in (CONTEXT, context(TURN_BEFORE.plan) if isinstance(TURN_BEFORE, Planned) else CONTEXT):
        outcome = PLANNER.plan(question, given_context)
        assert outcome == PLANNER.plan(question, given_context)
        assert describe(outcome)
        if isinstance(outcome, Declined):
            assert outcome.subject is None or outcome.subject in question
            continue
        anchor = given_context.previous.period if given_context.previous else None
        with suppress(UnknownPeriod):
            period = resolve(outcome.plan.period, CALENDAR, anchor)
            if outcome.plan.comparison:
                resolve_beside(outcome.plan.comparison, CALENDAR, period)


@checked
@given(questions)
@example("ventas " + "9" * 4_993)
@example("ventas ፩ ² ① ٣")
@example("ventas de los últimos 99999999 meses")
@example("ventas de hace 999999999 años")
@example("\x00\u202e\ud7ff 😀 ventas \u0301")
@example("ventas en 9999-12")
def test_any_text_gives_a_plan_with_dates_or_a_reason(question: str) -> None:
    check(question)


@pytest.mark.parametrize(
    "question",
    [
        "ventas de la semana del 31 de febrero",
        "ventas de la semana del 29 de febrero",
        "ventas de la semana del 13/13",
        "clientes sin comprar desde hace 99999999 meses",
    ],
)
def test_dates_that_do_not_exist_crash_nothing(question: str) -> None:
    check(question)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 5_000,
        "¿" * 5_000,
        "9" * 5_000,
        "é" * 5_000,
        "'\";--" * 1_000,
        "ventas, " * 625,
        "lunes y " * 625,
        "1 2 3 4 " * 625,
        "Té verde " * 555,
    ],
    ids=lambda text: text[:8],
)
def test_the_longest_questions_are_read_too(text: str) -> None:
    assert len(text) <= 5_000
    assert describe(PLANNER.plan(text, CONTEXT))


@pytest.mark.parametrize("word", ["de", "ventas", "mas", "subieron", "croissant", "xyzzy", "2010"])
def test_the_time_grows_no_faster_than_the_question(word: str) -> None:
    """Four times the words take at most eight times as long; twice as long as that tells of a square."""
    short, long = (f"{word} " * count for count in (60, 240))
    PLANNER.plan(short, CONTEXT)
    assert _least_time(long) < 8 * _least_time(short)


def _least_time(question: str) -> float:
    times = []
    for _ in range(3):
        started = time.process_time()
        PLANNER.plan(question, CONTEXT)
        times.append(time.process_time() - started)
    return min(times)
