"""Shops that lack something: the analysis answers, and says what is missing."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter

from cafe_ai.sales_analysis import narration
from cafe_ai.sales_analysis.model import Analysis
from cafe_ai.sales_analysis.schemas import AnalysisBody
from tests.integration.sales_analysis.conftest import Analyst
from tests.support.generated_shop import GeneratedShop

START = datetime.fromisoformat("2026-03-01T10:00:00")


def told(analysis: Analysis) -> str:
    return narration.tell(analysis).text


def test_a_shop_without_orders(open_till: Any) -> None:
    analyst, _ = open_till()
    analysis = analyst.analyse()
    assert analysis.gaps == ("no_records",)
    assert all(figure.value is None for figure in analysis.headline)
    assert (analysis.days, analysis.insights, analysis.recommendations, analysis.drivers) == ((), (), (), None)
    assert told(analysis) == "No puedo responder todavía: la tienda no tiene ninguna venta registrada."


@pytest.mark.parametrize("locale", ["es", "en"])
def test_a_shop_without_prices(open_till: Any, locale: Any) -> None:
    analyst, till = open_till()
    for name in ("Café", "Té", "Tarta"):
        till.product(name)
    till.sell_daily(START, 60, ("Café", 3, None), ("Té", 2, None), ("Tarta", 1, None))
    analysis = analyst.analyse(
        locale=locale, as_of="2026-04-28T12:00:00", start=date(2026, 4, 1), end=date(2026, 4, 20)
    )
    assert {"no_prices", "no_costs", "no_customers", "no_categories"} <= set(analysis.gaps)
    assert analysis.drivers is None
    assert analysis.anomalies == ()
    assert [row.name for row in analysis.products_best] == ["Café", "Té"]
    body = AnalysisBody.of(analysis).model_dump(mode="json", by_alias=True)
    assert body["revenue"]["value"] is None
    assert body["units"]["value"] == 120
    assert {row["net_sales"] for row in body["best_products"]} == {None}
    assert {point["net_sales"] for point in body["series"]} == {None}
    assert "120 unidades" in analysis.insights[0].text or "120 units" in analysis.insights[0].text
    assert ("faltan los precios" if locale == "es" else "Missing from the data: prices") in told(analysis)
    assert "€" not in told(analysis)


def test_without_customers_categories_and_costs_it_says_so(open_till: Any) -> None:
    analyst, till = open_till()
    till.product("Café")
    till.sell_daily(START, 45, ("Café", 3, "2.00"))
    analysis = analyst.analyse(as_of="2026-04-05T12:00:00")
    assert analysis.gaps == ("no_costs", "no_customers", "no_categories", "no_baseline")
    assert analysis.customers == ()
    assert analysis.categories_best == ()
    assert told(analysis).endswith(
        "No hay datos más antiguos con los que comparar. "
        "En los datos faltan quién compra, las categorías y los costes, sin los que no hay margen."
    )
    body = AnalysisBody.of(analysis).model_dump(mode="json", by_alias=True)
    assert body["customers"] == {"total": None, "new": None, "returning": None, "repeat_rate": None}
    assert body["margin"]["value"] is None
    assert body["compared_with"] is None


@pytest.mark.parametrize(
    ("as_of", "gap", "said"),
    [
        ("2026-02-10T12:00:00", "no_records", "ninguna venta registrada"),
        ("2026-03-02T12:00:00", "before_records", "No hay datos de febrero de 2026"),
        ("2027-02-02T12:00:00", "after_records", "No hay datos de enero de 2027"),
    ],
)
def test_outside_the_records(open_till: Any, as_of: str, gap: str, said: str) -> None:
    analyst, till = open_till()
    till.product("Café")
    till.sell_daily(START, 20, ("Café", 3, "2.00"))
    analysis = analyst.analyse(as_of=as_of)
    assert analysis.gaps == (gap,)
    assert said in told(analysis)


def test_a_day_without_sales(analyst: Analyst) -> None:
    closed = date(2026, 4, 8)
    analysis = analyst.analyse(start=closed, end=closed)
    assert "no_sales" in analysis.gaps
    assert told(analysis).startswith("El miércoles 8 de abril de 2026 no hubo ventas.")
    net = analysis.figure("net_sales")
    assert net is not None
    assert net.value == 0


def test_everything_ever_recorded(shop: GeneratedShop, analyst: Analyst) -> None:
    analysis = analyst.analyse(start=date(1990, 1, 1), end=date(2100, 1, 1), as_of="2026-12-01T12:00:00")
    assert (analysis.days[0].day, analysis.days[-1].day) == (
        min(line.day for line in shop.lines),
        max(line.day for line in shop.lines),
    )
    assert "no_baseline" in analysis.gaps
    assert analysis.previous is None


def test_the_shops_own_clock(open_till: Any) -> None:
    """In Mexico City, with a day that starts at five: what is sold at four in the morning is the day before's."""
    analyst, till = open_till(timezone="America/Mexico_City", currency="MXN", day_starts=time(5))
    till.product("Tamal")
    till.sell(datetime.fromisoformat("2026-05-11T23:30:00"), ("Tamal", 1, "20.00"))
    till.sell(datetime.fromisoformat("2026-05-12T04:30:00"), ("Tamal", 2, "20.00"))
    till.sell(datetime.fromisoformat("2026-05-12T05:30:00"), ("Tamal", 4, "20.00"))
    analysis = analyst.analyse("daily", as_of="2026-05-12T12:00:00")
    net = analysis.figure("net_sales")
    assert net is not None
    assert net.value == Decimal("60.00")
    assert {slot.key for slot in analysis.hours} == {"23:00", "04:00"}
    assert analysis.insights[0].text == "El lunes 11 de mayo de 2026 las ventas netas fueron 60,00\u00a0MXN."
    assert AnalysisBody.of(analysis).period.timezone == "America/Mexico_City"


def test_a_currency_without_decimals(open_till: Any) -> None:
    analyst, till = open_till(currency="JPY", locale="en")
    till.product("Tea")
    till.product("Cake")
    till.sell_daily(START, 31, ("Tea", 3, "333"), ("Cake", 1, "500"))
    till.sell_daily(datetime.fromisoformat("2026-04-01T10:00:00"), 30, ("Tea", 4, "341"), ("Cake", 1, "499"))
    analysis = analyst.analyse()
    assert analysis.drivers is not None
    assert all(part.amount == part.amount.to_integral_value() for part in analysis.drivers.parts)
    assert sum(part.amount for part in analysis.drivers.parts) == analysis.drivers.change == 30 * 1863 - 31 * 1499
    assert "¥55,890" in analysis.insights[0].text


@pytest.mark.parametrize("span", [{}, {"preset": "daily"}, {"start": date(2026, 5, 4), "end": date(2026, 5, 31)}])
def test_an_analysis_is_kept_exactly(analyst: Analyst, span: dict[str, Any]) -> None:
    kept = TypeAdapter(Analysis)
    analysis = analyst.analyse(**span)
    again = kept.validate_json(kept.dump_json(analysis))
    assert again == analysis
    assert told(again) == told(analysis)
    assert AnalysisBody.of(again) == AnalysisBody.of(analysis)
