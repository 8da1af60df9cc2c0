"""What an analysis says: every sentence is right about its facts, and every fact is one that /query would tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cafe_ai.analytics.model import Fact
from cafe_ai.assistants.checker import check
from cafe_ai.sales_analysis import telling
from cafe_ai.sales_analysis.model import Analysis, Finding
from cafe_ai.sales_analysis.telling import sheet_of_analysis
from cafe_ai.tenancy.model import Role
from tests.integration.sales_analysis.conftest import Analyst

OPENS = datetime.fromisoformat("2026-01-05T09:00:00")  # a Monday
SPANS: list[dict[str, Any]] = [
    {"preset": preset, "as_of": as_of}
    for preset in ("daily", "weekly", "monthly", "quarterly")
    for as_of in ("2026-03-10T12:00:00", "2026-04-05T12:00:00", "2026-05-12T12:00:00", "2026-05-25T12:00:00")
] + [{"start": date(2026, 5, 4), "end": date(2026, 5, 31)}, {"start": date(2026, 4, 11), "end": date(2026, 4, 12)}]


def findings(analysis: Analysis) -> tuple[Finding, ...]:
    return (*analysis.insights, *analysis.recommendations)


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("span", SPANS)
def test_every_finding_passes_the_check_and_none_is_dropped(
    analyst: Analyst, span: dict[str, Any], locale: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    doubted: list[object] = []

    def checking(text: str, *about: Any) -> Any:
        verdict = check(text, *about)
        doubted.extend((text, fault) for fault in verdict.faults)
        return verdict

    monkeypatch.setattr(telling, "check", checking)
    analysis = analyst.analyse(locale=locale, **span)
    assert doubted == []
    assert len(analysis.insights) <= 8
    assert len(analysis.recommendations) <= 6
    texts = [finding.text for finding in findings(analysis)]
    assert len(set(texts)) == len(texts)
    for text in texts:
        assert "{" not in text
        assert "None" not in text
        assert text.endswith(".")
        assert text[0] == text[0].upper()


def test_a_finding_with_a_wrong_figure_is_dropped(analyst: Analyst, monkeypatch: pytest.MonkeyPatch) -> None:
    right = analyst.analyse().insights
    true_figure = telling.figure_of

    def wrong(fact: Fact, currency: str, language: Any) -> str:
        return true_figure(replace(fact, value=fact.value + 1), currency, language)

    monkeypatch.setattr(telling, "figure_of", wrong)
    assert right
    assert analyst.analyse().insights == ()


def test_insights_are_ranked_by_money_behind_the_first(analyst: Analyst) -> None:
    analysis = analyst.analyse()
    assert analysis.insights[0].kind == "sales"
    for told in (analysis.insights[1:], analysis.recommendations):
        assert [finding.money for finding in told] == sorted((finding.money for finding in told), reverse=True)
        assert all(finding.money >= 0 for finding in told)


def test_a_swapped_figure_in_a_finding_is_found(analyst: Analyst) -> None:
    """The check is not a formality: with another finding's facts a text fails it."""
    analysis = analyst.analyse()
    first, others = analysis.insights[0], analysis.insights[1:]
    assert not check(first.text, sheet_of_analysis(analysis, others[0].facts), "es", ()).ok


def test_planted_events_are_told(open_till: Any) -> None:
    analyst, till = open_till()
    for name, more in {
        "Café": {"price": 2, "cost": 1, "category": "Bebidas"},
        "Tostada": {"price": 3, "category": "Comida"},
        "Gazpacho": {"price": 5, "category": "Comida", "stock": 4, "lead_time_days": 5},
        "Sopa": {"price": 4, "category": "Comida"},
    }.items():
        till.product(name, **more)
    ana = analyst.factory.insert_customer(till.business.id, "C-1", "Ana")
    luis = analyst.factory.insert_customer(till.business.id, "C-2", "Luis")
    for n in range(120):  # to 4 May
        moment = OPENS + timedelta(days=n)
        for hour in range(5):
            at = moment + timedelta(hours=hour)
            sold: list[tuple[str, int, str | None]] = [("Café", 4, "2.00")]
            if at.month < 4:
                sold.append(("Sopa", 1, "4.00"))  # no longer in April
            if at.month >= 4:
                sold.append(("Gazpacho", 2, "5.00"))  # new in April
            sold.append(("Tostada", 2, "3.00" if at.month < 4 else "2.50"))  # cheaper in April
            if at.date() == date(2026, 4, 15):
                sold = [("Café", 40, "2.00")]  # a wedding
            till.sell(at, *sold, customer=(ana if n < 10 else luis) if hour == 0 else None)
    april = analyst.analyse(as_of="2026-05-01T12:00:00")
    assert [found.day for found in april.anomalies] == [date(2026, 4, 15)]
    told = {finding.kind: finding for finding in findings(april)}
    assert april.drivers is not None
    assert {part.name: part.amount for part in april.drivers.parts}["new_products"] == Decimal("1450.00")  # 29 x 5 x 10
    assert {part.name: part.amount for part in april.drivers.parts}["vanished_products"] == Decimal("-620.00")
    assert "«Sopa»" in told["bring_back"].text
    assert "620,00" in told["bring_back"].text
    assert "«Tostada»" in told["price_review"].text
    assert "2,50" in told["price_review"].text
    assert "miércoles 15 de abril de 2026" in told["anomaly"].text
    assert "restock" not in told  # as of the past nobody knows what was on hand


def test_stock_is_told_as_of_now_alone(open_till: Any) -> None:
    analyst, till = open_till()
    till.product("Café", price=2, stock=3, lead_time_days=2)
    till.product("Té", price=2, stock=50_000)
    yesterday = datetime.now().replace(hour=0, minute=5) - timedelta(days=1)  # noqa: DTZ005 -- the shop's clock
    for n in range(3):
        till.sell(yesterday + timedelta(minutes=n), ("Café", 10, "2.00"), ("Té", 1, "2.00"))
    told = [
        finding.text for finding in analyst.analyse("daily", as_of=None).recommendations if finding.kind == "restock"
    ]
    assert told == ["Repón «Café»: quedan 3 unidades y se vendieron 30 unidades."]


def test_a_seasonal_product_is_not_asked_back(open_till: Any) -> None:
    analyst, till = open_till()
    for name in ("Café", "Turrón", "Sopa"):
        till.product(name)
    for year in (2025, 2026):
        for day in range(1, 29):
            for month, sold in ((1, ("Café", "Turrón", "Sopa")), (2, ("Café", "Sopa") if year == 2025 else ("Café",))):
                at = datetime.fromisoformat(f"{year}-{month:02}-{day:02}T10:00:00")
                till.sell(at, *((name, 2, "3.00") for name in sold))
    told = [f.text for f in analyst.analyse(as_of="2026-03-01T12:00:00").recommendations if f.kind == "bring_back"]
    assert len(told) == 1
    assert "«Sopa»" in told[0]


def test_two_products_of_one_name_are_not_told_of(analyst: Analyst) -> None:
    for finding in findings(analyst.analyse()):
        assert all(fact.dimensions.get("product") != "Croissant" for fact in finding.facts)


def test_fees_are_not_promoted(open_till: Any) -> None:
    analyst, till = open_till()
    for name in ("Gastos de envío", "Café", "Té", "Tarta"):
        till.product(name)
    start = datetime.fromisoformat("2026-04-01T10:00:00")
    till.sell_daily(
        start, 30, ("Gastos de envío", 9, "9.00"), ("Café", 3, "2.00"), ("Té", 2, "2.00"), ("Tarta", 1, "2")
    )
    analysis = analyst.analyse()
    assert analysis.products_best[0].name == "Gastos de envío"
    assert all("envío" not in finding.text for finding in findings(analysis))


def test_findings_of_customers_are_only_for_those_who_may_know_them(analyst: Analyst) -> None:
    analysis = analyst.analyse(role=Role.STAFF)
    assert analysis.customers == ()
    assert not {"customers", "lapsed"} & {finding.kind for finding in findings(analysis)}


def test_the_first_sentence_is_the_sales(analyst: Analyst) -> None:
    assert analyst.analyse().insights[0].text.startswith("En abril de 2026 las ventas netas ")
    assert analyst.analyse(locale="en").insights[0].text.startswith("In April 2026 net sales ")


def test_odd_names_and_refunds_are_told_or_left_out_but_break_nothing(open_till: Any) -> None:
    analyst, till = open_till()
    names = ("Café\nsolo", "{name}", "Menú 3 platos (50 %)", "Ventas netas", "Octubre", "Tarta «de la casa»; con nata.")
    for name in (*names, "Caro"):
        till.product(name)
    for month, price in ((3, "2.00"), (4, "3.00")):
        for day in range(1, 29):
            at = datetime.fromisoformat(f"2026-{month:02}-{day:02}T10:00:00")
            till.sell(at, *((name, number + 1, price) for number, name in enumerate(names)))
    # New in April, and refunded for more than it was sold for: units are positive, net sales are not.
    till.sell(datetime.fromisoformat("2026-04-10T10:00:00"), ("Caro", 3, "1.00"), ("Caro", -1, "900.00"))
    for locale in ("es", "en"):
        analysis = analyst.analyse(locale=locale)
        assert analysis.drivers is not None
        assert {part.name: part.amount for part in analysis.drivers.parts}["new_products"] == Decimal("-897.00")
        texts = [finding.text for finding in findings(analysis)]
        assert len(texts) > 6
        assert all("\n" not in text for text in texts)
        assert any("{name}" in text or "platos" in text or "de la casa" in text for text in texts)
