"""What is recommended to a café with eight weeks of orders, why, and to whom."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from cafe_ai.recommendations.checking import find_faults
from cafe_ai.tenancy.model import Business, Role
from tests.integration.recommendations.conftest import AS_OF, Cafe, compute, names, open_cafe
from tests.support.factories import Factory
from tests.support.openai_server import OpenAIServer
from tests.support.postgres import TestDatabase
from tests.support.search import FakeSearch


def test_what_to_promote_is_in_stock_varied_and_has_its_reasons(cafe: Cafe) -> None:
    told = cafe.recommend(limit=4)
    assert len(told.items) == 4
    assert "Tarta de queso" not in names(told)  # it has run out
    assert all(worded.item.reasons and worded.reason for worded in told.items)
    scores = [worded.item.score for worded in told.items]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert told.verified


def test_figures_of_the_reasons_are_the_shops(cafe: Cafe) -> None:
    told = cafe.recommend(limit=20)
    coffee = next(worded for worded in told.items if worded.item.product.name == "Café con leche")
    units = next(
        fact for fact in told.facts if fact.metric == "units" and fact.dimensions == {"product": "Café con leche"}
    )
    assert units.value == 4 * 28
    assert "112 unidades" in coffee.reason
    assert "76,0 %" in coffee.reason.replace("\u00a0", " ")
    assert (units.period.start.isoformat(), units.period.end.isoformat()) == ("2026-05-03", "2026-05-31")
    margin = next(
        fact for fact in told.facts if fact.metric == "margin_rate" and fact.dimensions["product"] == "Café con leche"
    )
    assert margin.value == Decimal("76.0")


def test_season_daypart_stock_and_company_are_reasons(cafe: Cafe) -> None:
    kinds = {
        worded.item.product.name: {reason.kind for reason in worded.item.reasons}
        for worded in cafe.recommend(limit=20).items
    }
    assert "unsold_stock" in kinds["Taza de recuerdo"]
    assert "overstock" in kinds["Café con leche"]
    assert "rising" in kinds["Frappé de café"]
    assert "bestseller" in kinds["Café con leche"]
    assert not any("season" in found for found in kinds.values())  # a year ago nothing was recorded


def test_what_goes_with_a_product_comes_from_the_orders(cafe: Cafe) -> None:
    told = cafe.recommend("¿Qué va bien con el cruasán?")
    assert names(told)[0] == "Café con leche"
    assert "168 de los 168 pedidos" in told.text
    assert cafe.search.asked == []


def test_what_goes_with_a_product_before_the_night_is_counted_at_once(
    factory: Factory, cafe: Cafe, module_database: TestDatabase
) -> None:
    fresh = open_cafe(factory, cafe.runtime.database, module_database, "Café Nuevo")
    live = fresh.recommend("what goes well with the cruasán?")
    assert names(live)[0] == "Café con leche"
    compute(fresh)
    computed = fresh.recommend("what goes well with the cruasán?")
    assert live.text == computed.text


def test_earlier_moment_sees_nothing_later(cafe: Cafe) -> None:
    told = cafe.recommend("¿Qué va bien con el cruasán?", as_of=AS_OF - timedelta(days=15))
    orders = next(fact for fact in told.facts if fact.metric == "orders_compared")
    assert orders.value == 3 * 41  # from 5 April to 15 May
    assert orders.period.end.isoformat() == "2026-05-16"


def test_query_finds_what_fits_with_what_has_run_out_at_the_end(cafe: Cafe) -> None:
    told = cafe.recommend("tarta")
    assert names(told) == ["Tarta de chocolate", "Tarta de queso"]
    assert "agotado" in told.items[-1].reason
    assert cafe.recommend("tarta", limit=1).items[0].item.product.name == "Tarta de chocolate"


def test_nothing_that_fits_is_said_and_kept_without_the_user(cafe: Cafe) -> None:
    member = cafe.member()
    told = cafe.recommend("horchata", member=member, as_of=None)
    assert told.items == ()
    assert told.text == "No he encontrado en tu catálogo nada que encaje con lo que buscas."
    cafe.recommend("Horchata", as_of=None)
    [miss] = [row for row in cafe.rows("search_misses") if row["query"] == "horchata"]
    assert miss["times"] == 2
    assert str(member.user_id) not in str(miss)


@pytest.mark.parametrize("text", ["llama al 612 345 678 a Ana", "ana@example.com", "x" * 200])
def test_what_may_be_a_persons_is_not_kept(cafe: Cafe, text: str) -> None:
    before = len(cafe.rows("search_misses"))
    cafe.recommend(text, as_of=None)
    assert len(cafe.rows("search_misses")) == before


def test_search_that_was_degraded_or_excluded_all_is_no_miss(cafe: Cafe) -> None:
    before = len(cafe.rows("search_misses"))
    cafe.search = FakeSearch(finds=False, degraded=True)
    assert cafe.recommend("algo dulce", as_of=None).degraded
    cafe.search = FakeSearch(finds=False, excluded=2)
    told = cafe.recommend("tarta sin gluten")
    assert "de ninguno consta" in told.text
    assert len(cafe.rows("search_misses")) == before


def test_misses_are_bounded(cafe: Cafe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cafe_ai.recommendations.repository.MISSES_KEPT", 3)
    for word in ("uno", "dos", "tres", "cuatro", "cinco"):
        cafe.recommend(f"producto raro {word}", as_of=None)
    assert [row["query"] for row in cafe.rows("search_misses")] == [
        "producto raro cinco", "producto raro cuatro", "producto raro tres"
    ]  # fmt: skip


def test_words_that_ask_for_anything_are_answered_from_the_figures(cafe: Cafe) -> None:
    told = cafe.recommend("productos para retail")
    assert told.items
    assert cafe.search.asked == []


def test_staff_are_told_reasons_without_figures_of_sales(cafe: Cafe) -> None:
    for text in (None, "¿Qué va bien con el cruasán?", "tarta"):
        owner, staff = cafe.recommend(text), cafe.recommend(text, Role.STAFF)
        assert staff.items
        assert {fact.metric for fact in staff.facts} <= {"price", "stock"}
        assert {fact.metric for fact in owner.facts} - {"price", "stock"}
        assert "margen" not in staff.text
        assert staff.verified


def test_staffs_order_does_not_depend_on_margins(cafe: Cafe) -> None:
    parts = [worded.item.parts for worded in cafe.recommend(None, Role.STAFF, limit=20).items]
    assert all("margin" not in part and "trend" not in part for part in parts)


def test_shop_without_history_says_so(factory: Factory, cafe: Cafe, module_database: TestDatabase) -> None:
    business_id = factory.insert_business("Café Recién Abierto")
    factory.insert_product(business_id, "Té verde", category="Tés", price=2, stock=10)
    business = Business(business_id, "Café Recién Abierto", "cafeteria", "Europe/Madrid", "EUR", "es")
    young = Cafe(business, module_database, cafe.runtime, {})
    for text in (None, "té", "¿qué va bien con el té verde?"):
        told = young.recommend(text)
        assert "Aún no hay" in told.text, text
    assert names(young.recommend("té")) == ["Té verde"]
    assert names(young.recommend("¿qué va bien con el té verde?")) == []


def test_empty_catalogue_says_so(factory: Factory, cafe: Cafe, module_database: TestDatabase) -> None:
    business_id = factory.insert_business("Café Vacío", locale="en")
    business = Business(business_id, "Café Vacío", "cafeteria", "Europe/Madrid", "EUR", "en")
    told = Cafe(business, module_database, cafe.runtime, {}).recommend()
    assert told.text == "Your catalogue is empty, so there is nothing I can recommend."


def test_answer_is_in_the_audit_and_in_the_conversation(cafe: Cafe) -> None:
    told = cafe.recommend("tarta")
    [turn] = [row for row in cafe.rows("ai_conversations") if row["id"] == told.conversation_id]
    assert (turn["assistant_type"], turn["prompt"], turn["response"]) == ("PRODUCT_SUGGESTION", "tarta", told.text)
    audited = next(row for row in cafe.rows("ai_audit_logs") if row["user_id"] == turn["user_id"])
    assert (audited["endpoint"], audited["status"], audited["model_name"]) == (
        "/api/v1/ai/recommend",
        "success",
        "rules",
    )
    assert audited["facts_hash"]


def test_language_model_puts_the_reasons_into_words(talking: Cafe) -> None:
    told = talking.recommend("tarta")
    assert told.text.startswith('"Tarta de chocolate"')
    assert (told.degraded, told.verified) == (False, True)
    assert told.model_name.startswith("gpt-6-luna")
    assert told.tokens_used > 0
    assert told.cost_usd > 0
    audited = max(talking.rows("ai_audit_logs"), key=lambda row: row["timestamp"])
    assert audited["prompt_version"] == "recommend.v1"


@pytest.mark.parametrize("lie", ["invent", "swap", "leak", "link", "huge", "empty_text", "error_500"])
def test_model_that_lies_or_fails_is_replaced_by_the_narrator(talking: Cafe, server: OpenAIServer, lie: str) -> None:
    server.script(prose=lie)
    told = talking.recommend(None, limit=3)
    assert told.text.startswith("Las ventas recientes")
    assert (told.degraded, told.verified) == (True, True)


def test_without_budget_no_model_is_asked(talking: Cafe, server: OpenAIServer) -> None:
    told = talking.recommend("tarta", member=talking.member(budget_left_usd=Decimal(0)))
    assert server.requests == []
    assert (told.degraded, told.tokens_used) == (True, 0)


def test_prompt_holds_no_figures_of_sales_for_staff(talking: Cafe, server: OpenAIServer) -> None:
    talking.recommend(None, Role.STAFF)
    sent = str(server.requests[0].body)
    assert "margen" not in sent
    assert "112" not in sent


def test_checker_is_what_keeps_lies_out(talking: Cafe, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard taken out: the lie would pass."""
    server.script(prose="invent")
    monkeypatch.setattr("cafe_ai.recommendations.prose.find_faults", lambda *_, **__: [])
    assert talking.recommend(None, limit=3).text.startswith('"')
    assert find_faults
