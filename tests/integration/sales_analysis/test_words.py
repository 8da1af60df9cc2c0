"""An analysis in words: a language model's where they are the facts', else the narrator's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cafe_ai.assistants.service import meter_for
from cafe_ai.bootstrap import Runtime
from cafe_ai.llm.models import find_model
from cafe_ai.llm.openai_adapter import OpenAILanguageModel
from cafe_ai.llm.port import Message
from cafe_ai.platform.clock import Deadline
from cafe_ai.sales_analysis import narration, prose, service
from cafe_ai.sales_analysis.model import Analysis, AnalysisAnswer, Finding, Span
from cafe_ai.tenancy.model import Member
from tests.integration.sales_analysis.conftest import AS_OF, Analyst
from tests.support.edge import FakeQueue
from tests.support.openai_server import OpenAIServer

NARRATED = "En abril de 2026 las ventas netas "


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as started:
        yield started


@pytest.fixture
def talking(runtime: Runtime, server: OpenAIServer) -> Iterator[Runtime]:
    """The runtime with the scripted language model, which has been loaded and connected to: no test is about that."""
    model = OpenAILanguageModel(
        find_model("gpt-6-luna", date(2026, 11, 22)), api_key="test-key", base_url=server.url, sleep=lambda _: None
    )
    model.complete([Message("user", "{}")], max_tokens=10, deadline=Deadline.after(60))
    server.requests.clear()
    yield Runtime.of(runtime.settings, database=runtime.database, audit_queue=FakeQueue(), language_model=model)
    model.close()


def answer(runtime: Runtime, member: Member, **span: Any) -> AnalysisAnswer:
    return service.answer(runtime, member, Span(as_of=datetime.fromisoformat(AS_OF), **span), "es")


def test_a_model_tells_the_points_and_is_billed(analyst: Analyst, talking: Runtime, server: OpenAIServer) -> None:
    member = analyst.member()
    told = answer(talking, member)
    assert told.text.startswith(" ".join(finding.text for finding in told.analysis.insights[:2]))
    assert (told.degraded, told.verified) == (False, True)
    assert told.model_name.startswith("gpt-6-luna")
    assert told.tokens_used > 0
    assert told.cost_usd > 0
    with talking.database.transaction(member.business.id) as uow:
        row = uow.connection.execute(
            "SELECT prompt_version, tokens_used, cost_usd FROM ai_audit_logs WHERE conversation_id = %s",
            [told.conversation_id],
        ).fetchone()
    assert row == ("analysis.v1", told.tokens_used, told.cost_usd)
    sent = server.requests[0].body
    assert sent["max_completion_tokens"] <= 2_000
    assert "C-1" not in str(sent)  # no customer's id leaves the service


@pytest.mark.parametrize("lie", ["invent", "leak", "link", "huge", "empty_text", "error_500", "cut_at_limit"])
def test_a_model_that_lies_or_fails_is_replaced_by_the_narrator(
    analyst: Analyst, talking: Runtime, server: OpenAIServer, lie: str
) -> None:
    server.script(prose=lie)
    told = answer(talking, analyst.member())
    assert told.text == narration.tell(told.analysis).text
    assert told.text.startswith(NARRATED)
    assert (told.degraded, told.verified) == (True, True)


def test_what_was_refused_is_named_to_the_model_once(analyst: Analyst, talking: Runtime, server: OpenAIServer) -> None:
    server.script(prose="invent")
    answer(talking, analyst.member())
    assert len(server.requests) == prose.ATTEMPTS == 2
    assert "leave out" in str(server.requests[1].body)


def test_checker_is_what_keeps_lies_out(
    analyst: Analyst, talking: Runtime, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard taken out: the lie would pass."""
    server.script(prose="invent")
    monkeypatch.setattr(prose, "find_faults", lambda *_: [])
    told = answer(talking, analyst.member())
    assert told.text != narration.tell(told.analysis).text


def test_without_budget_no_model_is_asked(analyst: Analyst, talking: Runtime, server: OpenAIServer) -> None:
    member = analyst.member()
    spent = Member(member.user_id, member.role, member.business, Decimal(0), "req-1", member.deadline)
    told = answer(talking, spent)
    assert server.requests == []
    assert (told.degraded, told.tokens_used, told.budget_left_usd) == (True, 0, Decimal(0))


def test_of_nothing_no_model_is_asked(open_till: Any, talking: Runtime, server: OpenAIServer) -> None:
    empty, _ = open_till()
    told = answer(talking, empty.member())
    assert server.requests == []
    assert told.text == "No puedo responder todavía: la tienda no tiene ninguna venta registrada."
    assert (told.degraded, told.verified) == (False, True)


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("preset", ["daily", "weekly", "monthly", "quarterly"])
def test_the_narrators_paragraph_is_one_that_a_model_would_be_allowed(
    analyst: Analyst, preset: Any, locale: Any
) -> None:
    analysis = analyst.analyse(preset, locale)
    told = narration.tell(analysis)
    assert told.verified
    assert 1 <= told.text.count(". ") + 1 <= 6
    assert prose.find_faults(told.text, analysis, (analyst.business.name,)) == []


def driver(analysis: Analysis, at: int) -> Finding:
    return [finding for finding in analysis.insights if finding.kind == "driver"][at]


def test_a_figure_of_one_driver_said_of_another_is_a_fault(analyst: Analyst) -> None:
    analysis = analyst.analyse(locale="en")
    right = driver(analysis, 0)
    name = right.facts[0].dimensions["driver"]
    others = {
        "price": "effect of prices",
        "volume": "volume of the usual products",
        "mix": "mix of dearer and cheaper products",
    }
    told = {word for driver_name, word in others.items() if driver_name != name}
    figure = right.text.split(",", 1)[1]
    assert prose.find_faults(right.text, analysis, ()) == []
    for word in told:
        assert prose.find_faults(f"Through the {word},{figure}", analysis, ())


def test_a_swapped_driver_is_a_fault_however_its_spaces_are_written(analyst: Analyst) -> None:
    analysis = analyst.analyse()
    finding = driver(analysis, 0)
    figure = finding.text.split(",", 1)[1]
    named = "price" if finding.facts[0].dimensions["driver"] != "price" else "volume"
    swapped = {"price": "Por el efecto de los precios", "volume": "Por el volumen de los productos de siempre"}[named]
    for text in (f"{swapped},{figure}", f"{swapped},{figure}".replace("\u00a0", " ")):
        assert prose.find_faults(text, analysis, ())


def test_what_is_usual_is_not_what_was(open_till: Any) -> None:
    analyst, till = open_till(locale="en")
    till.product("Tea")
    start = datetime.fromisoformat("2026-01-01T10:00:00")
    for n in range(119):  # to 29 April
        at = start.fromordinal(start.toordinal() + n).replace(hour=10)
        till.sell(at, ("Tea", 90 if at.date() == date(2026, 4, 15) else 10 + n % 3, "2.00"))
    analysis = analyst.analyse(as_of="2026-05-01T12:00:00")
    unusual = next(finding for finding in analysis.insights if finding.kind == "anomaly")
    value, usual = unusual.facts[0].value, unusual.facts[1].value
    assert prose.find_faults(unusual.text, analysis, ()) == []
    assert prose.find_faults(f"On Wednesday 15 April 2026 net sales came to €{value}.", analysis, ()) == []
    assert prose.find_faults(f"On Wednesday 15 April 2026 net sales came to €{usual}.", analysis, ())


def test_the_models_summary_and_the_reports_are_the_same_call(analyst: Analyst, talking: Runtime) -> None:
    """What the report's narrate state calls: an analysis that was kept, and a meter of its own."""
    member = analyst.member()
    analysis = analyst.analyse()
    wording = service.summarise(talking, member, analysis, meter_for(talking, member))
    assert wording.by_model
    assert wording.verified
    without = service.summarise(talking, member, analysis, None)
    assert not without.by_model
    assert without.text.startswith(NARRATED)
