"""The load's own books: each thing that they are there to notice is noticed, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from tests.load import books, memory
from tests.load.memory import Held, Sampler
from tests.load.recording import Call, is_typed
from tests.load.world import World

PROBLEM = {"status": 503, "request_id": "one"}
HEADERS = {"x-request-id": "one", "content-type": "application/problem+json", "retry-after": "5"}
ENDPOINT = "/api/v1/ai/query"
MINUTES, MEGABYTE = 50, 1024 * 1024


def call(status: int, **changes: Any) -> Call:
    made = Call("POST /query", status, 0.0, 0.1, "one", True, True, True, False, "", "rules", "")
    return replace(made, **changes)


def world(*audited: tuple[str, str, int]) -> World:
    """A world whose audit has these rows: request, status, count."""
    return cast(
        World,
        SimpleNamespace(stack=SimpleNamespace(rows=lambda sql: [(one, ENDPOINT, *more) for one, *more in audited])),
    )


def test_answers_that_are_as_they_have_to_be_are_let_be() -> None:
    assert books.answer_complaints([call(200), call(403), call(429, expected=False)]) == []
    assert books.answer_complaints([call(503, expected=False)], may_be_unavailable=True) == []


@pytest.mark.parametrize(
    "wrong",
    [call(500), call(418), call(0), call(503), call(403, typed=False), call(403, expected=False)],
    ids=["500", "undeclared", "nothing came", "503", "untyped", "not to be expected"],
)
def test_an_answer_that_is_wrong_is_told(wrong: Call) -> None:
    assert len(books.answer_complaints([wrong, call(200)])) == 1


def test_an_untyped_answer_is_wrong_in_an_outage_too() -> None:
    assert books.answer_complaints([call(503, typed=False)], may_be_unavailable=True)


def test_each_inference_has_one_row_that_says_how_it_ended() -> None:
    calls = [call(200), call(403, request_id="two"), call(422, request_id="three"), call(200, inference=False)]
    assert books.audit_complaints(world(("one", "success", 1), ("two", "error", 1)), calls) == []


@pytest.mark.parametrize(
    ("audited", "what"),
    [
        ([], "has no audit row"),
        ([("one", "success", 2)], "more audit rows"),
        ([("one", "success", 1), ("one", "error", 1)], "more audit rows"),
        ([("one", "error", 1)], "says otherwise"),
        ([("one", "success", 1), ("refused", "error", 1)], "should not"),
    ],
)
def test_a_row_too_few_or_too_many_is_told(audited: list[tuple[str, str, int]], what: str) -> None:
    found = books.audit_complaints(world(*audited), [call(200), call(422, request_id="refused")])
    assert len(found) == 1
    assert what in found[0]


def test_a_job_may_have_inferences_of_its_own_under_the_id_of_the_request_that_started_it() -> None:
    started = call(202, endpoint="POST /jobs", inference=False)
    assert books.audit_complaints(world(("one", "success", 1)), [started]) == []


def test_an_inference_whose_environment_was_lost_may_have_its_row_or_not() -> None:
    for audited in ([], [("one", "success", 1)]):
        assert books.audit_complaints(world(*audited), [call(502)]) == []


@pytest.mark.parametrize(
    ("status", "headers", "body", "typed"),
    [
        (503, HEADERS, PROBLEM, True),
        (503, {**HEADERS, "retry-after": None}, PROBLEM, False),
        (503, {**HEADERS, "content-type": "application/json"}, PROBLEM, False),
        (503, HEADERS, {**PROBLEM, "request_id": "two"}, False),
        (502, {}, {"message": "Internal server error"}, False),
        (200, {"x-request-id": "one"}, {}, True),
        (200, {}, {}, False),
        (401, {}, {"message": "Unauthorized"}, True),
    ],
)
def test_what_a_typed_answer_is(status: int, headers: dict[str, str | None], body: Any, typed: bool) -> None:
    sent = {name: value for name, value in headers.items() if value is not None}
    request = httpx.Request("POST", "http://gateway/api/v1/ai/query")
    assert is_typed(httpx.Response(status, headers=sent, request=request), body) is typed


def grown(*processes: tuple[float, ...]) -> list[memory.Growth]:
    """What is found of processes that held so many megabytes in each fifth of the time; the first worked most."""
    sampler = Sampler(cast(Any, None))
    fifth = MINUTES * 60 / 5
    for pid, megabytes in enumerate(processes):
        held = [
            Held(fifth * number + fifth / 2, int(size * MEGABYTE), 100.0 - pid) for number, size in enumerate(megabytes)
        ]
        sampler.samples["Query"][pid] = [one for one in held if one.bytes]
    return sampler.growth(0.0, MINUTES * 60)


def test_growth_is_from_the_second_fifth_to_the_last() -> None:
    (growth,) = grown((40, 100, 100, 103, 104))
    assert growth.all == growth.busiest
    assert growth.all.share == pytest.approx(0.04)
    assert memory.complaints([growth]) == []


def test_a_busy_process_that_grows_is_told_though_the_others_do_not() -> None:
    (growth,) = grown((40, 100, 102, 104, 106), (90, 90, 90, 90, 90), (90, 90, 90, 90, 90))
    assert memory.complaints([growth]) == ["Query: its busiest process grew by 6.0%"]


def test_what_an_idle_process_loads_late_is_no_leak_unless_it_is_much_of_all() -> None:
    assert memory.complaints(grown((90, 90, 90, 90, 90), (60, 60, 60, 60, 66))) == []
    assert memory.complaints(grown((90, 90, 90, 90, 90), (60, 60, 60, 60, 90))) == ["the workers grew by 20.0%"]


def test_a_process_that_came_later_or_ended_says_nothing_of_growth() -> None:
    assert grown((0, 0, 50, 90, 100)) == grown((50, 60, 70, 0, 0)) == []


def test_a_process_that_worked_for_the_first_time_late_is_not_judged_alone() -> None:
    sampler, fifth = Sampler(cast(Any, None)), MINUTES * 60 / 5
    for number, (size, used) in enumerate([(50, 1), (50, 1), (50, 1), (90, 30), (90, 30)]):
        sampler.samples["TrainModels"][1].append(Held(fifth * number + fifth / 2, size * MEGABYTE, float(used)))
    (growth,) = sampler.growth(0.0, MINUTES * 60)
    assert not growth.too_much
    assert growth.all.share == pytest.approx(0.8)
