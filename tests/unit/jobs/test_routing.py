"""One table says how each kind of job is done."""

from __future__ import annotations

import json
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_ai.jobs.messages import JobMessage, body_of, parse
from cafe_ai.jobs.model import JobKind
from cafe_ai.jobs.parameters import PARAMETERS
from cafe_ai.jobs.repository import json_text
from cafe_ai.jobs.routing import QUEUE_CLASSES, ROUTES
from cafe_ai.jobs.running import LONGEST_WAIT_SECONDS, wait_before
from cafe_ai.tenancy.model import Permission


def test_every_kind_has_a_queue_of_its_own_a_class_and_parameters() -> None:
    assert set(ROUTES) == set(PARAMETERS) == set(JobKind)
    assert [route.queue for route in ROUTES.values()] == [kind.value for kind in JobKind]
    assert {**{kind.value: "ai" for kind in JobKind}, "notifications": "notifications"} == QUEUE_CLASSES


def test_who_may_start_and_read_what() -> None:
    assert {kind: (route.start, route.read) for kind, route in ROUTES.items()} == {
        JobKind.SALES_REPORT: (Permission.JOBS, Permission.MONEY),
        JobKind.PRODUCT_RECOMMENDATIONS: (Permission.JOBS, Permission.CATALOGUE),
        JobKind.CUSTOMER_BEHAVIOR: (Permission.JOBS, Permission.CUSTOMERS),
        JobKind.INVENTORY_FORECAST: (Permission.JOBS, Permission.MONEY),
        JobKind.REVIEW_ANALYSIS: (Permission.JOBS, Permission.CUSTOMERS),
        JobKind.TRAIN_MODELS: (None, None),
        JobKind.CLEANUP: (None, None),
    }


def test_who_asked_for_nothing_is_told_of_nothing() -> None:
    assert {kind for kind, route in ROUTES.items() if not route.announced} == {JobKind.TRAIN_MODELS, JobKind.CLEANUP}
    assert {kind for kind, route in ROUTES.items() if not route.announced_unasked} == {JobKind.REVIEW_ANALYSIS}
    assert {kind for kind, route in ROUTES.items() if not route.about_business} == {JobKind.CLEANUP}


@given(st.integers(2, 30), st.floats(0, 900))
def test_waits_double_give_or_take_a_quarter_up_to_a_quarter_of_an_hour(attempt: int, first: float) -> None:
    expected = min(LONGEST_WAIT_SECONDS, first * 2 ** (attempt - 2))
    assert 0.75 * expected <= wait_before(attempt, first) <= 1.25 * expected


@given(st.uuids(), st.none() | st.uuids())
def test_message_is_read_as_it_was_written(job: UUID, business: UUID | None) -> None:
    assert parse(json.dumps(body_of(job, business))) == JobMessage(job, business)


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_what_is_no_message_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse(text)


def test_results_are_json_numbers() -> None:
    identity = uuid4()
    document = {"a": Decimal("0.10"), "b": Decimal("1E+3"), "c": {"d": [Decimal("-2.5")]}, "id": identity}
    assert json.loads(json_text(document)) == {"a": 0.1, "b": 1000, "c": {"d": [-2.5]}, "id": str(identity)}
    for bad in (Decimal("NaN"), Decimal("Infinity"), float("nan")):
        with pytest.raises(ValueError, match="JSON"):
            json_text({"x": bad})
    with pytest.raises(TypeError):
        json_text({"x": object()})
