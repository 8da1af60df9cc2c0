"""Which examples are nearest, what of them is shown, and in how much room."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.assistants.planning.examples import AT_MOST_TOKENS, CHARACTERS_A_TOKEN, is_usable, write_examples
from cafe_ai.examples.held_out import is_held_out, normalise
from cafe_ai.examples.model import Example
from cafe_ai.examples.nearest import AT_MOST, Collection

DAY = date(2026, 5, 13)
PLAN = {"metrics": ["net_sales"], "period": "day-1"}


def example(question: str, plan: dict[str, Any] | None = None, *, own: bool = False) -> Example:
    return Example(question, plan or PLAN, "es", "GENERAL_QUERY", DAY, own)


def free(questions: list[str]) -> list[str]:
    return [question for question in questions if not is_held_out(question)]


def test_own_examples_come_first_and_the_nearest_of_each() -> None:
    asked = [f"¿Cuánto {verb} de pan el {day}?" for verb in ("dio", "dejó") for day in ("lunes", "martes", "viernes")]
    near, far, other = free(asked)[:3]
    collection = Collection([example(other), example(far, own=True), example(near, own=True)])
    assert [found.own for found in collection.nearest(near)] == [True, True, False]
    assert collection.nearest(near)[0].question == near
    assert (
        len(Collection([example(q) for q in free([f"pan de {n}" for n in "abcdefghijklm"])]).nearest("pan")) <= AT_MOST
    )
    assert collection.nearest("something else entirely") == []


def test_the_same_question_is_shown_once_the_own_one_before_anothers() -> None:
    question = free(["¿Ventas de pan el lunes?", "¿Ventas de pan el martes?"])[0]
    collection = Collection([example(question), example(question.upper(), own=True), example(question)])
    [found] = collection.nearest(question)
    assert found.own


def test_examples_take_no_more_room_than_they_may() -> None:
    long = [
        example(f"¿Cuánto vendimos ayer {'muy ' * 40}temprano {word}?")
        for word in "uno dos tres seis siete ocho".split()
    ]
    shown = write_examples(long)
    assert 0 < len(shown) < len(long)
    written = "".join(json.dumps(pair, ensure_ascii=False, separators=(",", ":")) for pair in shown)
    assert len(written) <= AT_MOST_TOKENS * CHARACTERS_A_TOKEN


def test_an_example_holds_a_question_and_its_plan_and_no_more() -> None:
    [shown] = write_examples([example("¿Cuánto vendimos ayer?", own=True)])
    assert shown == {"question": "¿Cuánto vendimos ayer?", "plan": PLAN}
    assert not is_usable("¿Cuánto vendimos ayer? " + "x" * 200, PLAN)
    assert not is_usable("¿Ventas <b>ayer</b>?", PLAN)
    assert not is_usable("¿Ventas de ayer?", PLAN | {"only": ["store:Centro"]})
    assert is_usable("¿Ventas de ayer en Centro?", PLAN | {"only": ["store:Centro"]})


@given(st.text(max_size=60))
def test_a_question_stays_on_its_side_however_it_is_written(question: str) -> None:
    assert is_held_out(question) == is_held_out(f"  {question.upper()} ") or normalise(question) != normalise(
        question.upper()
    )


def test_about_a_fifth_is_held_out() -> None:
    share = sum(is_held_out(f"question of the word w{chr(97 + n % 26)}{chr(97 + n // 26)}") for n in range(676)) / 676
    assert 0.15 < share < 0.25
