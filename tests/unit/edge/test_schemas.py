"""POST /query on the wire."""
# ruff: noqa: DTZ001 -- a moment without an offset is the shop's local time

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from cafe_ai.analytics.model import Fact, Period
from cafe_ai.assistants.model import Answer, AssistantType, Question, Source
from cafe_ai.assistants.schemas import FactBody, QueryRequest, QueryResponse

MOMENTS = (
    "2026-11-22", "2026-11-22T18:30", "2026-11-22 18:30:05", "2026-11-22T18:30:05.25Z", "1900-01-01T00:00+01:00", "2200-12-31",
)  # fmt: skip
NO_MOMENTS = (
    "20261122", "2026-W47-1", "2026-11-22T18", "2026-11-22T1830", "2026-02-31", "2201-01-01", "1899-12-31", "1700000000",
    "٢٠٢٦-١١-٢٢", "2026-11-22T18:30:05,25", "2026-11-22T24:00", "2026-11-22\n", " 2026-11-22", 1700000000, True, [],
)  # fmt: skip
MADRID = ZoneInfo("Europe/Madrid")
OCTOBER = Period(
    date(2026, 10, 1),
    date(2026, 11, 1),
    datetime(2026, 10, 1, tzinfo=MADRID),
    datetime(2026, 11, 1, tzinfo=MADRID),
    "Europe/Madrid",
)
CONVERSATION = UUID(int=7)


def on_the_wire(fact: Fact) -> dict[str, object]:
    return dict(json.loads(FactBody.of(fact).model_dump_json(by_alias=True)))


def test_a_fact_is_json_numbers_and_instants_with_their_offset() -> None:
    fact = Fact("net_sales", Decimal("1422654.64"), "money", OCTOBER, "EUR", {"product": "Café"}, {"hours": [8, 12]})
    assert on_the_wire(fact) == {
        "metric": "net_sales",
        "value": 1422654.64,
        "unit": "money",
        "currency": "EUR",
        "period": {
            "from": "2026-10-01T00:00:00+02:00",  # summer time
            "to": "2026-11-01T00:00:00+01:00",
            "timezone": "Europe/Madrid",
        },
        "dimensions": {"product": "Café"},
        "filters": {"hours": [8, 12]},
        "role": "value",
        "compared_with": None,
        "rows": 0,
    }


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        ("37000", "count", "37000"),
        ("12.5", "count", "12.5"),
        ("12", "hour", "12"),
        ("31.2", "percent", "31.2"),
        ("31", "percent", "31.0"),
        ("5.00", "money", "5.0"),
        ("-0.10", "money", "-0.1"),
    ],
)
def test_counts_are_whole_numbers_where_they_are_whole(value: str, unit: str, written: str) -> None:
    fact = Fact("x", Decimal(value), unit, OCTOBER)  # type: ignore[arg-type]
    assert f'"value":{written},' in FactBody.of(fact).model_dump_json()


def test_an_answer_has_every_field_of_the_contract() -> None:
    answer = Answer(
        text="Vendiste 5,00 €.",
        assistant_type=AssistantType.SALES_ANALYSIS,
        conversation_id=CONVERSATION,
        tokens_used=450,
        response_time_ms=12,
        facts=(Fact("orders", Decimal(5), "count", OCTOBER, compared_with=OCTOBER, role="change"),),
        sources=(Source("d1", "Horario", "Abrimos a las 8."),),
        model_name="rules",
        degraded=True,
        cost_usd=Decimal("0.000065"),
        verified=True,
        budget_left_usd=Decimal("1.25"),
    )
    body = json.loads(QueryResponse.of(answer).model_dump_json(by_alias=True))
    assert body.pop("facts")[0]["compared_with"]["from"] == "2026-10-01T00:00:00+02:00"
    assert body == {
        "response": "Vendiste 5,00 €.",
        "assistant_type": "SALES_ANALYSIS",
        "conversation_id": str(CONVERSATION),
        "tokens_used": 450,
        "response_time_ms": 12,
        "sources": [{"id": "d1", "title": "Horario", "excerpt": "Abrimos a las 8."}],
        "model_name": "rules",
        "degraded": True,
        "cost_usd": 0.000065,
        "verified": True,
        "budget_left_usd": 1.25,
    }


def test_a_request_becomes_a_question() -> None:
    business_id = uuid4()
    sent = {"query": "  ¿y ayer? \n", "business_id": str(business_id), "as_of": "2010-12-01T10:00", "locale": "es"}
    assert QueryRequest.model_validate(sent).question() == Question(
        "¿y ayer?", business_id, AssistantType.GENERAL_QUERY, None, "es", datetime(2010, 12, 1, 10)
    )


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("2010-12-01", datetime(2010, 12, 1)),
        ("2010-12-01T10:00:00Z", datetime(2010, 12, 1, 10, tzinfo=UTC)),
        ("2010-12-01 10:00:00.5", datetime(2010, 12, 1, 10, 0, 0, 500_000)),
    ],
)
def test_as_of_is_any_iso_date_time(sent: str, meant: datetime) -> None:
    request = QueryRequest.model_validate({"query": "x", "business_id": str(uuid4()), "as_of": sent})
    assert request.as_of == meant


@pytest.mark.parametrize("written", MOMENTS)
def test_a_moment_is_written_as_the_document_says(written: str) -> None:
    asked = QueryRequest.model_validate({"query": "x", "business_id": str(CONVERSATION), "as_of": written})
    assert asked.as_of == datetime.fromisoformat(written)


@pytest.mark.parametrize("written", NO_MOMENTS, ids=repr)
def test_what_is_written_otherwise_is_no_moment(written: object) -> None:
    with pytest.raises(ValidationError):
        QueryRequest.model_validate({"query": "x", "business_id": str(CONVERSATION), "as_of": written})
